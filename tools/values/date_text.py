"""Dates as people and programs write them, whole Arrow arrays at once.

    2020-01-31   31/01/2020   1/31/20   31.1.2020   31-Jan-2020   January 31, 2020   3. März 2020   12 déc. 2019
    2020-01   01/2020   Jan 2020   2020M01   2020Q1   Q1 2020   2020-W05   and a time: T10:30   10:30:15.5Z   5:00 PM
    17:30   5:00 PM   a time alone, of the first day of 1970

A column's formats are those of its days (`%d/%m/%Y`); a time may follow in each cell, as it explains itself. Day first
or month first is a matter of the whole column (`formats`), sometimes of the whole table or of the order of the rows.
"""

import re
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import repeat

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.values import compact_dates

_ISO, _CLOCK = "%Y-%m-%d", "%H:%M"
_MONTHS = (
    "jan january januar jän jänner janvier janv ene enero",
    "feb february februar février févr fév fevrier febrero",
    "mar march märz mär mrz maerz mars marzo",
    "apr april avril avr abr abril",
    "may mai mayo",
    "jun june juni juin junio",
    "jul july juli juillet juil julio",
    "aug august août aout ago agosto",
    "sep sept september septembre septiembre set",
    "oct october okt oktober octobre octubre",
    "nov november novembre noviembre",
    "dec december dez dezember déc décembre decembre dic diciembre",
)
_MONTH_OF = {name: place for place, names in enumerate(_MONTHS, 1) for name in names.split()}
_NAME = r"(?P<name>[^\W\d_]{3,10})\.?"
_BEFORE_TIME = r"(?:T|,?\s+|:)\s*"
_TIME = (
    rf"(?:{_BEFORE_TIME}"
    r"(?P<hour>\d{1,2})(?P<minute>:\d{2})?(?P<second>:\d{2})?(?P<fraction>[.,]\d{1,9})?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|GMT|[-+]\d{2}(?::?\d{2})?)?)?"
)
_PARTS = {
    "%Y": r"(?P<year>\d{4})", "%y": r"(?P<short>\d{2})", "%m": r"(?P<month>\d{1,2})", "%d": r"(?P<day>\d{1,2})",
    "%b": _NAME, "%q": r"(?P<quarter>[1-4])", "%V": r"(?P<week>\d{1,2})",
}  # fmt: skip
_GROUPS = (
    "year", "short", "month", "day", "name", "quarter", "week",
    "hour", "minute", "second", "fraction", "half", "zone",
)  # fmt: skip
_WEEKDAY = r"(?:(?i:mo|tu|we|th|fr|sa|su|di|mi|do|so|lu|ma|me|je|ve|ju|vi|sá)[^\W\d_]{0,9}\.?,?\s+)?"
_SHORT_PIVOT = 69  # POSIX: 69…99 are of the last century
_YEARS = (1500, 2200)  # of dates that are a year and a month alone, and could be many other things
_SAMPLE = 2000  # different values that are looked at one by one
_AT_ONCE = 50_000  # texts that one thread reads

