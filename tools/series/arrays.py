"""Series as Arrow has them: a list of channels, each a list of float32, one value a step; NaN where it is missing.

>>> column([np.array([[0.1, 0.2, 0.3]])]).type            # one series of one channel and three steps
ListType(list<item: list<item: float>>)
>>> arrays(column([np.array([[0.1, 0.2, 0.3]])]))[0].shape
(1, 3)

Series of one data set share their channels, and may differ in length.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa

from noglue.tools.data.hashing import byte_hashes

NAME, PATH = "series", "path"
KIND = pa.list_(pa.list_(pa.float32()))
MOST_VALUES = 1 << 24  # of one series, all channels together
AT_ONCE = 2_000  # series that are written together


def column(series: Sequence[np.ndarray]) -> pa.Array:
    """Each an array (channels, steps)."""
    flat = np.concatenate([np.zeros(0, np.float32), *(np.asarray(one, np.float32).ravel() for one in series)])
    steps = np.concatenate([np.zeros(0, np.int64), *(np.full(len(one), one.shape[1]) for one in series)])
    channels = np.array([len(one) for one in series], np.int64)
    if len(flat) > np.iinfo(np.int32).max:
        raise ValueError(f"{len(flat):,} values in one table are more than can be held")
    inner = pa.ListArray.from_arrays(_offsets(steps), pa.array(flat))
    return pa.ListArray.from_arrays(_offsets(channels), inner)


def _offsets(lengths: np.ndarray) -> pa.Array:
    return pa.array(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32))


def arrays(column: pa.ChunkedArray | pa.Array) -> list[np.ndarray]:
    """float32 (channels, steps) of each series; where channels differ in length, the shorter are filled with NaN."""
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    return [one for chunk in chunks for one in _arrays(chunk)]


def _arrays(chunk: pa.Array) -> Iterator[np.ndarray]:
    outer = chunk.offsets.to_numpy()
    inner = chunk.values.offsets.to_numpy()
    flat = chunk.values.values.to_numpy(zero_copy_only=False)
    for start, end in pairwise(outer):
        bounds = inner[start : end + 1]
        steps = np.diff(bounds)
        if len(steps) and (steps == steps[0]).all():
            yield np.asarray(flat[bounds[0] : bounds[-1]], np.float32).reshape(len(steps), -1)
        else:
            parts = [flat[a:b] for a, b in pairwise(bounds)]
            yield stacked(parts)


def stacked(channels: Sequence[np.ndarray]) -> np.ndarray:
    """Channels of unequal length as one array, the shorter ones filled with NaN."""
    whole = np.full((len(channels), max(map(len, channels), default=0)), np.nan, np.float32)
    for place, values in enumerate(channels):
        whole[place, : len(values)] = values
    return whole


class Content:
    """All series of a data set, see `noglue.tools.data.row_content.Content`."""

    def __init__(self, column: pa.ChunkedArray) -> None:
        self.column = column
        self.damaged: dict[int, str] = {}

    def hashes(self) -> np.ndarray:
        """Equal are series of equal values, step by step."""
        return byte_hashes(_bytes(one) for one in arrays(self.column))

    def batches(self, rows: np.ndarray) -> Iterator[dict[str, pa.ChunkedArray | pa.Array]]:
        for start in range(0, len(rows), AT_ONCE):
            yield {NAME: self.column.take(pa.array(rows[start : start + AT_ONCE]))}


def _bytes(series: np.ndarray) -> bytes:
    same = np.where(np.isnan(series), np.float32(np.nan), series + np.float32(0))  # one NaN, one nought
    return f"{series.shape}".encode() + np.ascontiguousarray(same).tobytes()


def varied(series: Sequence[np.ndarray]) -> tuple[int, int, int] | None:
    """The shortest, the median and the longest, where lengths differ."""
    steps = [one.shape[1] for one in series]
    if len(set(steps)) < 2:
        return None
    return min(steps), int(np.median(steps)), max(steps)
