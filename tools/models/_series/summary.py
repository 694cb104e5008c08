"""A series in a few dozen numbers: level, spread, quantiles, slope, how alike neighbours are, power by frequency.

>>> summaries([np.zeros((3, 128), np.float32)]).shape    # 22 of each channel, and the length
(1, 67)
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

MOST_OUTLINED = 512  # numbers of an outline
MOST_POINTS = 64
QUANTILES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
BANDS = 8  # of frequency, each twice as wide as the one below
EACH = len(QUANTILES) + BANDS + 7


def summaries(series: Sequence[np.ndarray]) -> np.ndarray:
    """float32 (n, 22 · channels + 1) of scaled series."""
    return np.array([_of_one(one) for one in series], np.float32)


def points(steps: int, channels: int) -> int:
    """How many points of each channel an outline has; 0 where there are too many channels for one."""
    found = min(steps, MOST_POINTS, MOST_OUTLINED // channels)
    return found if found >= min(steps, BANDS) else 0


def outlines(series: Sequence[np.ndarray], count: int) -> np.ndarray:
    """float32 (n, count · channels): each series drawn through so many points from its beginning to its end."""
    found = np.zeros((len(series), count * (len(series[0]) if len(series) else 0)), np.float32)
    for row, one in zip(found, series, strict=True):
        if one.shape[1] and count:
            at = np.linspace(0, one.shape[1] - 1, count)
            row[:] = np.concatenate([np.interp(at, np.arange(one.shape[1]), channel) for channel in one])
    return found


def _of_one(series: np.ndarray) -> np.ndarray:
    steps = series.shape[1]
    if not steps:
        return np.zeros(EACH * len(series) + 1, np.float32)
    mean, spread = series.mean(axis=1), series.std(axis=1)
    centred = series - mean[:, None]
    changes = np.diff(series, axis=1) if steps > 1 else np.zeros_like(series)
    at = np.linspace(-1, 1, steps) if steps > 1 else np.zeros(1)
    found = [
        *np.quantile(series, QUANTILES, axis=1),
        *_power(centred),
        mean,
        spread,
        centred @ at / max(1.0, float(at @ at)),
        _likeness(centred, 1),
        _likeness(centred, max(1, steps // 8)),
        np.abs(changes).mean(axis=1),
        (np.diff(np.signbit(centred), axis=1) if steps > 1 else np.zeros_like(series)).mean(axis=1),
    ]
    return np.append(np.stack(found, axis=1).ravel(), np.log1p(steps)).astype(np.float32)


def _likeness(centred: np.ndarray, lag: int) -> np.ndarray:
    """The autocorrelation at a lag."""
    power = np.maximum(np.square(centred).sum(axis=1), 1e-12)
    found: np.ndarray = (centred[:, lag:] * centred[:, :-lag]).sum(axis=1) / power
    return found


def _power(centred: np.ndarray) -> np.ndarray:
    """The logarithm of the mean power in each band, (bands, channels)."""
    spectrum = np.square(np.abs(np.fft.rfft(centred, axis=1))) / centred.shape[1]
    edges = np.unique(np.concatenate([[1], np.geomspace(1, spectrum.shape[1], BANDS + 1)[1:].round()])).astype(int)
    found = np.zeros((BANDS, len(centred)))
    for band, (start, end) in enumerate(pairwise(edges)):
        found[band] = spectrum[:, start:end].mean(axis=1)
    return np.log1p(found)
