"""A request's words and a page's words in one form, so that they can be compared.

    >>> content("I'd like something that tells wines apart by their chemistry")
    ['wines', 'chemistry']
    >>> content("Unterscheide Pilze: giftig oder essbar?")
    ['mushrooms', 'poisonous', 'edible']
    >>> stems("Chemical analysis of wines")
    ['chem', 'analy', 'of', 'win']

Stems are cut by a short list of endings (English, a few of the others'); they need only be the same on both sides.
"""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

_ENDINGS = (
    *("istries", "istry", "ically", "icals", "ical", "ations", "ation", "itions", "ition", "ments", "ment", "nesses"),
    *("ness", "ities", "ity", "ives", "ive", "ings", "ing", "ists", "ist", "ous", "ers", "er", "ors", "or", "ies"),
    *("ied", "ed", "es", "is", "ic", "al", "ly", "en", "s", "e", "y", "n"),
)
_LEAST = 3  # letters that stay
_LIMITS = re.compile(
    r"\b(?:at most|under|within|in|about|höchstens|au plus|como máximo)?\s*\d+(?:[.,]\d+)?\s*(?:%|percent|prozent|"
    r"(?:s|sec|second|sekunde|min|minute|minuto|h|hour|stunde|heure|hora|epoch|row|label|pixel|px)\w*)(?!\w)",
    re.I,
)


def tokens(text: str) -> list[str]:
    """Lower case, whole: `CIFAR-10` → cifar, 10; `x-ray` → x-ray."""
    return re.findall(r"x-ray|[^\W\d_]+|\d+", text.lower().replace("’", "'"))


def stems(text: str) -> list[str]:
    """In the order of the text, accents and endings gone; single letters too."""
    return [found for token in tokens(text) for found in [stem(token)] if len(found) > 1]


@cache
def stem(word: str) -> str:
    """`wines`, `wine` → win; `chemistry`, `chemical` → chem."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter))
    plain = plain.replace("ß", "ss").replace("œ", "oe")
    plain = re.sub(r"our(s?)$", r"or\1", plain)  # tumour, tumor
    for _ in range(2):
        ending = next((end for end in _ENDINGS if plain.endswith(end) and len(plain) - len(end) >= _LEAST), "")
        plain = plain[: len(plain) - len(ending)]
    return plain


def content(text: str) -> list[str]:
    """The words that say which data is wanted, each once, in English where known; no limits ("10 minutes")."""
    text = re.sub(r"https?://\S+", " ", _LIMITS.sub(" ", text))
    text = re.sub(r"([^\W\d_])\1{2,}", r"\1\1", text)  # handwrittten
    found: dict[str, str] = {}
    for token in tokens(re.sub(r"(?<=\w)['’](?:s|d|m|ll|re|ve|t)\b|\b(?:[ldjnsmtc]|qu)['’]", " ", text.lower())):
        if token in filler() or token in formats() or len(token) < 2 or token.isdigit():
            continue
        for word in english().get(token, token).split():
            found.setdefault(stem(word), word)
    return list(found.values())


@cache
def filler() -> frozenset[str]:
    """Words that tell nothing of what data is wanted."""
    return frozenset(str(_lists()["filler"]).split())


@cache
def formats() -> frozenset[str]:
    """Words that only say that data is wanted, and in which form."""
    return frozenset(str(_lists()["formats"]).split())


@cache
def english() -> dict[str, str]:
    """Everyday words of German, French and Spanish → English."""
    found: dict[str, str] = _lists()["english"]
    return found


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "search_words.toml").read_text(encoding="utf-8"))
