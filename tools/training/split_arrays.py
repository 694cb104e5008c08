"""A prepared data set's train and validation images in memory, with their targets."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.data.arrays import label_array
from noglue.tools.data.held_back import HELD, held_back
from noglue.tools.data.labels import labelled
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Step
from noglue.tools.training import class_weights as balancing
from noglue.tools.training.pixels import Size, read, working_size

if TYPE_CHECKING:
    import datasets


@dataclass
class Split:
    """pixels: uint8 (n, h, w, c). values: the target as the data has it, int64 class indices or float64 (n,)."""

    pixels: np.ndarray
    values: np.ndarray


def splits(
    data: Path, schema: Schema, limit: int, step: Step, most: int | None = None, balance: str | None = None
) -> tuple[Size, Split, Split]:
    """Train and validation, the longer side at most `limit` pixels; where there is none, some of train are held back.

    most: of a larger split, so many rows are chosen at random. balance: `oversample` or `undersample` what is learned
    from. Rows without a target are left out.
    Raises DataError `too-few-rows`, `unreadable` (naming the image).
    """
    rows = _at_most(labelled(load_split(data, "train"), schema), most, step.seed)
    if len(rows) == 0:
        raise _too_few(0, 0)
    size = working_size(rows, limit)
    train = _split(rows, schema, size, step.folder / "train.pixels")
    if (data / "validation").is_dir() and len(held := labelled(load_split(data, "validation"), schema)):
        held = _at_most(held, most, step.seed)
        validation = _split(held, schema, size, step.folder / "validation.pixels")
    else:
        held_rows = held_back(rows, schema, HELD, step.seed)
        validation, train = (Split(train.pixels[part], train.values[part]) for part in (held_rows, ~held_rows))
    if len(train.values) < 2 or len(validation.values) < 1:
        raise _too_few(len(train.values), len(validation.values))
    if schema.predicts == "classes" and balance in ("oversample", "undersample"):
        drawn = balancing.drawn(train.values, balance, step.seed)
        train = Split(train.pixels[drawn], train.values[drawn])
    return size, train, validation


def _at_most(rows: "datasets.Dataset", most: int | None, seed: int) -> "datasets.Dataset":
    return rows if most is None or len(rows) <= most else rows.select(some(len(rows), most, seed))


def some(count: int, most: int, seed: int) -> np.ndarray:
    """At most `most` of `count` row numbers, the same ones for the same seed, in order."""
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, most, replace=False))


def _split(rows: "datasets.Dataset", schema: Schema, size: Size, spill: Path) -> Split:
    return Split(read(rows, size, spill), label_array(rows, str(schema.target)))


def _too_few(train: int, validation: int) -> DataError:
    return DataError(
        Kind.TOO_FEW_ROWS,
        f"There are {train} labelled images to train with and {validation} to choose by.",
        hint="Give at least three labelled images, better fifty of each class.",
    )
