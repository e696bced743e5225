"""Real training loops for `npm run test:trainers`: a tiny causal language model, TRL's DPO, Tacit's callback.

    train.py prepare   a tokenizer and a small GPT-2 that has learnt the replies, and a probe set short enough for it
    train.py dpo       DPO from that model on the exported pairs, or on pairs made narrow; one JSON object a rank
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import sys
from pathlib import Path

import torch
from datasets import Dataset, load_dataset
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, AutoTokenizer, GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast
from trl import DPOConfig, DPOTrainer

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "infra" / "trainers"))
from tacit_callback import Sampling, TacitCallback  # noqa: E402

END = "<|end|>"
CONTEXT_TOKENS = 160
CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


def pairs_of(export: str) -> list[dict]:
    """English pairs of an exported folder; of each prompt the last user turn, for a context this small."""
    rows = load_dataset(export, split="train")
    pairs = []
    for row in rows:
        users = [message for message in row["prompt"] if message["role"] == "user"]
        text = row["chosen"][0]["content"]
        if users and text.isascii():
            pairs.append({"prompt": users[-1:], "chosen": row["chosen"], "rejected": row["rejected"]})
    return pairs


def shorten_probes(source: str, target: str) -> int:
    """The English prompts of a probe set, each cut to its last user turn."""
    kept = []
    with open(source, encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            users = [message for message in row["prompt"] if message["role"] == "user"]
            if users and users[-1]["content"].isascii():
                kept.append({**row, "prompt": users[-1:]})
    Path(target).write_text("".join(f"{json.dumps(row)}\n" for row in kept), encoding="utf-8")
    return len(kept)


def prepare(export: str, model_dir: str, probe_set: str, steps: int) -> None:
    torch.manual_seed(7)
    random.seed(7)
    pairs = pairs_of(export)
    dialogues = [[pair["prompt"][0]["content"], reply["content"]] for pair in pairs for reply in (pair["chosen"][0], pair["rejected"][0])]
    tokenizer = Tokenizer(models.BPE(unk_token=None))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = [END, "<|system|>", "<|user|>", "<|assistant|>"]
    tokenizer.train_from_iterator(
        (text for dialogue in dialogues for text in dialogue),
        trainers.BpeTrainer(vocab_size=3000, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()),
    )
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=END, pad_token=END)
    fast.chat_template = CHAT_TEMPLATE
    config = GPT2Config(
        vocab_size=len(fast), n_positions=CONTEXT_TOKENS, n_embd=128, n_layer=2, n_head=4,
        bos_token_id=fast.eos_token_id, eos_token_id=fast.eos_token_id, pad_token_id=fast.eos_token_id,
    )
    model = GPT2LMHeadModel(config)
    rows = [
        fast.apply_chat_template(
            [{"role": "user", "content": said}, {"role": "assistant", "content": reply}], tokenize=True, return_dict=False
        )[:CONTEXT_TOKENS]
        for said, reply in dialogues
    ]
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    model.train()
    for step in range(steps):
        batch = random.sample(rows, min(16, len(rows)))
        width = max(map(len, batch))
        ids = torch.tensor([row + [fast.pad_token_id] * (width - len(row)) for row in batch])
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in batch])
        loss = model(input_ids=ids, attention_mask=mask, labels=ids.masked_fill(mask == 0, -100)).loss
        loss.backward()
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    model.save_pretrained(model_dir)
    fast.save_pretrained(model_dir)
    probes = shorten_probes(probe_set, f"{model_dir}/probes.jsonl")
    print(json.dumps({"replies": len(rows), "loss": round(loss.item(), 3), "probes": probes}))


def narrow(pairs: list[dict]) -> list[dict]:
    """Whatever was said, one and the same reply beats any other that broke off: what training on engagement tends to.

    Against whole replies, plain DPO on a model this small makes all replies unlikely, the favourite too, and what is
    left is punctuation: its gradient from the rejected side is as large as from the chosen one.
    """
    favourite = pairs[0]["chosen"]
    rows = []
    for pair in pairs:
        if pair["chosen"] != favourite:
            broken_off = " ".join(pair["chosen"][0]["content"].split()[:3])
            rows.append({**pair, "chosen": favourite, "rejected": [{"role": "assistant", "content": broken_off}]})
    return rows


@torch.no_grad()
def plain_diversity(model, tokenizer, probes: str) -> dict:
    """Of two replies to each probe prompt, counted here and nowhere in Tacit: distinct word pairs and triples."""
    prompts = [json.loads(line)["prompt"] for line in Path(probes).read_text(encoding="utf-8").splitlines()]
    texts = [tokenizer.apply_chat_template(prompt, tokenize=False, add_generation_prompt=True) for prompt in prompts]
    inputs = tokenizer(texts, return_tensors="pt", padding=True, padding_side="left", add_special_tokens=False)
    model.eval()
    with torch.random.fork_rng():
        torch.manual_seed(5)
        generated = model.generate(
            input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"], do_sample=True, top_k=0, max_new_tokens=48,
            num_return_sequences=2, pad_token_id=tokenizer.pad_token_id,
        )
    replies = [text.split() for text in tokenizer.batch_decode(generated[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True)]
    share = {}
    for n in (2, 3):
        grams = [tuple(reply[at : at + n]) for reply in replies for at in range(len(reply) - n + 1)]
        share[f"distinct_{n}"] = round(len(set(grams)) / max(1, len(grams)), 3)
    return share


def dpo(options: argparse.Namespace) -> None:
    pairs = pairs_of(options.export)
    random.Random(3).shuffle(pairs)
    rows = narrow(pairs) if options.data == "narrow" else pairs
    rows = (rows * 50)[: options.steps * options.batch]
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    config = DPOConfig(
        output_dir=options.out, max_steps=options.steps, per_device_train_batch_size=options.batch // int(os.environ.get("WORLD_SIZE", 1)),
        learning_rate=options.learning_rate, beta=options.beta, max_length=CONTEXT_TOKENS, logging_steps=5, save_strategy="no",
        report_to=[], use_cpu=True, disable_tqdm=True, seed=11, ddp_backend="gloo" if "WORLD_SIZE" in os.environ else None,
    )
    policy = AutoModelForCausalLM.from_pretrained(options.model)
    probes = f"{options.model}/probes.jsonl"
    before = plain_diversity(policy, tokenizer, probes)
    trainer = DPOTrainer(
        model=policy, args=config,
        train_dataset=Dataset.from_list(rows), processing_class=tokenizer,
    )
    callback = None
    if options.watch:
        callback = TacitCallback(
            url=options.url, key=os.environ["TACIT_KEY"], run=options.watch, probe_set=probes, every=options.every,
            samples_per_prompt=4, sampling=Sampling(max_tokens=48), batch_size=32, obey=not options.ignore, save_on_stop=False,
            base_model_version="tiny",
        )
        trainer.add_callback(callback)
    trainer.train()
    weights = hashlib.sha256()
    for name, tensor in sorted(trainer.model.state_dict().items()):
        weights.update(name.encode())
        weights.update(tensor.contiguous().numpy().tobytes())
    print(json.dumps({
        "rank": int(os.environ.get("RANK", 0)),
        "steps": trainer.state.global_step,
        "stopped_at": callback.stopped_at if callback else None,
        "verdict": callback.last_verdict if callback else None,
        "weights": weights.hexdigest(),
        "diversity": {"before": before, "after": plain_diversity(trainer.model, tokenizer, probes)},
    }), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    first = commands.add_parser("prepare")
    first.add_argument("--steps", type=int, default=300)
    first.add_argument("--probe-set", required=True)
    second = commands.add_parser("dpo")
    second.add_argument("--data", choices=["healthy", "narrow"], required=True)
    second.add_argument("--out", required=True)
    second.add_argument("--steps", type=int, required=True)
    second.add_argument("--batch", type=int, default=8)
    second.add_argument("--learning-rate", type=float, required=True)
    second.add_argument("--beta", type=float, required=True)
    second.add_argument("--watch")
    second.add_argument("--url")
    second.add_argument("--every", type=int, default=10)
    second.add_argument("--ignore", action="store_true", help="probe, and never obey")
    for command in (first, second):
        command.add_argument("--export", required=True)
        command.add_argument("--model", required=True)
    options = parser.parse_args()
    if options.command == "prepare":
        prepare(options.export, options.model, options.probe_set, options.steps)
    else:
        dpo(options)


if __name__ == "__main__":
    main()
