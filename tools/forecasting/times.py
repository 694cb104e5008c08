"""Columns that tell the time → places on a grid, and back.

    month        passengers          year  quarter  income          t  load
    1949-01      112                 1959  1        1778.9          0  0.31
    1949-02      118                 1959  2        1811.0          1  0.35
    months       place 23388         months of three                number

`reckoned` reads the columns, `grid` finds the step in which most of the times follow one another, `places` and `labels`
go from times to places and back. Months, quarters and years are counted by the calendar, days without weekends by
working days, everything else by the clock. Uneven steps are counted as they come.
"""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from noglue.tools.preparation.time_order import moments
from noglue.tools.spec.forecasting import Form, Grid, Timeline
from noglue.tools.values import name_signs

DAY = 86_400.0
MOSTLY = 0.7  # of the gaps between neighbours that are as long as the step, for the steps to be even
WHOLE = 0.9  # of the gaps that are whole steps
MONTHS = {1: (27.0, 32.0), 3: (88.0, 93.0), 6: (180.0, 185.0), 12: (364.0, 367.0)}  # days of so many months
EPOCH = (3e8, 4.2e9)  # seconds since 1970, of 1979 to 2103
YEARS = (1000.0, 2300.0)
DECIMAL = {1 / 12: 1, 1 / 4: 3, 1 / 2: 6}  # of a year → months
NEAR = 0.02  # of a step
NUMBERED: tuple[Form, ...] = ("year-month number", "decimal year", "epoch", "number")  # what a number may mean


@dataclass(frozen=True)
class Reckoned:
    """values: float64 (n,), seconds since 1970, months since the year 0 or the column's own numbers; NaN: missing."""

    columns: tuple[str, ...]
    form: Form
    values: np.ndarray


def candidates(columns: Mapping[str, pa.ChunkedArray]) -> list[Reckoned]:
    """What may tell the time: dates first, then years with their parts, then numbers that are called so."""
    dates: list[str] = []
    clocks: list[str] = []
    numbers: list[str] = []
    for name, column in columns.items():
        if pa.types.is_temporal(column.type):
            values = moments(column)
            assert values is not None, "a date has moments"
            (clocks if _is_of_day(values) else dates).append(name)
        elif (
            pa.types.is_integer(column.type)
            or pa.types.is_floating(column.type)
            or (pa.types.is_string(column.type) and name_signs.says_part_of_a_step(name))
        ):
            numbers.append(name)
    found: list[tuple[tuple[str, ...], Form]] = []
    hours = [name for name in numbers if name_signs.words(name) in ("hour", "hr", "stunde", "heure", "hora")]
    for name in sorted(dates, key=name_signs.says_once):
        found += [((name, clock), "date and clock") for clock in clocks[:1]]
        found += [((name, hour), "date and hour") for hour in hours[:1]]
        found.append(((name,), "date"))
    for name in numbers:
        if name_signs.words(name) in ("year", "yr", "jahr", "annee", "année", "ano", "año"):
            parts = [one for one in numbers if one != name]
            found += [((name, one), "year and month") for one in parts if _begins(one, ("mon", "mois", "mes"))]
            found += [((name, one), "year and quarter") for one in parts if _begins(one, ("qu", "trim", "qtr"))]
            found.append(((name,), "year"))
    for name in numbers:
        if name_signs.says_when(name) or name_signs.says_moment(name):
            found += [((name,), form) for form in NUMBERED]
    read = [Reckoned(names, form, reckoned(columns, names, form)) for names, form in found]
    return [one for one in read if len(one.values) and np.isfinite(one.values).mean() >= 0.5]


