#!/usr/bin/env python3
"""Writes extremes/extremes.json: every pair loss and its derivatives far out in the tails, by mpmath.

Each loss is written down once more, from its paper, as a function of the completions' summed log-probabilities under
the policy (w, l) and the reference (rw, rl) and of their lengths (nw, nl). The inputs are doubles and taken as exact.
700 digits carry derivatives down to the smallest double, e^-745, through a difference quotient.

  python generate_extremes.py > extremes/extremes.json      (Python 3.9 or later and mpmath; about two minutes)

The file is a list of {loss, options, beta, points}; a point is [w, l, rw, rl, nw, nl, value, d/dw, d/dl].

Left out, as the Java code documents a clamp there: exponents above 700 of a divergence and of DiscoPOP, and ORPO's mean
log-probabilities above -1e-12. Left out as well: the kinks themselves, where the derivative does not exist.
"""
import json

import mpmath
from mpmath import mp, mpf

mp.dps = 700


def sigmoid(z):
    return 1 / (1 + mpmath.exp(-z))


def softplus(z):
    """log(1 + e^z) = -log sigmoid(-z), without absorbing a tiny e^z into the 1."""
    return mpmath.log1p(mpmath.exp(z))


def relu(x):
    return x if x > 0 else mpf(0)


class Pair:
    """One pair and what papers abbreviate: log-ratios a and b and mean log-probabilities of a token xw and xl."""

    def __init__(self, w, l, rw, rl, nw, nl, beta):
        self.w, self.l, self.nw, self.nl, self.beta = w, l, nw, nl, beta
        self.a, self.b = w - rw, l - rl
        self.xw, self.xl = w / nw, l / nl
        self.z = beta * (self.a - self.b)
        self.rw, self.rl = beta * self.a, beta * self.b


def log_odds(x):
    return x - mpmath.log(-mpmath.expm1(x))


def dpo(p):
    return softplus(-p.z)


def exo(epsilon):
    def of(p):
        log_q, log_not_q = -softplus(-p.z), -softplus(p.z)
        return sigmoid(p.z) * (log_q - mpmath.log(1 - epsilon)) + sigmoid(-p.z) * (log_not_q - mpmath.log(epsilon))

    return of


def discopop(tau):
    def of(p):
        return sigmoid(-p.z / tau) * softplus(-p.z) + sigmoid(p.z / tau) * mpmath.exp(-p.z)

    return of


def dpop(scale):
    return lambda p: softplus(-p.beta * (p.a - p.b - scale * relu(-p.a)))


def under(score):
    return lambda p: softplus(-p.beta * (score(p.a) - score(p.b)))


def smoothed(epsilon):
    return lambda p: (1 - epsilon) * softplus(-p.z) + epsilon * softplus(p.z)


def robust(epsilon):
    return lambda p: ((1 - epsilon) * softplus(-p.z) - epsilon * softplus(p.z)) / (1 - 2 * epsilon)


def ipo_per_token(p):
    return (p.a / p.nw - p.b / p.nl - 1 / (2 * p.beta)) ** 2


def ipo_summed(p):
    return (p.a - p.b - 1 / (2 * p.beta)) ** 2


def sppo(p):
    return (p.a - 1 / (2 * p.beta)) ** 2 + (p.b + 1 / (2 * p.beta)) ** 2


def nca(p):
    return softplus(-p.rw) + softplus(p.rw) / 2 + softplus(p.rl) / 2


def orpo(p):
    return -p.xw + p.beta * softplus(log_odds(p.xl) - log_odds(p.xw))


def inner(loss, **options):
    return dict(loss=loss, options=options)


