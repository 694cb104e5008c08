"""1,000,000 rows × 30 columns in five minutes, beside LightGBM tuned by hand for such tables.

    python -m tests.bench.large_table [--rows 1000000] [--seconds 300] [--threads 2]

Claim: ROC AUC within 0.002 of the best of LightGBM's settings, each trained until 100 rounds bring no more, without a
limit of time; under 4 GB. The train step runs in a process of its own, as in a run. Prints a line for each.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from noglue.agent.process import deadline_in
from noglue.tools.spec import catalogue
from noglue.tools.spec.schema import load_split
from tests.tools.models._table_data import prepared

RIVALS: tuple[dict[str, Any], ...] = (
    {"num_leaves": 31, "learning_rate": 0.05},
    {"num_leaves": 127, "learning_rate": 0.05, "min_data_in_leaf": 100, "feature_fraction": 0.7},
    {"num_leaves": 255, "learning_rate": 0.03, "min_data_in_leaf": 200, "feature_fraction": 0.5, "lambda_l2": 5.0},
)


def columns(rows: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """24 numbers, four categories, two dates' worth of whole numbers; waves, products and levels decide, with noise."""
    draw = np.random.default_rng(0)
    numbers = draw.normal(size=(rows, 26))
    found: dict[str, np.ndarray] = {f"number {place}": numbers[:, place] for place in range(26)}
    effect = np.sin(3 * numbers[:, 0]) + numbers[:, 1] * numbers[:, 2] + np.abs(numbers[:, 3]) - 0.8
    effect += 0.5 * (numbers[:, 4] > 0.5) * numbers[:, 5] + 0.3 * numbers[:, 6]
    for place, levels in enumerate((5, 40, 300, 3000)):
        codes = draw.integers(0, levels, rows)
        effect += 0.5 * draw.normal(size=levels)[codes]
        found[f"category {place}"] = np.char.add("level ", codes.astype(str)).astype(object)
    return found, (effect + 1.5 * draw.normal(size=rows) > 0).astype(int)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))[: options.threads]
    os.sched_setaffinity(0, cores)
    print(f"{platform.processor() or platform.machine()}, {len(cores)} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as place:
        run = Path(place)
        features, target = columns(options.rows)
        prepared(run, features, target, ["no", "yes"])
        del features, target
        own(run, options.seconds)
        rivals(run)


def own(run: Path, seconds: float) -> None:
    from sklearn.metrics import roc_auc_score

    folder = run / "steps" / "01-train"
    folder.mkdir(parents=True)
    (folder / "args.json").write_text(json.dumps({"tool": "train", "args": {"metric": "roc_auc"}}))
    context = {"run": str(run), "deadline": deadline_in(seconds)}
    command = [sys.executable, "-P", "-m", "noglue.tools.process.step_process", str(folder), json.dumps(context)]
    begun = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    took = time.monotonic() - begun
    content = json.loads((folder / "result.json").read_text())
    assert content["ok"], content
    test = load_split(run / "sealed", "test")
    model = catalogue.load("noglue.tools.models", content["result"]["family"]).load(run / "model", "cpu")
    score = roc_auc_score(test["target"], model.predict(test)[:, 1])
    print(f"noglue: AUC {score:.4f}, {took:.0f} s, peak {used.ru_maxrss / 2**20:.2f} GB", flush=True)


def rivals(run: Path) -> None:
    import lightgbm
    import pandas as pd
    from sklearn.metrics import roc_auc_score

    frames = {}
    for split in ("train", "validation", "test"):
        frame = load_split(run / ("sealed" if split == "test" else "data"), split).to_pandas()
        frames[split] = frame
    for name in [name for name in frames["train"] if name.startswith("category")]:
        kind = pd.CategoricalDtype(sorted(frames["train"][name].unique()))
        for frame in frames.values():
            frame[name] = frame[name].where(frame[name].isin(kind.categories)).astype(kind)
    labels = {split: frame.pop("target") for split, frame in frames.items()}
    for params in RIVALS:
        begun = time.monotonic()
        train = lightgbm.Dataset(frames["train"], labels["train"], free_raw_data=False)
        beside = lightgbm.Dataset(frames["validation"], labels["validation"], reference=train, free_raw_data=False)
        known = {"objective": "binary", "metric": "auc", "verbosity": -1, "bagging_fraction": 0.8, "bagging_freq": 1}
        stop = lightgbm.early_stopping(100, verbose=False)
        booster = lightgbm.train({**known, **params}, train, 5000, valid_sets=[beside], callbacks=[stop])
        score = roc_auc_score(labels["test"], booster.predict(frames["test"]))
        print(
            f"{params}: AUC {score:.4f}, {booster.best_iteration} rounds, {time.monotonic() - begun:.0f} s", flush=True
        )


if __name__ == "__main__":
    main()
