"""fit_duckreg.py TABLE.parquet SCALES.json: Mundlak's form of the same model; errors by cluster bootstraps."""
import json
import os
import resource
import sys
import tempfile
import time

import duckdb
from duckreg.estimators import DuckMundlak

scales = json.loads(sys.argv[2])
names = ["regenerate", "like", "dislike", "turns", "active_time"]
z = {n: f"(\"{n}\" - ({s['mean']})) / {s['sd']}" for n, s in zip(names + ["outcome"], scales)}
pairs = {f"{a}_{b}": f"{z[a]} * {z[b]}" for i, a in enumerate(names) for b in names[i + 1 :]}
columns = {**{f"z_{n}": z[n] for n in names}, **pairs}
path = os.path.join(tempfile.mkdtemp(), "bench.db")
base = duckdb.connect(path)
base.execute(
    "create table panel as select annotator, stratum, "
    + ", ".join(f"{text} as \"{name}\"" for name, text in columns.items())
    + f", {z['outcome']} as y from read_parquet('{sys.argv[1]}')"
)
base.close()
started, used = time.perf_counter(), time.process_time()
model = DuckMundlak(
    db_name=path, table_name="panel", outcome_var="y", covariates=list(columns), unit_col="annotator",
    time_col="stratum", cluster_col="annotator", n_bootstraps=int(sys.argv[3]), seed=1,
)
model.fit()
seconds, used = time.perf_counter() - started, time.process_time() - used
estimates = model.point_estimate.ravel()[1 : 1 + len(columns)]
print(json.dumps({
    "seconds": seconds,
    "cpu_seconds": used,
    "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "estimates": [float(value) for value in estimates],
}))