# What a cell's shape allows, the likelier first.
_SHAPES = (
    (r"\d{4}(?P<mark>[-/. ])\d{1,2}(?P=mark)\d{1,2}", ("%Y{0}%m{0}%d", "%Y{0}%d{0}%m")),
    (r"\d{1,2}(?P<mark>[-/ ])\d{1,2}(?P=mark)\d{4}", ("%m{0}%d{0}%Y", "%d{0}%m{0}%Y")),
    (r"\d{1,2}(?P<mark>\.)\s?\d{1,2}\.\s?\d{4}", ("%d{0}%m{0}%Y", "%m{0}%d{0}%Y")),
    (r"\d{1,2}(?P<mark>[-/])\d{1,2}(?P=mark)\d{2}", ("%m{0}%d{0}%y", "%d{0}%m{0}%y", "%y{0}%m{0}%d")),
    (r"\d{1,2}(?P<mark>\.)\s?\d{1,2}\.\s?\d{2}", ("%d{0}%m{0}%y",)),
    (r"\d{1,2}(?:st|nd|rd|th|er|º)?[-/. ]{0,2}(?:de |of )?[^\W\d_]{3,10}\.?,?[-/. ]?(?:de |del )?\d{4}", ("%d %b %Y",)),
    (r"\d{1,2}[-/. ]{0,2}[^\W\d_]{3,10}\.?[-/. ]?\d{2}", ("%d %b %y",)),
    (r"[^\W\d_]{3,10}\.? \d{1,2}(?:st|nd|rd|th)?,? ?\d{4}", ("%b %d %Y",)),
    (r"\d{4}[-/. ]?[^\W\d_]{3,10}[-/. ]\d{1,2}", ("%Y %b %d",)),
    (r"\d{4}(?P<mark>[-/.])\d{1,2}", ("%Y{0}%m",)),
    (r"\d{1,2}(?P<mark>[-/.])\d{4}", ("%m{0}%Y",)),
    (r"\d{4}M\d{1,2}", ("%YM%m",)),
    (r"[^\W\d_]{3,10}\.?[-/, ]\s?\d{4}", ("%b %Y",)),
    (r"\d{4}[-/ ]?[^\W\d_]{3,10}", ("%Y %b",)),
    (r"[^\W\d_]{3,10}\.?[-/ ']\s?\d{2}", ("%b %y",)),
    (r"\d{4}[-/ ]?[Qq][1-4]", ("%YQ%q",)),
    (r"[Qq][1-4][-/ ]?\d{4}", ("Q%q %Y",)),
    (r"\d{4}[-/ ]?W\d{1,2}", ("%YW%V",)),
    (r"(?=\d{1,2}(?::\d\d){1,2}(?:[.]\d+)?(?:\s?[AaPp][.]?[Mm][.]?)?$)", ("%H:%M",)),
)
_UNUSUAL = r"(?i)uhr|\b(?:KW|CW|wk|week|woche|semaine|semana)\b|quart|trim|^T[1-4]\b|^[a-z]{3},? [a-z]{3} +\d+ \d\d:"
_REWRITTEN = (
    (r"(?i)\s*uhr$", ""),
    (
        r"(?i)^(?:KW|CW|wk|week|woche|semaine|semana)\.?\s*(\d{1,2})(?:\s+|,\s*|/|-|\s+of\s+|\s+de\s+)(\d{4})$",
        r"\2-W\1",
    ),
    (r"(?i)^(\d{4})[\s/-]*(?:KW|CW|wk|week|woche|semaine|semana)\.?\s*(\d{1,2})$", r"\1-W\2"),
    (
        r"(?i)^([1-4])(?:\.|st|nd|rd|th|er|e|º|°)?\s*(?:quartal|quarter|trimestre|trim\.?)(?:\s+|,\s*|/|-|\s+de\s+)(\d{4})$",
        r"Q\1 \2",
    ),
    (r"^T([1-4])[\s/-]*(\d{4})$", r"Q\1 \2"),
    (r"(?i)^(?:[a-z]{3},? )?([a-z]{3}) +(\d{1,2}) (\d\d:\d\d:\d\d) (?:[A-Z]{3,4} )?(\d{4})$", r"\1 \2 \4 \3"),
)
_TAIL = re.compile(_TIME)
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True)
class Found:
    """formats: in the order they are tried. fits: bool, which texts they read.

    swap: the first format with day and month exchanged, where it fits as well.
    """

    formats: list[str]
    fits: np.ndarray
    swap: str | None = None


