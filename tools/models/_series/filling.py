"""Series made ready to be measured: gaps filled, channels on one scale.

>>> filled(np.array([[1.0, np.nan, 3.0]]))
array([[1., 2., 3.]], dtype=float32)
"""

import numpy as np
from pydantic import BaseModel


def filled(series: np.ndarray) -> np.ndarray:
    """float32 (channels, steps): gaps by a straight line between their neighbours, ends by the nearest value."""
    if np.isfinite(series).all():
        return np.asarray(series, np.float32)
    whole = np.array(series, np.float32)
    steps = np.arange(whole.shape[1])
    for channel in whole:
        known = np.isfinite(channel)
        channel[~known] = np.interp(steps[~known], steps[known], channel[known]) if known.any() else 0.0
    return whole


class Scale(BaseModel):
    """Of each channel over all steps of all series to learn from."""

    mean: list[float]
    spread: list[float]

    @classmethod
    def fit(cls, series: list[np.ndarray]) -> "Scale":
        sums = sum(one.sum(axis=1, dtype=np.float64) for one in series)
        squares = sum(np.square(one, dtype=np.float64).sum(axis=1) for one in series)
        steps = max(1, sum(one.shape[1] for one in series))
        mean = np.asarray(sums) / steps
        spread = np.sqrt(np.maximum(np.asarray(squares) / steps - mean**2, 0.0))
        return cls(mean=mean.tolist(), spread=np.where(spread > 0, spread, 1.0).tolist())

    def apply(self, series: np.ndarray) -> np.ndarray:
        scaled = (filled(series) - np.array(self.mean)[:, None]) / np.array(self.spread)[:, None]
        return np.asarray(scaled, np.float32)
