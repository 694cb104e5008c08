"""Values written as text, to numbers, booleans and dates: whole Arrow columns at once.

    >>> parse(pa.chunked_array([["1,200", "15", "n.a."] * 20])).column.type, parse(…).strays
    (DataType(double), ['n.a.'])

Zip codes and other numbers with leading zeros stay text; so do integers too long for 64 bits.
"""

import contextlib
import re
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

MISSING = ("", "?", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NAN", "null", "NULL", "Null", "-", "--")
FEW_STRAYS = 0.05  # of a column's values; more than that, and it is a column of text
_PROBED = 1000
_MOST_STRAYS_TOLD = 5

_NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
_PLAIN = re.compile(_NUMBER + r"|[+-]?(inf|Inf|INF|infinity|Infinity)")
_GROUPED = r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?"
_DRESSED = re.compile(rf"[($€£¥]?\s*({_GROUPED}|{_NUMBER})\s*[€£¥%)]?")

# Day first or month first: both are tried, and the one that more values obey is taken (month first on a tie).
_DATES = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d", "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M", "%Y/%m/%d", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M", "%m/%d/%y", "%d/%m/%y", "%d.%m.%Y", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%y",
    "%d-%m-%Y", "%m-%d-%Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%Y.%m.%d",
)  # fmt: skip
_DATE_SHAPE = re.compile(r"\d{1,4}[-/.\s][A-Za-z\d]{1,9}[-/.\s]\d{1,4}.*|[A-Za-z]{3,9} \d{1,2}, \d{4}.*")
_ISO_ZONE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")


@dataclass(frozen=True)
class Parsed:
    """`strays`: a few of the values that did not fit and became missing; `count` of all of them."""

    column: pa.ChunkedArray
    strays: list[str] = field(default_factory=list)
    count: int = 0


def is_number(text: str, decimal: str = ".") -> bool:
    """`12`, `-3.4e5`, `1,200`, `$5`, `3 %`; with a decimal comma `1.200,5`."""
    text = text.strip()
    if decimal == ",":
        text = text.replace(".", "").replace(",", ".")
    return bool(_PLAIN.fullmatch(text) or _DRESSED.fullmatch(text))


def parse(column: pa.ChunkedArray, decimal: str = ".") -> Parsed:
    """A string column as int64, float64, bool or timestamp[us] where nearly all its values are such, else as it is."""
    present = column.drop_null()
    if len(present) == 0:
        return Parsed(column)
    probe = [value.strip() for value in present.slice(0, _PROBED).to_pylist()]
    enough = len(probe) * (1 - 2 * FEW_STRAYS)  # the probe may be unlucky; the whole column decides below
    if sum(is_number(value, decimal) for value in probe) >= enough:
        return _numbers(column, decimal)
    if {value.lower() for value in probe} <= {"true", "false"}:
        return _booleans(column)
    if sum(bool(_DATE_SHAPE.fullmatch(value)) for value in probe) >= enough:
        return _dates(column, probe)
    return Parsed(column)


def _numbers(column: pa.ChunkedArray, decimal: str) -> Parsed:
    plain = column if decimal == "." else pc.replace_substring(pc.replace_substring(column, ".", ""), ",", ".")
    for kind in (pa.int64(), pa.float64()):
        try:
            numbers = plain.cast(kind)
        except pa.ArrowInvalid:
            continue
        if _written_with_zeros(plain) or (kind == pa.float64() and _too_long(plain)):
            return Parsed(column)
        return Parsed(numbers)
    # Slow path: thousands separators, currency signs, blanks, and tokens that stand for "missing".
    bare = pc.replace_substring_regex(pc.utf8_trim_whitespace(plain), r"^[($€£¥]\s*|\s*[€£¥%)]$", "")
    grouped = pc.match_substring_regex(bare, f"^{_GROUPED}$")
    bare = pc.if_else(grouped, pc.replace_substring(bare, ",", ""), bare)
    fits = pc.match_substring_regex(bare, f"^{_NUMBER}$")
    if _written_with_zeros(bare):
        return Parsed(column)
    return _kept(column, pc.if_else(fits, bare, None).cast(pa.float64()), whole_numbers=True)


def _written_with_zeros(column: pa.ChunkedArray) -> bool:
    zeros = pc.starts_with(column, "0")
    if not pc.any(zeros).as_py():
        return False
    return bool(pc.any(pc.match_substring_regex(column.filter(zeros), r"^0\d")).as_py())


def _too_long(column: pa.ChunkedArray) -> bool:
    """Digits alone, more than 18 of them: a key, not a quantity."""
    return bool(pc.any(pc.match_substring_regex(column, r"^[+-]?\d{19,}$")).as_py())


def _booleans(column: pa.ChunkedArray) -> Parsed:
    lower = pc.utf8_lower(pc.utf8_trim_whitespace(column))
    if not pc.all(pc.is_in(lower.drop_null(), pa.array(["true", "false"]))).as_py():
        return Parsed(column)
    return Parsed(pc.equal(lower, "true"))


def _dates(column: pa.ChunkedArray, probe: list[str]) -> Parsed:
    trimmed = pc.utf8_trim_whitespace(column)
    if all(_ISO_ZONE.fullmatch(value) for value in probe):
        try:
            zoned = probe[0][-1] == "Z" or re.search(r"[+-]\d\d:?\d\d$", probe[0])
            read = trimmed.cast(pa.timestamp("us", "UTC" if zoned else None))
            return Parsed(read.cast(pa.timestamp("us")))
        except pa.ArrowInvalid:
            pass
    shape = max(_DATES, key=lambda form: sum(_obeys(value, form) for value in probe))
    if sum(_obeys(value, shape) for value in probe) < len(probe) * (1 - 2 * FEW_STRAYS):
        return Parsed(column)
    read = pc.strptime(trimmed, format=shape, unit="us", error_is_null=True)
    rival = _swapped(shape)
    if rival is not None:
        other = pc.strptime(trimmed, format=rival, unit="us", error_is_null=True)
        read = other if other.null_count < read.null_count else read
    return _kept(column, read)


def _swapped(shape: str) -> str | None:
    """Month first ↔ day first."""
    if "%b" in shape or "%B" in shape or shape.startswith("%Y"):
        return None
    return shape.translate(str.maketrans("dm", "md"))


def _obeys(value: str, shape: str) -> bool:
    try:
        datetime.strptime(value, shape)
    except ValueError:
        return False
    return True


def _kept(column: pa.ChunkedArray, read: pa.ChunkedArray, whole_numbers: bool = False) -> Parsed:
    """`read` if few values were lost on the way, with those; else the text as it was."""
    lost = pc.and_(column.is_valid(), read.is_null())
    count = pc.sum(lost).as_py() or 0
    if count > FEW_STRAYS * (len(column) - column.null_count):
        return Parsed(column)
    strays = column.filter(lost).slice(0, _PROBED).unique().to_pylist()[:_MOST_STRAYS_TOLD]
    if whole_numbers:
        with contextlib.suppress(pa.ArrowInvalid):  # raised where there are fractions
            read = read.cast(pa.int64())
    return Parsed(read, strays, count)
