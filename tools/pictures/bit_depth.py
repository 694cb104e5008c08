"""More than 8 bits a channel to 8, on one scale for a whole data set: 16-bit and real-valued pictures and arrays.

    >>> scale = learned([span(picture) for picture in xrays])       # 12 bits, all of them grey
    PixelScale(low=660.0, high=754.0)
    >>> to_bytes(np.array([660, 707, 754], np.uint16), scale)
    array([  0, 128, 255], dtype=uint8)

What already is 8 bits stays as it is, as a viewer shows it; in a data set of both, each depth has its own full range.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from noglue.tools.spec.data_form import PixelScale

COUNTS = [(0.0, 2.0**bits - 1) for bits in (10, 12, 14, 16)]  # ranges that cameras and scanners have
REALS = [(0.0, 1.0), (-1.0, 1.0), (0.0, 255.0)]
FILLED = 0.5  # of such a range, from where the range itself is the scale
RARE = 0.005  # of a picture's pixels at either end, and of the pictures, may be faults of the sensor
FAR = 8.0  # times the range of all others: so far off are values that are cut
MOST_LOOKED_AT = 1 << 16  # pixels of a picture that its rare values are told by
ROWS = 4096  # of an array, scaled at once


class Span(NamedTuple):
    """Of one picture: its least and its largest value, the same without the rare ones; real: some are fractions."""

    least: float
    low: float
    high: float
    largest: float
    real: bool


def span(values: np.ndarray) -> Span | None:
    """None for a picture without one finite value."""
    flat = values.reshape(-1)
    if flat.dtype.kind == "f" and not np.isfinite(flat).all():
        flat = flat[np.isfinite(flat)]
    if not len(flat):
        return None
    some = flat[:: max(1, len(flat) // MOST_LOOKED_AT)].astype(np.float64)
    low, high = np.quantile(some, (RARE, 1 - RARE))
    real = flat.dtype.kind == "f" and not np.array_equal(some, np.rint(some))
    return Span(float(flat.min()), float(low), float(high), float(flat.max()), real)


def learned(spans: Sequence[Span]) -> PixelScale | None:
    """The scale of a data set by a sample of its pictures; None without any.

    Counts up to 255 are 8 bits in a wider type. Else a range that is usual (0…4095, 0…65535, 0…1, …) where the values
    fill at least half of it, or what they take up. A few values very far from all others, as hot pixels are, don't
    count.
    """
    if not spans:
        return None
    least, largest = min(one.least for one in spans), max(one.largest for one in spans)
    low = float(np.quantile([one.low for one in spans], RARE, method="lower"))
    high = float(np.quantile([one.high for one in spans], 1 - RARE, method="higher"))
    if high > low:
        far = FAR * (high - low)
        least = low if low - least > far else least
        largest = high if largest - high > far else largest
    real = any(one.real for one in spans)
    if not real and least >= 0 and largest <= 255:
        return PixelScale(low=0, high=255 if largest > 1 else 1)
    usual = next(((low, high) for low, high in (REALS if real else COUNTS) if low <= least and largest <= high), None)
    if usual is not None and largest - least >= FILLED * (usual[1] - usual[0]):
        return PixelScale(low=usual[0], high=usual[1], real=real)
    return PixelScale(low=least, high=largest if largest > least else least + 1.0, real=real)


def to_bytes(values: np.ndarray, scale: PixelScale | None) -> np.ndarray:
    """uint8, the same shape: low…high are 0…255, what lies beyond is cut off, what is no number becomes 0.

    Bytes stay. Without a scale, and for whole numbers where it is one of fractions of 1, it is the type's (`_meant`).
    """
    if values.dtype == np.uint8:
        return values
    scale = _meant(values.dtype, scale)
    done = np.empty(values.shape, np.uint8)
    factor = np.float32(255.0 / (scale.high - scale.low))
    for start in range(0, len(values), ROWS):
        part = (values[start : start + ROWS].astype(np.float32) - np.float32(scale.low)) * factor
        done[start : start + ROWS] = np.clip(np.nan_to_num(part) + 0.5, 0, 255)
    return done


def beyond(values: np.ndarray, scale: PixelScale | None) -> int:
    """How many of n pictures (n, …) hold more than a few values that `to_bytes` cuts off."""
    if values.dtype == np.uint8:
        return 0
    scale, count = _meant(values.dtype, scale), 0
    for start in range(0, len(values), ROWS):
        part = values[start : start + ROWS]
        cut = ((part < scale.low) | (part > scale.high)).reshape(len(part), -1)
        count += int((cut.mean(axis=1) > RARE).sum())
    return count


def learned_of_arrays(arrays: Iterable[np.ndarray], most: int = 256) -> PixelScale | None:
    """Of arrays (n, …) that hold pictures; None where they are 8-bit. Raises ValueError for what is no number."""
    spans: list[Span] = []
    for array in arrays:
        if array.dtype.kind not in "buif":
            raise ValueError(f"pixels of type {array.dtype}")
        if array.dtype != np.uint8 and len(array):
            chosen = np.unique(np.linspace(0, len(array) - 1, most).astype(np.int64))
            spans += [one for place in chosen if (one := span(array[place])) is not None]
    return learned(spans)


def _meant(kind: np.dtype, scale: PixelScale | None) -> PixelScale:
    """By the type alone, never by the values of a picture: of 16 bits 0…65535, of others 0…255, of real ones 0…1."""
    if scale is not None and not (scale.real and scale.high <= 1 and kind.kind in "ui"):
        return scale
    return PixelScale(low=0, high=1 if kind.kind in "fb" else 65535 if kind.itemsize == 2 else 255)
