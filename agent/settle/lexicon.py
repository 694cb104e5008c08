"""Words for what tables speak of, in one language: `annee de construction` and `Baujahr` both speak of a year.

>>> translated("quien sobrevivio")
'quien survived'
>>> translated("hauspreis")
'house price'

The words are in `lexicon.toml` (most of what columns and cells are called) and, before it, in `columns.toml`. Text is
plain: lower case without accents, words apart.
"""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

_HERE = Path(__file__).parent
_LONGEST = 4  # words of an expression
_PART = 5  # letters of the second half of a compound, at least
_BEFORE = 3  # of its first half
_ENDING = 2  # of a plural or a case behind it, at most
_WHOLE = 0.6  # of a word's letters that a stem must cover, for the word to be no compound


class _Tables(NamedTuple):
    """whole: words and expressions; begins: stems; each with its English word."""

    whole: dict[str, str]
    begins: dict[str, str]


@cache
def translated(plain: str) -> str:
    """Every word that is known in English, the others as they are."""
    words = plain.split()
    found, at = [], 0
    while at < len(words):
        used, english = next(_expressions(words, at), (1, _word(words[at])))
        found.append(english)
        at += used
    return " ".join(found)


def _expressions(words: list[str], at: int) -> Iterator[tuple[int, str]]:
    """Expressions of several words that begin here, the longest first; the last of them may be inflected."""
    for count in range(min(_LONGEST, len(words) - at), 1, -1):
        told = " ".join(words[at : at + count])
        if told in _tables().whole:
            yield count, _tables().whole[told]
        elif (stem := _stem(told)) is not None and " " in stem and len(told) - len(stem) <= 4:
            yield count, _tables().begins[stem]


def _word(word: str) -> str:
    whole, begins = _tables()
    if word in whole:
        return whole[word]
    stem = _stem(word)
    if stem is not None and len(stem) >= _WHOLE * len(word):
        return begins[stem]
    for cut in range(_BEFORE, len(word) - _PART + 1):
        end = _stem(word[cut:])
        if end is not None and len(end) >= _PART and len(word) - cut - len(end) <= _ENDING:
            return f"{_word(word[:cut])} {begins[end]}"
    return begins[stem] if stem is not None else word


def _stem(told: str) -> str | None:
    """The longest stem that the words begin with."""
    begins = _tables().begins
    return next((told[:end] for end in range(len(told), 2, -1) if told[:end] in begins), None)


@cache
def _tables() -> _Tables:
    whole: dict[str, str] = {}
    begins: dict[str, str] = {}
    for file in ("lexicon.toml", "columns.toml"):
        table = tomllib.loads((_HERE / file).read_text(encoding="utf-8"))["words"]
        for english, stems in table.items():
            whole.setdefault(english, english)
            for stem in stems:
                (whole if stem.endswith(" ") else begins)[stem.strip()] = english
    return _Tables(whole, begins)
