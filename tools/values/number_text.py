"""Numbers as people and programs write them, whole Arrow arrays at once.

    1,200.50   1.200,50   1 200,50   1'200.50   (506.31)   ($1,200.50)   −5   5-   1.200,50 €   R$ 5   7,-   12 %

Which mark is the decimal one is a matter of the whole column (`marks`), sometimes of the whole table: `1.250` alone
is either. Once it is known, every cell is read by it (`numbers`) or not at all.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_BLANKS = "\u0020\u00a0\u2009\u202f"
_GROUP_MARKS = {",": ",", ".": r"\.", " ": f"[{_BLANKS}]", "'": "['’]"}
_MINUS = "[-−–]"
_CODES = (
    "EUR|USD|GBP|JPY|CNY|INR|SEK|NOK|DKK|ISK|CHF|PLN|CZK|HUF|RON|BRL|MXN|CAD|AUD|NZD|SGD|HKD|ZAR|KRW|RUB|TRY|ILS|"
    "THB|VND|PHP|IDR|MYR|Euro|euro|kr|zł|Kč|Ft|lei|Rs|Fr|Lt"
)
_MONEY = rf"(?:(?:[A-Z]{{1,3}})?[$€£¥₹₩₽₺₪฿₫₱₴₦₡₲₵₸₭₮¢]|(?:{_CODES})\.?)"
_INFINITE = r"(?i:inf(?:inity)?)"


@dataclass(frozen=True)
class Marks:
    """thousands: " " and "'" stand for all marks that look like them. sure: the column itself shows which is which.

    open: where it does not, the mark in `1.250` or `1,250` that is either. leans: the decimal mark that is likelier.
    grouped: whether any cell may hold groups of three; not so where there are fractions and none of them does.
    """

    decimal: str
    thousands: str
    sure: bool
    open: str = ""
    leans: str = ""
    grouped: bool = True


def _pattern(number: str) -> str:
    """A number with signs, brackets, money and percent around it; groups for those that change its value."""
    gap = rf"[\s{_BLANKS}]*"
    return (
        rf"^(?P<open>\()?{gap}(?P<sign>{_MINUS}|\+)?{gap}(?:{_MONEY})?{gap}(?P<inner>\()?(?P<second>{_MINUS}|\+)?{gap}"
        rf"(?P<number>{number})(?P<exponent>[eE][-+]?\d+)?(?:[.,][-–]{{1,2}}|\.)?"
        rf"{gap}(?:{_MONEY}|%)?{gap}(?P<trail>{_MINUS})?{gap}(?P<close>\))?{gap}(?:{_MONEY})?$"
    )


def _number(decimal: str, thousands: str) -> str:
    point, mark = re.escape(decimal), _GROUP_MARKS[thousands]
    grouped = rf"\d{{1,3}}(?:{mark}\d{{3}})+"
    if thousands == ",":
        grouped += r"|\d{1,2}(?:,\d{2})+,\d{3}"  # 12,34,567 of India
    return rf"(?:{grouped})(?:{point}\d+)?|\d+(?:{point}\d+)?|{point}\d+|{_INFINITE}"


_READINGS = {
    decimal: re.compile("|".join(_pattern(_number(decimal, mark)).replace("?P<", f"?P<{name}_")
                                 for name, mark in (("a", other), ("b", " "), ("c", "'"))))
    for decimal, other in ((".", ","), (",", "."))
}  # fmt: skip
_PLAIN = re.compile(r"[-+]?\d+(\.\d+)?")
_DIGITS = re.compile(r"\d|inf", re.IGNORECASE)

_ZERO = rf"^{_MONEY}[\s{_BLANKS}]*[-–]{{1,2}}$"
_ANY = _pattern(rf"\d(?:[\d.,'’{_BLANKS}]*\d)?|[.,]\d+|{_INFINITE}")
_GROUPS = rf"(?:[{_BLANKS}]\d{{3}})+|(?:['’]\d{{3}})+"
_SURE = {
    ",": rf"^\d*,(?:\d{{1,2}}|\d{{4,}})$|^(?:0|\d{{4,}}),\d{{3}}$|^\d{{1,3}}(?:(?:\.\d{{3}})+|{_GROUPS}),\d+$"
    r"|^\d{1,3}(?:\.\d{3}){2,}$",
    ".": rf"^\d*\.(?:\d{{1,2}}|\d{{4,}})$|^(?:0|\d{{4,}})\.\d{{3}}$|^\d{{1,3}}(?:(?:,\d{{3}})+|{_GROUPS})\.\d+$"
    r"|^\d{1,3}(?:,\d{3}){2,}$|^\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d*)?$",
}
_OPEN = {",": r"^[1-9]\d{0,2},\d{3}$", ".": r"^[1-9]\d{0,2}\.\d{3}$"}
_FEWEST_WHOLE = 3  # different whole numbers of three digits
_WHOLE_SHARE = 0.1  # of the cells, beside `1.896`, that make a grouping likely


def is_number(text: str, decimal: str = ".") -> bool:
    """`12`, `-3.4e5`, `1,200`, `$5`, `3 %`, `(7)`; with a decimal comma `1.200,5`."""
    text = text.strip()
    if decimal == "." and _PLAIN.fullmatch(text):
        return True
    return bool(_DIGITS.search(text)) and _READINGS[decimal].fullmatch(text) is not None


def values(texts: Sequence[str]) -> list[float | None]:
    """`1,200` → 1200.0; None where one is no number."""
    read: list[float | None] = numbers(pa.array([text.strip() for text in texts], pa.string()), ".", ",").to_pylist()
    return read


def looks_like_number(texts: pa.Array) -> pa.Array:
    """bool: a number by some marks or other."""
    return pc.match_substring_regex(texts, f"{_ANY}|{_ZERO}")


def shows_point(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """bool, of numbers that can be read as they stand: a fraction of other than three digits, or of less than one."""
    return pc.match_substring_regex(texts, r"^[-+]?(?:\d*\.(?:\d{1,2}|\d{4,})|0?\.\d+|\d{4,}\.\d+)(?:[eE]|$)")


def marks(texts: pa.Array, counts: np.ndarray) -> Marks:
    """By what the column's different values show, each as often as it occurs.

    `1,5`, `4,472e+04` and `1.234.567` are sure signs of a decimal comma, `1.5` and `0.125` of a point; `1.250` is none.
    Several whole numbers beside it like 874, which fractions of three digits would not leave, make groups likelier.
    """
    found = pc.extract_regex(texts, pattern=_ANY)
    core = pc.struct_field(found, "number")
    scaled = pc.fill_null(pc.not_equal(pc.struct_field(found, "exponent"), ""), False)

    def seen(pattern: str) -> int:
        found = pc.fill_null(pc.match_substring_regex(core, pattern), False)
        return int(counts[found.to_numpy(zero_copy_only=False)].sum())

    def mantissas(pattern: str) -> int:
        which = pc.and_(scaled, pc.fill_null(pc.match_substring_regex(core, pattern), False))
        return int(counts[which.to_numpy(zero_copy_only=False)].sum())

    sure = {mark: seen(pattern) + mantissas(_OPEN[mark]) for mark, pattern in _SURE.items()}
    between = next(
        (mark for mark in (" ", "'") if seen(rf"^\d{{1,3}}(?:{_GROUP_MARKS[mark]}\d{{3}})+(?:[.,]\d*)?$")), ""
    )
    if any(sure.values()):
        decimal = max(sure, key=lambda mark: (sure[mark], mark == "."))
        thousands = between or _other(decimal)
        fractions = seen(rf"{re.escape(decimal)}\d+$")
        groups = seen(rf"^\d{{1,3}}(?:{_GROUP_MARKS[thousands]}\d{{3}})+(?:[.,]\d*)?$")
        return Marks(decimal, thousands, True, grouped=bool(groups) or not fractions)
    either = {mark: seen(pattern) for mark, pattern in _OPEN.items()}
    if bool(either["."]) == bool(either[","]):
        return Marks(".", between or ",", False)
    mark = "." if either["."] else ","
    whole = pc.fill_null(pc.match_substring_regex(core, r"^[1-9]\d\d$"), False).to_numpy(zero_copy_only=False)
    likely = whole.sum() >= _FEWEST_WHOLE and counts[whole].sum() >= _WHOLE_SHARE * counts.sum()
    return Marks(".", between or ",", False, open=mark, leans="," if mark == "." and likely else "")


def settled(found: Marks, decimal: str) -> Marks:
    """A column's marks where the rest of the table shows the decimal one."""
    if found.sure:
        return found
    thousands = found.thousands if found.thousands in " '" else _other(decimal)
    return Marks(decimal, thousands, True, grouped=found.grouped and found.open != decimal)


