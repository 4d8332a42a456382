"""Whether PEFT computes with an adapter of ours what we do. Run by hand:

  ./dpo score --model MODEL --adapter RUN/final --data DATA.jsonl --out scores.jsonl
  python dpo-examples/src/test/python/check_adapter.py MODEL RUN/final DATA.jsonl scores.jsonl
                                                       (torch 2.7.1, transformers 5.23.0, peft 0.21.2)

DATA has prompt, chosen and rejected as plain text. Each log-prob, with and without the adapter, and each number of tokens
must be what transformers and PEFT give, within 1e-3 nats a completion, or 1e-5 of a larger one.
"""
import json, os, sys
os.environ["HF_HUB_OFFLINE"] = "1"
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

directory, adapter, data, scores = sys.argv[1:5]
TOLERANCE, RELATIVE = 1e-3, 1e-5
tokenizer = AutoTokenizer.from_pretrained(directory)
model = PeftModel.from_pretrained(
    AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32), adapter).eval()


def log_prob(prompt, completion):
    before = tokenizer(prompt)["input_ids"]
    ids = tokenizer(prompt + completion)["input_ids"] + [tokenizer.eos_token_id]
    assert ids[: len(before)] == before, "a token joins prompt and completion"
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0]
    each = logits.log_softmax(-1)[:-1].gather(1, torch.tensor(ids[1:])[:, None])[:, 0]
    return each[len(before) - 1 :].sum().item(), len(ids) - len(before)


worst, count = 0.0, 0
for record, score in zip(map(json.loads, open(data)), map(json.loads, open(scores)), strict=True):
    for side in ("chosen", "rejected"):
        got, tokens = log_prob(record["prompt"], record[side])
        with model.disable_adapter():
            reference, _ = log_prob(record["prompt"], record[side])
        assert tokens == score[f"{side}_tokens"], (score["id"], side, tokens)
        for name, value in ((f"{side}_logp", got), (f"reference_{side}_logp", reference)):
            worst = max(worst, abs(value - score[name]))
            assert abs(value - score[name]) < max(TOLERANCE, RELATIVE * abs(value)), (score["id"], name, value, score[name])
            count += 1
print(f"{count} log-probs agree, the worst within {worst:.1e} nats")
