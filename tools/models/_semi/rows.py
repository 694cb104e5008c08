"""The images of a prepared data set: the few with labels, and all of them without."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from noglue.tools.data.arrays import label_array
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Step
from noglue.tools.training.pixels import COLUMN, Size, read, working_size


@dataclass
class SemiData:
    """pixels: uint8 (n, h, w, c), every image that may be learned from without its label. labelled: the row numbers of
    those that have one; labels: int64, theirs. val, val_labels: the validation split, None where there is none.
    """

    size: Size
    pixels: np.ndarray
    labelled: np.ndarray
    labels: np.ndarray
    val: np.ndarray | None = None
    val_labels: np.ndarray | None = None


def read_semi_data(data: Path, schema: Schema, limit: int, step: Step) -> SemiData:
    """Train, the rows to predict among the images without labels; the longer side at most `limit` pixels.

    Raises DataError `too-few-rows`, `unreadable` (naming the image).
    """
    import datasets

    rows = load_split(data, "train")
    labels = label_array(rows, str(schema.target))
    labelled = np.flatnonzero(labels >= 0)
    if len(labelled) < 2:
        raise DataError(
            Kind.TOO_FEW_ROWS,
            f"There are {len(labelled)} labelled images to train with.",
            hint="Give at least two labelled images, better ten of each class.",
        )
    images = rows.select_columns([COLUMN])
    if (data / "unlabelled").is_dir():
        images = datasets.concatenate_datasets([images, load_split(data, "unlabelled").select_columns([COLUMN])])
    size = working_size(images, limit)
    found = SemiData(size, read(images, size, step.folder / "train.pixels"), labelled, labels[labelled])
    if (data / "validation").is_dir():
        held = load_split(data, "validation")
        truth = label_array(held, str(schema.target))
        known = np.flatnonzero(truth >= 0)
        if len(known):
            held = held if len(known) == len(held) else held.select(known)
            found.val, found.val_labels = read(held, size, step.folder / "validation.pixels"), truth[known]
    return found
