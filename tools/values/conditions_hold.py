"""Rows for which conditions hold: dates compared as dates, numbers as numbers, text whatever its case.

>>> holds(Condition(column="sold", op="<=", value="2023"), pa.chunked_array([[datetime(2023, 12, 31), None]]))
array([ True, False])

A missing value fulfils nothing but `missing`. A date's value may be a year, a month, a day or a moment; the first
three are spans of time, so that `<= 2023` holds until the last of December.
"""

import calendar
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import PurePath

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.requested import Condition
from noglue.tools.values.column_names import named
from noglue.tools.values.labels import plain

_ORDERED: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}
_TRUE, _FALSE = frozenset({"true", "yes", "1", "t", "y"}), frozenset({"false", "no", "0", "f", "n"})
_YEARS = (1000, 3000)


def all_hold(conditions: Sequence[Condition], columns: Mapping[str, pa.ChunkedArray], count: int) -> np.ndarray:
    """bool (count,): rows for which every condition holds. Raises DataError `missing-columns`, `wrong-type`."""
    kept = np.ones(count, bool)
    for condition in conditions:
        name = named(list(columns), [condition.column], "choose rows by")[0]
        kept &= holds(condition, columns[name])
    return kept


def holds(condition: Condition, column: pa.ChunkedArray) -> np.ndarray:
    """bool (n,). Raises DataError `wrong-type` where the value is of another kind than the column."""
    column = plain(column)
    there = _present(column)
    if condition.op in ("missing", "present"):
        return there if condition.op == "present" else ~there
    if condition.or_missing:
        return np.asarray(~there | holds(condition.model_copy(update={"or_missing": False}), column))
    if condition.value is None:
        raise DataError(Kind.WRONG_TYPE, f"The condition “{condition}” names no value to compare with.")
    if condition.op in ("in folder", "not in folder"):
        below = _lies_below(column, condition)
        return np.asarray(there & (below if condition.op == "in folder" else ~below))
    if condition.op in ("=", "!=", "in", "not in"):
        listed = condition.value if isinstance(condition.value, list) else [condition.value]
        same = np.zeros(len(column), bool)
        for value in listed:
            same |= _equals(column, value, condition)
        return there & (same if condition.op in ("=", "in") else ~same)
    if isinstance(condition.value, list):
        raise DataError(Kind.WRONG_TYPE, f"The condition “{condition}” compares with several values at once.")
    if condition.op in ("last", "first"):
        return np.asarray(there & _within_span(column, condition))
    return np.asarray(there & _compared(column, condition.op, condition.value, condition))


def _lies_below(column: pa.ChunkedArray, condition: Condition) -> np.ndarray:
    """bool (n,): paths with a folder of one of these names in them."""
    names = set(condition.value if isinstance(condition.value, list) else [str(condition.value)])
    return np.array([bool(names & set(PurePath(path or "").parts)) for path in column.to_pylist()], bool)


def _present(column: pa.ChunkedArray) -> np.ndarray:
    there = np.asarray(column.is_valid().to_numpy(), bool)
    if pa.types.is_floating(column.type):
        there &= np.isfinite(_numbers(column))
    return there


def _equals(column: pa.ChunkedArray, value: str | float, condition: Condition) -> np.ndarray:
    kind = column.type
    if pa.types.is_temporal(kind):
        start, end = _span(value, condition)
        moments = _moments(column)
        return np.asarray((moments >= start) & (moments < end) if end > start else moments == start)
    if pa.types.is_boolean(kind):
        return np.asarray(pc.fill_null(column, False).to_numpy() == _truth(value, condition), bool)
    if _is_number(kind):
        return np.asarray(_numbers(column) == _number(value, condition))
    return _same_text(column, value)


def _same_text(column: pa.ChunkedArray, value: str | float) -> np.ndarray:
    """Without regard to case and to blanks around; a number is any way of writing it."""
    wanted = f"{value:g}" if isinstance(value, float) else value
    texts = np.array([(text or "").strip().casefold() for text in column.cast(pa.string()).to_pylist()], object)
    if isinstance(value, float):
        return np.array([_float(text) == value for text in texts], bool)
    return np.asarray(texts == wanted.strip().casefold(), bool)


