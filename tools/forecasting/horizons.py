"""How far to look ahead, in the data's own steps: as asked in any unit of time, else by the season.

>>> steps(Horizon(count=2, unit="week"), hourly)
(336, '')
>>> steps(Horizon(count=2, unit="week"), monthly)
TaskUnclear: …
"""

import numpy as np

from noglue.tools.forecasting.times import DAY
from noglue.tools.spec.errors import Kind, TaskUnclear
from noglue.tools.spec.forecasting import Horizon, Timeline, Unit

SECONDS: dict[Unit, float] = {
    "second": 1.0, "minute": 60.0, "hour": 3600.0, "day": DAY, "week": 7 * DAY, "month": 365.2425 / 12 * DAY,
    "quarter": 365.2425 / 4 * DAY, "year": 365.2425 * DAY,
}  # fmt: skip
MONTHS: dict[Unit, float] = {"month": 1.0, "quarter": 3.0, "year": 12.0}
WORKDAYS: dict[Unit, float] = {"day": 5 / 7, "week": 5.0, "month": 21.75, "quarter": 65.25, "year": 261.0}
LEAST = 0.5  # of a step
SHORTEST, LONGEST = 6, 48  # steps, of a horizon that follows from a season
LEAST_HISTORY, EARLIEST = 6, 0.4  # steps, and share of those before the test, that the earliest origin has behind it
SHARE = 5  # of the steps of a typical series, at most one in so many where nothing was asked


def steps(asked: Horizon, timeline: Timeline) -> tuple[int, str]:
    """How many, and what is to be said of the conversion. Raises TaskUnclear `forecast` for less than one."""
    if asked.unit != "step" and timeline.grid == "order" and timeline.columns:
        raise TaskUnclear(
            Kind.FORECAST,
            f"{asked.count:g} {asked.unit}{'s' * (asked.count != 1)} ahead are asked for, and the times in "
            f"{', '.join(timeline.columns)} are uneven, so that no number of rows makes a {asked.unit}.",
            hint=f"Give data with one row for each {asked.unit}, or ask for a number of rows: the next 12 steps.",
        )
    unit, told = _unit_steps(asked.unit, timeline)
    count = asked.count * unit
    if count < LEAST:
        raise TaskUnclear(
            Kind.FORECAST,
            f"A forecast of {asked.count:g} {asked.unit}{'s' * (asked.count != 1)} is asked for, which is less than "
            f"one step of the data ({step_in_words(timeline)}).",
            hint="Ask for a later time, or give data with shorter steps.",
        )
    whole = max(1, round(count))
    if not told and abs(count - whole) > 0.02 * count:
        told = f"{asked.count:g} {asked.unit}s are {count:.1f} steps of {step_in_words(timeline)}; {whole} are forecast"
    return whole, told


def _unit_steps(unit: Unit, timeline: Timeline) -> tuple[float, str]:
    """How many steps make one of the unit."""
    if unit == "step":
        return 1.0, ""
    match timeline.grid:
        case "clock":
            return SECONDS[unit] / timeline.step, ""
        case "months":
            return MONTHS.get(unit, SECONDS[unit] / SECONDS["month"]) / timeline.step, ""
        case "workdays":
            told = "weekends are not counted, as the data have none"
            return (WORKDAYS[unit] if unit in WORKDAYS else SECONDS[unit] / DAY), told
        case _:
            return 1.0, f"no column gives the unit of time: one row counts as one {unit}"


def usual(timeline: Timeline, lengths: np.ndarray) -> int:
    """A season, as far as a fifth of a typical series goes. lengths: steps of each series."""
    if timeline.season > 1:
        count = timeline.season
        while count < SHORTEST:
            count += timeline.season
        count = min(count, max(LONGEST, timeline.season if timeline.season <= 2 * LONGEST else LONGEST))
    elif timeline.grid == "months":
        count = {1: 12, 3: 8, 12: 6}.get(int(timeline.step), 6)
    else:
        count = 10 if timeline.grid in ("workdays", "clock") else 6
    return max(1, min(count, int(np.median(lengths)) // SHARE))


def origins(known: int, timeline: Timeline) -> int:
    """From how many earlier moments a series of so many steps before the test can be forecast, each a horizon before
    the next; the earliest is left with enough to learn from.
    """
    least = max(LEAST_HISTORY, timeline.season + 2, int(EARLIEST * known))
    return int(np.clip((known - least) // timeline.horizon, 0, timeline.origins))


def step_in_words(timeline: Timeline) -> str:
    """`a month`, `15 minutes`, `a working day`, `a row`."""
    match timeline.grid:
        case "months":
            named = {1: "a month", 3: "a quarter", 6: "half a year", 12: "a year"}
            return named.get(int(timeline.step), f"{int(timeline.step)} months")
        case "workdays":
            return "a working day"
        case "clock":
            units: tuple[Unit, ...] = ("week", "day", "hour", "minute")
            for unit in units:
                many = timeline.step / SECONDS[unit]
                if many >= 1 and many == int(many):
                    article = "an" if unit == "hour" else "a"
                    return f"{article} {unit}" if many == 1 else f"{int(many)} {unit}s"
            return f"{timeline.step:g} seconds"
        case "number":
            return f"{timeline.step:g} of {timeline.columns[0]}"
        case _:
            return "a row"
