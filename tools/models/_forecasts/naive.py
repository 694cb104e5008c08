"""What needs no fitting: the last value again, the last season again.

Hyndman & Athanasopoulos, Forecasting: principles and practice, 5.2 and 5.5, https://otexts.com/fpp3/
"""

from collections.abc import Sequence

import numpy as np

from noglue.tools.models._forecasts.given import Ahead


def seasonal(values: Sequence[np.ndarray], season: int, ahead: int) -> Ahead:
    """The value of the same phase of the last season; of a series shorter than a season the last value."""
    mean, spread = np.empty((len(values), ahead)), np.empty((len(values), ahead))
    steps = np.arange(ahead)
    for row, one in enumerate(values):
        lag = season if len(one) >= season else 1
        mean[row] = one[len(one) - lag + steps % lag]
        errors = one[lag:] - one[:-lag]
        usual = float(np.sqrt(np.mean(np.square(errors)))) if len(errors) else np.nan
        spread[row] = usual * np.sqrt(steps // lag + 1)
    return Ahead(mean, spread)


def last(values: Sequence[np.ndarray], ahead: int) -> Ahead:
    """The last value."""
    return seasonal(values, 1, ahead)


def constant(values: Sequence[np.ndarray], ahead: int) -> Ahead:
    """The mean of all values."""
    mean = np.repeat([[float(one.mean())] for one in values], ahead, axis=1)
    spread = np.repeat([[float(one.std())] for one in values], ahead, axis=1)
    return Ahead(mean.reshape(-1, ahead), spread.reshape(-1, ahead))
