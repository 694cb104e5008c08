"""Which column a description means, once the columns are known.

    >>> match_target("who survived", profile.columns, "classify")[0]
    Ranked(name='Survived', confidence=0.9, why='"survived" is in the name')

Names first (exact, compound, abbreviated, with a slip, translated), then meaning by the sentence encoder; what a
column holds then speaks for or against it (a regression needs numbers, an identifier is no target).
"""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from noglue.agent.request.alternatives import matches
from noglue.agent.request.spelling import one_slip
from noglue.agent.settle.translations import translated
from noglue.agent.task import GoalName
from noglue.tools.pretrained.published import WeightsMissing
from noglue.tools.pretrained.sentences import Encoder, shared
from noglue.tools.spec import goals
from noglue.tools.spec.profiles import Column

_EITHER = re.compile(r"(?:who|whether|if|wether|ob|wer|qui|si|quien|is|are|ist|est|es)\b")
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


_COUNTED = re.compile(
    r"(?i)^\W*(?:the |die |le |el |la )?(?:number|amount|count|value|level|anzahl|zahl|höhe|wert|nombre|valeur|montant|"
    r"número|cantidad|valor)\s+(?:of|der|des|de la|de los|de las|de|du|d')\s*(?:the |die |les |los |las )?"
)
_RECOGNISED = re.compile(
    r"(?i)[\s-]+(?:recognition|identification|detection|classification|prediction|estimation)\s*$"
    r"|^\W*(?:reconnaissance|identification|reconocimiento|identificación)\s+(?:du|des|de la|de l'|del|de los|de|d')\s*"
)
_HOW_OLD = re.compile(r"(?i)^\W*(?:how old\b|wie alt\b|quel âge\b|qué edad\b|cuántos años\b)")
_MADE_UP = re.compile(r"column_\d+")
_FEWEST_UNNAMED = 5
_MEASUREMENTS = 0.5  # of the inner columns of a table without names, that hold fractions
_MANY_MEASURED = 10  # inner columns, from which a constant may stand at the other end
_MOST_NUMBERED = 60
_FEW_CODED = 10  # different numbers of a column that may be classes
_AT_AN_END = 0.44  # less than of a column that a format, or its own name, says is the label
_YES_OR_NO = frozenset(
    ("is", "are", "was", "were", "will", "does", "do", "did", "has", "have", "can", "ist", "sind", "hat", "wird")
)
_HEAD = 0.7  # least likeness of a name's part to the head of what is asked for
_BESIDE_THE_HEAD = 0.38  # most that a name can count that says all but the head
_WRITTEN, _OTHER_WORD = 0.9, 0.85  # likeness of a word that is the head itself; most that another word for it can count
_LONGEST_NAME = 8  # words; what is longer is a sentence
_APART = 0.08  # by which the nearest meaning must be nearer than the next
_MEANT = 0.85  # most that a meaning counts: less than the very name of what is asked for
_MEANS = 0.6  # least cosine by which a meaning alone counts


class Ranked(NamedTuple):
    """One column's claim to be the target: 0…1 and the reason."""

    name: str
    confidence: float
    why: str


def match_target(
    description: str | None,
    columns: list[Column],
    goal: GoalName | None,
    encoder: Encoder | None = None,
    head_first: bool = False,
) -> list[Ranked]:
    """Columns that may be meant, best first; empty when there are none. `description` None: the usual targets.

    head_first: the words are of a language that says first what a thing is, French or Spanish.
    encoder: None takes the installed one, and without it names alone decide.
    """
    words = plain(description or "")
    if not words:
        return sorted((_usual(column, place, len(columns), goal) for place, column in enumerate(columns)), key=_best)
    if (numbered := _by_place(words, columns)) is not None:
        return [Ranked(numbered.name, 0.95, "named by its place")]
    meaning = meanings(words, columns, encoder)
    ranked = []
    for column, cosine in zip(columns, meaning, strict=True):
        named, why, beside = max(_by_name(said, column.name, head_first) for said in _said(description or ""))
        means = 0.0 if cosine is None or beside else min(_MEANT, (0.9 if cosine >= _MEANS else 0.6) * cosine)
        if means > named:
            named, why = means, f"means something near (cosine {cosine:.2f})"
        if named < 0.45 and plain(column.name).replace(" ", "_") in _usual_names()[:12]:
            named, why = 0.45, "called as targets are"
        ranked.append(Ranked(column.name, round(named * _suits(column, goal, named, words), 3), why))
    return sorted(ranked, key=_best)


def claim(words: str, name: str, head_first: bool = False) -> float:
    """0…1: how well words name a column, by the name alone."""
    return _by_name(words, name, head_first).score


