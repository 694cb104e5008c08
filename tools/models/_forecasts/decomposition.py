"""The season taken out of a series and put back: classical decomposition, by sums or by factors, one season or several.

After Hyndman & Athanasopoulos, Forecasting: principles and practice, 3.4. The season is the mean of its phases around a
centred moving average, later cycles counting more.
"""

from dataclasses import dataclass

import numpy as np

FADES = 0.8  # the weight of a cycle beside that of the next one
CYCLES = 2  # least, that a season is learned from


@dataclass(frozen=True)
class Adjusted:
    """values: without the seasons, float64 (n,). ahead: what the seasons add to, or multiply, each later step."""

    values: np.ndarray
    ahead: np.ndarray
    factors: bool

    def back(self, forecast: np.ndarray) -> np.ndarray:
        return np.asarray(forecast * self.ahead if self.factors else forecast + self.ahead)


def adjusted(values: np.ndarray, seasons: tuple[int, ...], ahead: int, factors: bool) -> Adjusted:
    """The shortest season is taken out first. factors: only of values above nought."""
    left = np.log(values) if factors else values
    later = np.zeros(ahead)
    for season in sorted(set(seasons)):
        if season > 1 and len(values) >= CYCLES * season:
            usual = _usual(left, season)
            at = np.arange(len(values) + ahead) % season
            left = left - usual[at[: len(values)]]
            later += usual[at[len(values) :]]
    return Adjusted(np.exp(left), np.exp(later), True) if factors else Adjusted(left, later, False)


def _usual(values: np.ndarray, season: int) -> np.ndarray:
    """float64 (season,): of each phase, counted from the first value; they add up to nought."""
    count, half = len(values), season // 2
    kernel = np.ones(season) / season if season % 2 else np.r_[0.5, np.ones(season - 1), 0.5] / season
    trend = np.convolve(values, kernel, "valid")
    inside = slice(half, half + len(trend))
    detrended, at = values[inside] - trend, np.arange(count)[inside]
    weight = FADES ** ((count - 1 - at) // season)
    phase = at % season
    sums = np.bincount(phase, weight * detrended, minlength=season)
    counts = np.bincount(phase, weight, minlength=season)
    usual = np.where(counts > 0, sums / np.where(counts > 0, counts, 1.0), 0.0)
    return np.asarray(usual - usual.mean())
