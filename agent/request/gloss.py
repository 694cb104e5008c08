"""A German, French or Spanish sentence in rough English, word by word, for what was trained on English.

>>> english("la colonne ne doit surtout pas servir", "fr")
'the column not must above all not serve'

The words are in `glosses/de.toml` and its siblings: whole words, and beginnings that end in `*`; the longest that fits
counts, and what is unknown stays as it is. Words in capitals (`COLUMN`) are left alone.
"""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "glosses"
_ELIDED = re.compile(r"(?<![^\W_])([cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’](?=\w)", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_LINE = re.compile(r'^"([^"]+)" = "([^"\\]*)"$', re.MULTILINE)
_RARER = 0.3  # what a word that is not a little one counts
_LEAST = 4  # letters of a beginning


def language(paragraph: str) -> str:
    """`en`, `de`, `fr` or `es`: whose words most of the paragraph's are; English where none has more."""
    words = [folded(word) for word in _WORD.findall(_ELIDED.sub(r"\1 ", paragraph))]
    hits = {name: float(sum(word in little for word in words)) for name, little in _little().items()}
    for name in ("de", "fr", "es"):
        hits[name] += _RARER * sum(_of(word, name) != word for word in words)
    hits["en"] += _RARER * sum(all(_of(word, name) == word for name in ("de", "fr", "es")) for word in words)
    return max(hits, key=lambda name: hits[name])


def english(text: str, language: str) -> str:
    """The text with each word that is known put into English; the marks between the words stay."""
    if language == "en":
        return text
    return _WORD.sub(lambda word: _of(word[0], language), _ELIDED.sub(r"\1 ", text))


def folded(word: str) -> str:
    """Lower case without accents: `Größe` → `grosse`."""
    spread = unicodedata.normalize("NFD", word.lower().replace("ß", "ss").replace("œ", "oe"))
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


@cache
def _of(word: str, language: str) -> str:
    if word.isupper() and len(word) > 1:
        return word
    whole, beginnings = _words(language)
    key = folded(word)
    if key in whole:
        return whole[key]
    return next((beginnings[key[:end]] for end in range(len(key), _LEAST - 1, -1) if key[:end] in beginnings), word)


@cache
def _words(language: str) -> tuple[dict[str, str], dict[str, str]]:
    """Whole words, and beginnings without their `*`.

    The files are TOML with one `"word" = "word"` a line: read by the line, they take a tenth of the parser's time.
    """
    table = dict(_LINE.findall((_FOLDER / f"{language}.toml").read_text(encoding="utf-8")))
    return (
        {key: value for key, value in table.items() if not key.endswith("*")},
        {key[:-1]: value for key, value in table.items() if key.endswith("*")},
    )


@cache
def _little() -> dict[str, frozenset[str]]:
    """Language → the little words by which it is known, but for those that several of the four have."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {language: frozenset(words.split()) for language, words in table["little"].items()}