def nearest(words: str, columns: list[Column]) -> str | None:
    """The one column that means what the words say, where one clearly does; None else, and without the encoder."""
    cosines = [(cosine, column.name) for cosine, column in zip(meanings(plain(words), columns), columns,
               strict=True) if cosine is not None]  # fmt: skip
    ranked = sorted(cosines, reverse=True)
    if not ranked or ranked[0][0] < _MEANS:
        return None
    return ranked[0][1] if len(ranked) == 1 or ranked[0][0] - ranked[1][0] > _APART else None


def spoken_of(text: str, name: str) -> int | None:
    """Where plain words speak of a column by another form or another word for its head: `older` of `age`."""
    parts = _content(translated(plain(name))) or [plain(name)]
    for match in re.finditer(r"[^\W_]+", text):
        said = _content(match[0]) and [match[0], *_content(translated(match[0]))]
        if any(_same(parts[-1], word) >= _HEAD for word in said or ()):
            return match.start()
    spoken = _content(translated(text))  # several words for one: `mayores de 65`
    return 0 if any(_same(parts[-1], word) >= 0.9 for word in spoken) else None


def holding(things: list[list[str]], columns: list[Column]) -> Ranked | None:
    """The column whose values are the things to be told apart, if one is: `B`, `O` for blue and orange ones.

    things: each in one or several words for the same (`giftig`, `poisonous`).
    """
    for column in columns:
        values = column.examples if column.kind in ("category", "boolean", "text") else []
        taken = [next((v for v in values for word in thing if matches(v, word)), None) for thing in things]
        if things and None not in taken and len(set(taken)) == len(things) and column.distinct <= len(things) + 3:
            return Ranked(column.name, 0.9, f"it holds {', '.join(map(str, taken))}")
    return None


def only_classes(columns: list[Column]) -> Ranked | None:
    """The one column of names among numbers, where there is just one: what else could be told as a class?"""
    named = [column for column in columns if column.kind in ("category", "boolean", "text") and not _codes(column)]
    if len(named) == 1 and 2 <= named[0].distinct <= 30 and len(columns) > 1:
        return Ranked(named[0].name, 0.6, "the only column of classes")
    return None


def is_made_up(name: str) -> bool:
    """Whether a column is only called by its place, as there is no header."""
    return _MADE_UP.fullmatch(name) is not None


def label_of_unnamed(columns: list[Column]) -> Ranked | None:
    """Of columns without names the one of a few whole numbers that stands first or last beside measurements."""
    if len(columns) < _FEWEST_UNNAMED or not all(is_made_up(column.name) for column in columns):
        return None
    first, *inner, last = columns
    if sum(_measured(column) for column in inner) < _MEASUREMENTS * len(inner):
        return None
    ends = [column for column in (first, last) if _numbered(column)]
    if len(ends) == 1 and (_measured(last if ends[0] is first else first) or len(inner) > _MANY_MEASURED):
        where = "first" if ends[0] is first else "last"
        return Ranked(
            ends[0].name, _AT_AN_END, f"the {where} column alone holds classes, beside measurements without names"
        )
    return None


def may_be_coded(column: Column) -> bool:
    """Two whole numbers or a few, that come again and again, each of which may be a class."""
    return column.kind in ("number", "boolean", "category") and _numbered(column) and column.distinct <= _FEW_CODED


def _numbered(column: Column) -> bool:
    """A few whole numbers, or a few words, each of which may be a class."""
    whole = column.kind in ("category", "boolean") or all(float(value).is_integer() for value in column.values)
    return column.kind in ("number", "category", "boolean") and whole and 2 <= len(column.values) <= _MOST_NUMBERED


def _measured(column: Column) -> bool:
    """Fractions."""
    limits = [one for one in (column.minimum, column.maximum) if one is not None]
    some = [float(value) for value in column.examples] if column.kind == "number" else []
    return any(not value.is_integer() for value in (*some, *limits))


def _codes(column: Column) -> bool:
    """Whole numbers that were taken for categories."""
    return column.minimum is not None


def is_usual(name: str) -> bool:
    """Whether targets are often called so: `label`, `y`, `outcome`."""
    return plain(name).replace(" ", "_") in _usual_names()


def are_rows(words: str) -> bool:
    """Whether words are a name for the rows, whatever these are of: `the time series`, `unsere Aufnahmen`."""
    said = plain(words).split()
    while said and (said[0] in _little() or said[0] in _table()["owners"]):
        said = said[1:]
    return " ".join(said) in _table()["rows"]


def classifies(paragraph: str) -> bool:
    """Whether a request says to put things into classes (`classify the arrowheads`) rather than what to predict."""
    return any(re.search(rf"\b{stem}", plain(paragraph)) for stem in _table()["classifying"])


