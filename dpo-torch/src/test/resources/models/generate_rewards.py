"""Reward models on some of the tiny checkpoints, with what transformers + PEFT compute with them. After generate_models.py:

  python generate_rewards.py --seed 7 --models .      (torch 2.7.1, transformers 5.23.0, peft 0.21.2)

In each checkpoint's directory reward/: adapter_config.json and adapter_model.safetensors as PEFT saves a model for sequence
classification with one label, expected.json (rewards of the pairs of ../expected.json, chosen and rejected, and the mean
-log sigma(r_w - r_l)) and expected.safetensors (the gradient of that by the names of adapter_model.safetensors).
"""
import argparse, json, os
os.environ["HF_HUB_OFFLINE"] = "1"
import torch, torch.nn.functional as F
from safetensors.torch import load_file, save_file
from transformers import AutoModelForSequenceClassification
from peft import LoraConfig, get_peft_model

ap = argparse.ArgumentParser(); ap.add_argument("--seed", type=int, default=7); ap.add_argument("--models", default=".")
a = ap.parse_args()

for i, name in enumerate(["llama", "gemma2", "gpt2", "gpt_neox"]):
    torch.manual_seed(a.seed * 1000 + i)
    d = f"{a.models}/{name}"; out = f"{d}/reward"
    targets = json.load(open(f"{d}/adapter/adapter_config.json"))["target_modules"]
    m = AutoModelForSequenceClassification.from_pretrained(d, num_labels=1, dtype=torch.float32)
    m.config.pad_token_id = None  # a sequence at a time, its last token is what counts
    pm = get_peft_model(m, LoraConfig(r=4, lora_alpha=8, target_modules=sorted(targets), task_type="SEQ_CLS", fan_in_fan_out=name == "gpt2")).eval()
    for _, p in pm.named_parameters():
        if p.requires_grad: torch.nn.init.normal_(p, std=0.1)
    pm.save_pretrained(out)
    config = json.load(open(f"{out}/adapter_config.json")); config["base_model_name_or_path"] = None
    json.dump(config, open(f"{out}/adapter_config.json", "w"), indent=1)
    os.path.exists(f"{out}/README.md") and os.remove(f"{out}/README.md")
    pairs = json.load(open(f"{d}/expected.json"))["pairs"]
    r = torch.stack([torch.stack([pm(torch.tensor([x["prompt"] + x[side]])).logits[0, 0] for side in ("chosen", "rejected")]) for x in pairs])
    loss = -F.logsigmoid(r[:, 0] - r[:, 1]).mean(); loss.backward()
    gradients = {n.replace(".default", "").replace(".modules_to_save", ""): p.grad for n, p in pm.named_parameters() if p.requires_grad}
    assert set(gradients) == set(load_file(f"{out}/adapter_model.safetensors")), set(gradients) ^ set(load_file(f"{out}/adapter_model.safetensors"))
    save_file({n: g.contiguous() for n, g in gradients.items()}, f"{out}/expected.safetensors")
    json.dump(dict(rewards=r.tolist(), loss=loss.item()), open(f"{out}/expected.json", "w"), indent=1)
    print(name, r.tolist(), loss.item())
