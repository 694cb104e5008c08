"""What comes of a table within seconds: whole runs of the command line, from the file to the score of its test rows.

    python -m tests.bench.short_budgets                                  six tables, 8, 10 and 15 s, two seeds: 8 min
    python -m tests.bench.short_budgets wine notes --budgets 10s 30s --python OTHER/.venv/bin/python

Prints of each table and budget the mean of the test scores over the seeds (accuracy, or R² of values; `none` where a
run ended without a model), the share of the runs that kept the simple model alone as `simple n/m`, and the seconds that
the runs took in the median. On a machine that does other things too, all of them are lower: say how busy it was.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

BUILT_IN = ("iris", "wine", "breast_cancer", "diabetes")
MADE = ("notes", "bends")
WORDS = ["red", "green", "blue", "large", "small", "heavy", "light", "old", "new", "fine", "broken", "good", "bad"]
PREPARED_ANEW = "NOGLUE_CACHE"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", default=(*BUILT_IN, *MADE))
    parser.add_argument("--budgets", nargs="+", default=["8s", "10s", "15s"])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--python", default=sys.executable, help="that noglue is installed for")
    arguments = parser.parse_args()
    print("| table | chance | " + " | ".join(arguments.budgets) + " |\n|" + "---|" * (2 + len(arguments.budgets)))
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.tables:
            file = Path(folder) / f"{name}.csv"
            table(name).to_csv(file, index=False)
            runs = {
                budget: [one(file, budget, seed, arguments.python) for seed in range(arguments.seeds)]
                for budget in arguments.budgets
            }
            cells = [cell(found) for found in runs.values()]
            print("| " + " | ".join([name, chance([one for each in runs.values() for one in each]), *cells]) + " |")
            sys.stdout.flush()


def table(name: str) -> pd.DataFrame:
    """One of scikit-learn's, or one that is made: with texts beside numbers, or bent so that no line follows it."""
    if name in BUILT_IN:
        from sklearn import datasets

        found = getattr(datasets, f"load_{name}")(as_frame=True)
        frame: pd.DataFrame = found.frame
        names = getattr(found, "target_names", None)
        return frame if names is None else frame.assign(target=[str(names[place]) for place in frame["target"]])
    random = np.random.default_rng(0)
    if name == "notes":
        words = np.array(WORDS)
        notes = [" ".join(random.choice(words, random.integers(5, 15))) for _ in range(3000)]
        liked = np.array([note.count("good") - note.count("bad") for note in notes])
        size, city = random.normal(size=3000), random.choice(list("abcdefgh"), 3000)
        price = 50 + 10 * size + 6 * liked + 2 * (city == "c") + random.normal(0, 3, 3000)
        return pd.DataFrame({"note": notes, "city": city, "size": size, "target": price.round(2)})
    columns = {f"x{place}": random.normal(size=10_000) for place in range(10)}
    bent = columns["x0"] * columns["x1"] + np.sin(2 * columns["x2"]) + random.normal(0, 0.5, 10_000)
    return pd.DataFrame(columns).assign(target=np.where(bent > 0, "yes", "no"))


def one(file: Path, budget: str, seed: int, python: str) -> dict[str, Any]:
    """`run.json`, of a run with a cache of its own."""
    with tempfile.TemporaryDirectory() as home:
        flags = ["--data", str(file), "--target", "target", "--budget", budget, "--seed", str(seed), "--json", "--yes"]
        command = [python, "-m", "noglue.agent.cli", "run", "Predict the target.", *flags, "--runs", f"{home}/runs"]
        environment = os.environ | {PREPARED_ANEW: f"{home}/cache"}
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        content: dict[str, Any] = json.loads(done.stdout)
        return content


def score(content: dict[str, Any], of: str) -> float | None:
    measured = (content.get("metrics") or {}).get(of) or {}
    found = measured.get("accuracy", measured.get("r2"))
    return None if found is None else float(found["value"])


def chance(runs: list[dict[str, Any]]) -> str:
    return mean([score(content, "baseline") for content in runs])


def cell(runs: list[dict[str, Any]]) -> str:
    simple = sum((content.get("model") or {}).get("family") == "linear" for content in runs)
    none = sum(not content.get("model") for content in runs)
    kept = [f"simple {simple}/{len(runs)}"] * bool(simple) + [f"none {none}/{len(runs)}"] * bool(none)
    took = statistics.median(content["seconds"]["total"] for content in runs if content.get("seconds"))
    return ", ".join([mean([score(content, "test") for content in runs]), *kept, f"{took:.0f} s"])


def mean(values: list[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{statistics.fmean(known):.3f}" if known else "none"


if __name__ == "__main__":
    main()
