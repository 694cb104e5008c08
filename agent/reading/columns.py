"""Which column a description means, once the columns are known.

    >>> match_target("who survived", profile.columns, "classify")[0]
    Ranked(name='Survived', confidence=0.9, why='"survived" is in the name')

Names first (exact, compound, abbreviated, with a slip, translated), then meaning by the sentence encoder; what a
column holds then speaks for or against it (a regression needs numbers, an identifier is no target).
"""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple

from agent.reading.encoder import Encoder, EncoderMissing, shared
from agent.reading.spelling import one_slip
from agent.task import Goal
from tools.core.profile import Column

USUAL = (
    "target",
    "label",
    "labels",
    "class",
    "y",
    "outcome",
    "classes",
    "category",
    "response",
    "output",
    "ziel",
    "klasse",
    "cible",
    "classe",
    "objetivo",
    "clase",
    "is_fraud",
    "fraud",
    "churn",
    "survived",
    "species",
    "diagnosis",
    "price",
    "saleprice",
)
_LITTLE = set(
    "the a an of is are was were will be been to in on for from and or not whether if does do did this that it which what who whose how much many more less than above below over under predict column "
    "der die das den dem des ein eine eines einer ist sind war ob wird werden und oder wie viel viele welche welcher hat haben wer nicht hoch "
    "le la les l un une du de des est sont a ont et ou si va vont qui que quel quelle combien plus pas "
    "el los las una uno es son y o ha han quien cual cuanto cuanta mas no".split()
)
_ORDINAL = {
    "first": 0,
    "second": 1,
    "third": 2,
    "last": -1,
    "erste": 0,
    "ersten": 0,
    "letzte": -1,
    "letzten": -1,
    "premiere": 0,
    "derniere": -1,
    "primera": 0,
    "ultima": -1,
}


class Ranked(NamedTuple):
    """One column's claim to be the target: 0…1 and the reason."""

    name: str
    confidence: float
    why: str


def match_target(
    description: str | None, columns: list[Column], goal: Goal | None, encoder: Encoder | None = None
) -> list[Ranked]:
    """Columns that may be meant, best first; empty when there are none. `description` None: the usual targets.

    encoder: None takes the installed one, and without it names alone decide.
    """
    words = _plain(description or "")
    if not words:
        return sorted((_usual(column, place, len(columns), goal) for place, column in enumerate(columns)), key=_best)
    if (numbered := _by_place(words, columns)) is not None:
        return [Ranked(numbered.name, 0.95, "named by its place")]
    meaning = _meanings(words, columns, encoder)
    ranked = []
    for column, cosine in zip(columns, meaning, strict=True):
        named, why = _by_name(description or "", column.name)
        if cosine is not None and 0.9 * cosine > named:
            named, why = 0.9 * cosine, f"means something near (cosine {cosine:.2f})"
        ranked.append(Ranked(column.name, round(min(named * _suits(column, goal, named), 1.0), 3), why))
    return sorted(ranked, key=_best)


def _best(ranked: Ranked) -> float:
    return -ranked.confidence


def _usual(column: Column, place: int, count: int, goal: Goal | None) -> Ranked:
    """Nothing was described: columns called like a target, else the last one, else the first."""
    name = _plain(column.name).replace(" ", "_")
    fit = _suits(column, goal, 0.0)
    if name in USUAL:
        return Ranked(column.name, round(0.9 * fit - 0.005 * USUAL.index(name), 3), "called as targets are")
    if place == count - 1:
        return Ranked(column.name, round(0.5 * fit, 3), "the last column")
    return Ranked(
        column.name,
        round((0.25 if place == 0 else 0.2) * fit, 3),
        "the first column" if place == 0 else "one column of several",
    )


def _by_place(words: str, columns: list[Column]) -> Column | None:
    """`column 7`, `the last column`; not where a column has that very name."""
    if any(_plain(column.name) == words for column in columns):
        return None
    match = re.search(r"\b(?:column|spalte|colonne|columna) (\d+)$", words)
    if match and 1 <= int(match[1]) <= len(columns):
        return columns[int(match[1]) - 1]
    match = re.search(r"\b(\w+) (?:column|spalte|colonne|columna)$|\b(?:columna) (\w+)$", words)
    place = _ORDINAL.get((match[1] or match[2]) if match else "")
    return columns[place] if place is not None and -len(columns) <= place < len(columns) else None


