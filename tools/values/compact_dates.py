"""Moments written as one number: `20190115`, `20190115T093000`, and seconds or milliseconds since 1970.

    date 20190115         eight digits that are a day in every cell
    created_at 1547510400     seconds: the name says that it is a moment, and the numbers are of years 1980 to 2100

A number of eight digits that is once no day is a number, and so are counts of seconds under any other name.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

DAY, SECONDS, MILLISECONDS = "%Y%m%d", "epoch s", "epoch ms"
FORMS = (DAY, SECONDS, MILLISECONDS)
_CELL = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[T _-]?(\d{2})(\d{2})(\d{2})?Z?)?")
_PATTERN = (
    r"^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:[T _-]?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?Z?)?$"
)
_PARTS = ("year", "month", "day", "hour", "minute", "second")
_FEWEST = 5  # different days that prove it without a name
_YEARS = (1850, 2100)
_EPOCH = (datetime(1980, 1, 1, tzinfo=UTC).timestamp(), datetime(2100, 1, 1, tzinfo=UTC).timestamp())
_DAY_NAME = re.compile(
    r"(.*[\W_])?(date|day|datum|tag|fecha|jour|dt|ymd|yyyymmdd|dob|birth)([\W_].*)?|.*(date|datum)\w{0,3}", re.I
)
_MOMENT_NAME = re.compile(
    r"(.*[\W_])?(epoch|unix|unixtime|timestamp|time|ts|datetime|date|utc|created|updated|modified|posted|published|"
    r"zeit|zeitstempel|fecha|heure)([\W_].*)?|.*(timestamp|_time|time_?(utc|ms|stamp)|[a-z]Time|[a-z]At|_at|_on|date)",
    re.I,
)  # fmt: skip
_SAMPLE = 2000
LEAST = 18_000_000  # the least number that may be one


def form_of(name: str, texts: Sequence[str]) -> str | None:
    """The form of a column's different cells; None where they are numbers, or anything else."""
    some = texts[:: max(1, len(texts) // _SAMPLE)]
    if not some:
        return None
    if _CELL.fullmatch(some[0]):
        fewest = 2 if _DAY_NAME.fullmatch(name) else _FEWEST
        return DAY if len(texts) >= fewest and all(map(_is_day, some)) else None
    if not _MOMENT_NAME.fullmatch(name) or len(texts) < 2:
        return None
    return _epoch(some)


def _is_day(text: str) -> bool:
    found = _CELL.fullmatch(text)
    if found is None:
        return False
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        datetime(year, month, day, hour, minute, second)
    except ValueError:
        return False
    return _YEARS[0] <= year <= _YEARS[1]


def _epoch(some: Sequence[str]) -> str | None:
    try:
        numbers = [float(text) for text in some]
    except ValueError:
        return None
    for form, scale in ((SECONDS, 1), (MILLISECONDS, 1000)):
        if all(_EPOCH[0] * scale <= number <= _EPOCH[1] * scale for number in numbers):
            return form
    return None


def moments(texts: pa.Array, form: str) -> np.ndarray:
    """datetime64[us], NaT where a cell is not of the form."""
    found = np.full(len(texts), "NaT", "datetime64[us]")
    if form != DAY:
        like = pc.match_substring_regex(texts, r"^\d{8,14}(?:\.\d*)?$").to_numpy(zero_copy_only=False)
        numbers = texts.filter(pa.array(like)).cast(pa.float64()).to_numpy()
        micro = np.round(numbers * (1e6 if form == SECONDS else 1e3)).astype(np.int64)
        found[like] = micro.astype("datetime64[us]")
        return found
    parts = pc.extract_regex(texts, pattern=_PATTERN)
    there = parts.is_valid().to_numpy(zero_copy_only=False)
    if not there.any():
        return found
    year, month, day, hour, minute, second = (_whole(pc.struct_field(parts, name).drop_null()) for name in _PARTS)
    first = ((year - 1970) * 12 + np.clip(month, 1, 12) - 1).astype("datetime64[M]")
    days = first.astype("datetime64[D]") + (day - 1)
    right = (month >= 1) & (month <= 12) & (day >= 1) & (days < (first + 1).astype("datetime64[D]"))
    right &= (hour <= 23) & (minute < 60) & (second < 61)
    exact = days.astype("datetime64[us]") + ((hour * 3600 + minute * 60 + second) * 1_000_000).astype("timedelta64[us]")
    found[np.flatnonzero(there)[right]] = exact[right]
    return found


def _whole(texts: pa.Array) -> np.ndarray:
    return np.asarray(pc.if_else(pc.equal(texts, ""), "0", texts).cast(pa.int64()).to_numpy())