def numbers(texts: pa.Array, decimal: str, thousands: str, grouped: bool = True) -> pa.Array:
    """float64, null where a cell is no number of this form. `$ -` is how accounts write nought.

    grouped: whether `5,123` may be a group; where not, only what can't be a fraction is (`5,123.5`). The number before
    an exponent never has groups.
    """
    found = pc.extract_regex(texts, pattern=_pattern(_number(decimal, thousands)))
    parts = {name: pc.struct_field(found, name) for name in
             ("open", "sign", "inner", "second", "number", "exponent", "trail", "close")}  # fmt: skip
    opened = pc.or_(pc.equal(parts["open"], "("), pc.equal(parts["inner"], "("))
    closed = pc.equal(parts["close"], ")")
    bare = pc.replace_substring_regex(parts["number"], _GROUP_MARKS[thousands], "")
    bare = bare if decimal == "." else pc.replace_substring(bare, decimal, ".")
    sizes = pc.binary_join_element_wise(bare, parts["exponent"], "").cast(pa.float64())
    minus = opened
    for name in ("sign", "second", "trail"):
        minus = pc.or_(minus, pc.match_substring_regex(parts[name], f"^{_MINUS}$"))
    signed = pc.if_else(minus, pc.negate(sizes), sizes)
    groups = pc.match_substring_regex(parts["number"], _GROUP_MARKS[thousands])
    single = pc.match_substring_regex(parts["number"], rf"^\d{{1,3}}{_GROUP_MARKS[thousands]}\d{{3}}$")
    doubtful = pc.and_(groups, pc.not_equal(parts["exponent"], ""))
    doubtful = doubtful if grouped or thousands in " '" else pc.or_(doubtful, single)
    fits = pc.and_(pc.equal(opened, closed), pc.invert(doubtful))
    read = pc.if_else(fits, signed, pa.scalar(None, pa.float64()))
    return pc.if_else(pc.match_substring_regex(texts, _ZERO), 0.0, read)


def _other(mark: str) -> str:
    return "," if mark == "." else "."
