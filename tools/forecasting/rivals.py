"""What needs no fitting, as forecasts with the intervals of a normal distribution: the last value, season, the mean."""

from statistics import NormalDist

import numpy as np

from noglue.tools.forecasting.panel import Panel, filled
from noglue.tools.spec.protocols import Forecast


def repeated(panel: Panel, season: int, ahead: int, level: float) -> Forecast:
    """The value of a season before again, of a series shorter than that the last value."""
    steps = np.arange(ahead)
    mean, spread = np.empty((len(panel.series), ahead)), np.empty((len(panel.series), ahead))
    for row, one in enumerate(panel.series):
        values = filled(one.values, panel.timeline.season)
        lag = season if len(values) >= season else 1
        mean[row] = values[len(values) - lag + steps % lag]
        errors = values[lag:] - values[:-lag]
        spread[row] = (float(np.sqrt(np.mean(np.square(errors)))) if len(errors) else 0.0) * np.sqrt(steps // lag + 1)
    return _with_interval(mean, spread, level)


def constant(panel: Panel, ahead: int, level: float) -> Forecast:
    """The mean of what is known."""
    known = [one.values[np.isfinite(one.values)] for one in panel.series]
    mean = np.repeat(np.array([[one.mean()] for one in known]), ahead, axis=1)
    return _with_interval(mean, np.repeat(np.array([[one.std()] for one in known]), ahead, axis=1), level)


def _with_interval(mean: np.ndarray, spread: np.ndarray, level: float) -> Forecast:
    wide = NormalDist().inv_cdf(0.5 + level / 2) * spread
    return Forecast(mean, mean - wide, mean + wide)
