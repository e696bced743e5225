"""Writes cases.json: two-way fixed effects with cluster errors, from pyfixest and from explicit dummies in statsmodels.

Run once, with the versions of requirements.txt:
    uv venv cases && uv pip install --python cases/bin/python -r requirements.txt
    cases/bin/python make_cases.py > cases.json
"""

import json
import warnings
from itertools import combinations

import numpy as np
import pandas as pd
import pyfixest as pf
import statsmodels.api as sm


warnings.simplefilter("ignore")  # on singletons and on the older name of the tolerance


def panel(seed, annotators, strata, split):
    """Uneven annotators with taste that drives signals and outcome. `split`: halves that share no stratum."""
    rng = np.random.default_rng(seed)
    rows = []
    for g in range(annotators):
        taste = rng.normal()
        for _ in range(1 + rng.poisson(rng.choice([2, 6, 20]))):
            s = int(rng.integers(strata))
            if split and (s % 2) != (g % 2):
                s = (s + 1) % strata
            x = np.round(rng.normal(size=3) + [taste, 0.5 * s / strata, 0], 6)
            x[1] = np.round(max(0, x[1]) / 3, 6)
            y = np.round(0.5 * x[0] - 0.2 * x[1] + 0.1 * x[0] * x[2] + taste + s / strata + rng.normal(), 6)
            rows.append([f"a{g:02d}", f"s{s:02d}", *map(float, x), float(y)])
    rows.append(["a00", "alone", 0.1, 0.2, 0.3, 0.4])
    rows.append(["hermit", "s00", 0.5, 0.25, -0.5, 1.5])
    return pd.DataFrame(rows, columns=["g", "s", "x1", "x2", "x3", "y"])


def fitted(data):
    scales, frame = [], data[["g", "s"]].copy()
    for name in ["x1", "x2", "x3", "y"]:
        mean, sd = data[name].mean(), data[name].std(ddof=0)
        scales.append([mean, sd])
        frame[name] = (data[name] - mean) / sd
    terms = ["x1", "x2", "x3"]
    for a, b in combinations(["x1", "x2", "x3"], 2):
        frame[a + b] = frame[a] * frame[b]
        terms.append(a + b)

    fit = pf.feols(f"y ~ {' + '.join(terms)} | g + s", frame, vcov={"CRV1": "g"}, fixef_tol=1e-13, fixef_maxiter=200000)

    kept = frame.copy()
    while True:
        once = kept.groupby("g").g.transform("size").eq(1) | kept.groupby("s").s.transform("size").eq(1)
        if not once.any():
            break
        kept = kept[~once]
    assert fit._N == len(kept), (fit._N, len(kept))

    def by_dummies(part):
        dummies = pd.get_dummies(part[["g", "s"]]).to_numpy(float)
        # statsmodels' own pinv keeps singular values of 1e-15, which dummies have: span them first
        basis, sizes, _ = np.linalg.svd(dummies, full_matrices=False)
        design = np.column_stack([part[terms].to_numpy(), basis[:, sizes > 1e-9]])
        return sm.OLS(part.y.to_numpy(), design).fit(method="qr")

    full = by_dummies(kept)
    theta = full.params[: len(terms)]
    assert np.abs(theta - fit.coef().to_numpy()).max() < 1e-9
    clusters = sorted(kept.g.unique())
    left = np.array([by_dummies(kept[kept.g != g]).params[: len(terms)] - theta for g in clusters])
    dummies = pd.get_dummies(kept[["g", "s"]]).to_numpy(float)
    basis, sizes, _ = np.linalg.svd(dummies, full_matrices=False)
    basis = basis[:, sizes > 1e-9]
    within = lambda v: v - basis @ (basis.T @ v)
    X = within(kept[terms].to_numpy())
    bread = np.linalg.inv(X.T @ X)
    gamma = np.array([np.diag(bread @ X[i].T @ X[i] @ bread) for i in [(kept.g == g).to_numpy() for g in clusters]])
    G = len(clusters)
    return {
        "rows": data.to_numpy().tolist(),
        "scales": scales,
        "kept_rows": len(kept),
        "clusters": G,
        "theta": theta.tolist(),
        "cr1": np.sqrt(np.diag(fit._vcov)).tolist(),
        "cv3": np.sqrt(np.diag((G - 1) / G * left.T @ left)).tolist(),
        "plain": np.sqrt(np.diag(bread) * full.ssr / full.df_resid).tolist(),
        "residual_df": int(full.df_resid),
        "effective_clusters": (G / (1 + gamma.var(axis=0) / gamma.mean(axis=0) ** 2)).tolist(),
        "largest_share": (gamma.max(axis=0) / gamma.sum(axis=0)).tolist(),
    }


if __name__ == "__main__":
    cases = {
        "more annotators than strata": panel(1, 30, 8, False),
        "more strata than annotators": panel(2, 12, 25, False),
        "two components": panel(3, 24, 6, True),
    }
    print(json.dumps({name: fitted(data) for name, data in cases.items()}, indent=None))
