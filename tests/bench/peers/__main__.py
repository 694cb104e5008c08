"""Public tables, the same splits for noglue and for other programs, one run at a time.

    python -m tests.bench.peers --autogluon /opt/ag/bin/python --flaml /opt/flaml/bin/python
    python -m tests.bench.peers --peers noglue linear --tables oj ames --splits 1 --threads 1

Peers: `noglue` (the whole command, from the file to its predictions), `linear` (the same, `--family linear`), `best`
and `medium` (AutoGluon's presets), `flaml`. One error a table: 1 - ROC AUC of two classes, log loss of more, RMSE of
values, each peer told to make it small. Prints each error as it comes, then the mean of each peer's ranks over tables
and splits, and how often it failed; a failure has the last rank. Results are kept in FOLDER, and not computed again.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.bench.peers.tables import TABLES, Split, write

HERE = Path(__file__).parent
PEERS = ("noglue", "linear", "best", "medium", "flaml")
MEASURES = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}
PRESETS = {"best": "best_quality", "medium": "medium_quality"}
GRACE = 20.0  # times the budget, after which a peer is ended


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=PEERS)
    parser.add_argument("--tables", nargs="*", choices=sorted(TABLES), default=list(TABLES))
    parser.add_argument("--splits", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=Path("bench-peers"))
    parser.add_argument("--autogluon", help="the interpreter that has it")
    parser.add_argument("--flaml", help="the interpreter that has it")
    options = parser.parse_args()
    interpreters = {"best": options.autogluon, "medium": options.autogluon, "flaml": options.flaml}
    peers = [peer for peer in options.peers if interpreters.get(peer, sys.executable)]
    print(f"{platform.processor() or platform.machine()}, {options.threads} threads, load {os.getloadavg()[0]:.1f}")
    print("| table | split | " + " | ".join(f"{peer} (s)" for peer in peers) + " |\n|" + "---|" * (2 + len(peers)))
    errors: list[list[float]] = []
    for name in options.tables:
        for seed in range(options.splits):
            split = write(options.folder / "splits", name, seed)
            found = [_once(peer, name, seed, split, options, interpreters) for peer in peers]
            errors.append([float(one["error"]) for one in found])
            cells = [f"{one['error']:.5g} ({one['seconds']:.0f})" for one in found]
            print(f"| {name} | {seed} | " + " | ".join(cells) + " |", flush=True)
    summary(peers, np.array(errors))


def summary(peers: list[str], errors: np.ndarray) -> None:
    """errors: float64 (runs, peers), infinite where one failed."""
    ranks = pd.DataFrame(errors).rank(axis=1, method="average").to_numpy()
    print("\n| peer | mean rank | runs | failed | error over noglue's, geometric mean |\n|---|---|---|---|---|")
    for place, peer in enumerate(peers):
        both = np.isfinite(errors[:, place]) & np.isfinite(errors[:, 0]) & (errors[:, [0, place]] > 0).all(axis=1)
        ratio = np.exp(np.log(errors[both, place] / errors[both, 0]).mean()) if both.any() else np.nan
        failed = int(np.isinf(errors[:, place]).sum())
        print(f"| {peer} | {ranks[:, place].mean():.2f} | {len(errors)} | {failed} | {ratio:.3f} |")


def _once(
    peer: str, name: str, seed: int, split: Split, options: argparse.Namespace, interpreters: Mapping[str, str]
) -> dict[str, Any]:
    """error, seconds of the whole process, models; from the folder where it was run before with the same settings."""
    place = options.folder / f"{options.seconds:g}s-{options.threads}" / f"{name}-{seed}-{peer}.json"
    if place.exists():
        kept: dict[str, Any] = json.loads(place.read_text())
        return kept
    place.parent.mkdir(parents=True, exist_ok=True)
    out = place.with_suffix(".csv")
    begun = time.monotonic()
    if peer in ("noglue", "linear"):
        log = _noglue(peer, seed, split, options, out)
    else:
        log = _other(peer, seed, split, options, interpreters[peer], out)
    seconds = time.monotonic() - begun
    try:
        error = _error(split, pd.read_csv(out))
    except (OSError, KeyError, ValueError) as failure:
        error, log = float("inf"), f"{failure}\n{log[-2000:]}"
    found = {"error": error, "seconds": seconds, "log": log[-3000:]}
    place.write_text(json.dumps(found))
    return found


def _environment(threads: int) -> dict[str, str]:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "LOKY_MAX_CPU_COUNT")
    return {**os.environ, **dict.fromkeys(names, str(threads))}


def _run(command: list[str], options: argparse.Namespace) -> str:
    """What it printed last; it may use so many cores."""
    cores = ",".join(str(core) for core in sorted(os.sched_getaffinity(0))[: options.threads])
    pinned = ["taskset", "-c", cores] if shutil.which("taskset") else []
    environment = _environment(options.threads)
    try:
        done = subprocess.run(
            [*pinned, *command], capture_output=True, text=True, env=environment, timeout=GRACE * options.seconds
        )
    except subprocess.TimeoutExpired:
        return f"ended after {GRACE} times its budget"
    return done.stdout if done.returncode == 0 else done.stdout + done.stderr


def _noglue(peer: str, seed: int, split: Split, options: argparse.Namespace, out: Path) -> str:
    runs = out.with_suffix(".runs")
    shutil.rmtree(runs, ignore_errors=True)
    goal = "Predict the number" if split.kind == "regression" else "Classify by"
    noglue = [sys.executable, "-m", "noglue.agent.cli"]
    family = ["--family", "linear"] if peer == "linear" else []
    log = _run(
        [*noglue, "run", f"{goal} {split.target}.", "--data", str(split.train), "--test", str(split.test),
         "--target", split.target,
         "--metric", MEASURES[split.kind], "--budget", f"{options.seconds:g}s", "--seed", str(seed), "--device", "cpu",
         "--runs", str(runs), "--yes", "--json", *family], options)  # fmt: skip
    run = next((place.parent for place in sorted(runs.glob("*/run.json"))), None)
    if run is None:
        return log
    answers = out.with_suffix(".answers")
    log += _run([*noglue, "predict", str(run), str(split.test), "--proba", "--out", str(answers)], options)
    if answers.exists():
        pd.read_csv(answers).to_csv(out, index=False)
        answers.unlink()
    shutil.rmtree(runs, ignore_errors=True)
    return log


def _other(peer: str, seed: int, split: Split, options: argparse.Namespace, python: str, out: Path) -> str:
    program = HERE / ("run_flaml.py" if peer == "flaml" else "run_autogluon.py")
    arguments = [split.kind, f"{options.seconds:g}", str(seed), str(options.threads), str(out), PRESETS.get(peer, "-")]
    return _run([python, str(program), str(split.train), str(split.test), split.target, *arguments], options)


def _error(split: Split, answers: pd.DataFrame) -> float:
    """Raises KeyError where a column is missing."""
    from sklearn.metrics import log_loss, roc_auc_score

    truth = pd.read_csv(split.test)[split.target]
    if split.kind == "regression":
        return float(np.sqrt(np.mean((truth.to_numpy(float) - answers["prediction"].to_numpy(float)) ** 2)))
    names = sorted(truth.astype(str).unique())
    columns = {str(name).removeprefix("probability ").removeprefix("p_"): name for name in answers}
    found = np.stack([answers[columns[name]].to_numpy(float) for name in names], axis=1)
    if split.kind == "binary":
        return float(1 - roc_auc_score(truth.astype(str) == names[1], found[:, 1]))
    return float(log_loss(truth.astype(str), found / found.sum(axis=1, keepdims=True), labels=names))


if __name__ == "__main__":
    main()