def _compared(column: pa.ChunkedArray, op: str, value: str | float, condition: Condition) -> np.ndarray:
    kind = column.type
    if pa.types.is_temporal(kind):
        start, end = _span(value, condition)
        moments = _moments(column)
        if end > start:  # a span: `<= 2023` is before its end, `> 2023` from its end on
            edge, op = (end, {"<=": "<", ">": ">="}[op]) if op in ("<=", ">") else (start, op)
            return np.asarray(_ORDERED[op](moments, edge))
        return np.asarray(_ORDERED[op](moments, start))
    if not _is_number(kind):
        raise DataError(
            Kind.WRONG_TYPE,
            f"The condition “{condition}” compares by size, and the column {condition.column} holds text.",
            hint="Name a column of numbers or dates, or the values themselves.",
        )
    return _ORDERED[op](_numbers(column), _number(value, condition))


def _within_span(column: pa.ChunkedArray, condition: Condition) -> np.ndarray:
    """bool (n,): whether a date is later than the last one less a span, or earlier than the first one and a span."""
    stated = re.fullmatch(r"(\d+) (day|week|month|year)s?", str(condition.value))
    able = pa.types.is_temporal(column.type) or (_is_number(column.type) and stated and stated[2] == "year")
    if stated is None or not able:
        raise DataError(
            Kind.WRONG_TYPE,
            f"The condition “{condition}” asks for a span of time, which {condition.column} does not tell.",
            hint="Name a column of dates, and days, weeks, months or years: “6 months”.",
        )
    values = _moments(column) if pa.types.is_temporal(column.type) else _numbers(column)
    if not np.isfinite(values).any():
        return np.zeros(len(values), bool)
    last = condition.op == "last"
    edge = float(np.nanmax(values) if last else np.nanmin(values))
    count = -int(stated[1]) if last else int(stated[1])
    edge = _shifted(edge, count, stated[2]) if pa.types.is_temporal(column.type) else edge + count
    return np.asarray(values > edge if last else values < edge)


def _shifted(moment: float, count: int, unit: str) -> float:
    """A moment so many units later, in seconds since 1970; of months that are shorter the last day."""
    if unit in ("day", "week"):
        return moment + count * (7 if unit == "week" else 1) * 86_400.0
    at = datetime(1970, 1, 1) + timedelta(seconds=moment)
    months = at.year * 12 + at.month - 1 + count * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    if not 1 <= year <= 9999:
        return -math.inf if count < 0 else math.inf
    day = min(at.day, calendar.monthrange(year, month + 1)[1])
    return (at.replace(year=year, month=month + 1, day=day) - datetime(1970, 1, 1)).total_seconds()


def _span(value: str | float, condition: Condition) -> tuple[float, float]:
    """Where a date begins and ends, in seconds; the same twice for a moment."""
    text = f"{value:g}" if isinstance(value, float) else value.strip()
    try:
        if len(text) <= 10:
            unit = {4: "Y", 7: "M", 10: "D"}[len(text)]
            start = np.datetime64(text, unit)  # type: ignore[call-overload]
            return tuple(one.astype("datetime64[us]").astype(np.int64) / 1e6 for one in (start, start + 1))
        moment = np.datetime64(text.replace(" ", "T").removesuffix("Z"), "us").astype(np.int64) / 1e6
        return moment, moment
    except (KeyError, ValueError) as error:
        raise DataError(
            Kind.WRONG_TYPE,
            f"The condition “{condition}” compares dates with {text!r}, which is none.",
            hint="Write a date as 2023-01-31, 2023-01 or 2023.",
        ) from error


def _moments(column: pa.ChunkedArray) -> np.ndarray:
    """Seconds since 1970, NaN where missing."""
    micros = column.cast(pa.timestamp("us"), safe=False).cast(pa.int64()).cast(pa.float64(), safe=False)
    return np.asarray(micros.to_numpy(), np.float64) / 1e6


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(column.cast(pa.float64(), safe=False).to_numpy(), np.float64)


def _number(value: str | float, condition: Condition) -> float:
    found = value if isinstance(value, float) else _float(value)
    if math.isnan(found) and isinstance(value, str) and value[4:] == "-01-01":
        found = _float(value[:4])  # the beginning of a year, beside a column of years
        found = found if _YEARS[0] <= found <= _YEARS[1] else math.nan
    if math.isnan(found):
        raise DataError(
            Kind.WRONG_TYPE,
            f"The condition “{condition}” compares with {value!r}, and the column {condition.column} holds numbers.",
            hint="Name a number.",
        )
    return found


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _truth(value: str | float, condition: Condition) -> bool:
    text = f"{value:g}" if isinstance(value, float) else value.strip().casefold()
    if text in _TRUE | _FALSE:
        return text in _TRUE
    raise DataError(
        Kind.WRONG_TYPE,
        f"The condition “{condition}” compares with {value!r}, and {condition.column} is true or false.",
    )


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))