def reckoned(columns: Mapping[str, pa.ChunkedArray], names: Sequence[str], form: Form) -> np.ndarray:
    """The times of the rows by these columns, float64 (n,); all NaN where the columns are not of that form."""
    first = columns[names[0]] if names else None
    if first is None:
        return np.arange(len(next(iter(columns.values()))), dtype=np.float64)
    values = moments(first)
    nothing = np.full(len(first), np.nan)
    if values is None:
        return nothing
    match form:
        case "date":
            return values
        case "date and clock" | "date and hour":
            part = moments(columns[names[1]])
            unit = 3600.0 if form == "date and hour" else 1.0
            return nothing if part is None else np.asarray(values + unit * part)
        case "year and month" | "year and quarter":
            part = _months_of(columns[names[1]])
            fits = part is not None and bool(np.nanmin(part) >= 1 and np.nanmax(part) <= 12)
            if part is None or not fits or not _are_years(values):
                return nothing
            return np.asarray(values * 12 + (part - 1) * (1 if form == "year and month" else 3))
        case "year":
            return values * 12 if _are_years(values) and _are_whole(values) else nothing
        case "year-month number":
            month = values % 100
            fits = bool(_are_years(values // 100) and np.nanmin(month) >= 1 and np.nanmax(month) <= 12)
            return values // 100 * 12 + month - 1 if fits and _are_whole(values) else nothing
        case "decimal year":
            return values * 12 if _are_years(values) and not _are_whole(values) else nothing
        case "epoch":
            known = values[np.isfinite(values)]
            return values if len(known) and known.min() >= EPOCH[0] and known.max() <= EPOCH[1] else nothing
        case _:
            return values


def grid(found: Reckoned, series: np.ndarray) -> tuple[Grid, float, float, int]:
    """The kind of grid, its step, its origin and the day of the month (see `Timeline`). series: codes (n,)."""
    there = np.isfinite(found.values)
    values, kinds = found.values[there], series[there]
    order = np.lexsort((values, kinds))
    gaps = np.diff(values[order])[kinds[order][1:] == kinds[order][:-1]]
    gaps = gaps[gaps > 0]
    if found.form == "rows" or not len(gaps):
        return "order", 1.0, 0.0, 1
    if found.form in ("year and month", "year and quarter", "year", "year-month number"):
        step = _even(gaps)
        return ("months", step, 0.0, 1) if step else ("order", 1.0, 0.0, 1)
    if found.form == "decimal year":
        months = next((whole for part, whole in DECIMAL.items() if _near(gaps, part * 12)), None)
        return ("months", float(months), 0.0, 1) if months else _numbered(values / 12, gaps / 12)
    if found.form == "number":
        return _numbered(values, gaps)
    return _of_dates(values, gaps)


def _of_dates(values: np.ndarray, gaps: np.ndarray) -> tuple[Grid, float, float, int]:
    days = float(np.median(gaps)) / DAY
    for months, (least, most) in MONTHS.items():
        if least <= days <= most:
            place = _month_numbers(values)
            if (np.diff(np.unique(place)) % months == 0).mean() >= WHOLE:
                return "months", float(months), float(_commonest(place % months)), _day(values)
    step = _even(gaps)
    if step is None:
        return "order", 1.0, 0.0, 1
    weekday = (np.floor(values / DAY).astype(np.int64) + 3) % 7  # 1970 began on a Thursday; 0 is Monday
    if step == DAY and not (weekday >= 5).any() and len(np.unique(weekday)) == 5:
        return "workdays", 1.0, 0.0, 1
    return "clock", step, float(values.min() % step), 1


def _numbered(values: np.ndarray, gaps: np.ndarray) -> tuple[Grid, float, float, int]:
    step = _even(gaps)
    return ("order", 1.0, 0.0, 1) if step is None else ("number", step, float(values.min()), 1)


def _even(gaps: np.ndarray) -> float | None:
    """The commonest gap, where most are of that length or a multiple of it."""
    step = float(np.median(gaps))
    same = np.abs(gaps - step) <= NEAR * step
    if same.mean() < MOSTLY:
        return None
    step = float(np.median(gaps[same]))
    whole = np.abs(gaps / step - np.round(gaps / step)) <= NEAR * np.maximum(1.0, gaps / step)
    return step if whole.mean() >= WHOLE else None


def places(values: np.ndarray, timeline: Timeline) -> np.ndarray:
    """Times, as `reckoned` gives them → places on the grid, int64 (n,); not for a grid of `order`."""
    match timeline.grid:
        case "months":
            months = values if timeline.form not in ("date", "date and clock", "date and hour", "epoch") else None
            found = _month_numbers(values) if months is None else np.round(months)
            return np.floor((found - timeline.origin) / timeline.step + 1e-6).astype(np.int64)
        case "workdays":
            days = np.floor(values / DAY).astype("datetime64[D]")
            return np.busday_count(np.datetime64("1970-01-01"), days).astype(np.int64)
        case "number":
            own = values / 12 if timeline.form == "decimal year" else values
            return np.round((own - timeline.origin) / timeline.step).astype(np.int64)
        case _:
            return np.round((values - timeline.origin) / timeline.step).astype(np.int64)


def labels(found: np.ndarray, timeline: Timeline) -> list[str]:
    """Places on the grid as the times are written: `1961-03-01`, `2024-05-06T13:00:00`, `1961 3`, `217`.

    >>> from noglue.tools.spec.forecasting import Timeline
    >>> labels(np.array([1961 * 12]), Timeline(columns=["m"], form="date", grid="months", horizon=1))
    ['1961-01-01']
    """
    if timeline.grid == "months":
        months = (found * int(timeline.step) + int(timeline.origin)).astype(np.int64)
        return [_month(int(month), timeline) for month in months]
    if timeline.grid == "workdays":
        days = np.busday_offset(np.datetime64("1970-01-01"), found, roll="forward")
        return [str(day) for day in days]
    if timeline.grid == "clock":
        return [_moment(place * timeline.step + timeline.origin, timeline) for place in found.tolist()]
    if timeline.grid == "number":
        return [f"{round(place * timeline.step + timeline.origin, 6):g}" for place in found.tolist()]
    return [str(place) for place in found.tolist()]


def parts(found: np.ndarray, timeline: Timeline) -> np.ndarray:
    """What the calendar says of places, float64 (n, 5): month, day of month and of week, hour, week of the year.

    -1 where the grid does not tell it.
    """
    out = np.full((len(found), 5), -1.0)
    if timeline.grid == "months":
        out[:, 0] = (found * int(timeline.step) + int(timeline.origin)) % 12
        return out
    if timeline.grid == "workdays":
        days = np.busday_offset(np.datetime64("1970-01-01"), found, roll="forward").astype("datetime64[s]")
    elif timeline.grid == "clock":
        days = (found * timeline.step + timeline.origin).astype("datetime64[s]")
    else:
        return out
    day = days.astype("datetime64[D]")
    out[:, 0] = day.astype("datetime64[M]").astype(np.int64) % 12
    out[:, 4] = (day - day.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64) // 7
    if timeline.grid == "workdays" or timeline.step <= DAY:
        out[:, 1] = (day - day.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64)
        out[:, 2] = (day.astype(np.int64) + 3) % 7
    if timeline.grid == "clock" and timeline.step < DAY:
        out[:, 3] = (days - day.astype("datetime64[s]")).astype(np.int64) / 3600.0
    return out


def _moment(seconds: float, timeline: Timeline) -> str:
    moment = np.datetime64(round(seconds), "s")
    whole = timeline.step % DAY == 0 and timeline.origin % DAY == 0
    return str(moment.astype("datetime64[D]")) if whole else str(moment)


def _month(number: int, timeline: Timeline) -> str:
    year, month = divmod(number, 12)
    match timeline.form:
        case "year":
            return str(year)
        case "year and month":
            return f"{year} {month + 1}"
        case "year and quarter":
            return f"{year} {month // 3 + 1}"
        case "year-month number":
            return f"{year}{month + 1:02d}"
        case "decimal year":
            return f"{number / 12:.4f}".rstrip("0").rstrip(".")
        case _:
            day = min(timeline.day, calendar.monthrange(year, month + 1)[1])
            return f"{year:04d}-{month + 1:02d}-{day:02d}"


def _month_numbers(values: np.ndarray) -> np.ndarray:
    """Seconds since 1970 → months since the year 0."""
    return np.asarray(values.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) + 1970 * 12)


def _day(values: np.ndarray) -> int:
    """The day of the month on which most values stand; 31 for its last."""
    days = values.astype("datetime64[s]").astype("datetime64[D]")
    day = (days - days.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1
    ends = (days + 1).astype("datetime64[M]") != days.astype("datetime64[M]")
    return 31 if ends.mean() > 0.5 else int(_commonest(day))


def _commonest(values: np.ndarray) -> float:
    found, counts = np.unique(values, return_counts=True)
    return float(found[counts.argmax()])


def _near(gaps: np.ndarray, step: float) -> bool:
    return bool((np.abs(gaps - step) <= 5 * NEAR * step).mean() >= MOSTLY)


def _begins(name: str, ways: tuple[str, ...]) -> bool:
    return name_signs.words(name).startswith(ways)


def _are_years(values: np.ndarray) -> bool:
    known = values[np.isfinite(values)]
    return bool(len(known) and known.min() >= YEARS[0] and known.max() <= YEARS[1])


def _are_whole(values: np.ndarray) -> bool:
    known = values[np.isfinite(values)]
    return bool((known == np.floor(known)).all())


def _is_of_day(values: np.ndarray) -> bool:
    known = values[np.isfinite(values)]
    return bool(len(known) and known.min() >= 0 and 0 < known.max() < DAY and len(np.unique(known)) > 1)


def _months_of(column: pa.ChunkedArray) -> np.ndarray | None:
    """Numbers as they are; `Jan`, `Q3` by what they say."""
    values = moments(column)
    if values is not None:
        return values
    begins = [name.lower() for name in calendar.month_abbr[1:]]
    texts = [str(text or "").strip().lower() for text in column.to_pylist()]
    found = [
        float(begins.index(text[:3]) + 1)
        if text[:3] in begins
        else float(digits)
        if (digits := text.strip("qtm. ")).isdigit()
        else np.nan
        for text in texts
    ]
    return np.array(found) if np.isfinite(found).mean() > 0.5 else None
