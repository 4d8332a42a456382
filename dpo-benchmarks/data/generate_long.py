"""Writes long-16.jsonl: 16 pairs of prompts of 300 tokens and completions of 30, the end of text included.

  python generate_long.py DIRECTORY_OF_SMOLLM2      (transformers 5.23.0)

Every word is one token of SmolLM2, with its space, wherever it stands; this is checked, and so is that of the whole.
"""
import json, os, random, sys
os.environ["HF_HUB_OFFLINE"] = "1"
from transformers import AutoTokenizer

PAIRS, PROMPT, COMPLETION = 16, 300, 30
WORDS = """about after all also always and animals another answer any are around ask away back because before begin below
between book both boy but call came can change children city close could country day different does down each earth eat
end even every example eyes family far father few find first follow food form found four from get give good great group
grow hand hard have head hear help here high home house idea important kind know land large last later learn leave left
letter life light line list little live long look made make man many men might mother mountain move much music must name
near need never new night number off often old once one only open other our own page paper part people place plant play
point question read really right river same say school sea second see sentence set she should show side small something
song soon sound spell start still stop story study such take talk tell than that their them then there these they thing
think this three through time together too took tree turn two under until use very walk want watch water way well went
were what when where which while white who why will with without word work world would write year you young""".split()

tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
ids = lambda text: tokenizer(text, add_special_tokens=False)["input_ids"]
for word in WORDS:
    assert len(ids(" " + word)) == 1, word
random.seed(7)
words = lambda count: "".join(" " + random.choice(WORDS) for _ in range(count))
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "long-16.jsonl"), "w") as out:
    for _ in range(PAIRS):
        pair = dict(prompt=words(PROMPT), chosen=words(COMPLETION - 1), rejected=words(COMPLETION - 1))
        assert len(ids(pair["prompt"])) == PROMPT
        for completion in (pair["chosen"], pair["rejected"]):
            assert len(ids(pair["prompt"] + completion + tokenizer.eos_token)) == PROMPT + COMPLETION
        out.write(json.dumps(pair) + "\n")
