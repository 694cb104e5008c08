"""The independent network whose features and opinion samples are judged by. No generator is ever trained with it.

    >>> judge = train_judge(run / "data", step.folder / "judge", schema, step, seed=1, rows=20_000, epochs=3)
    >>> judge.how
    'a residual network told to tell the 10 classes apart, trained on 20,000 train rows'
    >>> judge.features(samples).shape, judge.accuracy(test_pixels, test_labels)
    ((10000, 128), 0.993)

    folder/judge.json    `About`
    folder/model/        the family `resnet`'s files

Images without labels teach it by how many quarter turns they were rotated (Gidaris et al. 2018,
https://arxiv.org/abs/1803.07728), which takes knowing what they show.
"""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import torch
from pydantic import BaseModel

from noglue.tools.data.arrays import image_column, label_array
from noglue.tools.data.write_split import SplitWriter
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.profiles import Column, ImageShape
from noglue.tools.spec.protocols import Settings
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Note, Progress, Step
from noglue.tools.training.image_model import ImagePredictor
from noglue.tools.training.pixels import IN_A_BATCH, Size, fitted, read, working_size

PIXELS = 64  # the longest side judged at
LEAST = 50  # labelled images that classes can be learned from
SMALL = 20 * 20  # pixels; on a CPU larger images get a network of half the width, a third of the work for MNIST
LONGER = 20  # by how much a smaller set's epochs are multiplied at most
ROWS = 2048  # images at a time
TURNS = ["no turn", "one turn", "two turns", "three turns"]


class About(BaseModel):
    """classes: those that the network tells apart, or None where it was taught turns; how: in words."""

    classes: list[str] | None
    how: str


@dataclass(frozen=True)
class Judge:
    """classes: None where it knows none. how: what it is and learned from, in words."""

    predictor: ImagePredictor
    classes: list[str] | None
    how: str

    def features(self, pixels: np.ndarray) -> np.ndarray:
        """uint8 (n, h, w, c) of any size and channels → float32 (n, d)."""
        width = self.predictor.config.shape.widths[-1]
        return _by_pieces(self.predictor.features, pixels, width)

    def probabilities(self, pixels: np.ndarray) -> np.ndarray | None:
        """float32 (n, k) over `classes`; None without classes."""
        if self.classes is None:
            return None
        return _by_pieces(self._class_probabilities, pixels, len(self.classes))

    def accuracy(self, pixels: np.ndarray, labels: np.ndarray) -> float | None:
        """How often it is right where there is a label (labels: int64 (n,), -1 for none); None where it can't be."""
        probabilities, known = self.probabilities(pixels), labels >= 0
        if probabilities is None or not known.any():
            return None
        return float((probabilities.argmax(1) == labels)[known].mean())

    def _class_probabilities(self, pixels: np.ndarray) -> np.ndarray:
        return self.predictor.answers(self.predictor.outputs(fitted(pixels, self.predictor.config.size)))


@dataclass(frozen=True)
class LabelledImages:
    """What it is to learn: uint8 (n, h, w, c), int64 (n,), and the names of the answers."""

    pixels: np.ndarray
    labels: np.ndarray
    names: list[str]
    about: About


def train_judge(
    data: Path,
    folder: Path,
    schema: Schema,
    step: Step,
    *,
    seed: int,
    rows: int,
    epochs: int,
    seconds: float | None = None,
) -> Judge:
    """Learn from at most `rows` of the train rows, and leave the judge in `folder`.

    epochs: over `rows` rows; a smaller set is gone over more often, for as many steps, at most 20 times as often.
    seconds: at most so long; where that is too short, the result depends on the machine's speed. Nothing random
    outside is touched. Raises DataError `too-few-rows` without any image; BudgetSpent when no time is left at all.
    """
    step.progress("judge")
    examples = _labelled_images(data, schema, seed, rows)
    shutil.rmtree(folder, ignore_errors=True)
    taught = _write(examples, folder / "data", schema)
    often = round(epochs * min(LONGER, max(1.0, rows / len(examples.labels))))
    inner = replace(step, seed=seed, folder=folder / "work", deadline=_deadline(step, seconds), emit=_as_judge(step))
    inner.folder.mkdir()
    threads = torch.get_num_threads()
    with torch.random.fork_rng(devices=[step.device] if step.device.startswith("cuda") else []):
        family = catalogue.load("noglue.tools.models", "resnet")
        width = 0.5 if step.device == "cpu" and examples.pixels[0, ..., 0].size > SMALL else 1.0
        settings = Settings(epochs=often, options={"pixels": PIXELS, "width": width})
        trained = family.train(folder / "data", folder / "model", taught, settings, inner)
        about = _with_what_was_cut(examples.about, float(trained.settings["epochs"]), often)
        (folder / "judge.json").write_text(about.model_dump_json(indent=2), encoding="utf-8")
        judge = load_judge(folder, step.device)  # which draws weights before it reads them
    torch.set_num_threads(threads)
    for part in ("data", "work"):
        shutil.rmtree(folder / part)
    return judge


