"""95 % intervals of measures by resampling rows, quick enough for every run.

    >>> Bootstrap(len(truth), seed=0).score(metrics.load("accuracy"), truth, predicted)
    Score(value=0.91, low=0.9045, high=0.9155, n=10000)

The percentile bootstrap (Efron & Tibshirani 1993, chapter 13), its samples shifted by their own bias, which matters for
the calibration error. Every measure that is a function of means over rows costs one matrix product for all 1,000
resamples. Two limits are on record: above 10,000 rows (fewer where a measure has thousands of columns) rows are drawn
in random groups of equal size, which leaves the variance as it is; and where fewer than five rows are wrong,
resampling cannot see how many might have been, so that the interval is at least Wilson's (1927) for so many rows.
"""

from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.evaluation.scores import Score
from noglue.tools.metrics import Metric

if TYPE_CHECKING:
    from noglue.tools.metrics._parts import Parts

RESAMPLES = 1000
MOST_GROUPS = 10_000
MOST_CELLS = 8_000_000  # groups × columns of one measure, 64 MB
AT_ONCE = 100  # resamples in one matrix product


class Bootstrap:
    """The same resamples of n rows for every measure and every model, so that differences between models are paired."""

    def __init__(self, n: int, seed: int, resamples: int = RESAMPLES, level: float = 0.95) -> None:
        self.n, self.seed, self.resamples, self.level = n, seed, resamples, level
        self._drawn = lru_cache(maxsize=4)(self._draw)

    def score(self, metric: Metric, truth: np.ndarray, predicted: np.ndarray) -> Score | None:
        """The measure with its interval; None where it has no value (NaN predictions, one class and AUC, no rows)."""
        value = metric.compute(truth, predicted)
        if not np.isfinite(value):
            return None
        low, high = self._percentiles(self.samples(metric, truth, predicted), value)
        if metric.effective is not None:
            rows = metric.effective(truth)
            if rows * min(value, 1 - value) < 5:
                floor = wilson(value, rows, self.level)
                low, high = min(low, floor[0]), max(high, floor[1])
            low, high = max(low, 0.0), min(high, 1.0)
        elif not metric.higher:  # errors are not negative
            low = max(low, 0.0)
        return Score(value=value, low=min(low, value), high=max(high, value), n=self.n)

    def difference(self, metric: Metric, truth: np.ndarray, a: np.ndarray, b: np.ndarray) -> Score | None:
        """score(a) - score(b) on the same rows: what the two models share cancels.

        Where they differ in a row or two, resampling sees no more than those; as in Agresti & Min 2005
        (https://doi.org/10.1002/sim.1781) one further row of variance is granted to measures that are proportions.
        """
        value = metric.compute(truth, a) - metric.compute(truth, b)
        if not np.isfinite(value):
            return None
        samples = self.samples(metric, truth, a) - self.samples(metric, truth, b)
        low, high = self._percentiles(samples, value)
        if metric.effective is not None:
            variance, least = float(np.nanvar(samples)), 1 / metric.effective(truth) ** 2
            half = quantile(self.level) * float(np.sqrt(variance + least))
            if variance < 5 * least:  # hardly five rows differ
                return Score(value=value, low=value - half, high=value + half, n=self.n)
        return Score(value=value, low=min(low, value), high=max(high, value), n=self.n)

    def samples(self, metric: Metric, truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
        """The measure on every resample, float64 (resamples,); NaN where a resample lacks what it needs."""
        if metric.parts is None or metric.combine is None:
            return self._computed(metric, truth, predicted)
        parts = metric.parts(truth, predicted)
        groups = max(1, min(self.n, MOST_GROUPS, MOST_CELLS // parts.width))
        group, times = self._drawn(groups)
        sums = unit_sums(parts, group, groups)
        rows = np.bincount(group, minlength=groups).astype(np.float64)
        samples = np.empty(self.resamples)
        for start in range(0, self.resamples, AT_ONCE):
            weights = times[start : start + AT_ONCE].astype(np.float64)
            with np.errstate(divide="ignore", invalid="ignore"):
                samples[start : start + AT_ONCE] = metric.combine(weights @ sums / (weights @ rows)[:, None])
        return samples

    def _computed(self, metric: Metric, truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
        """For a measure that knows no parts: computed again on resampled rows; fewer resamples where rows are many."""
        resamples = int(np.clip(100_000_000 // max(1, predicted.size), 50, self.resamples))
        rng = np.random.default_rng(self.seed)
        chosen = (rng.integers(0, self.n, self.n) for _ in range(resamples))
        return np.array([metric.compute(truth[rows], predicted[rows]) for rows in chosen])

    def _draw(self, groups: int) -> tuple[np.ndarray, np.ndarray]:
        """Each row's group, int64 (n,), and how often each group is drawn, uint8 (resamples, groups)."""
        rng = np.random.default_rng(self.seed)
        group = np.arange(self.n) if groups == self.n else rng.permutation(self.n) % groups
        times = np.empty((self.resamples, groups), np.uint8)
        for i in range(self.resamples):
            times[i] = np.bincount(rng.integers(0, groups, groups), minlength=groups)
        return group, times

    def _percentiles(self, samples: np.ndarray, value: float) -> tuple[float, float]:
        samples = samples[np.isfinite(samples)]
        if len(samples) == 0:
            return value, value
        tail = 50 * (1 - self.level)
        low, high = np.percentile(samples, [tail, 100 - tail]) - (samples.mean() - value)
        return float(low), float(high)


def unit_sums(parts: "Parts", group: np.ndarray, groups: int) -> np.ndarray:
    """Each column's sum over the rows of each group, float64 (groups, width)."""
    place = group[:, None] * parts.width + parts.cells
    total = np.bincount(place.ravel(), weights=parts.values.ravel(), minlength=groups * parts.width)
    return total.reshape(groups, parts.width)


def wilson(value: float, rows: float, level: float = 0.95) -> tuple[float, float]:
    """Wilson's interval of a proportion: 30 right of 30 gives (0.886, 1.0)."""
    z = quantile(level)
    centre = (value + z**2 / (2 * rows)) / (1 + z**2 / rows)
    half = z * np.sqrt(value * (1 - value) / rows + z**2 / (4 * rows**2)) / (1 + z**2 / rows)
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))


def quantile(level: float) -> float:
    """How many standard deviations of a normal distribution lie on either side: 1.96 for 0.95."""
    return NormalDist().inv_cdf(0.5 + level / 2)
