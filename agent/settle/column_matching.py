"""Which column a description means, once the columns are known.

    >>> match_target("who survived", profile.columns, "classify")[0]
    Ranked(name='Survived', confidence=0.9, why='"survived" is in the name')

Names first (exact, compound, abbreviated, with a slip, translated), then meaning by the sentence encoder; what a
column holds then speaks for or against it (a regression needs numbers, an identifier is no target).
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from noglue.agent.request.alternatives import matches
from noglue.agent.settle.name_likeness import HEAD, by_name, same, ways_to_say
from noglue.agent.settle.plain_words import content, little, plain, table
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
        named, why, beside = max(by_name(said, column.name, head_first) for said in ways_to_say(description or ""))
        means = 0.0 if cosine is None or beside else min(_MEANT, (0.9 if cosine >= _MEANS else 0.6) * cosine)
        if means > named:
            named, why = means, f"has a similar meaning (cosine {cosine:.2f})"
        if named < 0.45 and plain(column.name).replace(" ", "_") in _usual_names()[:12]:
            named, why = 0.45, "named as targets often are"
        ranked.append(Ranked(column.name, round(named * _suits(column, goal, named, words), 3), why))
    return sorted(ranked, key=_best)


def claim(words: str, name: str, head_first: bool = False) -> float:
    """0…1: how well words name a column, by the name alone."""
    return by_name(words, name, head_first).score


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
    parts = content(translated(plain(name))) or [plain(name)]
    for match in re.finditer(r"[^\W_]+", text):
        said = content(match[0]) and [match[0], *content(translated(match[0]))]
        if any(same(parts[-1], word) >= HEAD for word in said or ()):
            return match.start()
    spoken = content(translated(text))  # several words for one: `mayores de 65`
    return 0 if any(same(parts[-1], word) >= 0.9 for word in spoken) else None


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


def _codes(column: Column) -> bool:
    """Whole numbers that were taken for categories."""
    return column.minimum is not None


def is_usual(name: str) -> bool:
    """Whether targets are often called so: `label`, `y`, `outcome`."""
    return plain(name).replace(" ", "_") in _usual_names()


def are_rows(words: str) -> bool:
    """Whether words are a name for the rows, whatever these are of: `the time series`, `unsere Aufnahmen`."""
    said = plain(words).split()
    while said and (said[0] in little() or said[0] in table()["owners"]):
        said = said[1:]
    return " ".join(said) in table()["rows"]


def classifies(paragraph: str) -> bool:
    """Whether a request says to put things into classes (`classify the arrowheads`) rather than what to predict."""
    return any(re.search(rf"\b{stem}", plain(paragraph)) for stem in table()["classifying"])


def _best(ranked: Ranked) -> float:
    return -ranked.confidence


def _usual(column: Column, place: int, count: int, goal: GoalName | None) -> Ranked:
    """Nothing was described: columns called like a target, else the last one, else the first."""
    name = plain(column.name).replace(" ", "_")
    fit = _suits(column, goal, 0.0, "")
    if name in _usual_names():
        return Ranked(
            column.name, round(0.9 * fit - 0.005 * _usual_names().index(name), 3), "named as targets often are"
        )
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


def _usual_names() -> list[str]:
    usual: list[str] = table()["usual"]
    return usual
