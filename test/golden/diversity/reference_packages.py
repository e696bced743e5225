"""The reference packages without what they import and these metrics do not use (torch, transformers, spaCy, datasets)."""

import importlib.util
import sys
import types
from pathlib import Path


def stub(name, **attributes):
    module = types.ModuleType(name)
    for key, value in attributes.items():
        setattr(module, key, value)
    sys.modules.setdefault(name, module)


stub("torch")
stub("datasets")
stub("transformers", AutoModel=None, AutoTokenizer=None)
stub("evaluate", load=None)

from vendi_score import text_utils as vendi_text  # noqa: E402


def diversity_module(name):
    """One module of the package `diversity` by its file: the package itself imports spaCy and openai."""
    folder = Path(importlib.util.find_spec("diversity").submodule_search_locations[0])
    spec = importlib.util.spec_from_file_location(f"diversity_{name}", folder / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


compression_ratio = diversity_module("compression").compression_ratio
homogenization_score = diversity_module("homogenization").homogenization_score
ngram_diversity_score = diversity_module("ngram_diversity").ngram_diversity_score
self_repetition_score = diversity_module("self_repetition").self_repetition_score


def self_bleu(texts):
    return float(vendi_text.self_bleu(texts, str.split))


def ngram_vendi(texts):
    return float(vendi_text.ngram_vendi_score(texts, tokenizer=str.split))
