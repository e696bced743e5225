"""fit_pyfixest.py TABLE.parquet SCALES.json: the same model, annotator and stratum effects, clustered errors."""
import json
import resource
import sys
import time

import pandas as pd
import pyfixest as pf

frame = pd.read_parquet(sys.argv[1])
scales = json.loads(sys.argv[2])
names = ["regenerate", "like", "dislike", "turns", "active_time"]
for name, scale in zip(names + ["outcome"], scales):
    frame[name] = (frame[name] - scale["mean"]) / scale["sd"]
pairs = [f"{a}:{b}" for i, a in enumerate(names) for b in names[i + 1 :]]
formula = f"outcome ~ {' + '.join(names + pairs)} | annotator + stratum"
fit = lambda rows: pf.feols(formula, rows, vcov={"CRV1": "annotator"}, store_data=False, copy_data=False, lean=True)
fit(frame.head(20000))  # compiled before it is timed
started, used = time.perf_counter(), time.process_time()
model = fit(frame)
coefficients, errors = model.coef(), model.se()
seconds, used = time.perf_counter() - started, time.process_time() - used
order = names + pairs
print(json.dumps({
    "seconds": seconds,
    "cpu_seconds": used,
    "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "estimates": [float(coefficients[name]) for name in order],
    "errors": [float(errors[name]) for name in order],
}))