def _by_name(description: str, name: str) -> tuple[float, str]:
    """0…1 and why: how much of the column's name the description says."""
    if description.strip(" \"'").lower() == name.strip().lower():
        return 1.0, "named exactly"
    if _plain(description).replace(" ", "") == _plain(name).replace(" ", ""):
        return 0.98, "named, but for case and punctuation"
    told, parts = _content(description), _content(name) or [_plain(name)]
    forms = {*told, *_english(told)}
    spoken = _english(parts) | set(parts)
    met = [part for part in spoken if any(_same(part, word) for word in forms)]
    initials = "".join(word[0] for word in _plain(description).split())
    if len(_plain(name)) >= 3 and _plain(name) in initials:
        return 0.85, "its initials"
    if not met:
        return 0.0, ""
    covered = len(met) / len(parts)
    said = len({word for word in forms if any(_same(part, word) for part in spoken)}) / max(len(told), 1)
    return min(
        0.95, 0.45 + 0.3 * min(covered, 1.0) + 0.2 * min(said, 1.0)
    ), f'"{", ".join(sorted(met))}" is in the name'


def _same(part: str, word: str) -> bool:
    """`survived` and `survive`, `temp` and `temperature`, `quality` and `qualty`."""
    if part == word:
        return True
    short, long = sorted((part, word), key=len)
    if len(short) >= 3 and long.startswith(short) and (len(short) >= 4 or len(short) * 2 >= len(long) or len(long) > 8):
        return True
    stem = len(short) >= 5 and short[: len(short) - 1] == long[: len(short) - 1] and len(long) - len(short) <= 3
    return stem or (len(short) >= 5 and one_slip(part, word))


def _suits(column: Column, goal: Goal | None, named: float) -> float:
    """How well what the column holds suits a target. Something named outright is believed, whatever it holds."""
    if named >= 0.98:
        return 1.0
    if column.kind in ("constant", "image"):
        return 0.2
    if column.kind in ("identifier", "date"):
        return 0.4
    if column.kind == "text":
        return 0.6
    if goal == "regress":
        return 1.0 if column.kind == "number" else 0.5
    if goal == "classify" and column.kind == "number" and column.distinct > 50:
        return 0.6
    return 1.0


def _meanings(words: str, columns: list[Column], encoder: Encoder | None) -> list[float | None]:
    """Cosine of the description with each column (its name, or its name and values), None without an encoder."""
    try:
        encoder = encoder or shared()
    except EncoderMissing:
        return [None] * len(columns)
    texts = [" ".join(_spoken(column.name)) or column.name for column in columns]
    with_values = [_with_values(column, text) for column, text in zip(columns, texts, strict=True)]
    told = [words, " ".join(_translated(words.split()))]
    vectors = encoder.encode([*told, *texts, *with_values])
    near = (vectors[: len(told)] @ vectors[len(told) :].T).max(axis=0)
    half = len(columns)
    return [float(max(near[place], near[half + place])) for place in range(half)]


def _with_values(column: Column, text: str) -> str:
    """`income` with the values `<=50K`, `>50K` is nearer to "earns more than 50k" than the name alone."""
    values = [value for value in column.examples if len(value) < 20 and not value.isdigit()]
    return f"{text}: {', '.join(values[:4])}" if values and column.kind in ("category", "boolean") else text


def _plain(text: str) -> str:
    """`SalePrice`, `sale_price`, `Größe` → `sale price`, `grosse`: words in lower case without accents."""
    spaced = re.sub(r"(?<=[a-zß-ÿ])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text).replace("ß", "ss")
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", spaced) if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", bare.lower()))


def _spoken(name: str) -> list[str]:
    return _translated(_plain(name).split())


def _content(text: str) -> list[str]:
    return [word for word in _plain(text).split() if word not in _LITTLE]


@cache
def _stems() -> list[tuple[str, str]]:
    """(stem, English word), longest stems first; a stem that ends in a space is a whole word."""
    table = tomllib.loads((Path(__file__).parent / "translations.toml").read_text(encoding="utf-8"))
    return sorted(((stem, word) for word, stems in table.items() for stem in stems), key=lambda pair: -len(pair[0]))


def _translated(words: list[str]) -> list[str]:
    """Every word that the table knows in English, the others as they are."""
    return [next((english for stem, english in _stems() if f"{word} ".startswith(stem)), word) for word in words]


def _english(words: list[str]) -> set[str]:
    return set(_translated(words))
