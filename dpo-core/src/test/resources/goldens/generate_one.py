#!/usr/bin/env python3
"""Writes the golden file of one pairwise loss: its value and gradient on a random batch, by mpmath with 50 digits.

A new loss needs its Java record and one such file; the tests find the file by themselves, build the record from it and
run golden values, finite differences, extremes and splitting on it. Extremes then means finiteness; to have the digits in
the tails checked too, add the loss to generate_extremes.py. A loss that uses margins should be given some here.

Needs Python 3.9 or later and mpmath, nothing else.

  python generate_one.py --loss Dpop --options '{"lambda": 50}' --beta 0.1 --seed 11 --margins 0,0.5,1,2,3 \\
      --formula '-logsigmoid(beta * (a - b - lambda_ * relu(-a)) - m)' > dpop_50.json

--loss      the record's simple name in org.dpo4j.core.loss
--options   a JSON object, one member for each of the record's components: a number, the name of an enum's constant, or,
            for a component that is itself a loss, {"loss": "Dpo", "options": {}}
--beta      the strength of the KL constraint
--formula   the loss of one pair, a Python expression in
              w, l      log-probabilities of the chosen and rejected completion under the policy, summed over tokens
              rw, rl    the same under the reference
              a, b      w - rw and l - rl
              nw, nl    their numbers of tokens
              beta, m   beta and the pair's margin
              options   each number by its name; a name that Python reserves gets an underscore (lambda_)
            and the functions exp, log, log1p, expm1, sqrt, sigmoid, logsigmoid, log1mexp and relu.
            Write it down from the paper, not from the Java code: the file is the judge of that code.
--margins   a comma-separated list, one a pair; without it every margin is 0
--seed, --pairs   of the batch (1 and 5)

The file holds loss, options, beta, margins (if any), chosen, rejected, loss_value (the mean over pairs), grad_chosen and
grad_rejected (its derivative with respect to each token's log-probability under the policy).
"""
import argparse
import json
import keyword
import random

import mpmath
from mpmath import mp, mpf

mp.dps = 50


def sigmoid(z):
    return 1 / (1 + mpmath.exp(-z))


def logsigmoid(z):
    return -mpmath.log1p(mpmath.exp(-z))


def log1mexp(x):
    return mpmath.log(-mpmath.expm1(x))


def relu(x):
    return x if x > 0 else mpf(0)


FUNCTIONS = dict(
    exp=mpmath.exp,
    log=mpmath.log,
    log1p=mpmath.log1p,
    expm1=mpmath.expm1,
    sqrt=mpmath.sqrt,
    sigmoid=sigmoid,
    logsigmoid=logsigmoid,
    log1mexp=log1mexp,
    relu=relu,
)


def numbers(options):
    """Every number among the options, those of inner losses too, by its name in the formula."""
    found = {}
    for name, value in options.items():
        if isinstance(value, dict):
            found.update(numbers(value["options"]))
        elif not isinstance(value, str):
            found[name + "_" if keyword.iskeyword(name) else name] = mpf(value)
    return found


def completion(rng):
    reference = [-3.0 * rng.random() for _ in range(rng.randint(1, 7))]
    policy = [min(r + rng.gauss(0.0, 0.7), -1e-3) for r in reference]
    return dict(policy=policy, reference=reference)


def total(values):
    return mpmath.fsum(mpf(v) for v in values)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loss", required=True)
    parser.add_argument("--options", type=json.loads, default={})
    parser.add_argument("--beta", type=float, required=True)
    parser.add_argument("--formula", required=True)
    parser.add_argument("--margins", type=lambda text: [float(m) for m in text.split(",")])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=5)
    args = parser.parse_args()
    if args.margins is not None and len(args.margins) != args.pairs:
        parser.error("--margins must be one a pair")

    rng = random.Random(args.seed)
    chosen = [completion(rng) for _ in range(args.pairs)]
    rejected = [completion(rng) for _ in range(args.pairs)]
    code = compile(args.formula, "formula", "eval")
    constants = dict(FUNCTIONS, beta=mpf(args.beta), **numbers(args.options))

    loss, grad_chosen, grad_rejected = mpf(0), [], []
    for i, (c, r) in enumerate(zip(chosen, rejected)):
        known = dict(
            constants,
            rw=total(c["reference"]),
            rl=total(r["reference"]),
            nw=len(c["policy"]),
            nl=len(r["policy"]),
            m=mpf(args.margins[i]) if args.margins else mpf(0),
        )

        def of(w, l):
            return eval(code, {"__builtins__": {}}, dict(known, w=w, l=l, a=w - known["rw"], b=l - known["rl"]))

        w, l = total(c["policy"]), total(r["policy"])
        loss += of(w, l) / args.pairs
        grad_chosen.append([float(mpmath.diff(lambda x: of(x, l), w) / args.pairs)] * len(c["policy"]))
        grad_rejected.append([float(mpmath.diff(lambda x: of(w, x), l) / args.pairs)] * len(r["policy"]))

    golden = dict(loss=args.loss, options=args.options, oracle=f"mpmath, 50 digits: {args.formula}", beta=args.beta)
    if args.margins:
        golden["margins"] = args.margins
    golden.update(
        chosen=chosen,
        rejected=rejected,
        loss_value=float(loss),
        grad_chosen=grad_chosen,
        grad_rejected=grad_rejected,
    )
    print(json.dumps(golden, indent=1))


if __name__ == "__main__":
    main()
