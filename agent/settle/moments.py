"""Points in time that a clause compares rows with, bound to a column of dates or of years.

    >>> conditions("customers who signed up before 2023", columns)
    [((25, 36), Condition(column='signed_up', op='<', value='2023-01-01'))]

A year is the whole of it: after 2022 begins with 2023, until 2022 ends with it; so is a month.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from noglue.agent.request import quantities
from noglue.tools.spec.profiles import Column
from noglue.tools.spec.requested import Condition

_YEARS = (1500, 2200)
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20|21)\d{2}(?!\d)")
_FIRST = r"first|earliest|oldest|erste[nrms]?|premi[eè]re?s?|primer[oa]?s?"
_UNITS = {
    "day": r"days?|tage?n?|jours?|dias?",
    "week": r"weeks?|wochen?|semaines?|semanas?",
    "month": r"months?|monate?n?|mois|mes(?:es)?",
    "quarter": r"quarters?|quartale?n?|trimestres?",
    "year": r"years?|jahre?n?|ann?ees?|ans?|anos?",
}
_SPAN = re.compile(
    rf"(?<!\w)(?:(?P<before>{quantities.NUMBER})[\s-]+)?"
    rf"(?P<place>{_FIRST}|last|final|latest|most recent|newest|letzte[nrms]?|derni[eè]re?s?|ultim[oa]s?)[\s-]+"
    rf"(?:(?P<count>{quantities.NUMBER})[\s-]+)?(?P<unit>{'|'.join(_UNITS.values())})(?!\w)"
)
_AWAY = 15  # years from the few dates of a column that are known, beyond which another column is meant
Bound = tuple[tuple[int, int], Condition]


class Period(NamedTuple):
    """A day, a month or a year: its first day, and the day after its last."""

    first: date
    end: date


def conditions(text: str, columns: Sequence[Column]) -> list[Bound]:
    """text: the clause in lower case without accents. Each condition with the place of its words."""
    found: list[Bound] = []
    for match in _ranges().finditer(text):
        low, high = int(match["low"]), int(match["high"])
        column = _column(text, match.start(), low, columns)
        if column is not None and low <= high:
            whole = Period(date(low, 1, 1), date(high + 1, 1, 1))
            found += [(match.span(), one) for one in _bounds("during", whole, column)]
    for start, end in [span for span, _ in found]:
        text = text[:start] + "¦" * (end - start) + text[end:]
    for match in _periods().finditer(text):
        period = _period(match)
        how = _how(text[: match.start()])
        column = _column(text, match.start(), period.first.year, columns) if period is not None and how else None
        if period is None or column is None:
            continue
        span = (match.start() - len(how[1]), match.end()) if how else match.span()
        found += [(span, one) for one in _bounds(how[0], period, column)]
    return found


def spans(text: str, columns: Sequence[Column]) -> list[tuple[str, list[Column]]]:
    """`the last six months` → the operator and value of a condition, and the columns that it may be of.

    text: as of `conditions`. A span is counted by the one column of dates that the clause speaks of, else by every one
    of them; years also by a column of years, where there are no dates.
    """
    from noglue.agent.settle import mentions

    found = []
    for match in _SPAN.finditer(text):
        unit = next(name for name, form in _UNITS.items() if re.fullmatch(form, match["unit"]))
        stated = match["count"] or match["before"]  # `les six derniers mois`
        count = int(quantities.number(stated)) if stated else 1
        count, unit = (count * 3, "month") if unit == "quarter" else (count, unit)
        able = [one for one in columns if one.kind == "date"]
        if not able and unit == "year":
            able = [one for one in columns if one.maximum is not None and _holds_years(one, int(one.maximum))]
        spoken = [column for _, column in mentions.within(text, able)][:1]
        place = "first" if re.fullmatch(_FIRST, match["place"]) else "last"
        found.append((f"{place} {count} {unit}{'s' if count > 1 else ''}", spoken or able))
    return found


def _bounds(how: str, period: Period, column: Column) -> list[Condition]:
    years = column.kind != "date"
    first: float | str = float(period.first.year) if years else period.first.isoformat()
    end: float | str = float(period.end.year) if years else period.end.isoformat()
    name = column.name
    match how:
        case "before":
            return [Condition(column=name, op="<", value=first)]
        case "after":
            return [Condition(column=name, op=">=", value=end)]
        case "since":
            return [Condition(column=name, op=">=", value=first)]
        case "until":
            return [Condition(column=name, op="<", value=end)]
        case _:
            return [Condition(column=name, op=">=", value=first), Condition(column=name, op="<", value=end)]


def _how(before: str) -> tuple[str, str]:
    """`before`, `after`, `since`, `until` or `during`, and the words that say so; nothing where none do."""
    from noglue.agent.settle.conditions import any_of

    for kind in ("before", "until", "since", "after", "during"):
        between = r"(?:the |le |el |dem |den |der |dia |year |jahr |1er )*" + (
            r"(?:[a-z]\w+\W+)?" if kind != "during" else ""
        )
        found = re.search(rf"(?<!\w){any_of(kind)}l?\W+{between}$", before)
        if found:
            return kind, found[0]
    return "", ""


def _column(text: str, place: int, year: int, columns: Sequence[Column]) -> Column | None:
    """The column of dates, or of years, that the clause speaks of; else the only one."""
    from noglue.agent.settle import mentions

    able = [one for one in columns if one.kind == "date" or _holds_years(one, year)]
    able = [one for one in able if one.kind != "date" or _reaches(one, year)]
    spoken = [column for _, column in sorted(mentions.within(text, able), key=lambda one: abs(one[0] - place))]
    return spoken[0] if spoken else able[0] if len(able) == 1 else None


def _reaches(column: Column, year: int) -> bool:
    """Whether a column of dates may hold this year, by the few that are known of it."""
    known = [int(match[0]) for text in (*column.examples, *column.values) for match in _YEAR.finditer(text)]
    return not known or min(known) - _AWAY <= year <= max(known) + _AWAY


def _holds_years(column: Column, year: int) -> bool:
    low, high = column.minimum, column.maximum
    if low is None or high is None or low % 1 or not _YEARS[0] <= low <= high <= _YEARS[1]:
        return False
    return low - 1 <= year <= high + 1


def _period(match: "re.Match[str]") -> Period | None:
    try:
        if match["iso"]:
            year, month, *day = map(int, match["iso"].split("-"))
            return _day(year, month, day[0]) if day else _month(year, month)
        if match["dotted"]:
            day_, month, year = map(int, re.split(r"[./]", match["dotted"]))
            return _day(year, month, day_)
        year = int(match["year"])
        if match["month"]:
            number = _month_number(match["month"])
            return _day(year, number, int(match["day"])) if match["day"] else _month(year, number)
    except ValueError:
        return None
    return Period(date(year, 1, 1), date(year + 1, 1, 1)) if _YEARS[0] <= year <= _YEARS[1] else None


def _day(year: int, month: int, day: int) -> Period:
    return Period(date(year, month, day), date(year, month, day) + timedelta(days=1))


def _month(year: int, month: int) -> Period:
    return Period(date(year, month, 1), date(year + month // 12, month % 12 + 1, 1))


def _month_number(name: str) -> int:
    from noglue.agent.settle.conditions import words

    return next(place for place, start in enumerate(words()["months"], 1) if re.match(start, name))


@cache
def _periods() -> "re.Pattern[str]":
    from noglue.agent.settle.conditions import words

    months = "|".join(words()["months"])
    return re.compile(
        r"(?<![\w.-])(?:(?P<iso>\d{4}-\d{2}(?:-\d{2})?)|(?P<dotted>\d{1,2}[./]\d{1,2}[./]\d{4})|"
        r"(?:(?:(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?\s+)?(?:de |of )?"
        rf"(?P<month>(?:{months})[a-z]*)\.?\s+(?:de |of )?)?"
        r"(?P<year>(?:1[5-9]|20|21)\d{2}))(?![\w-]|\.\d)"
    )


@cache
def _ranges() -> "re.Pattern[str]":
    """`between 1980 and 2000`, `from 2011 to 2018`, `2011-2018`: whole years, both included."""
    from noglue.agent.settle.conditions import any_of

    year = r"(?:1[5-9]|20|21)\d{2}"
    return re.compile(
        rf"(?<![\w.-])(?:{any_of('between')}\s+)?(?P<low>{year})\s*(?:{any_of('and')}|-|–)\s*(?P<high>{year})(?![\w-]|\.\d)"
    )