ALWAYS = lambda p: True
LOSSES = [
    ("Dpo", {}, dpo, ALWAYS),
    ("Hinge", {}, lambda p: relu(1 - p.z), lambda p: abs(1 - p.z) > 1e-6),
    ("Ipo", dict(convention="SUMMED"), ipo_summed, ALWAYS),
    ("Ipo", dict(convention="PER_TOKEN"), ipo_per_token, ALWAYS),
    ("Exo", dict(epsilon=0.1), exo(mpf(0.1)), ALWAYS),
    ("Exo", dict(epsilon=1e-6), exo(mpf(1e-6)), ALWAYS),
    ("Nca", {}, nca, ALWAYS),
    ("BcoPair", {}, lambda p: softplus(-p.rw) + softplus(p.rl), ALWAYS),
    ("SppoHard", {}, sppo, ALWAYS),
    ("ApoZero", {}, lambda p: sigmoid(-p.rw) + sigmoid(p.rl), ALWAYS),
    ("ApoDown", {}, lambda p: sigmoid(p.rw) + sigmoid(-p.z), ALWAYS),
    ("DiscoPop", dict(tau=0.05), discopop(mpf(0.05)), ALWAYS),
    ("LengthNormalisedDpo", {}, lambda p: softplus(-p.beta * (p.a / p.nw - p.b / p.nl)), ALWAYS),
    ("Dpop", {"lambda": 5.0}, dpop(5), lambda p: p.a != 0),
    ("Dpop", {"lambda": 50.0}, dpop(50), lambda p: p.a != 0),
    ("RDpo", dict(alpha=0.01), lambda p: softplus(-p.z - mpf(0.01) * (p.nw - p.nl)), ALWAYS),
    ("SimPo", dict(gamma=1.0), lambda p: softplus(1 - p.beta * (p.xw - p.xl)), ALWAYS),
    ("Cpo", dict(nllWeight=1.0), lambda p: softplus(-p.beta * (p.w - p.l)) - p.xw, ALWAYS),
    ("Orpo", {}, orpo, lambda p: p.xw < -1e-12 and p.xl < -1e-12),
    (
        "SlicHf",
        dict(delta=1.0, nllWeight=0.1),
        lambda p: relu(1 - p.w + p.l) - mpf(0.1) * p.w,
        lambda p: abs(1 - p.w + p.l) > 1e-6,
    ),
    ("LabelSmoothed", dict(loss=inner("Dpo"), epsilon=0.1), smoothed(mpf(0.1)), ALWAYS),
    ("Robust", dict(loss=inner("Dpo"), epsilon=0.2), robust(mpf(0.2)), ALWAYS),
    (
        "UnderDivergence",
        dict(loss=inner("Dpo"), divergence=inner("FDivergence$ForwardKl")),
        under(lambda u: -mpmath.expm1(-u)),
        lambda p: p.a >= -700 and p.b >= -700,
    ),
    (
        "UnderDivergence",
        dict(loss=inner("Dpo"), divergence=inner("FDivergence$JensenShannon")),
        under(lambda u: mpmath.log(2) - softplus(-u)),
        ALWAYS,
    ),
    (
        "UnderDivergence",
        dict(loss=inner("Dpo"), divergence=inner("FDivergence$Alpha", alpha=0.5)),
        under(lambda u: -2 * mpmath.expm1(-u / 2)),
        lambda p: p.a >= -1400 and p.b >= -1400,
    ),
]

# (w, l, rw, rl, nw, nl). Log-ratios are exact in double precision, so that what is compared is the loss, not the inputs.
RATIOS = [-700.0, -40.5, -0.125, 0.0, 8.25, 700.0]
POINTS = [
    (-1000.0 + min(a, 0), -1500.0 + min(b, 0), -1000.0 - max(a, 0), -1500.0 - max(b, 0), 3, 5)
    for a in RATIOS
    for b in RATIOS
]
POINTS += [
    (-1e4, -1e4, -1e4, -1e4, 1, 1),
    (-1e4, -2.5, -9999.0, -2.0, 1, 1),
    (-2.5, -1e4, -2.0, -9999.0, 1, 1),
    (-1e4, -2.5, -2.0, -1e4, 1, 7),
    (-2.5, -1e4, -1e4, -2.0, 7, 1),
    (-6e4, -3.0, -6e4, -2.5, 6, 1),
    (-(2.0**-30), -(2.0**-20), -0.5, -0.25, 1, 1),
    (-(2.0**-20), -(2.0**-30), -0.25, -0.75, 1, 1),
    (-(2.0**-30), -1e4, -(2.0**-30), -1e4, 2, 4),
    (0.0, -3.5, -0.5, -3.0, 1, 2),
    (-3.5, 0.0, -3.0, -0.5, 2, 1),
    (-1e-300, -1e-300, -0.75, -0.5, 1, 1),
]


def main():
    cases = []
    for name, options, formula, inside in LOSSES:
        for beta in (0.1, 1.0):
            points = []
            for w, l, rw, rl, nw, nl in POINTS:
                of = lambda x, y: formula(Pair(x, y, mpf(rw), mpf(rl), nw, nl, mpf(beta)))
                if not inside(Pair(mpf(w), mpf(l), mpf(rw), mpf(rl), nw, nl, mpf(beta))):
                    continue
                value = of(mpf(w), mpf(l))
                dw = mpmath.diff(lambda x: of(x, mpf(l)), mpf(w))
                dl = mpmath.diff(lambda y: of(mpf(w), y), mpf(l))
                points.append([w, l, rw, rl, nw, nl, float(value), float(dw), float(dl)])
            cases.append(dict(loss=name, options=options, beta=beta, points=points))
    lines = []
    for case in cases:
        head = json.dumps({k: v for k, v in case.items() if k != "points"})[:-1]
        lines.append(head + ', "points": [\n' + ",\n".join(json.dumps(p) for p in case["points"]) + "\n]}")
    print("[\n" + ",\n".join(lines) + "\n]")


if __name__ == "__main__":
    main()
