"""Numbers, shares and ordinals, in digits and in words.

>>> number("250,000"), number("thirty"), share("a quarter"), share("20 %"), ordinal("vorletzte")
(250000.0, 30.0, 0.25, 0.2, -2)
"""

import re
import tomllib
from pathlib import Path

_HERE = Path(__file__).parent
_TABLES: dict[str, dict[str, float]] = tomllib.loads((_HERE / "quantities.toml").read_text(encoding="utf-8"))
_COMMON: dict[str, float] = tomllib.loads((_HERE / "numbers.toml").read_text(encoding="utf-8"))
_ARTICLES = {"a", "an", "un", "una", "une", "ein", "eine", "einer", "media", "demi"}
_NUMBERS = {word: value for word, value in (_COMMON | _TABLES["number"]).items() if word not in _ARTICLES}


def _any(words: "list[str]", escape: bool = False) -> str:
    ordered = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(word) if escape else word for word in ordered) + ")"


_DIGITS = r"(?<![\w.])-?\d+(?:[.,\s'’]\d{3}(?!\d))*(?:[.,]\d+)?(?:\s?(?:k|K|thousand|million|tausend|mille|mil)\b)?"
NUMBER = rf"(?:{_DIGITS}|{_any(list(_NUMBERS), escape=True)})"
_PERCENT = r"(?:%|per ?cent|percent|prozent|pour ?cent|por ?ciento)"
SHARE = rf"(?:{NUMBER}[\s-]?{_PERCENT}|{_any(list(_TABLES['fraction']))}|(?<![\w.])0?[.,]\d+)"
ORDINAL = rf"(?:{_any(list(_TABLES['ordinal']))}|\d+(?:st|nd|rd|th|\.|e|ème|ª|º))"
_SCALES = {"k": 1e3, "thousand": 1e3, "tausend": 1e3, "mille": 1e3, "mil": 1e3, "million": 1e6}


def number(words: str) -> float:
    """`250,000`, `50k`, `1.5`, `ten`. Raises ValueError for anything else."""
    plain = re.sub(r"\s+", " ", words.strip().lower())
    if plain in _NUMBERS:
        return float(_NUMBERS[plain])
    match = re.fullmatch(r"(-?\d[\d.,\s'’]*?)\s?(k|thousand|million|tausend|mille|mil)?", plain)
    if not match:
        raise ValueError(f"no number: {words!r}")
    digits = match[1]
    if re.fullmatch(r"-?\d{1,3}(?:[.,\s'’]\d{3})+", digits) and not re.fullmatch(r"-?0[.,]\d{3}", digits):
        digits = re.sub(r"[^\d-]", "", digits)
    return float(re.sub(r"[\s'’]", "", digits).replace(",", ".")) * _SCALES.get(match[2] or "", 1.0)


def share(words: str) -> float:
    """`20 %`, `thirty percent`, `a quarter`, `.2`: a part of one. Raises ValueError for anything else."""
    plain = re.sub(r"\s+", " ", words.strip().lower())
    percent = re.fullmatch(rf"({NUMBER})[\s-]?{_PERCENT}", plain, re.I)
    if percent:
        return round(number(percent[1]) / 100, 6)
    for fraction, value in _TABLES["fraction"].items():
        if re.fullmatch(fraction, plain):
            return value
    value = float(("0" if plain[0] in ".," else "") + plain.replace(",", "."))
    if not 0 < value < 1:
        raise ValueError(f"no share: {words!r}")
    return value


def ordinal(words: str) -> int | None:
    """`third` → 3, `letzte` → -1, `24th` → 24; None for anything else."""
    plain = re.sub(r"\s+", " ", words.strip().lower())
    digits = re.fullmatch(r"(\d+)(?:st|nd|rd|th|\.|e|ème|ª|º)", plain)
    if digits:
        return int(digits[1])
    return next((int(value) for word, value in _TABLES["ordinal"].items() if re.fullmatch(word, plain)), None)
