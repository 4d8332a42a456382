"""transformers' generate on the CPU in fp32, as dpo4j's benchmark generates:

  python generation_baseline.py MODEL SAMPLES THREADS NEW_TOKENS ID,ID,…

One sample is greedy, more are drawn at temperature 1. Prints tokens a second, after one generation to warm up.
"""
import os, sys, time

os.environ["HF_HUB_OFFLINE"] = "1"
result = sys.stdout
sys.stdout = sys.stderr

import torch
from transformers import AutoModelForCausalLM

directory, samples, threads, new, prompt = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
torch.set_num_threads(threads)
model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32).eval()
ids = torch.tensor([[int(token) for token in prompt.split(",")]])


def generate():
    drawn = dict(do_sample=False) if samples == 1 else dict(
        do_sample=True, temperature=1.0, top_k=0, top_p=1.0, num_return_sequences=samples)
    with torch.inference_mode():
        out = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=new, min_new_tokens=new, pad_token_id=0, **drawn)
    return out.shape[0] * (out.shape[1] - ids.shape[1])


generate()
began = time.perf_counter()
tokens = generate()
print(tokens / (time.perf_counter() - began), file=result)
