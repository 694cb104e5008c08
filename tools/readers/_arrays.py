"""What the readers of arrays share: pixels to Arrow, labels to 0…k-1."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from tools.core.profiles import ImageShape
from tools.readers._splits import MOST_CLASSES


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
