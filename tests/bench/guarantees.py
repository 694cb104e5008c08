"""Do intervals and sets of real families hold the truth as often as they say, on data of which much can be drawn?

    python -m tests.bench.guarantees [FAMILY …] [--rows 400] [--seeds 10] [--level 0.9]

Of each family and seed a training on so many rows (a fifth validation) of six columns, with targets that scatter
more at the ends of one of them; then 2,000 new rows. Prints the mean coverage over the seeds and its deviation, for
values and for two classes; on two slow cores half a minute a family.
"""

import argparse
import tempfile
import time
from pathlib import Path

import datasets
import numpy as np

from noglue.tools import train
from noglue.tools.data.arrays import label_array
from noglue.tools.evaluation.conformal import Calibration, Guarantee
from noglue.tools.modelstore import load_model
from noglue.tools.spec.profiles import Column
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Step

NAMES, NEW, SECONDS = "abcdef", 2000, 20.0


def prepared(run: Path, rows: int, seed: int, classes: list[str] | None) -> None:
    draw = np.random.default_rng(seed)
    values = draw.normal(size=(rows + NEW, 6))
    middle = np.sin(2 * values[:, 0]) + values[:, 1] * values[:, 2] + values[:, 3]
    target = middle + draw.normal(size=len(values)) * (0.3 + 0.5 * np.abs(values[:, 0]))
    told = (target > 0.3).astype(np.int64) if classes else target
    kind = datasets.ClassLabel(names=classes) if classes else datasets.Value("float64")
    features = datasets.Features({name: datasets.Value("float64") for name in NAMES} | {"y": kind})
    columns = {name: values[:, place] for place, name in enumerate(NAMES)} | {"y": told}
    cuts = [0, int(0.8 * rows), rows, rows + NEW]
    for place, split in enumerate(("data/train", "data/validation", "sealed/test")):
        part = {name: column[cuts[place] : cuts[place + 1]] for name, column in columns.items()}
        datasets.Dataset.from_dict(part, features=features).save_to_disk(str(run / split))
    Schema(
        goal="classify" if classes else "regress",
        modality="table",
        target="y",
        features=[Column(name=name, kind="number", dtype="float64") for name in NAMES],
        classes=classes,
        rows={"train": cuts[1], "validation": rows - cuts[1], "test": NEW},
        split="random",
    ).save(run / "data")


def coverage(run: Path, family: str, seed: int, level: float) -> float:
    """The share of the new rows whose truth lies inside."""
    for name in ("model", "steps"):
        (run / name).mkdir()
    step = Step(folder=run / "steps", run=run, seed=seed, deadline=time.monotonic() + SECONDS)
    train.run(train.Args(family=family, baseline=False), step)
    schema, model = load_model.predictor(run / "model", "cpu")
    rows = Calibration.load(run / "model", schema.classes)
    assert rows is not None, "every family here holds rows back"
    guarantee, new = Guarantee.at(rows, level), load_split(run / "sealed", "test")
    predicted, truth = model.predict(new), label_array(new, "y")
    if schema.classes is None:
        low, high = guarantee.intervals(predicted)
        return float(((low <= truth) & (truth <= high)).mean())
    sets = guarantee.sets(predicted, predicted.argmax(axis=1))
    return float(sets[np.arange(NEW), truth].mean())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("families", nargs="*", default=["linear", "boosted_trees", "table_blend"])
    parser.add_argument("--rows", type=int, default=400)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--level", type=float, default=0.9)
    args = parser.parse_args()
    datasets.disable_progress_bars()
    for family in args.families:
        for classes in (None, ["no", "yes"]):
            held = []
            for seed in range(args.seeds):
                with tempfile.TemporaryDirectory() as place:
                    prepared(Path(place), args.rows, seed, classes)
                    held.append(coverage(Path(place), family, seed, args.level))
            what = "classes" if classes else "values"
            print(f"{family:16} {what:8} {np.mean(held):.4f} ± {np.std(held):.4f} over {args.seeds} seeds", flush=True)


if __name__ == "__main__":
    main()
