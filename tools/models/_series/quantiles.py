"""Quantiles of intervals: of the whole series, its halves, quarters, …, and those shifted by half of their length.

Of the series, of its changes, of the changes of these, and of the strength of its frequencies; an interval of m steps
has m / 4 quantiles, every second one as it differs from the interval's mean. After Dempster, Schmidt & Webb, "Quant"
(2024), https://arxiv.org/abs/2308.00928, written anew from the paper; series of unequal lengths are first drawn through
as many points, and their lengths stand beside.

>>> Intervals.of(series, most=20_000).measure(series).shape
(500, 1465)
"""

from collections.abc import Iterator, Sequence

import numpy as np
from pydantic import BaseModel

DEPTH = 6
EVERY = 4  # steps that have one quantile
SMOOTHED = 5  # steps that changes are averaged over
FEWEST, MOST_STEPS = 8, 4_096


class Intervals(BaseModel):
    """steps: how many points a series is drawn through. depth: halvings, plus one."""

    steps: int
    depth: int

    @classmethod
    def of(cls, series: Sequence[np.ndarray], most: int) -> "Intervals":
        """For such series, with at most about so many numbers each."""
        steps = int(np.clip(np.median([one.shape[1] for one in series]), FEWEST, MOST_STEPS))
        channels = len(series[0])
        depth = min(DEPTH, int(np.log2(steps)) + 1)
        while depth > 1 and channels * steps * 1.75 * (2 * depth - 1) / EVERY > most:
            depth -= 1
        return cls(steps=steps, depth=depth)

    def measure(self, series: Sequence[np.ndarray]) -> np.ndarray:
        """float32 (n, features)"""
        if not len(series):
            return np.zeros((0, 0), np.float32)
        whole = np.stack(drawn(series, self.steps))
        parts = [np.array([[np.log1p(one.shape[1])] for one in series], np.float32)]
        for seen in _representations(whole):
            parts += [_quantiles(seen[:, :, start:end]) for start, end in self._intervals(seen.shape[2])]
        return np.concatenate(parts, axis=1).astype(np.float32)

    def _intervals(self, steps: int) -> Iterator[tuple[int, int]]:
        for level in range(min(self.depth, int(np.log2(max(1, steps))) + 1)):
            edges = np.linspace(0, steps, 2**level + 1).astype(int)
            pairs = list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
            yield from pairs
            half = int(np.ceil(np.median(np.diff(edges)) / 2))
            if level and half > 0 and np.median(np.diff(edges)) > 1:
                yield from ((start + half, end + half) for start, end in pairs[:-1])


def drawn(series: Sequence[np.ndarray], steps: int) -> list[np.ndarray]:
    """Each through so many points from its beginning to its end, float32 (channels, steps); 0: as they are."""
    return list(series) if steps == 0 else [_through(one, steps) for one in series]


def _through(one: np.ndarray, steps: int) -> np.ndarray:
    if one.shape[1] == steps:
        return np.asarray(one, np.float32)
    if not one.shape[1]:
        return np.zeros((len(one), steps), np.float32)
    at = np.linspace(0, one.shape[1] - 1, steps)
    return np.stack([np.interp(at, np.arange(one.shape[1]), channel) for channel in one]).astype(np.float32)


def _representations(whole: np.ndarray) -> Iterator[np.ndarray]:
    """(n, channels, some steps) each."""
    yield whole
    changes = np.diff(whole, axis=2)
    yield _smoothed(changes)
    yield np.diff(changes, axis=2)
    yield np.abs(np.fft.rfft(whole, axis=2)).astype(np.float32)


def _smoothed(changes: np.ndarray) -> np.ndarray:
    reach = SMOOTHED // 2
    padded = np.pad(changes, ((0, 0), (0, 0), (reach, reach)), mode="edge")
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, SMOOTHED, axis=2).mean(axis=3), np.float32)


def _quantiles(part: np.ndarray) -> np.ndarray:
    """(n, channels · count) of an interval (n, channels, m)."""
    count = 1 + (part.shape[2] - 1) // EVERY
    if part.shape[2] == 1:
        return part.reshape(len(part), -1)
    levels = np.linspace(0, 1, count) if count > 1 else np.array([0.5])
    found = np.moveaxis(np.quantile(part, levels, axis=2), 0, 2)
    found[:, :, 1::2] -= part.mean(axis=2, keepdims=True)
    return np.asarray(found.reshape(len(part), -1), np.float32)
