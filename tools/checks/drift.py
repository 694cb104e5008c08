"""Whether the rows of a test split that came with the data are drawn as those of train are.

    Drift(separable=0.83, low=0.81, columns=["age", "region"])

A forest is asked to tell test rows from train rows; where it can, Kolmogorov and Smirnov's test, column by column with
Holm's correction, says where they differ most. Equally many rows of both are looked at.
"""

from dataclasses import dataclass

import numpy as np

MOST_ROWS = 2_000  # of each side
FEWEST = 50
SEPARABLE = 0.6  # the area under the curve, at the lower end of its interval
SURE = 0.001  # the probability of a column's difference, were there none
LARGE = 0.15  # the largest difference of a column's cumulated shares
MOST_NAMED = 5


@dataclass(frozen=True)
class Drift:
    """separable: area under the curve of telling test from train rows, 0.5 where nothing tells them apart."""

    separable: float
    low: float
    columns: list[str]


def find(names: list[str], train: np.ndarray, test: np.ndarray, random: np.random.Generator) -> Drift | None:
    """train, test: float32 (n, k) of the same columns. None where they are alike or too few."""
    from noglue.tools.checks.quick_model import out_of_bag

    size = min(len(train), len(test), MOST_ROWS)
    if size < FEWEST or train.shape[1] == 0:
        return None
    one, other = (rows[random.choice(len(rows), size, replace=False)] for rows in (train, test))
    both, codes = np.concatenate([one, other]), np.repeat([0, 1], size)
    scores = out_of_bag(both, codes, random)[:, 1]
    area, error = _area(scores[:size], scores[size:])
    if area - 2 * error < SEPARABLE:
        return None
    differ = _differing(one, other)
    return Drift(area, area - 2 * error, [names[place] for place in differ[:MOST_NAMED]])


def _area(low: np.ndarray, high: np.ndarray) -> tuple[float, float]:
    """The area under the curve and its standard error (Hanley, McNeil 1982, https://doi.org/10.1148/radiology.143.1.7063747)."""
    from scipy.stats import rankdata

    ranks = rankdata(np.concatenate([low, high]))[len(low) :].sum()
    area = float((ranks - len(high) * (len(high) + 1) / 2) / (len(low) * len(high)))
    first, second = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (len(high) - 1) * (first - area**2) + (len(low) - 1) * (second - area**2)
    return area, float(np.sqrt(max(spread, 0.0) / (len(low) * len(high))))


def _differing(one: np.ndarray, other: np.ndarray) -> list[int]:
    """Columns, the one that differs most first."""
    from scipy.stats import ks_2samp

    tests = [ks_2samp(one[:, place], other[:, place], method="asymp") for place in range(one.shape[1])]
    order = np.argsort([test.pvalue for test in tests], kind="stable")
    kept = []
    for place, column in enumerate(order):
        if tests[column].pvalue > SURE / (len(order) - place):
            break
        if tests[column].statistic >= LARGE:
            kept.append(int(column))
    return sorted(kept, key=lambda column: -tests[column].statistic)
