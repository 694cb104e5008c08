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
_ENGLISH = frozenset(
    "the of and to is are was in on with for by it that this not only we i you they our my be will would should "
    "which who how from at as or but have has had".split()
)
_LEAST = 4  # letters of a beginning


def language(paragraph: str) -> str:
    """`en`, `de`, `fr` or `es`: whose words most of the paragraph's are; English where none has more."""
    words = [folded(word) for word in _WORD.findall(_ELIDED.sub(r"\1 ", paragraph))]
    hits = {"en": sum(word in _ENGLISH for word in words)}
    hits |= {name: sum(word in _common(name) for word in words) for name in ("de", "fr", "es")}
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
    """Whole words, and beginnings without their `*`."""
    table = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))["words"]
    return (
        {key: value for key, value in table.items() if not key.endswith("*")},
        {key[:-1]: value for key, value in table.items() if key.endswith("*")},
    )


@cache
def _common(language: str) -> frozenset[str]:
    """The little words by which a language is known, but for those that English has too."""
    little = {
        "de": "der die das und ist nicht mit fur von zu ein eine den dem des im auf wir ich sie es auch soll bitte "
        "aus wie dass als nur ob wer bei nach vor zum zur aber oder sind hat",
        "fr": "le la les des du et est pas avec pour un une que qui dans sur nous je vous il ce cette au aux d l qu n "
        "par mais ou sont faut ne en sans",
        "es": "el la los las de y es no con para un una que en por se lo al del nos yo su como pero o son hay sin "
        "mas quiero me si cada",
    }
    return frozenset(little[language].split())
