"""After how many steps the values of a panel come back: the calendar's seasons that the data confirm, else any.

>>> find([np.tile([0.0, 3, 5, 3, 0, -3, -5, -3], 30)], Timeline(horizon=1))
[8]

A season of a calendar counts where it explains enough of the typical series (`autocorrelation.strength`); the
strongest stands first, longer ones behind it, as the week behind the day of hourly values.
"""

from collections.abc import Sequence

import numpy as np

from noglue.tools.forecasting.panel import filled
from noglue.tools.forecasting.times import DAY
from noglue.tools.spec.forecasting import Timeline
from noglue.tools.values import autocorrelation

LOOKED_AT = 40  # series, of many
LONGEST = 3000  # last steps of each
CLEAR = 0.25  # of the variance around the trend, that a season explains in the series in the middle
CYCLES = 3


def of_calendar(timeline: Timeline) -> list[int]:
    """The seasons that the grid's steps make possible: of a day, a week, a year."""
    match timeline.grid:
        case "months":
            return [12 // int(timeline.step)] if timeline.step < 12 and 12 % int(timeline.step) == 0 else []
        case "workdays":
            return [5, 261]
        case "clock":
            found = [DAY / timeline.step, 7 * DAY / timeline.step, 365.25 * DAY / timeline.step]
            return [round(one) for one in found if one >= 2 and (abs(one - round(one)) < 0.01 or one > 50)]
        case _:
            return []


def find(values: Sequence[np.ndarray], timeline: Timeline) -> list[int]:
    """values: of each series, NaN where missing. Lengths in steps, the one that decides first."""
    chosen = sorted(values, key=len, reverse=True)[: 4 * LOOKED_AT]
    chosen = chosen[:: max(1, len(chosen) // LOOKED_AT)][:LOOKED_AT]
    whole = [filled(one[-LONGEST:], 1) for one in chosen if np.isfinite(one).sum() >= 8]
    lags = of_calendar(timeline)
    if not lags and timeline.grid in ("number", "order"):
        lags = _any(whole)
    strengths = {lag: _typical(whole, lag) for lag in lags}
    clear = {lag: found for lag, found in strengths.items() if found >= CLEAR}
    if not clear:
        return []
    best = max(clear.values())
    first = min(lag for lag in clear if clear[lag] > 0.9 * best)  # no multiple of it
    smooth = [np.convolve(one, np.ones(first) / first, "valid") for one in whole if len(one) > first]
    longer = [lag for lag in lags if lag > first and _typical(smooth, lag) >= CLEAR]  # in what the shorter one leaves
    return [first, *longer, *(lag for lag in clear if lag < first)]


def _typical(values: Sequence[np.ndarray], lag: int) -> float:
    """Of the series that are long enough, the strength in the middle."""
    found = [autocorrelation.strength(one, lag) for one in values if len(one) >= CYCLES * lag and lag >= 2]
    return float(np.median(found)) if found and len(found) >= len(values) / 2 else 0.0


def _any(values: Sequence[np.ndarray]) -> list[int]:
    """Where no calendar tells: what most of the series show."""
    found = [autocorrelation.season(one) for one in values[:LOOKED_AT]]
    return [lag for lag in sorted({one for one in found if one}) if found.count(lag) >= len(values) / 2]