def _best(ranked: Ranked) -> float:
    return -ranked.confidence


def _usual(column: Column, place: int, count: int, goal: GoalName | None) -> Ranked:
    """Nothing was described: columns called like a target, else the last one, else the first."""
    name = plain(column.name).replace(" ", "_")
    fit = _suits(column, goal, 0.0, "")
    if name in _usual_names():
        return Ranked(column.name, round(0.9 * fit - 0.005 * _usual_names().index(name), 3), "called as targets are")
    if place == count - 1:
        return Ranked(column.name, round(0.5 * fit, 3), "the last column")
    return Ranked(
        column.name,
        round((0.25 if place == 0 else 0.2) * fit, 3),
        "the first column" if place == 0 else "one column of several",
    )


def _by_place(words: str, columns: list[Column]) -> Column | None:
    """`column 7`, `the last column`; not where a column has that very name."""
    if any(plain(column.name) == words for column in columns):
        return None
    match = re.search(r"\b(?:column|spalte|colonne|columna) (\d+)$", words)
    if match and 1 <= int(match[1]) <= len(columns):
        return columns[int(match[1]) - 1]
    match = re.search(r"\b(\w+) (?:column|spalte|colonne|columna)$|\b(?:columna) (\w+)$", words)
    place = _ORDINAL.get((match[1] or match[2]) if match else "")
    return columns[place] if place is not None and -len(columns) <= place < len(columns) else None


class _ByName(NamedTuple):
    """beside: the words share something with the name that is not what they ask for."""

    score: float
    why: str
    beside: bool = False


def _by_name(description: str, name: str, head_first: bool = False) -> _ByName:
    """0…1 and why: how much of the column's name the description says, and how much of what it says is there.

    Of a thing's name the head counts, not what goes before it: `car price` is `selling_price`, not `car_age`.
    """
    if description.strip(" \"'").lower() == name.strip().lower():
        return _ByName(1.0, "named exactly")
    if folded(description) == folded(name):
        return _ByName(0.98, "named, but for case and punctuation")
    if len(plain(name)) >= 5 and one_slip(plain(description).replace(" ", ""), plain(name).replace(" ", "")):
        return _ByName(0.95, "named, but for a slip")
    initials = "".join(word[0] for word in plain(description).split())
    if len(plain(name)) >= 3 and plain(name) in initials:
        return _ByName(0.85, "its initials")
    described, parts = _content(translated(plain(description))), _content(translated(plain(name))) or [plain(name)]
    literal = _content(plain(description))
    said = {word: max(_same(part, word) for part in parts) for word in dict.fromkeys(described)}
    covered = [max((_same(part, word) for word in [*described, *literal]), default=0.0) for part in parts]
    if not described or not any(covered):
        return _ByName(0.0, "")
    met = ", ".join(part for part, share in zip(parts, covered, strict=True) if share)
    whole = 0.3 + 0.3 * sum(covered) / len(parts) + 0.35 * sum(said.values()) / len(said)
    heads = _heads(description, head_first)
    if heads is None:
        return _ByName(whole, f'"{met}" is in the name')
    head = max((_same(part, word) for part in parts for word in heads), default=0.0)
    if head < _HEAD:
        why = f'"{met}" is in the name, but not what is asked for'
        return _ByName(min(_BESIDE_THE_HEAD, 0.5 * whole), why, beside=True)
    if plain(name) in heads:
        return _ByName(0.9, "named by its head")
    if _is_about(plain(name).split(), plain(description).split(), described):
        return _ByName(_BESIDE_THE_HEAD, f'"{met}" is what it is about, not what it holds', beside=True)
    others = [share for word, share in said.items() if word not in heads] or [1.0]
    score = 0.55 * head + 0.25 * sum(covered) / len(parts) + 0.15 * sum(others) / len(others)
    written = max((_same(part, word) for part in plain(name).split() for word in heads), default=0.0)
    if written < _WRITTEN and described == literal:  # in English, where another word for it stands in the name
        score = min(score, _OTHER_WORD)
    return _ByName(score, f'"{met}" is in the name')


def _is_about(name: list[str], words: list[str], described: list[str]) -> bool:
    """Whether a name ends in a word for something about what is asked for: `income_source`, where incomes are."""
    return len(name) > 1 and name[-1] in _table()["about"] and not any(_same(name[-1], w) for w in (*words, *described))


def _said(description: str) -> list[str]:
    """The words, and without those of counting and of recognising: the number of stars is what stars are.

    `how old is the speaker` asks for the age, and not for the speaker.
    """
    if _HOW_OLD.match(description):
        return ["age"]
    short = [_COUNTED.sub("", description, count=1), _RECOGNISED.sub("", description, count=1)]
    return list(dict.fromkeys([description, *(one for one in short if one)]))