def load_judge(folder: Path, device: str) -> Judge:
    """The judge that `train_judge` left. Raises DataError `unreadable` when the folder holds none."""
    try:
        about = About.model_validate_json((folder / "judge.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(Kind.UNREADABLE, f"{folder} holds no judge: {error}.", hint="Train one first.") from error
    return Judge(
        catalogue.load("noglue.tools.models", "resnet").load(folder / "model", device), about.classes, about.how
    )


# ---- what it learns ----------------------------------------------------------------------------------------------


def _labelled_images(data: Path, schema: Schema, seed: int, most: int) -> LabelledImages:
    train, random = load_split(data, "train"), np.random.default_rng(seed)
    if len(train) == 0:
        raise DataError(Kind.TOO_FEW_ROWS, "There is no image to train the judge with.", hint="Give more images.")
    classes, why = schema.classes or [], "the images carry no labels"
    if schema.target is not None and classes:
        labels = label_array(train, schema.target)
        usable = np.flatnonzero(labels >= 0)
        chosen = np.sort(random.permutation(usable)[:most])
        why = _hindrance(labels[chosen])
        if not why:
            some = train.select(chosen)
            how = f"told to tell the {len(classes)} classes apart, trained on {len(chosen):,} train rows"
            about = About(classes=classes, how=f"a residual network {how}")
            return LabelledImages(read(some, working_size(some, PIXELS)), labels[chosen], classes, about)
    some = train.select(np.sort(random.permutation(len(train))[:most]))
    how = f"told to tell by how many quarter turns an image is rotated, trained on {len(some):,} train rows"
    about = About(classes=None, how=f"a residual network {how} ({why})")
    return LabelledImages(*_turned(_square(some), most, random), TURNS, about)


def _hindrance(labels: np.ndarray) -> str:
    """Why classes can't be learned from these, or nothing."""
    if len(labels) < LEAST:
        return f"only {len(labels)} images carry a label"
    if (np.bincount(labels) >= 2).sum() < 2:
        return "fewer than two classes have two images"
    return ""


def _square(rows: Any) -> np.ndarray:
    """Squeezed, not padded: bars at two sides would give the turn away."""
    size = working_size(rows, PIXELS)
    side = round((size.height * size.width) ** 0.5)
    return fitted(read(rows, size), Size(height=side, width=side, channels=size.channels))


def _turned(pixels: np.ndarray, most: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Each image in one to four random turns, as many as `most` allows; and the number of turns, int64."""
    copies = int(np.clip(most // len(pixels), 1, len(TURNS)))
    if len(pixels) < LEAST:
        copies = len(TURNS)
    first = random.integers(0, len(TURNS), len(pixels))
    turns = ((first[None] + np.arange(copies)[:, None]) % len(TURNS)).ravel()
    turned = np.tile(pixels, (copies, 1, 1, 1))
    for turn in range(1, len(TURNS)):
        turned[turns == turn] = np.rot90(turned[turns == turn], turn, (1, 2))
    return turned, turns


# ---- how it is trained -------------------------------------------------------------------------------------------


def _write(examples: LabelledImages, data: Path, schema: Schema) -> Schema:
    """The examples as a prepared data set to classify."""
    import datasets

    count, height, width, channels = examples.pixels.shape
    kinds = {
        "image": datasets.Array3D((height, width, channels), "uint8"),
        "label": datasets.ClassLabel(names=examples.names),
    }
    with SplitWriter(data / "train", datasets.Features(kinds), "judge") as writer:
        writer.write({"image": image_column(examples.pixels), "label": pa.array(examples.labels, pa.int64())})
    change = {
        "goal": "classify",
        "target": "label",
        "features": [Column(name="image", kind="image", dtype="uint8")],
        "classes": examples.names,
        "image": ImageShape(height=height, width=width, channels=channels),
        "rows": {"train": count},
    }
    return schema.model_copy(update=change)


def _with_what_was_cut(about: About, done: float, planned: int) -> About:
    short = f", for {done:.1f} of {planned} epochs as time was short" if done < 0.95 * planned else ""
    return about.model_copy(update={"how": about.how + short})


def _deadline(step: Step, seconds: float | None) -> float | None:
    own = None if seconds is None else time.monotonic() + seconds
    given = [deadline for deadline in (own, step.deadline) if deadline is not None]
    return min(given, default=None)


def _as_judge(step: Step) -> Callable[[Progress | Note], None]:
    """Its own progress would be mistaken for the generator's."""

    def emit(event: Progress | Note) -> None:
        if isinstance(event, Progress):
            step.progress("judge", event.done, event.total)

    return emit


def _by_pieces(answer: Callable[[np.ndarray], np.ndarray], pixels: np.ndarray, width: int) -> np.ndarray:
    size = max(1, min(ROWS, IN_A_BATCH // max(1, int(np.prod(pixels.shape[1:])))))
    parts = [answer(pixels[start : start + size]) for start in range(0, len(pixels), size)]
    return np.concatenate(parts) if parts else np.zeros((0, width), np.float32)
