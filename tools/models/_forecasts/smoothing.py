"""Exponential smoothing with a damped trend, and Theta: all series at once, every setting of a grid at once.

Both work on the series without its season. Smoothing takes the setting with the least squared error one step ahead
(Gardner & McKenzie 1985, https://doi.org/10.1287/mnsc.31.10.1237); Theta adds half of the straight line's slope to
simple smoothing (Assimakopoulos & Nikolopoulos 2000; as Hyndman & Billah 2003 show it,
https://doi.org/10.1016/S0169-2070(01)00143-1). Whether the season adds or multiplies, the same error decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from noglue.tools.models._forecasts.decomposition import Adjusted, adjusted
from noglue.tools.models._forecasts.given import Ahead

LEVELS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.55, 0.7, 0.85, 0.97)
TRENDS = (0.05, 0.2)  # of the weight of the level
DAMPED = (0.8, 0.9, 0.98)
PENALTY = 0.04  # of the squared error, that a trend must be better by than none
ROWS_AT_ONCE = 256


@dataclass(frozen=True)
class _Fit:
    """Of each series: level and slope at its end, the weights and the squared error one step ahead."""

    level: np.ndarray
    slope: np.ndarray
    alpha: np.ndarray
    beta: np.ndarray
    phi: np.ndarray
    error: np.ndarray


def smoothing(values: Sequence[np.ndarray], seasons: tuple[int, ...], ahead: int) -> Ahead:
    """Damped trend or none, as the error one step ahead decides."""
    settings = [(a, 0.0, 0.0) for a in LEVELS] + [(a, a * b, p) for a, b, p in product(LEVELS, TRENDS, DAMPED)]
    return _best(values, seasons, ahead, settings, theta=False)


def theta(values: Sequence[np.ndarray], seasons: tuple[int, ...], ahead: int) -> Ahead:
    """Simple smoothing and half of the straight line's slope."""
    return _best(values, seasons, ahead, [(a, 0.0, 0.0) for a in LEVELS], theta=True)


def _best(
    values: Sequence[np.ndarray],
    seasons: tuple[int, ...],
    ahead: int,
    settings: list[tuple[float, float, float]],
    theta: bool,
) -> Ahead:
    mean, spread = np.empty((len(values), ahead)), np.empty((len(values), ahead))
    for start in range(0, len(values), ROWS_AT_ONCE):
        part = values[start : start + ROWS_AT_ONCE]
        least = np.full(len(part), np.inf)
        for factors in (False, True):
            able = [row for row, one in enumerate(part) if not factors or (one > 0).all()]
            able = [row for row in able if not factors or any(1 < s <= len(part[row]) // 2 for s in seasons)]
            if not able:
                continue
            shorn = [adjusted(part[row], seasons, ahead, factors) for row in able]
            for row, one, fit in zip(able, shorn, _rows(_fitted(shorn, part, able, settings)), strict=True):
                if fit.error < least[row]:
                    least[row] = fit.error
                    mean[start + row], spread[start + row] = _ahead(one, fit, ahead, theta)
    return Ahead(mean, spread)


def _fitted(
    shorn: Sequence[Adjusted],
    part: Sequence[np.ndarray],
    able: Sequence[int],
    settings: list[tuple[float, float, float]],
) -> _Fit:
    """The setting with the least error for each series. Series stand at the right of one table: they end together."""
    longest = max(len(one.values) for one in shorn)
    table, weight = np.zeros((len(shorn), longest)), np.zeros((len(shorn), longest))
    for row, one in enumerate(shorn):
        seasonal = part[able[row]] / np.where(one.values == 0, 1.0, one.values) if one.factors else 1.0
        table[row, longest - len(one.values) :] = one.values
        weight[row, longest - len(one.values) :] = seasonal
    begins = np.array([longest - len(one.values) for one in shorn])
    alpha, beta, phi = (np.array(column)[None, :] for column in zip(*settings, strict=True))
    first = np.array([one.values[: max(2, min(8, len(one.values) // 3))].mean() for one in shorn])
    slopes = np.array([_slope(one.values[:12]) for one in shorn])
    level = np.repeat(first[:, None], alpha.shape[1], axis=1)
    slope = np.where(beta > 0, slopes[:, None], 0.0)
    error, counts = np.zeros_like(level), np.zeros((len(shorn), 1))
    for step in range(longest):
        there = (begins <= step)[:, None]
        seen = table[:, step : step + 1]
        expected = level + phi * slope
        miss = np.where(there, seen - expected, 0.0)
        late = begins[:, None] + 2 <= step
        error += np.where(late, np.square(miss * weight[:, step : step + 1]), 0.0)
        counts += late
        moved = expected + alpha * miss
        slope = np.where(there, phi * slope + beta * miss, slope)
        level = np.where(there, moved, level)
    error = error / np.maximum(counts, 1)
    judged = error * np.where(beta > 0, 1 + PENALTY, 1.0)
    best, every = judged.argmin(axis=1), np.arange(len(shorn))
    return _Fit(level[every, best], slope[every, best], alpha[0, best], beta[0, best], phi[0, best], error[every, best])


def _rows(fit: _Fit) -> list[_Fit]:
    parts = (fit.level, fit.slope, fit.alpha, fit.beta, fit.phi, fit.error)
    return [_Fit(*row) for row in zip(*parts, strict=True)]


def _ahead(one: Adjusted, fit: _Fit, ahead: int, theta: bool) -> tuple[np.ndarray, np.ndarray]:
    """Mean and spread of the later steps, with the season put back."""
    steps = np.arange(1, ahead + 1)
    damped = np.cumsum(fit.phi**steps)
    plain = fit.level + damped * fit.slope
    if theta:  # simple smoothing lags by (1 - alpha) / alpha steps behind the line
        count = len(one.values)
        drift = _slope(one.values) / 2
        lag = (1 - (1 - fit.alpha) ** count) / fit.alpha
        plain = fit.level + drift * (steps - 1 + lag)
    weights = fit.alpha + fit.beta * damped
    grows = np.sqrt(1 + np.concatenate([[0.0], np.cumsum(np.square(weights[:-1]))]))
    return one.back(plain), np.sqrt(fit.error) * grows


def _slope(values: np.ndarray) -> float:
    """Of the straight line through the values."""
    if len(values) < 2:
        return 0.0
    at = np.arange(len(values)) - (len(values) - 1) / 2
    return float((at * values).sum() / (at * at).sum())