def formats(texts: pa.Array, counts: np.ndarray) -> Found | None:
    """The formats that most of a column's different values obey, each counted as often as it occurs."""
    texts = _usual(texts)
    step = max(1, len(texts) // _SAMPLE)
    likely: Counter[str] = Counter()
    sample = texts.take(pa.array(np.arange(0, len(texts), step))).to_pylist()
    for text in sample:
        likely.update(_shapes(text))
    if not likely or likely.most_common(1)[0][1] < len(sample) * 0.3 or _are_seasons(sample):
        return None
    order = list(dict.fromkeys(form for _, shape in _SHAPES for form in _filled(shape, ["-", "/", ".", " "])))
    dots = re.compile(r"%m\.%d")  # before a dot the day comes first
    tried = sorted(
        (form for form, _ in likely.most_common(12)), key=lambda one: (bool(dots.match(one)), order.index(one))
    )
    chosen = _chosen(texts, counts, tried, [np.arange(len(texts))])
    fits = _fits(texts, chosen)
    if chosen and step > 1 and not fits.all():  # a few cells among many may tell day from month
        chosen = _chosen(texts, counts, tried, [np.flatnonzero(fits), np.flatnonzero(~fits)])
        fits = _fits(texts, chosen)
    if not chosen:
        return None
    rival = swapped(chosen[0])
    doubtful = rival in tried and rival != chosen[0] and "." not in chosen[0]
    doubtful = doubtful and not chosen[0].startswith("%Y")  # after the year comes the month
    for some in (texts.take(pa.array(np.arange(0, len(texts), step))), texts):
        doubtful = doubtful and np.array_equal(_fits(some, [rival]), _fits(some, chosen[:1]))
    return Found(chosen, fits, rival if doubtful else None)


def _chosen(texts: pa.Array, counts: np.ndarray, tried: Sequence[str], strata: Sequence[np.ndarray]) -> list[str]:
    """The format that reads most cells, then the one that reads most of the others, and so on.

    strata: places of texts, of each of which a sample stands for all.
    """
    chosen_rows = [rows[:: max(1, len(rows) // _SAMPLE)] for rows in strata if len(rows)]
    weights = [
        counts[some] * (counts[rows].sum() / counts[some].sum())
        for some, rows in zip(chosen_rows, filter(len, strata), strict=True)
    ]
    sample, weight = texts.take(pa.array(np.concatenate(chosen_rows))), np.concatenate(weights)
    fits = {form: _fits(sample, [form]) for form in tried}
    chosen: list[str] = []
    left, open_cells = list(tried), np.ones(len(sample), bool)
    while left:
        gains = {form: float(weight[fits[form] & open_cells].sum()) for form in left}
        best = max(left, key=lambda form: gains[form])
        if not gains[best]:
            break
        chosen.append(best)
        open_cells &= ~fits[best]
        left = [form for form in left if form not in (best, swapped(best))]
    return chosen


def _fits(texts: pa.Array, wanted: list[str]) -> np.ndarray:
    return np.asarray(read(texts, wanted).is_valid().to_numpy(zero_copy_only=False))


def read(texts: pa.Array, wanted: list[str]) -> pa.Array:
    """timestamp[us], null where a cell obeys none of the formats; times with a zone become UTC.

    Days as ISO 8601 writes them are read whatever the formats: they are never in doubt.
    """
    tried = list(dict.fromkeys([*wanted, _ISO]))
    texts = _usual(texts)
    if tried == [_ISO] and not pc.any(pc.match_substring_regex(texts, r"(?i)[AP]M|,|^\d+$|[T ]\d{1,2}$")).as_py():
        for kind in (pa.timestamp("us"), pa.timestamp("us", "UTC")):
            try:
                return texts.cast(kind).cast(pa.timestamp("us"))
            except pa.ArrowInvalid:
                continue
    moments = np.full(len(texts), "NaT", "datetime64[us]")
    for form in tried:
        left = np.isnat(moments)
        if not left.any():
            break
        rest = texts.filter(pa.array(left))
        if len(rest) <= _AT_ONCE:
            moments[left] = _moments(rest, form)
            continue
        parts = [rest.slice(start, _AT_ONCE) for start in range(0, len(rest), _AT_ONCE)]
        with ThreadPoolExecutor() as pool:
            moments[left] = np.concatenate(list(pool.map(_moments, parts, repeat(form))))
    return pa.array(moments, pa.timestamp("us"))


def _usual(texts: pa.Array) -> pa.Array:
    """Weeks, quarters and times in words, and C's `Tue Jan 15 09:30:00 2019`, as the formats have them."""
    if not pc.any(pc.match_substring_regex(texts, _UNUSUAL)).as_py():
        return texts
    for pattern, usual in _REWRITTEN:
        texts = pc.replace_substring_regex(texts, pattern, usual)
    return texts


def swapped(form: str) -> str:
    """Month first ↔ day first."""
    return form.translate(str.maketrans("dm", "md")) if "%d" in form and "%m" in form else form


def _shapes(text: str) -> list[str]:
    """Formats that a cell may have, by its shape alone, a time cut off."""
    text = _BLANKS.sub(" ", text.strip())
    for pattern, shape in _SHAPES:
        found = re.match(_WEEKDAY + pattern, text)
        if found and (shape == (_CLOCK,) or _TAIL.fullmatch(text[found.end() :])):
            return _filled(shape, [found.groupdict().get("mark", "")])
    return []


def _filled(shape: tuple[str, ...], marks: list[str]) -> list[str]:
    return [form.format(mark) for form in shape for mark in marks]


def _are_seasons(sample: list[str]) -> bool:
    """`2010-11`, `2011-12`: years of two halves, no months."""
    pairs = [re.fullmatch(r"(\d{4})[-/](\d\d)", text.strip()) for text in sample]
    return len(sample) > 1 and all(pair and (int(pair[1]) + 1) % 100 == int(pair[2]) for pair in pairs)


@cache
def _pattern(form: str) -> str:
    """`%d %b %Y` stands for any mark between a day, a month's name and a year; the other formats for their own."""
    if form == _CLOCK:
        whole = f"^{_TIME.replace(_BEFORE_TIME, '')}$"
    elif "%b" in form or "%q" in form or "%V" in form:
        pieces = [_PARTS.get(piece, piece) for piece in re.findall(r"%[a-zA-Z]|[^%\s]+", form)]
        joined = r"(?:[-/.,']|\s|del? |of )*".join(
            piece + "(?:st|nd|rd|th|er|º)?" * ("<day>" in piece) for piece in pieces
        )
        whole = rf"^{_WEEKDAY}(?i:{joined}){_TIME}$"
    else:
        blanks = {" ": r"\s+", ".": r"\.\s?"}
        pieces = [_PARTS.get(one) or blanks.get(one) or re.escape(one) for one in re.findall("%[a-zA-Z]|.", form)]
        whole = rf"^{_WEEKDAY}{''.join(pieces)}{_TIME}$"
    return _unicode(whole)


def _unicode(pattern: str) -> str:
    """RE2's `\\w` and `\\s` are ASCII alone."""
    return pattern.replace(r"[^\W\d_]", r"\pL").replace(r"\s", "[\\s\u00a0\u202f]")


def _moments(texts: pa.Array, form: str) -> np.ndarray:
    """datetime64[us], NaT where a cell does not obey the format, or names a day that there is not."""
    if form in compact_dates.FORMS:
        return compact_dates.moments(texts, form)
    pattern = _pattern(form)
    found = pc.extract_regex(texts, pattern=pattern)
    parts = {name: pc.struct_field(found, name) for name in _GROUPS if f"?P<{name}>" in pattern}
    there = found.is_valid().to_numpy(zero_copy_only=False)
    moments = np.full(len(texts), "NaT", "datetime64[us]")
    if not there.any():
        return moments

    def whole(name: str, default: int, skip: int = 0) -> np.ndarray:
        if name not in parts:
            return np.full(int(there.sum()), default, np.int64)
        digits = pc.utf8_slice_codeunits(parts[name].drop_null(), skip)
        filled = pc.if_else(pc.equal(digits, ""), str(default), digits)
        return np.asarray(filled.cast(pa.int64()).to_numpy())

    year = whole("year", 0) if "year" in parts else whole("short", 0)
    if "short" in parts:
        year = year + np.where(year < _SHORT_PIVOT, 2000, 1900)
    if form == _CLOCK:
        year = year + 1970
    month = (whole("quarter", 1) - 1) * 3 + 1 if "quarter" in parts else whole("month", 1)
    if "name" in parts:
        month = _by_name(parts["name"].drop_null())
    day, hour, minute, second = whole("day", 1), whole("hour", -1), whole("minute", 0, 1), whole("second", 0, 1)
    right = (month >= 1) & (month <= 12) & (day >= 1) & (year >= 1)
    if "day" not in parts:
        right &= (year >= _YEARS[0]) & (year <= _YEARS[1])
    first = ((year - 1970) * 12 + np.clip(month, 1, 12) - 1).astype("datetime64[M]")
    days = first.astype("datetime64[D]") + (day - 1)
    right &= days < (first + 1).astype("datetime64[D]")
    if "week" in parts:  # ISO 8601: the first week holds the fourth of January
        week, fourth = whole("week", 1), first.astype("datetime64[D]") + 3
        days = fourth - (fourth.astype(np.int64) + 3) % 7 + 7 * (week - 1)
        right &= (week >= 1) & (week <= 53)
    half = pc.utf8_lower(pc.utf8_slice_codeunits(parts["half"].drop_null(), 0, 1)).to_numpy(zero_copy_only=False)
    has_time = (parts["minute"].drop_null().to_numpy(zero_copy_only=False) != "") | (half != "")
    right &= (hour == -1) | (has_time & (hour <= 23) & (minute < 60) & (second < 61))
    right &= (half == "") | ((hour >= 1) & (hour <= 12))
    hour = np.where(half == "", np.maximum(hour, 0), hour % 12 + np.where(half == "p", 12, 0))
    seconds = hour * 3600 + minute * 60 + second - _zone(parts["zone"].drop_null())
    micro = _fraction(parts["fraction"].drop_null())
    exact = days.astype("datetime64[us]") + (seconds * 1_000_000 + micro).astype("timedelta64[us]")
    moments[np.flatnonzero(there)[right]] = exact[right]
    return moments


def _by_name(names: pa.Array) -> np.ndarray:
    """Months' numbers, 0 for what is no month."""
    coded = names.dictionary_encode()
    numbers = np.array([_MONTH_OF.get(name.lower(), 0) for name in coded.dictionary.to_pylist()], np.int64)
    return np.asarray(numbers[coded.indices.to_numpy()])


def _fraction(texts: pa.Array) -> np.ndarray:
    """Microseconds of `.5`; most columns have none."""
    if pc.all(pc.equal(texts, "")).as_py():
        return np.zeros(len(texts), np.int64)
    digits = pc.utf8_rpad(pc.utf8_slice_codeunits(texts, 1, 7), 6, "0")
    return np.asarray(digits.cast(pa.int64()).to_numpy())


def _zone(texts: pa.Array) -> np.ndarray:
    """Seconds that a zone is ahead of UTC."""
    coded = texts.dictionary_encode()
    ahead = []
    for zone in coded.dictionary.to_pylist():
        found = re.fullmatch(r"([-+])(\d{2}):?(\d{2})?", zone)
        ahead.append((1 if found[1] == "+" else -1) * (int(found[2]) * 60 + int(found[3] or 0)) * 60 if found else 0)
    return np.asarray(np.array(ahead, np.int64)[coded.indices.to_numpy()])
