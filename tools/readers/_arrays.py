"""What the readers of arrays share: pixels to Arrow, labels to 0…k-1."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pyarrow as pa

from noglue.tools.pictures import bit_depth
from noglue.tools.readers._splits import MOST_CLASSES
from noglue.tools.spec.data_form import DataForm, PixelScale
from noglue.tools.spec.profiles import ImageShape

T = TypeVar("T")


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


@dataclass(frozen=True)
class Scaled:
    """pixels: uint8, by split. note: what was done, in words. cut: pictures with values beyond a scale known before."""

    pixels: dict[str, np.ndarray]
    scale: PixelScale | None
    note: list[str]
    cut: int


def to_bytes(by_split: Mapping[str, np.ndarray], form: DataForm | None) -> Scaled:
    """Pixels of any type as uint8, on one scale for all splits: `form`'s, else the one that the training rows have.

    Where those hold bytes it is that of the others. Raises ValueError on pixels that are not numbers.
    """
    if form is not None:
        scale = form.pixels
    else:
        learned = bit_depth.learned_of_arrays
        scale = learned(training(by_split)) or learned(by_split.values())
    done = {split: bit_depth.to_bytes(part, scale) for split, part in by_split.items()}
    note = [] if scale is None else [f"pixel values {scale.low:g}…{scale.high:g} were scaled to 0…255"]
    cut = 0 if form is None else sum(bit_depth.beyond(part, scale) for part in by_split.values())
    return Scaled(done, scale, note, cut)


def training(by_split: Mapping[str, T]) -> list[T]:
    """What of the splits may be learned from: `train`, else all that is not `test`, else everything."""
    known = [by_split[name] for name in ("train", "all") if name in by_split]
    return known or [part for split, part in by_split.items() if split != "test"] or list(by_split.values())


def pick(total: int, rows: int | None) -> np.ndarray:
    """Which of `total` rows to look at: all, or `rows` of them spread evenly, so that sorted files show every class."""
    if rows is None or rows >= total:
        return np.arange(total)
    return np.linspace(0, total - 1, rows).astype(np.int64)
