"""Reads the croissant.json of exported folders, and the rows through it, with the reference reader.

    uv venv && uv pip install mlcroissant==1.1.1 pyarrow==26.0.1
    node test/golden/export/export-fixture.ts FOLDER
    python test/golden/export/check-with-mlcroissant.py FOLDER
"""

import json
import sys
from pathlib import Path

import mlcroissant

for path in sorted(Path(sys.argv[1]).glob("*/croissant.json")):
    dataset = mlcroissant.Dataset(jsonld=str(path))
    lines = (path.parent / "provenance.jsonl").read_text().splitlines()
    for split in ("train", "test"):
        rows = list(dataset.records(split))
        assert len(rows) == sum(json.loads(line)["split"] == split for line in lines), (path, split)
        assert "None" not in str(rows[0]), (path, rows[0])
    print(path.parent.name, [record_set.id for record_set in dataset.metadata.record_sets])
