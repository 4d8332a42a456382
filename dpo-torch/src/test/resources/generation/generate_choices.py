"""Which tokens transformers leaves to be drawn, for random logits and options.

  python generate_choices.py > choices.json      (torch 2.7.1, transformers 5.23.0)
"""
import json, random
import torch
from transformers import (LogitsProcessorList, MinPLogitsWarper, RepetitionPenaltyLogitsProcessor, TemperatureLogitsWarper,
                          TopKLogitsWarper, TopPLogitsWarper)

random.seed(1); torch.manual_seed(1); cases = []
for i in range(60):
    width = random.choice([5, 20, 60])
    z = (torch.randn(width) * random.choice([0.5, 2.0, 6.0])); z = (z * 1024).round() / 1024
    seen = sorted(random.sample(range(width), random.randint(1, width // 2)))
    o = dict(temperature=random.choice([0.3, 0.7, 1.0, 1.7]), topK=random.choice([0, 0, 1, 4, 20]), topP=random.choice([1.0, 1.0, 0.3, 0.9, 0.95]),
             minP=random.choice([0.0, 0.0, 0.05, 0.2]), repetitionPenalty=random.choice([1.0, 1.0, 1.3, 0.8]))
    p = LogitsProcessorList()      # the order of GenerationMixin._get_logits_processor
    if o["repetitionPenalty"] != 1: p.append(RepetitionPenaltyLogitsProcessor(o["repetitionPenalty"]))
    p.append(TemperatureLogitsWarper(o["temperature"]))
    if o["topK"]: p.append(TopKLogitsWarper(o["topK"]))
    if o["topP"] < 1: p.append(TopPLogitsWarper(o["topP"]))
    if o["minP"]: p.append(MinPLogitsWarper(o["minP"]))
    out = p(torch.tensor([seen]), z[None].clone())[0]
    cases.append(dict(**o, seen=seen, logits=z.tolist(), probabilities=[float('%.7g' % p) for p in out.double().softmax(-1)]))
print(json.dumps(cases))
