"""Writes cases.json: diversity metrics of the reference packages on texts named by their place in two data files.

Run once, with the versions of requirements.txt (the packages `diversity` and `vendi-score` without dependencies):
    uv venv cases && uv pip install --python cases/bin/python --no-deps diversity==0.3.1 vendi-score==0.0.3
    uv pip install --python cases/bin/python nltk numpy rouge-score scikit-learn scipy tqdm  # as pinned
    cases/bin/python make_cases.py FOLDER > cases.json

FOLDER holds oasst_en_100_tree.jsonl and oasst_sampling_pythia_12b.json (LAION-AI/Open-Assistant, Apache-2.0). The
file holds numbers and places only, no text. Tokens are `str.split()` where a metric does not say otherwise.
"""

import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from rouge_score import rouge_scorer
from scipy.stats import entropy
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import balanced_accuracy_score
from sklearn.naive_bayes import MultinomialNB

import reference_packages as reference


def tree_texts(folder):
    """Assistant texts of all trees, depth-first."""
    texts = []

    def walk(message):
        if message["role"] == "assistant":
            texts.append(message["text"])
        for reply in message["replies"]:
            walk(reply)

    for line in (folder / "oasst_en_100_tree.jsonl").read_text().splitlines():
        walk(json.loads(line)["prompt"])
    return texts


def decoding_texts(folder, decoding):
    """The first output to each prompt."""
    prompts = json.loads((folder / "oasst_sampling_pythia_12b.json").read_text())["prompts"]
    return [
        next(result["outputs"][0] for result in prompt["results"] if result["sampling_config"] == decoding)
        for prompt in prompts
    ]


def grams(tokens, n):
    return [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]


def distinct_tokens(text):
    """rlfh-gen-div rlvsil/diversity/utils.py lines_to_ngrams."""
    return [word for word in text.replace(".", "").replace("\n", "").split(" ") if word != ""]


def distinct(texts, n):
    every = [gram for text in texts for gram in grams(distinct_tokens(text), n)]
    return len(set(every)) / len(every)


def ead(texts, n, vocabulary=50257):
    every = [gram for text in texts for gram in grams(distinct_tokens(text), n)]
    return len(set(every)) / (vocabulary * (1 - ((vocabulary - 1) / vocabulary) ** len(every)))


def ngram_diversity(texts):
    tokens = " ".join(texts).split(" ")
    exact = sum(len(set(grams(tokens, n))) / len(grams(tokens, n)) for n in range(1, 5))
    assert round(exact, 3) == reference.ngram_diversity_score(texts)
    return exact


def entropies(texts, n):
    """scipy's plug-in; Miller-Madow and Chao-Shen as R's `entropy` computes them."""
    counts = np.array(list(Counter(g for text in texts for g in grams(text.split(), n)).values()))
    total = counts.sum()
    plug_in = float(entropy(counts))
    once = (counts == 1).sum()
    coverage = 1 - (total - 1 if once == total else once) / total
    p = coverage * counts / total
    chao_shen = float(-(p * np.log(p) / (1 - (1 - p) ** total)).sum())
    return [plug_in, plug_in + (len(counts) - 1) / (2 * int(total)), chao_shen]


def rep_n(texts, n):
    """SimCTG simctg/evaluation.py eval_text: without each text's last n-gram."""
    lists = [grams(text.strip("\n").strip().split(), n)[:-1] for text in texts]
    return 100 * (1 - sum(len(set(each)) for each in lists) / sum(len(each) for each in lists))


def seq_rep(texts, n):
    lists = [grams(text.split(), n) for text in texts]
    return float(np.mean([1 - len(set(each)) / len(each) for each in lists if each]))


def homogenization(texts):
    scorer = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=False)
    scores = [
        scorer.score(texts[j], texts[i])["rougeL"].fmeasure for i in range(len(texts)) for j in range(i + 1, len(texts))
    ]
    exact = float(np.mean(scores))
    assert round(exact, 3) == reference.homogenization_score(texts, verbose=False)
    return exact


def openers(texts):
    counts = Counter(" ".join(text.lower().split()[:3]) for text in texts)
    shares = np.array(sorted(counts.values(), reverse=True)) / len(texts)
    return {
        "top_10": float(shares[:10].sum()),
        "simpson": float((shares**2).sum()),
        "hill_1": float(np.exp(entropy(shares))),
        "hill_2": float(1 / (shares**2).sum()),
    }


def metrics(texts):
    return {
        "distinct": [distinct(texts, n) for n in range(1, 6)],
        "ead": [ead(texts, n) for n in range(1, 6)],
        "ngram_diversity": ngram_diversity(texts),
        "entropy_1": entropies(texts, 1),
        "entropy_2": entropies(texts, 2),
        "self_bleu": reference.self_bleu(texts),
        "self_repetition": float(reference.self_repetition_score(texts, verbose=False)),
        "compression_ratio": reference.compression_ratio(texts),
        "rep": [rep_n(texts, n) for n in (2, 3, 4)],
        "seq_rep_4": seq_rep(texts, 4),
        "vendi": reference.ngram_vendi(texts),
        "homogenization": homogenization(texts),
        "openers": openers(texts),
    }


def separation(groups, folds=5):
    """Balanced accuracy over chance of naive Bayes on words and word pairs; text i of each group in fold i mod 5."""
    rows = [(label, i % folds, text) for label, group in enumerate(groups) for i, text in enumerate(group)]
    labels = np.array([row[0] for row in rows])
    fold_of = np.array([row[1] for row in rows])
    told = np.zeros(len(rows), dtype=int)
    for fold in range(folds):
        vectors = CountVectorizer(
            tokenizer=lambda text: text.lower().split(), token_pattern=None, lowercase=False, ngram_range=(1, 2)
        )
        train = fold_of != fold
        x = vectors.fit_transform([row[2] for row, kept in zip(rows, train) if kept])
        model = MultinomialNB(alpha=1.0, fit_prior=False).fit(x, labels[train])
        told[~train] = model.predict(vectors.transform([row[2] for row, kept in zip(rows, train) if not kept]))
    chance = 1 / len(groups)
    return (balanced_accuracy_score(labels, told) - chance) / (1 - chance)


def main(folder):
    tree = tree_texts(folder)
    cases = [{"texts": ["tree", 0, 50], "metrics": metrics(tree[:50])}]
    # Replies of few words among them: n-grams that are not there.
    by_length = sorted(range(len(tree)), key=lambda i: (len(tree[i].split()), i))[:40]
    cases.append({"texts": ["tree places", *by_length], "metrics": metrics([tree[i] for i in by_length])})
    for decoding in ("k50", "magic_numbers", "beam5", "greedy"):
        cases.append({"texts": [decoding], "metrics": metrics(decoding_texts(folder, decoding))})
    large = {
        "texts": ["tree", 0, len(tree)],
        "self_bleu": reference.self_bleu(tree),
        "self_repetition": float(reference.self_repetition_score(tree, verbose=False)),
        "vendi": reference.ngram_vendi(tree),
    }
    bounds = [[start, start + 12] for start in (0, 100, 200, 300)]
    separated = {"groups": bounds, "separation": float(separation([tree[a:b] for a, b in bounds]))}
    clusters = [[0, 0, 1, 2], [0, 1, 2, 3, 4], [7, 7, 7], [1, 0, 0, 0, 0, 0, 0, 2]]
    semantic = [
        {"clusters": each, "entropy": float(entropy(list(Counter(each).values())))} for each in clusters
    ]
    json.dump({"cases": cases, "large": large, "separation": separated, "semantic": semantic}, sys.stdout, indent=1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
