"""The members that a forecast may be blended of, by name, quickest first.

>>> list(MEMBERS)
['seasonal naive', 'smoothing', 'theta', 'lag trees', 'auto ets', 'auto theta', 'arima']
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from noglue.tools.models._forecasts import classical, naive, smoothing
from noglue.tools.models._forecasts.given import Ahead, Histories

Over = Callable[[], bool]


@dataclass(frozen=True)
class Member:
    """local: its forecast of a series depends on that series alone. slow: a fit takes long, so that it is probed first.

    forecast(histories, steps, over) → what comes; None for what learns over all series (`lag_trees.py`).
    """

    title: str
    forecast: Callable[[Histories, int, Over], Ahead] | None
    slow: bool = False

    @property
    def local(self) -> bool:
        return self.forecast is not None


def _seasonal_naive(known: Histories, ahead: int, over: Over) -> Ahead:
    return naive.seasonal(known.values, known.timeline.season, ahead)


def _of_values(found: Callable[..., Ahead]) -> Callable[[Histories, int, Over], Ahead]:
    def forecast(known: Histories, ahead: int, over: Over) -> Ahead:
        return found(known.latest(), tuple(known.timeline.seasons), ahead)

    return forecast


def _of_library(found: Callable[..., Ahead]) -> Callable[[Histories, int, Over], Ahead]:
    def forecast(known: Histories, ahead: int, over: Over) -> Ahead:
        return found(known.latest(), tuple(known.timeline.seasons), ahead, over)

    return forecast


TREES = "lag trees"
MEMBERS = {
    "seasonal naive": Member("the last season again", _seasonal_naive),
    "smoothing": Member("exponential smoothing, damped trend", _of_values(smoothing.smoothing)),
    "theta": Member("Theta", _of_values(smoothing.theta)),
    TREES: Member("boosted trees on lags, over all series", None),
    "auto ets": Member("ETS, chosen by information criterion", _of_library(classical.ets), slow=True),
    "auto theta": Member("optimised Theta", _of_library(classical.theta), slow=True),
    "arima": Member("ARIMA, chosen by information criterion", _of_library(classical.arima), slow=True),
}
NEED_EXTRA = tuple(name for name, member in MEMBERS.items() if member.slow)


def forecast(name: str, known: Histories, ahead: int, over: Over, booster: Any = None) -> Ahead:
    """Of one member. booster: of the lag trees."""
    if (found := MEMBERS[name].forecast) is not None:
        return found(known, ahead, over)
    from noglue.tools.models._forecasts import lag_trees

    return lag_trees.ahead_of(booster, known, ahead)
