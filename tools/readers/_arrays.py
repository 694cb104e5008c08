"""What the readers of arrays share: pixels to Arrow, labels to 0…k-1, splits from names."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa

from tools.core.errors import DataError
from tools.core.profile import ImageShape

MOST_CLASSES = 1000
SPLIT_ORDER = ("train", "validation", "test", "unlabelled", "all")
Paths = TypeVar("Paths")

_SPLITS = {
    "train": r"train|training|trn|train(ing)?(set|data)",
    "test": r"test|testing|tst|t10k|eval|evaluation|holdout|test(ing)?(set|data)",
    "validation": r"val|valid|validation|dev",
    "unlabelled": r"unlabelled|unlabeled|pred|predict",
}


def split_of(name: str) -> str | None:
    """The split that a file's or folder's name tells, or None.

    >>> split_of("emnist-letters-train-images-idx3-ubyte"), split_of("x_test"), split_of("retrained")
    ('train', 'test', None)
    """
    words = re.split(r"[^a-z0-9]+|(?<=[a-z])(?=\d+$)", name.lower())
    for split, pattern in _SPLITS.items():
        if any(re.fullmatch(pattern, word) for word in words):
            return split
    return None


def splits_of(paths: Sequence[Path]) -> dict[Path, str]:
    """Each file's split by its name (`train-00000-of-00002`), or by its folder's (`train/0.csv`); else `all`.

    Beside a test split, files that tell none are for training (`adult.data`, `adult.test`).
    """
    found = {path: split_of(path.name) or "all" for path in paths}
    if set(found.values()) == {"all"} and len({path.parent for path in paths}) > 1:
        found = {path: split_of(path.parent.name) or "all" for path in paths}
    if "all" in found.values() and "test" in found.values() and "train" not in found.values():
        found = {path: "train" if split == "all" else split for path, split in found.items()}
    return found


def in_order(found: Mapping[str, Paths]) -> dict[str, Paths]:
    """The splits, train first; then whatever else the keys are."""
    return {key: found[key] for key in sorted(found, key=lambda key: (*SPLIT_ORDER, key).index(key))}


def unreadable(path: Path, reason: str, hint: str = "") -> DataError:
    """The error of a file that is not what its name says."""
    hint = hint or "Check that the file was downloaded or copied whole, or leave it out."
    return DataError("unreadable", f"{path.name} can't be read: {reason}.", hint=hint, path=str(path))


def images(pixels: np.ndarray) -> tuple[pa.Array, ImageShape]:
    """Pixels uint8 (n, height, width, channels) as FixedSizeList<uint8>[height·width·channels], without a copy."""
    count, height, width, channels = pixels.shape
    flat = pa.array(np.ascontiguousarray(pixels).reshape(-1))
    column = pa.FixedSizeListArray.from_arrays(flat, height * width * channels)
    assert len(column) == count
    return column, ImageShape(height=height, width=width, channels=channels)


def labels(by_split: Mapping[str, np.ndarray]) -> tuple[dict[str, np.ndarray], list[str] | None]:
    """Labels as int64 0…k-1 and the names of the classes; fractions, and too many values to be classes, as float64.

    >>> labels({"train": np.array([1, 3]), "test": np.array([3])})
    ({'train': array([0, 1]), 'test': array([1])}, ['1', '3'])
    """
    whole = np.concatenate([part.reshape(-1) for part in by_split.values()])
    real = whole.dtype.kind == "f"
    if real and np.array_equal(whole, np.rint(whole)):
        whole = whole.astype(np.int64)
    values = np.unique(whole)
    many = 50 if real else MOST_CLASSES
    sparse = len(values) > 100 and len(whole) < 5 * len(values)
    if whole.dtype.kind != "U" and (whole.dtype.kind == "f" or len(values) > many or sparse):
        return {split: part.astype(np.float64) for split, part in by_split.items()}, None
    found = {split: np.searchsorted(values, part.astype(values.dtype)) for split, part in by_split.items()}
    return {split: part.astype(np.int64) for split, part in found.items()}, [str(value) for value in values]


def to_bytes(by_split: Mapping[str, np.ndarray]) -> tuple[dict[str, np.ndarray], str | None]:
    """Pixels of any type as uint8, on one scale for all splits, and what was done to them (None: nothing).

    0…1 and -1…1 are stretched to 0…255; 0…255 is rounded; anything wider is stretched from its own range.
    Raises ValueError on pixels that are not numbers.
    """
    kinds = {part.dtype for part in by_split.values()}
    if kinds == {np.dtype(np.uint8)}:
        return dict(by_split), None
    if any(kind.kind not in "buif" for kind in kinds):
        raise ValueError(f"pixels of type {', '.join(str(kind) for kind in kinds)}")
    filled = [part for part in by_split.values() if part.size]
    low = min((float(np.nanmin(part)) for part in filled), default=0.0)
    high = max((float(np.nanmax(part)) for part in filled), default=0.0)
    real = any(kind.kind == "f" for kind in kinds) or kinds == {np.dtype(bool)}
    if low >= 0 and high <= 1 and real:
        low, high = 0.0, 1.0
    elif low >= -1 and high <= 1 and real:
        low, high = -1.0, 1.0
    elif low >= 0 and high <= 255:
        low, high = 0.0, 255.0
    scale = 255.0 / ((high - low) or 1.0)
    done = {
        split: np.clip(np.nan_to_num((part.astype(np.float32) - low) * scale) + 0.5, 0, 255).astype(np.uint8)
        for split, part in by_split.items()
    }
    return done, f"pixel values {low:g}…{high:g} were scaled to 0…255"


def pick(total: int, rows: int | None) -> np.ndarray:
    """Which of `total` rows to look at: all, or `rows` of them spread evenly, so that sorted files show every class."""
    if rows is None or rows >= total:
        return np.arange(total)
    return np.linspace(0, total - 1, rows).astype(np.int64)
