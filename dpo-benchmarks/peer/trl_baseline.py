"""TRL's DPOTrainer on SmolLM2-135M-Instruct, as dpo4j's benchmark trains it: fp32, CPU, four pairs a step in the file's order,
constant learning rate of 1e-4, beta 0.1, LoRA of rank 16 on all seven linear modules.

  python trl_baseline.py --name live --data hh-harmless-32.jsonl --model DIRECTORY [--pairs 32] [--threads 2]
                         [--precomputed] [--checkpointing] [--full]

Prints one line of JSON: seconds and loss of each step, peak resident memory in bytes, threads. Everything else goes to stderr.
A step's seconds are those between TRL's own on_step_begin and on_step_end; what --precomputed computes ahead is not in them.
"""
import argparse, json, os, sys, tempfile, time

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
result = sys.stdout
sys.stdout = sys.stderr

import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
from trl import DPOConfig, DPOTrainer

options = argparse.ArgumentParser()
options.add_argument("--name", required=True)
options.add_argument("--data", required=True)
options.add_argument("--model", required=True)
options.add_argument("--pairs", type=int, default=32)
options.add_argument("--threads", type=int, default=os.cpu_count())
options.add_argument("--precomputed", action="store_true")
options.add_argument("--checkpointing", action="store_true")
options.add_argument("--full", action="store_true")
o = options.parse_args()
torch.set_num_threads(o.threads)


class Clock(TrainerCallback):
    def __init__(self):
        self.seconds = []

    def on_step_begin(self, *args, **kwargs):
        self.began = time.perf_counter()

    def on_step_end(self, *args, **kwargs):
        self.seconds.append(time.perf_counter() - self.began)


def load():
    return AutoModelForCausalLM.from_pretrained(o.model, dtype=torch.float32)


with open(o.data) as lines:
    rows = [json.loads(line) for line in lines][: o.pairs]
lora = None if o.full else LoraConfig(
    r=16, lora_alpha=32, lora_dropout=0.0, task_type="CAUSAL_LM",
    target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"])
clock = Clock()
with tempfile.TemporaryDirectory() as scratch:
    trainer = DPOTrainer(
        model=load(),
        ref_model=load() if o.full else None,
        args=DPOConfig(
            output_dir=scratch, per_device_train_batch_size=4, num_train_epochs=1, beta=0.1, learning_rate=1e-4,
            lr_scheduler_type="constant", max_length=1024, gradient_checkpointing=o.checkpointing, bf16=False, logging_steps=1,
            report_to="none", use_cpu=True, save_strategy="no", precompute_ref_log_probs=o.precomputed, disable_tqdm=True),
        train_dataset=Dataset.from_list(rows),
        processing_class=AutoTokenizer.from_pretrained(o.model),
        peft_config=lora,
        callbacks=[clock])
    trainer._get_train_sampler = lambda *args, **kwargs: torch.utils.data.SequentialSampler(trainer.train_dataset)
    trainer.train()
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
print(json.dumps(dict(
    name=o.name, seconds=clock.seconds, losses=[entry["loss"] for entry in trainer.state.log_history if "loss" in entry],
    peakBytes=peak, threads=torch.get_num_threads())), file=result)
