"""95 % intervals where rows depend on one another: whole units (a person, a stretch of time) are left out in turn.

    >>> Jackknife(np.repeat(np.arange(12), 5)).score(metrics.load("rmse"), truth, predicted)      # of 12 people
    Score(value=10.9, low=8.1, high=14.6, n=60)

The delete-one-group jackknife (Efron & Stein 1981) with Student's t for units less one, on a scale without bounds: the
logarithm of an error and of 1 − R², the arcsine of a fraction's root. How often such intervals hold the truth is
simulated in `tests/tools/evaluation/test_coverage.py`. A fraction near 0 or 1 gets at least Wilson's interval for so
many units.
"""

from collections.abc import Callable

import numpy as np

from noglue.tools.evaluation.bootstrap import Bootstrap, unit_sums, wilson
from noglue.tools.evaluation.scores import Score
from noglue.tools.metrics import Metric

FEW = 5  # rows wrong, or units of variance, under which the spread seen says little
MOST_UNITS = 200  # more are joined at random, which leaves the variance as it is


class Jackknife:
    """The same units for every measure and every model, so that differences between models are paired.

    units: codes int64 (n,), at least two different ones. level: of the intervals.
    """

    def __init__(self, units: np.ndarray, seed: int = 0, level: float = 0.95) -> None:
        _, unit = np.unique(units, return_inverse=True)
        self.count = int(unit.max()) + 1
        if self.count > MOST_UNITS:
            unit = (np.random.default_rng(seed).permutation(self.count) % MOST_UNITS)[unit]
        self.n, self.seed, self.level = len(units), seed, level
        self._unit, self._units = unit, int(unit.max()) + 1

    def score(self, metric: Metric, truth: np.ndarray, predicted: np.ndarray) -> Score | None:
        """The measure with its interval; None where it has no value."""
        value = metric.compute(truth, predicted)
        if not np.isfinite(value):
            return None
        inward, outward = _scale(metric)
        deviation, units = self._deviation(inward(self._without_each(metric, truth, predicted)))
        if units < 2:  # too few of them hold what the measure needs
            return Bootstrap(self.n, self.seed, level=self.level).score(metric, truth, predicted)
        half, middle = self._quantile(units) * deviation, float(inward(np.array([value]))[0])
        low, high = sorted(float(end) for end in outward(np.array([middle - half, middle + half])))
        if metric.effective is not None and metric.effective(truth) * min(value, 1 - value) < FEW:
            floor = wilson(value, self.count, self.level)
            low, high = min(low, floor[0]), max(high, floor[1])
        return Score(value=value, low=min(low, value), high=max(high, value), n=self.n)

    def difference(self, metric: Metric, truth: np.ndarray, a: np.ndarray, b: np.ndarray) -> Score | None:
        """score(a) - score(b) on the same rows: what the two models share cancels.

        Where hardly a unit differs, one further unit of variance is granted to measures that are proportions.
        """
        value = metric.compute(truth, a) - metric.compute(truth, b)
        if not np.isfinite(value):
            return None
        parts = self._without_each(metric, truth, a) - self._without_each(metric, truth, b)
        deviation, units = self._deviation(parts)
        if units < 2:
            return Bootstrap(self.n, self.seed, level=self.level).difference(metric, truth, a, b)
        least = 1 / self.count**2
        if metric.effective is not None and deviation**2 < FEW * least:
            deviation = (deviation**2 + least) ** 0.5
        half = self._quantile(units) * deviation
        return Score(value=value, low=value - half, high=value + half, n=self.n)

    def _without_each(self, metric: Metric, truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
        """The measure without each unit, float64 (units,)."""
        if metric.parts is None or metric.combine is None:
            left = (self._unit != unit for unit in range(self._units))
            return np.array([metric.compute(truth[rows], predicted[rows]) for rows in left])
        parts = metric.parts(truth, predicted)
        sums = unit_sums(parts, self._unit, self._units)
        rows = self.n - np.bincount(self._unit, minlength=self._units)
        with np.errstate(divide="ignore", invalid="ignore"):
            return metric.combine((sums.sum(axis=0) - sums) / rows[:, None])

    def _deviation(self, parts: np.ndarray) -> tuple[float, int]:
        """The standard deviation of the whole, and of how many units it is known."""
        parts = parts[np.isfinite(parts)]
        count = len(parts)
        if count < 2:
            return 0.0, count
        return float(np.sqrt((count - 1) / count * np.square(parts - parts.mean()).sum())), count

    def _quantile(self, units: int) -> float:
        """Student's, a little more for few units: their losses are skewed, and their spread mostly looks too small.

        Of two units as of three: with one degree of freedom the interval would be from nought to the stars.
        """
        from scipy import stats

        return float(stats.t.ppf(0.5 + self.level / 2, max(2, units - 1))) * (1 + 1 / units)


Map = Callable[[np.ndarray], np.ndarray]
_TINY = 1e-12


def _scale(metric: Metric) -> tuple[Map, Map]:
    """To a scale on which a measure's spread is even, and back."""
    if metric.unit == "fraction" or metric.effective is not None:
        return _angle, lambda x: np.square(np.sin(np.clip(x, 0, np.pi / 2)))
    if not metric.higher:
        return lambda x: np.log(np.maximum(x, _TINY)), np.exp
    return lambda x: -np.log(np.maximum(1 - x, _TINY)), lambda x: 1 - np.exp(-x)


def _angle(x: np.ndarray) -> np.ndarray:
    return np.asarray(np.arcsin(np.sqrt(np.clip(x, 0, 1))))
