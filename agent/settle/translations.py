"""Words for what tables speak of, in one language: `annee de construction` and `Baujahr` both speak of a year.

>>> translated("quien sobrevivio")
'quien survived'
>>> translated("hauspreis")
'house price'

The words are in `translations.toml` (most of what columns and cells are called), those in `column_matching.toml` first.
Text is plain: lower case without accents, words apart.
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
_INFLECTED = 4  # letters behind the stem of an expression
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
        phrase = " ".join(words[at : at + count])
        for whole, begins in _tables():
            stem = _stem(phrase, begins)
            if phrase in whole:
                yield count, whole[phrase]
            elif stem is not None and " " in stem and len(phrase) - len(stem) <= _INFLECTED:
                yield count, begins[stem]


def _word(word: str) -> str:
    for tables, share in zip(_tables(), (0.0, _WHOLE), strict=True):
        if word in tables.whole:
            return tables.whole[word]
        stem = _stem(word, tables.begins)
        if stem is not None and share and len(stem) >= share * len(word):
            return tables.begins[stem]
        if (parts := _compound(word, tables)) is not None:
            return parts
        if stem is not None:
            return tables.begins[stem]
    return word


def _compound(word: str, tables: _Tables) -> str | None:
    """`hauspreis` → `house price`."""
    for cut in range(_BEFORE, len(word) - _PART + 1):
        end = _stem(word[cut:], tables.begins)
        if end is not None and len(end) >= _PART and len(word) - cut - len(end) <= _ENDING:
            return f"{_word(word[:cut])} {tables.begins[end]}"
    return None


def _stem(phrase: str, begins: dict[str, str]) -> str | None:
    """The longest stem that the words begin with."""
    return next((phrase[:end] for end in range(len(phrase), 2, -1) if phrase[:end] in begins), None)


@cache
def _tables() -> tuple[_Tables, ...]:
    """Those of `column_matching.toml`, which come first, and those of `translations.toml`."""
    return tuple(_read(file) for file in ("column_matching.toml", "translations.toml"))


def _read(file: str) -> _Tables:
    whole: dict[str, str] = {}
    begins: dict[str, str] = {}
    for english, stems in tomllib.loads((_HERE / file).read_text(encoding="utf-8"))["words"].items():
        if file == "translations.toml":
            whole.setdefault(english, english)
        for stem in stems:
            (whole if stem.endswith(" ") else begins)[stem.strip()] = english
    return _Tables(whole, begins)
