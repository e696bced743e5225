"""Loads exported folders with the real libraries and feeds TRL's data preparation.

Not part of the test suite: the libraries are 6 GB. Run by hand after a change of a format:

    uv venv && uv pip install trl==1.16.0 transformers==5.23.0 datasets==5.2.0 torch==2.15.0 pandas
    node test/golden/export/export-fixture.ts FOLDER
    python test/golden/export/check-with-trl.py FOLDER

FOLDER holds one export for each <format>-<file type>. Nothing is downloaded: the tokenizer is made here, byte by byte.
"""

import json
import sys
from pathlib import Path

import pandas
from datasets import load_dataset
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import GPT2Config, GPT2ForSequenceClassification, GPT2LMHeadModel, PreTrainedTokenizerFast
from trl import DPOConfig, DPOTrainer, KTOConfig, KTOTrainer, RewardConfig, RewardTrainer

TEMPLATE = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] | trim }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def byte_tokenizer():
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    specials = ["<|end|>", "<|pad|>"]
    tokenizer = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate([*alphabet, *specials])}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(specials)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|end|>", pad_token="<|pad|>")
    fast.chat_template = TEMPLATE
    return fast


def saved_model(folder, kind):
    """TRL reads the name of a model from where it was loaded."""
    config = GPT2Config(vocab_size=300, n_positions=8192, n_embd=16, n_layer=1, n_head=2, num_labels=1, pad_token_id=257)
    kind(config).save_pretrained(folder)
    return kind.from_pretrained(folder)


def train(trainer_class, config_class, model_class, split, work, **settings):
    tokenizer = byte_tokenizer()
    config = config_class(
        output_dir=str(work / "out"), max_steps=2, per_device_train_batch_size=2, use_cpu=True, report_to=[], **settings
    )
    model = saved_model(work / model_class.__name__, model_class)
    trainer = trainer_class(model=model, args=config, train_dataset=split, processing_class=tokenizer)
    result = trainer.train()
    return len(trainer.train_dataset), round(result.training_loss, 3)


def main():
    root, work = Path(sys.argv[1]), Path(sys.argv[1]) / "work"
    for folder in sorted(path for path in root.iterdir() if (path / "README.md").exists()):
        dataset = load_dataset(str(folder), cache_dir=str(work / "cache"))
        provenance = [json.loads(line) for line in (folder / "provenance.jsonl").read_text().splitlines()]
        counts = {split: rows.num_rows for split, rows in dataset.items()}
        assert sum(counts.values()) == len(provenance), (folder, counts, len(provenance))
        for rows in dataset.values():
            for name, column in rows.to_pandas().items():
                assert column.notna().all(), (folder, name)
        print(f"{folder.name}: {counts} columns {dataset['train'].column_names}")
        if (folder / "gold").exists():
            gold = load_dataset(str(folder), "gold", cache_dir=str(work / "cache"))
            print(f"  gold: {gold['test'].num_rows}")
        train_rows = dataset["train"]
        name = folder.name
        if name.startswith("trl-dpo"):
            for length in (None, 1024):
                print("  DPO rows, loss", length, train(DPOTrainer, DPOConfig, GPT2LMHeadModel, train_rows, work, max_length=length))
        if name.startswith("trl-reward"):
            for length in (None, 1024):
                print("  reward rows, loss", length, train(RewardTrainer, RewardConfig, GPT2ForSequenceClassification, train_rows, work, max_length=length))
        if name.startswith("trl-kto"):
            print("  KTO rows, loss", train(KTOTrainer, KTOConfig, GPT2LMHeadModel, train_rows, work, max_length=None))
        if name.startswith("verl"):
            frame = pandas.read_parquet(folder / "data" / "train.parquet")
            print("  pandas", len(frame), type(frame.iloc[0]["prompt"]).__name__)
        if name.startswith("llama-factory"):
            info = json.loads((folder / "dataset_info.json").read_text())
            for each in info.values():
                assert (folder / each["file_name"]).exists(), each
                for column in each["columns"].values():
                    assert column in train_rows.column_names, column
        if name.startswith("axolotl"):
            check_axolotl(train_rows)
        if name.startswith("openrlhf"):
            check_openrlhf(train_rows)
    print("all folders load")


def check_axolotl(rows):
    """The text that Axolotl's chat_template.default cuts out of the templated chat is the reply."""
    tokenizer = byte_tokenizer()
    for row in rows:
        dummy = {"role": "user", "content": "[[dummy_message]]"}
        for side in ("chosen", "rejected"):
            text = tokenizer.apply_chat_template([dummy, row[side]], tokenize=False)
            at = text.find(row[side]["content"])
            assert at > 0 and text[at:].startswith(row[side]["content"]), row[side]


def check_openrlhf(rows):
    """OpenRLHF cuts the templated prompt off the templated prompt and reply."""
    tokenizer = byte_tokenizer()
    for row in rows:
        prompt = tokenizer.apply_chat_template(row["prompt"], tokenize=False, add_generation_prompt=True)
        for side in ("chosen", "rejected"):
            whole = tokenizer.apply_chat_template(row["prompt"] + row[side], tokenize=False)
            assert whole.startswith(prompt) and row[side][0]["content"].strip() in whole[len(prompt) :]
        assert isinstance(row["margin"], float)


if __name__ == "__main__":
    main()
