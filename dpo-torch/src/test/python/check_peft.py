"""Whether PEFT reads the adapters that dpo4j writes as they were meant. Run by hand, from the root of the repository:

  ./mvnw -pl dpo-torch test -Dtest=PeftSamplesTest -Dpeft.samples=/tmp/peft
  python dpo-torch/src/test/python/check_peft.py /tmp/peft       (torch 2.7.1, transformers 5.23.0, peft 0.21.2)

For each tiny model PEFT loads each adapter, with any warning an error. Modules, ranks, factors, dropout and numbers must be
those dpo4j says it wrote; the adapters that PEFT wrote first must be bit by bit the same again and give the logits of
expected.safetensors; those before training must give the base model's.
"""
import glob, json, os, struct, sys, warnings
os.environ["HF_HUB_OFFLINE"] = "1"
import torch
from peft import LoraConfig, PeftModel
from peft.tuners.lora import LoraLayer
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

MODELS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../resources/models")
SAMPLES = sys.argv[1]
TOLERANCE = 2e-5
CONFIG_FIELDS = {f for f in LoraConfig.__dataclass_fields__}


def check_model(name):
    directory = f"{MODELS}/{name}"
    expected = load_file(f"{directory}/expected.safetensors")
    inputs = json.load(open(f"{directory}/expected.json"))["inputs"]
    worst = 0.0
    for sample in sorted(glob.glob(f"{SAMPLES}/{name}/*.json")):
        adapter = sample.removesuffix(".json")
        said = json.load(open(sample))
        config = json.load(open(f"{adapter}/adapter_config.json"))
        assert set(config) <= CONFIG_FIELDS, set(config) - CONFIG_FIELDS
        # What vLLM requires: these three, and nothing of modules_to_save or DoRA.
        assert isinstance(config["r"], int) and config["lora_alpha"] > 0 and isinstance(config["target_modules"], list)
        assert config["target_modules"] == sorted(config["target_modules"])
        base = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32, attn_implementation="eager")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", FutureWarning)   # PEFT's own use of transformers
            model = PeftModel.from_pretrained(base, adapter).eval()
        layers = {n.removeprefix("base_model.model."): m for n, m in model.named_modules() if isinstance(m, LoraLayer)}
        assert set(layers) == set(said["modules"]), (adapter, set(layers) ^ set(said["modules"]))
        for module, (rank, scale, a, b) in said["modules"].items():
            layer = layers[module]
            got = layer.r["default"], layer.scaling["default"]
            assert got == (rank, scale), (adapter, module, got, rank, scale)
            for weight, number in ((layer.lora_A["default"].weight, a), (layer.lora_B["default"].weight, b)):
                assert weight.dtype == torch.float32 and weight.flatten()[0].item() == struct.unpack("<f", struct.pack("<f", number))[0]
        assert model.peft_config["default"].lora_dropout == said["dropout"]
        rewritten = os.path.basename(adapter) == "rewritten"
        if rewritten:
            ours, theirs = load_file(f"{adapter}/adapter_model.safetensors"), load_file(f"{directory}/adapter/adapter_model.safetensors")
            assert set(ours) == set(theirs) and all(torch.equal(ours[k], theirs[k]) for k in ours)
        with torch.no_grad():
            for k, ids in enumerate(inputs):
                want = expected[f"adapter.logits.{k}" if rewritten else f"logits.{k}"]
                difference = (model(torch.tensor([ids])).logits[0] - want).abs().max().item() / want.abs().max().item()
                worst = max(worst, difference)
                assert difference < TOLERANCE, (adapter, k, difference)
    print(f"{name}: {len(glob.glob(f'{SAMPLES}/{name}/*.json'))} adapters, logits within {worst:.1e} (relative to the largest)")


names = sorted(os.listdir(SAMPLES))
assert len(names) == 11, names
for name in names:
    check_model(name)
