"""Whether transformers loads a checkpoint that saveMerged wrote, and computes what we do.

  python check_merged.py CHECKPOINT EXPECTED.json      (torch 2.7.1, transformers 5.23.0)

EXPECTED.json: {"ids": [...], "logits": [[...], ...]} of the policy that was merged, one row a token.
"""
import json
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

checkpoint, expected = sys.argv[1], json.load(open(sys.argv[2]))
model, info = AutoModelForCausalLM.from_pretrained(checkpoint, output_loading_info=True)
for problem in ("missing_keys", "unexpected_keys", "mismatched_keys"):
    assert not info[problem], (problem, info[problem])
assert model.dtype == torch.float32, model.dtype
AutoTokenizer.from_pretrained(checkpoint)
with torch.no_grad():
    logits = model(torch.tensor([expected["ids"]])).logits[0]
want = torch.tensor(expected["logits"])
worst = ((logits - want).abs().max() / want.abs().max()).item()
print(f"{checkpoint}: worst {worst:.1e} of the largest logit")
assert worst < 1e-4
