"""What PyTorch's optimizers do to two parameters in six steps, clipped at a global norm of 1.

  python generate_optimizers.py > expected.json      (torch 2.7.1)
"""
import json
import torch

SIZES = [64, 32]
RATES = [1e-2, 2e-2, 3e-2, 2e-2, 1e-2, 5e-3]
OPTIMIZERS = {
    "adamw": lambda p: torch.optim.AdamW(p, lr=1.0, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0),
    "adamw-decay": lambda p: torch.optim.AdamW(p, lr=1.0, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1),
    "sgd": lambda p: torch.optim.SGD(p, lr=1.0),
    "sgd-momentum": lambda p: torch.optim.SGD(p, lr=1.0, momentum=0.9),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=1.0, alpha=0.99, eps=1e-8),
}

torch.manual_seed(17)
start = [torch.randn(n) for n in SIZES]
# the third step's gradients are small enough not to be clipped
gradients = [[torch.randn(n) * (0.01 if step == 2 else 1.0) for n in SIZES] for step in range(len(RATES))]
runs = {}
for name, make in OPTIMIZERS.items():
    parameters = [p.clone().requires_grad_(True) for p in start]
    optimizer = make(parameters)
    norms = []
    for rate, step in zip(RATES, gradients):
        for p, g in zip(parameters, step):
            p.grad = g.clone()
        norms.append(torch.nn.utils.clip_grad_norm_(parameters, 1.0).item())
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.step()
    runs[name] = dict(norms=norms, end=[p.tolist() for p in parameters])
print(json.dumps(dict(rates=RATES, start=[p.tolist() for p in start], gradients=[[g.tolist() for g in step] for step in gradients], runs=runs)))