def _heads(description: str, head_first: bool) -> list[str] | None:
    """The word that says what a thing is, as it was written and in English; None of a question or a sentence.

    `median price of a flat` → price, `Preis eines Hauses` → preis, price. head_first: as in French and Spanish.
    """
    words = plain(description).split()
    if not words or (words[0] in _table()["asking"] and words[0] not in _YES_OR_NO) or len(words) > _LONGEST_NAME:
        return None
    head_first = head_first and words[0] not in _YES_OR_NO
    before = next((place for place, word in enumerate(words) if word in _table()["of"] and place), None)
    named = [word for word in words[:before] if word not in _little()]
    if not named:
        return None
    ends = [named[0], *named[1:2]] if head_first and before is None else [named[-1]]
    return [*ends, *(word for end in ends for word in _content(translated(end)))]


def _same(part: str, word: str) -> float:
    """0…1: `survived` and `survive`, `temp` and `temperature`, `cnt` and `count`, `price` and `value`."""
    if part == word:
        return 1.0
    short, long = sorted((part, word), key=len)
    prefix = (len(short) >= 4 or (len(short) == 3 and len(long) == 4)) and long.startswith(short)
    stem = len(short) >= 5 and short[:-1] == long[: len(short) - 1] and len(long) - len(short) <= 3
    if prefix or stem or (len(short) >= 5 and one_slip(part, word)):
        return 0.9 if len(long) - len(short) <= 3 else 0.7
    if len(part) == 3 and part == short and len(word) >= 6 and word.startswith(part):
        return 0.7  # lifeExp, avgTemp
    if (
        2 <= len(short) <= 4
        and short[0] == long[0]
        and not re.search("[aeiou]", short)
        and re.search(".*".join(short), long)
    ):
        return 0.7
    return 0.8 if part in _alike().get(word, ()) or word in _alike().get(part, ()) else 0.0


def _suits(column: Column, goal: GoalName | None, named: float, words: str) -> float:
    """How well what the column holds suits a target. Something named outright is believed, whatever it holds."""
    if named >= 0.98:
        return 1.0
    if column.kind in ("constant", "image"):
        return 0.2
    if column.kind in ("identifier", "date"):
        return 0.4
    if column.kind == "text":
        return 0.6
    predicted = goals.predicts(goal)
    if predicted == "values":
        return 1.0 if column.kind == "number" else 0.5
    if predicted == "classes" and column.kind == "number" and column.distinct > 50:
        return 0.5
    if predicted == "classes" and _EITHER.match(words) and column.distinct > 2:
        return 0.8
    return 1.0


def meanings(words: str, columns: Sequence[Column], encoder: Encoder | None = None) -> list[float | None]:
    """Cosine of the description with each column (its name, or its name and values), None without an encoder."""
    try:
        encoder = encoder or shared()
    except WeightsMissing:
        return [None] * len(columns)
    texts = [translated(plain(column.name)) or column.name for column in columns]
    with_values = [_with_values(column, text) for column, text in zip(columns, texts, strict=True)]
    queries = [words, translated(words)]
    vectors = encoder.encode([*queries, *texts, *with_values])
    near = (vectors[: len(queries)] @ vectors[len(queries) :].T).max(axis=0)
    half = len(columns)
    return [float(max(near[place], near[half + place])) for place in range(half)]


def _with_values(column: Column, text: str) -> str:
    """`income` with the values `<=50K`, `>50K` is nearer to "earns more than 50k" than the name alone."""
    values = [value for value in column.examples if len(value) < 20 and not value.isdigit()]
    return f"{text}: {', '.join(values[:4])}" if values and column.kind in ("category", "boolean") else text


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """`SalePrice`, `sale_price`, `Größe` → `sale price`, `grosse`: words in lower case without accents."""
    spaced = re.sub(r"(?<=[a-zß-ÿ])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text).replace("ß", "ss")
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", spaced) if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", bare.lower()))


def folded(text: str) -> str:
    """One form for `Wohnfläche`, `wohn_flaeche`, `Wohnflache`."""
    return re.sub(r"([aou])e", r"\1", plain(text).replace(" ", ""))


def _content(plain: str) -> list[str]:
    return [word for word in plain.split() if word not in _little()]


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "column_matching.toml").read_text(encoding="utf-8"))


def _alike() -> dict[str, list[str]]:
    alike: dict[str, list[str]] = _table()["alike"]
    return alike


def _usual_names() -> list[str]:
    usual: list[str] = _table()["usual"]
    return usual


@cache
def _little() -> frozenset[str]:
    return frozenset(_table()["little"])
