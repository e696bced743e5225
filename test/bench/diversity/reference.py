"""Times the reference packages: reads {"texts": [...], "sizes": {metric: n}} and prints {metric: seconds}, each on its first n texts."""

import json
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.stats import entropy

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "golden" / "diversity"))
sys.dont_write_bytecode = True
import make_cases as formulas  # noqa: E402
import reference_packages as reference  # noqa: E402


def ngram_counts(texts):
    """distinct-n, EAD, plug-in entropy, rep-n, seq-rep-n, self-repetition."""
    for n in range(1, 6):
        formulas.distinct(texts, n), formulas.ead(texts, n)
    for n in (1, 2):
        entropy(np.array(list(Counter(g for text in texts for g in formulas.grams(text.split(), n)).values())))
    for n in (2, 3, 4):
        formulas.rep_n(texts, n)
    formulas.seq_rep(texts, 4)
    reference.self_repetition_score(texts, verbose=False)


metrics = {
    "n-gram counts": ngram_counts,
    "compression": reference.compression_ratio,
    "self-BLEU": reference.self_bleu,
    "Vendi": reference.ngram_vendi,
    "homogenization": lambda texts: reference.homogenization_score(texts, verbose=False),
    "openers": formulas.openers,
}

question = json.loads(Path(sys.argv[1]).read_text())
answer = {}
for name, size in question["sizes"]:
    texts = question["texts"][:size]
    start = time.perf_counter()
    metrics[name](texts)
    answer[f"{name} {size}"] = time.perf_counter() - start
print(json.dumps(answer))
