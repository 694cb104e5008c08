"""Words that stand for a missing value, and where the column's own values say that they are values.

    numbers and dates   any such word is missing
    AF AS EU NA SA      NA is a code like the others: North America
    Mild None Severe    None is a word like the others
    + -                 - is a sign like the other
    None, Sleep Apnea   None, in a good share of a column of few names written alike, is one of them
    Smith Nan Null      so no program writes NaN and NULL: they are names among names

Sources: what spreadsheets, databases (`\\N`), R (`NA`), pandas (`<NA>`, `NaN`) and people write.
"""

import re
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

# In lower case.
_MARKS = frozenset({"", "?", "??", "-", "--", "---", "–", "—", ".", "..", "..."})
_AMBIGUOUS = frozenset({"na", "none", "nil"})
_PLAIN = frozenset({
    "n/a", "n.a.", "n.a", "#n/a", "#na", "<na>", "(na)", "nan", "-nan", "null", "(null)", "<null>", "(none)", "<none>",
    "\\n", "#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!", "#n/a n/a", "1.#qnan", "-1.#qnan", "1.#ind",
    "-1.#ind", "nat", "(blank)", "(missing)", "k.a.", "k. a.", "k.a", "keine angabe", "keine angaben", "ohne angabe",
    "s/d", "n/d", "n.d.", "sin dato", "sin datos", "n.c.", "non renseigné", "non renseignée", "non communiqué",
    "#n/v", "#nv", "#wert!", "not available", "(not available)", "n. a.", "n / a", "n.v.", "<missing>", "#num",
})  # fmt: skip
WORDS = _MARKS | _AMBIGUOUS | _PLAIN
_WORDS = pa.array(sorted(WORDS))
_SPELLED = pa.array(sorted({spelling for word in WORDS for spelling in (word, word.upper(), word.title())} | {"NaN"}))

_CODE = re.compile(r"[A-Z]{2,5}")
_ANSWERS = frozenset({"yes", "no", "true", "false", "low", "high", "male", "female", "on", "off", "ok"})
_CONTINENTS = frozenset({"AF", "AN", "AS", "EU", "NA", "OC", "SA"})
_REGIONS = frozenset(
    {
        "africa",
        "america",
        "americas",
        "anz",
        "apac",
        "apj",
        "asia",
        "australia",
        "eea",
        "emea",
        "eu",
        "europe",
        "latam",
        "meta",
        "mea",
        "mena",
        "nam",
        "oceania",
        "sa",
        "uk",
        "us",
        "usa",
    }
)
_ION = re.compile(r"[A-Z][a-z]?\d?[+-]\d?|[A-Z][a-z]?\d?[⁺⁻]")
_NAME = re.compile(r"[^\W\d_]+(?:[ /-][^\W\d_]+)*")
_GOOD_SHARE = 0.05  # of a column's filled cells, that a word for a class of its own covers
_FEWEST_NAMES = 10  # written alike, beside which `Null` or `Nan` is a name too
_SYMBOL = re.compile(r"[^\w\s]+")
MOST_LEVELS = 30  # different values, beyond which a column of words is no list of classes


def is_missing(text: str) -> bool:
    """Whether a cell by itself would be taken for missing."""
    return text.strip().lower() in WORDS


def missing(texts: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """bool: any such word, in any case, with blanks around it."""
    return pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(texts)), _WORDS)


def usual(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """bool: such a word as it is usually written; quicker than `missing`."""
    return pc.is_in(texts, _SPELLED)


def values_among(
    words: Mapping[str, float], others: Sequence[str], elsewhere: frozenset[str] = frozenset()
) -> list[str]:
    """Those of a column's missing words that are values there. others: its other different values.

    words: with the share of the filled cells that each covers. elsewhere: words that stand for missing among the
    numbers of the same table, so that one program wrote them.
    """
    sure = ["NA"] if others and set(others) <= _CONTINENTS else []
    return [
        word
        for word, share in words.items()
        if word in sure or (word.lower() not in elsewhere and _is_value(word, share, others))
    ]


def might_be_values(words: Mapping[str, float], others: Sequence[str], elsewhere: frozenset[str]) -> list[str]:
    """Words that someone may have meant: worth a note where they are taken for missing."""
    asked = {word: share for word, share in words.items() if word.lower() in _AMBIGUOUS}
    return [word for word, share in asked.items() if word.lower() not in elsewhere or _is_value(word, share, others)]


def _is_value(word: str, share: float, others: Sequence[str]) -> bool:
    if not others:
        return False
    if word in ("Null", "Nan"):
        return len(others) >= _FEWEST_NAMES and sum(_is_title(other) for other in others) >= 0.8 * len(others)
    if word.lower() in _MARKS:
        return bool(word) and all(map(_SYMBOL.fullmatch, others))
    if word.lower() not in _AMBIGUOUS:
        return False
    if word.lower() == "na":
        return _is_code(word, others)
    if len(others) > MOST_LEVELS or {other.lower() for other in others} <= _ANSWERS:
        return False
    words = [other for other in others if _NAME.fullmatch(other) and len(other) > 2]
    alike = [other for other in words if _case(other) == _case(word) or (_is_title(word) and _is_title(other))]
    return len(alike) >= 0.8 * len(others) and (len(others) > 1 or share >= _GOOD_SHARE)


def _is_code(word: str, others: Sequence[str]) -> bool:
    """Codes of a few capitals (AF, EU), regions (EMEA, Asia), two small letters (de), elements and ions (He, K+)."""
    if {other.lower() for other in others} <= _ANSWERS:
        return False
    if word == "NA":
        codes = [other for other in others if _CODE.fullmatch(other)]
        regions = [other for other in others if other.lower() in _REGIONS]
        return len(codes) >= max(2, 0.8 * len(others)) or len(regions) >= max(2, 0.6 * len(others))
    if word == "Na" and all(map(_ION.fullmatch, others)):
        return True
    shape = re.compile(r"[A-Z][a-z]?" if word == "Na" else r"[a-z]{2}")
    codes = [other for other in others if shape.fullmatch(other)]
    return len(codes) >= max(3, 0.8 * len(others)) and any(len(code) == 2 for code in codes)


def _is_title(text: str) -> bool:
    """`Sleep Apnea`, `High school`, `McKay`."""
    return text[:1].isupper() and not text.isupper() and _NAME.fullmatch(text) is not None


def _case(word: str) -> str:
    return "lower" if word.islower() else "upper" if word.isupper() else "title" if word.istitle() else "mixed"
