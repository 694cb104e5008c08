"""95 % intervals of what is said of a generator.

    >>> generation_score(metrics.load("coverage"), judge.features(test), judge.features(samples), seed=0)
    Score(value=0.91, low=0.904, high=0.916, n=10000)

A mean over rows has its rows' (Wilson's where they are yes or no). A distance has its value ± Student's t times the
deviation by the jackknife of twenty groups of rows, each left out in turn (Quenouille 1956; Efron & Stein 1981): a
bootstrap's rows repeat themselves, which shifts distances upwards and made these intervals twice too wide.
"""

import numpy as np

from noglue.tools.evaluation.bootstrap import Bootstrap, quantile, wilson
from noglue.tools.evaluation.scores import Score
from noglue.tools.metrics import Metric

GROUPS, WIDE_GROUPS = 20, 5
WIDE = 1_000  # features from which a Fréchet distance takes seconds


def generation_score(metric: Metric, real: np.ndarray, fake: np.ndarray, seed: int) -> Score | None:
    """A measure of samples with its interval, `n` being their number; None where it has no value.

    real (n, d), fake (m, d): what the measure sees (`Metric.sees`); for `predictions` the classes asked for, int64
    (m,), and the judge's probabilities (m, k).
    """
    if metric.sees == "predictions":
        return Bootstrap(len(fake), seed).score(metric, real, fake)
    if metric.rows is not None:
        rows = metric.rows(real, fake)
        return None if rows is None else _mean(rows, len(fake))
    value = metric.compute(real, fake)
    if not np.isfinite(value):
        return None
    half = _half_width(metric, real, fake, seed)
    low = value - half if metric.resampled else max(0.0, value - half)  # an unbiased distance may be negative
    return Score(value=value, low=low, high=value + half, n=len(fake))


def _mean(rows: np.ndarray, n: int) -> Score:
    value = float(rows.mean())
    if rows.dtype == bool:
        low, high = wilson(value, len(rows))
    else:
        half = quantile(0.95) * float(rows.std(ddof=1)) / len(rows) ** 0.5
        low, high = max(0.0, value - half), value + half
    return Score(value=value, low=min(low, value), high=max(high, value), n=n)


def _half_width(metric: Metric, real: np.ndarray, fake: np.ndarray, seed: int) -> float:
    """Of some of the rows the deviation is scaled down, as it goes with one over the root of their number."""
    from scipy import stats

    random = np.random.default_rng(seed)
    share = min(1.0, (metric.resampled or np.inf) / max(len(real), len(fake)))
    groups = GROUPS if fake.shape[1] < WIDE or metric.resampled else WIDE_GROUPS
    groups = min(groups, len(real), len(fake))
    if groups < 2:
        return 0.0
    some = [rows[random.permutation(len(rows))[: max(groups, round(share * len(rows)))]] for rows in (real, fake)]
    group = [np.arange(len(rows)) % groups for rows in some]
    left = [metric.compute(some[0][group[0] != i], some[1][group[1] != i]) for i in range(groups)]
    deviation = float(np.nanstd(left)) * (groups - 1) ** 0.5
    return float(stats.t.ppf(0.975, groups - 1) * deviation * share**0.5)
