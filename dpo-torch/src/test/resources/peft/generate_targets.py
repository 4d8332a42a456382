"""Which modules PEFT adapts, with which rank and factor, for options of adapter_config.json that choose them.

  python generate_targets.py > targets.json      (torch 2.7.1, transformers 5.23.0, peft 0.21.2)

A case has a model (of ../models), the options, and what PEFT makes of them: module -> [rank, factor].
"""
import json, os, warnings
os.environ["HF_HUB_OFFLINE"] = "1"
warnings.filterwarnings("ignore")
from peft import LoraConfig, get_peft_model
from transformers import AutoConfig, AutoModelForCausalLM

MODELS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../models")
L0, L1 = "model.layers.0.", "model.layers.1."
CASES = [
    ("llama", dict(target_modules=["q_proj", "v_proj"])),
    ("llama", dict(target_modules=["self_attn.q_proj", "proj", "j_proj"])),
    ("llama", dict(target_modules=[L0 + "mlp.up_proj", "1.mlp.down_proj"])),
    ("llama", dict(target_modules="all-linear")),
    ("llama", dict(target_modules="ALL-linear", exclude_modules=["mlp.up_proj", "k_proj"])),
    ("llama", dict(target_modules=r".*\.(q|k)_proj")),
    ("llama", dict(target_modules=r"model\.layers\.[1-9]\..*_proj")),
    ("llama", dict(target_modules=r"(?:.*?(?:layers|h).*?(?P<part>self_attn|mlp).*?(?:k_proj|up_proj).*?)|(?:\bmodel\.layers\.[\d]{1,}\.mlp\.down_proj)")),
    ("llama", dict(target_modules=r".*q_proj|.*1.*up_proj")),
    ("llama", dict(target_modules=["q_proj", "o_proj"], exclude_modules=[L1 + "self_attn.o_proj"])),
    ("llama", dict(target_modules=["q_proj", "o_proj"], exclude_modules=r".*layers\.0.*")),
    ("llama", dict(target_modules=["q_proj"], exclude_modules=r"layers\.0")),
    ("llama", dict(target_modules=["q_proj"], layers_to_transform=1)),
    ("llama", dict(target_modules=["q_proj", L0 + "mlp.up_proj"], layers_to_transform=[1])),
    ("llama", dict(target_modules=["q_proj"], layers_to_transform=[0, 1, 7], layers_pattern="layers")),
    ("llama", dict(target_modules=["q_proj"], layers_to_transform=[0], layers_pattern=["h", "lay.*"])),
    ("llama", dict(target_modules=["q_proj"], layers_to_transform=[0], layers_pattern=[])),
    ("llama", dict(target_modules=["q_proj"], layers_to_transform=[])),
    ("llama", dict(target_modules=["q_proj", "v_proj"], rank_pattern={"q_proj": 2}, alpha_pattern={"v_proj": 3})),
    ("llama", dict(target_modules=["q_proj", "v_proj"], rank_pattern={"proj": 2, ".*proj": 6, "q_proj": 3})),
    ("llama", dict(target_modules=["q_proj", "v_proj"], rank_pattern={"layers.1.self_attn.(q|k)_proj": 2}, alpha_pattern={"^" + L0 + "self_attn.q_proj": 5}, use_rslora=True)),
    ("llama", dict(target_modules=["q_proj"], rank_pattern={"odel.layers.0.self_attn.q_proj": 2, "self.attn.q_proj": 3})),
    ("llama", dict(target_modules=["q_proj"], rank_pattern={"q_proj|v_proj": 2}, alpha_pattern={L1 + ".*": 1.5})),
    ("gpt2", dict(target_modules=["c_proj"])),
    ("gpt2", dict(target_modules=["mlp.c_proj"], layers_to_transform=[0])),
    ("gpt2", dict(target_modules=["c_attn", "c_fc"], layers_to_transform=[1], layers_pattern="h")),
    ("gpt2", dict(target_modules="all-linear")),
    ("gpt_neox", dict(target_modules=["dense"])),
    ("gpt_neox", dict(target_modules=r".*\.dense")),
    ("gpt_neox", dict(target_modules="all-linear")),
    ("phi3", dict(target_modules="all-linear", exclude_modules=".*mlp.*")),
]
out = []
for name, options in CASES:
    model = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(f"{MODELS}/{name}"))
    peft = get_peft_model(model, LoraConfig(r=4, lora_alpha=8, task_type="CAUSAL_LM", **options))
    modules = {n.removeprefix("base_model.model."): [m.r["default"], m.scaling["default"]] for n, m in peft.named_modules() if hasattr(m, "lora_A")}
    out.append(dict(model=name, options=options, modules=modules))
print(json.dumps(out, indent=1))
