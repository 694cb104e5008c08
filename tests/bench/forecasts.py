"""Forecasts beside seasonal naive, AutoETS and AutoTheta, on series that ship with packages: MASE, the same test steps.

    PYTHONPATH=. python -m tests.bench.forecasts [--half tuning|held_back] [--only WORDS] [--budget 60] [--members]

Each set goes through `inspect`, `prepare`, `train` and `evaluate` as a run's steps do, with `--budget` seconds for the
training; the last steps of each series are the test. The rivals fit the same histories, at once, with the season that
convention gives them. MASE is scaled by the season that convention gives, for all alike. Prints a line a set, then the
shares and means. Bars: below seasonal naive on 80 % of the series; below AutoETS and AutoTheta on average.
"""

import argparse
import os
import platform
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from noglue.tools import evaluate, inspect, prepare, train
from noglue.tools.forecasting.panel import filled, scale
from noglue.tools.spec.forecasting import Horizon
from noglue.tools.spec.step import Step
from tests.bench import forecast_sets
from tests.bench.forecast_sets import Set

RIVALS = ("AutoETS", "AutoTheta")


def forecast(one: Set, table: pd.DataFrame, place: Path, budget: float) -> tuple[pd.DataFrame, evaluate.Result, float]:
    """The test forecasts of a run's steps: series, place within the test, prediction, truth."""
    file, run = place / "table.csv", place / "run"
    table.to_csv(file, index=False)
    for name in ("data", "sealed", "model", "steps"):
        (run / name).mkdir(parents=True)

    def step(name: str, seconds: float | None = None) -> Step:
        folder = run / "steps" / name
        folder.mkdir()
        return Step(folder=folder, run=run, deadline=None if seconds is None else time.monotonic() + seconds)

    begun = time.monotonic()
    looked = inspect.run(inspect.Args(roots=[str(file)]), step("inspect"))
    wished = {"goal": "forecast", "target": "value", "horizon": Horizon(count=one.horizon)}
    prepare.run(prepare.Args(profile=looked.profile, **wished), step("prepare"))  # type: ignore[arg-type]
    trained = train.run(train.Args(), step("train", budget))
    found = evaluate.run(evaluate.Args(), step("evaluate"))
    if VERBOSE:
        tried = ", ".join(
            f"{c.family} {c.validation.get('mase', float('nan')):.2f}/{c.share:.2f}" for c in trained.candidates
        )
        print(f"    {tried}; {'; '.join(trained.notes)}")
    return pd.read_csv(run / "steps" / "evaluate" / "predictions.csv"), found, time.monotonic() - begun


def rivals(history: np.ndarray, season: int, ahead: int) -> dict[str, np.ndarray]:
    from statsforecast import models

    lag = season if len(history) >= season else 1
    found = {"seasonal naive": history[len(history) - lag + np.arange(ahead) % lag]}
    for name in RIVALS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            given = season if season <= 24 or name != "AutoETS" else 1
            found[name] = getattr(models, name)(season_length=given).forecast(y=history, h=ahead)["mean"]
    return found


def judged(one: Set, budget: float) -> pd.DataFrame:
    """A row a series: MASE of noglue and the rivals."""
    table = one.make()
    with tempfile.TemporaryDirectory() as place:
        told, _, seconds = forecast(one, table, Path(place), budget)
    told["series"] = told["series"].astype(object).where(told["series"].notna(), "").astype(str)
    rows = []
    for name, part in table.groupby(table["series"].astype(str) if "series" in table else np.full(len(table), "")):
        tested = told[told["series"] == name]
        history = part["value"].to_numpy(float)[: len(part) - len(tested)]
        if not len(tested):
            continue
        unit, truth = scale(history, one.season), tested["truth"].to_numpy(float)
        others = rivals(filled(history, one.season), one.season, len(truth))
        errors = {"noglue": np.abs(tested["prediction"].to_numpy(float) - truth).mean() / unit}
        errors |= {rival: np.abs(values - truth).mean() / unit for rival, values in others.items()}
        held = ((tested["lower"] <= tested["truth"]) & (tested["truth"] <= tested["upper"])).mean()
        rows.append({"set": one.name, "series": name, **errors, "held": held, "seconds": seconds})
    return pd.DataFrame(rows)


VERBOSE = False


def main() -> None:
    global VERBOSE
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("tuning", "held_back"), default="held_back")
    parser.add_argument("--only", default="", help="sets with this in their name")
    parser.add_argument("--budget", type=float, default=60.0)
    parser.add_argument("--members", action="store_true", help="print what each member scored in validation")
    options = parser.parse_args()
    VERBOSE = options.members
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    sets = [one for one in getattr(forecast_sets, options.half)() if options.only in one.name]
    parts = []
    for one in sets:
        found = judged(one, options.budget)
        parts.append(found)
        means = found.drop(columns=["set", "series"]).mean()
        print(f"{one.name:38} " + "  ".join(f"{name} {value:.3f}" for name, value in means.items()), flush=True)
    whole = pd.concat(parts)
    sets_ = whole.groupby("set")[["noglue", "seasonal naive", *RIVALS]].mean()
    print(f"below seasonal naive: {(whole['noglue'] < whole['seasonal naive']).mean():.0%} of {len(whole)} series, "
          f"{(sets_['noglue'] < sets_['seasonal naive']).mean():.0%} of {len(sets_)} sets")  # fmt: skip
    print("mean of sets:   " + "  ".join(f"{name} {value:.3f}" for name, value in sets_.mean().items()))
    print("geometric mean: " + "  ".join(f"{n} {v:.3f}" for n, v in np.exp(np.log(sets_).mean()).items()))
    print(f"90 % intervals held {whole['held'].mean():.0%}")


if __name__ == "__main__":
    main()
