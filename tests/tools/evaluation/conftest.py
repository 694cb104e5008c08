"""Real prepared data, real trained models: small run folders that the tests evaluate and report on."""

from pathlib import Path

import datasets
import numpy as np
import pytest

from noglue.tools import train
from noglue.tools.spec.profiles import Column, ImageShape
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

datasets.disable_progress_bars()


class Bench:
    """Makes run folders under one temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def table(self, name, values, target, names, classes=None, train_rows=0.6, seed=0, unlabelled=0):
        """A prepared table: float columns, and a target of class indices or of numbers."""
        run = self.folder / name
        order = np.random.default_rng(seed).permutation(len(values))
        kind = datasets.ClassLabel(names=classes) if classes else datasets.Value("float64")
        features = datasets.Features({n: datasets.Value("float64") for n in names} | {"target": kind})
        rows = {n: values[order, i] for i, n in enumerate(names)} | {"target": target[order]}
        columns = [Column(name=n, kind="number", dtype="float64") for n in names]
        return self._write(run, rows, features, columns, classes, train_rows, unlabelled, modality="table")

    def images(self, name, pixels, labels, classes, train_rows=0.6, seed=0):
        """A prepared image set: uint8 (n, height, width, channels)."""
        order = np.random.default_rng(seed).permutation(len(pixels))
        shape = ImageShape(height=pixels.shape[1], width=pixels.shape[2], channels=pixels.shape[3])
        kind = datasets.Array3D(pixels.shape[1:], "uint8")
        features = datasets.Features({"image": kind, "target": datasets.ClassLabel(names=classes)})
        rows = {"image": pixels[order], "target": labels[order]}
        columns = [Column(name="image", kind="image", dtype="uint8")]
        return self._write(
            self.folder / name, rows, features, columns, classes, train_rows, 0, modality="image", image=shape
        )

    def _write(self, run, rows, features, columns, classes, train_rows, unlabelled, **facts):
        count = len(rows["target"])
        first, second = int(train_rows * count), int((train_rows + (1 - train_rows) / 2) * count)
        parts = {
            "data/train": slice(0, first),
            "data/validation": slice(first, second),
            "sealed/test": slice(second, count),
        }
        sizes = {}
        for place, part in parts.items():
            split = {n: v[part] for n, v in rows.items()}
            sizes[place.split("/")[1]] = len(split["target"])
            datasets.Dataset.from_dict(split, features=features).save_to_disk(run / place)
        if unlabelled:
            rest = {n: v[:unlabelled] for n, v in rows.items() if n != "target"}
            without = datasets.Features({n: f for n, f in features.items() if n != "target"})
            datasets.Dataset.from_dict(rest, features=without).save_to_disk(run / "data/unlabelled")
        counts = {c: int((rows["target"][:first] == i).sum()) for i, c in enumerate(classes or [])}
        Schema(
            goal="classify" if classes else "regress",
            target="target",
            features=columns,
            classes=classes,
            counts=counts or None,
            rows=sizes,
            split="random",
            split_why="Rows were shuffled.",
            **facts,
        ).save(run / "data")
        return run

    def train(self, run, **args):
        """The train tool itself. Returns its result."""
        (run / "model").mkdir()
        return train.run(train.Args(**args), self.step(run, "train"))

    def step(self, run, name, seed=0):
        folder = run / "steps" / name
        folder.mkdir(parents=True, exist_ok=True)
        return Step(folder=folder, run=run, seed=seed)


@pytest.fixture(scope="session")
def bench(tmp_path_factory):
    return Bench(tmp_path_factory.mktemp("runs"))
