"""How much a column says about the target by itself: one number for all pairs of kinds, from 0 (nothing) to 1 (all).

>>> x = np.random.default_rng(0).normal(size=4000)
>>> round(relation(binned(x), binned(0.6 * x + 0.8 * np.random.default_rng(1).normal(size=4000))), 1)
0.6

It is the informational coefficient of correlation (Linfoot 1957, Information and Control 1, 85–89): √(1 − e^(−2I)),
with I the mutual information in nats, divided by what a column that gives the target away would reach. Of two
bell-shaped numbers it is the size of their correlation, and unlike that it sees curves and categories too. Numbers are
cut into as many as ten parts. What chance alone would give is taken off (Miller 1955), and what chance would exceed in
one of a hundred columns counts as nothing.
"""

import math
from statistics import NormalDist

import numpy as np

MOST_BINS, FEWEST_BINS = 10, 3
ROWS_IN_A_CELL = 6  # of the table that two numbers make, at least
MOST_VALUES = 20  # of a category; the others are one
FEWEST = 20  # rows in which both are known
CHANCE = 0.01


def binned(values: np.ndarray) -> np.ndarray:
    """Numbers, float64 (n,) → codes int64 (n,): parts of equal size, at most ten, and one for what is missing (NaN)."""
    known = np.isfinite(values)
    found = np.zeros(len(values), np.int64)
    if known.any():
        bins = min(MOST_BINS, max(FEWEST_BINS, math.isqrt(int(known.sum()) // ROWS_IN_A_CELL)))
        edges = np.unique(np.quantile(values[known], np.linspace(0, 1, bins + 1)[1:-1]))
        found[known] = 1 + np.searchsorted(edges, values[known], side="right")
    return _dense(found)


def grouped(codes: np.ndarray) -> np.ndarray:
    """Codes of categories, -1 where missing → the most frequent ones, one for all others, and one for missing."""
    names, places, counts = np.unique(codes, return_inverse=True, return_counts=True)
    if len(names) <= MOST_VALUES + 1:
        return _dense(places)
    rank = np.empty(len(names), np.int64)
    rank[np.argsort(-counts, kind="stable")] = np.arange(len(names))
    kept = np.where(names < 0, -1, np.minimum(rank, MOST_VALUES))
    return _dense(kept[places])


def relation(column: np.ndarray, target: np.ndarray) -> float | None:
    """Of two columns of codes, of the same rows; None where there are too few, or the target does not vary."""
    rows, across, up = len(column), int(column.max(initial=0)) + 1, int(target.max(initial=0)) + 1
    if rows < FEWEST or up < 2:
        return None
    table = np.bincount(column * up + target, minlength=across * up).reshape(across, up) / rows
    of_target = table.sum(axis=0)
    expected = table.sum(axis=1, keepdims=True) * of_target
    held = table > 0
    shared = float((table[held] * np.log(table[held] / expected[held])).sum())
    freedom = (across - 1) * (up - 1)
    if 2 * rows * shared <= _chance(freedom):
        return 0.0
    shared -= freedom / (2 * rows)
    most = -float((of_target[of_target > 0] * np.log(of_target[of_target > 0])).sum())
    return min(1.0, _correlation(shared) / _correlation(most))


def _correlation(information: float) -> float:
    return math.sqrt(1 - math.exp(-2 * max(0.0, information)))


def _chance(freedom: int) -> float:
    """What chi-squared exceeds so rarely (Wilson & Hilferty 1931)."""
    if freedom < 1:
        return 0.0
    part = 2 / (9 * freedom)
    return float(freedom * (1 - part + NormalDist().inv_cdf(1 - CHANCE) * math.sqrt(part)) ** 3)


def _dense(codes: np.ndarray) -> np.ndarray:
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)
