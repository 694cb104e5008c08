"""Prepared digits to generate from, and generators of known character to judge."""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from noglue.tools.generation.judge import train_judge
from noglue.tools.spec.profiles import Column, ImageShape
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step
from tests.tools.models._image_data import array_rows

NAMES = [str(digit) for digit in range(10)]


def digits():
    """uint8 (1797, 8, 8, 1) and labels, shuffled: the writers come one after the other."""
    found = load_digits()
    order = np.random.default_rng(0).permutation(len(found.target))
    return (found.images * 255 / 16).round().astype(np.uint8)[order, ..., None], found.target[order]


PIXELS, LABELS = digits()
TRAIN, TEST, OTHERS = slice(0, 800), slice(800, 1300), slice(1300, 1797)


def prepared(run: Path, labelled=True, train=TRAIN, test=TEST) -> Path:
    """`data/` and `sealed/` as `prepare` leaves them for a generator."""
    names = NAMES if labelled else None
    for place, part in (("data/train", train), ("sealed/test", test)):
        array_rows(PIXELS[part], LABELS[part] if labelled else None, names).save_to_disk(str(run / place))
    Schema(
        goal="generate",
        modality="image",
        target="label" if labelled else None,
        features=[Column(name="image", kind="image", dtype="uint8")],
        classes=names,
        image=ImageShape(height=8, width=8, channels=1),
        rows={"train": len(PIXELS[train]), "test": len(PIXELS[test])},
        split="random",
    ).save(run / "data")
    return run


def step(run: Path, name="evaluate", **more) -> Step:
    folder = run / "steps" / name
    folder.mkdir(parents=True, exist_ok=True)
    return Step(folder=folder, run=run, **more)


def judge(run: Path) -> str:
    """A quick one, for every generator of the run alike. Its path, for `Args.judge`."""
    train_judge(
        run / "data", run / "judge", Schema.load(run / "data"), step(run, "judging"), seed=1, rows=300, epochs=4
    )
    return "judge"


class Shelf:
    """A `Sampler` that knows some images, and shows those of the label asked for. most: of each label."""

    latent = 4

    def __init__(self, pixels, labels, noise=0.0, most=None, labelled=True):
        self.pixels, self.by_label, self.noise = pixels, [np.flatnonzero(labels == k)[:most] for k in range(10)], noise
        self.classes = NAMES if labelled else None

    def latents(self, count, seed):
        return np.random.default_rng(seed).standard_normal((count, self.latent)).astype(np.float32)

    def labels(self, count, seed):
        return np.random.default_rng(seed + 1).integers(0, 10, count) if self.classes else None

    def decode(self, latents, labels=None, progress=None):
        draws = np.abs(latents * 1e4).astype(np.int64)
        wanted = draws[:, 1] % 10 if labels is None else labels
        rows = [self.by_label[k][draw % len(self.by_label[k])] for k, draw in zip(wanted, draws[:, 0], strict=True)]
        shown = self.pixels[rows].astype(float) + self.noise * latents[:, 2, None, None, None]
        return shown.round().clip(0, 255).astype(np.uint8)
