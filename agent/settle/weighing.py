"""Which column a request wants learned: what its clauses say of every column, weighed.

    "prévoir une hypotension, d'accord, mais le sexe ne doit pas entrer"  →  hypotension 0.93, sexe 0.02, …

Every column has its evidence: named or described in a clause that says what to learn, or in one that asks for something
else; its classes listed; how soon it is named; what it holds. `weighing.toml` has what each piece counts, fitted on the
paragraphs of the benchmark by `python -m tests.bench.wishes.weigh`.
"""

import math
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from noglue.agent.request.phrasing import COLUMN
from noglue.agent.settle import column_matching as matching
from noglue.agent.settle import labelled_clauses, masking, mentions, readings, wanted
from noglue.agent.settle.plain_words import plain
from noglue.agent.settle.room import Room
from noglue.agent.settle.target_choice import Asked, Choice, Words
from noglue.agent.task import Task
from noglue.tools.spec import goals
from noglue.tools.spec.profiles import Column, Profile

FILE = Path(__file__).parent / "weighing.toml"
LEAST = 0.4  # of a column's share, to be taken
_MOST_WORDS = 4  # of a description
_FEW = 30  # values of a column that may be classes
_MOST_CLASSES = 50  # values of a column of numbers that is no measurement
_CLASSES = 20  # of a column of numbers
_CLEARLY = 0.4  # of a piece, for it to say something
_OUTRIGHT = ("named", "placed", "behind", "foretold", "stands")
_SAID = (*_OUTRIGHT, "described", "classes", "words", "chosen")
_BEARING = {
    "task": ("task", "derive"),
    "other": ("exclude", "only", "where", "missing", "group", "time", "stratify", "test", "train", "validation",
              "balance", "fairness", "privacy"),
    "background": ("background",),
    "classes": ("task", "derive", "positive", "at_least", "costs", "classes", "top"),
    "rows": ("where", "test", "train", "exclude"),
}  # fmt: skip


@dataclass(frozen=True)
class _Clause:
    """A clause. shares: of the kinds of wishes that bear on a target, by the names of `_BEARING`.

    ends: where what it is to be learned from begins. named: the columns that it names, with their places in it;
    placed: those that it names by their places in the table.
    """

    text: str
    shares: dict[str, float]
    ends: int
    named: tuple[tuple[int, str], ...]
    placed: tuple[str, ...]


def weighed(task: Task, profile: Profile, asked: Sequence[Asked], words: Words, chosen: Sequence[Choice]) -> Choice:
    """The column with the greatest share; `name` None where none has enough, or nothing is said of it.

    chosen: what the rules took for each of `asked`.
    """
    found = evidence(task, profile, asked, words, chosen)
    measured = {one.name for one in profile.columns if one.kind == "number" and one.distinct > _MOST_CLASSES}
    if words.classes and not any(wish.kind == "derive" for wish in task.wishes):
        named = len(words.things) < 2  # what is told apart are classes, whatever column is called like one of them
        found = {name: one for name, one in found.items() if name not in measured or (named and _is_outright(one))}
    if not found:
        return Choice()
    best = heaviest(found)
    pieces = found[best.name or ""]
    said = pieces["soon"] or max(pieces[kind] for kind in _SAID) >= _CLEARLY
    return best if best.confidence >= LEAST and said else Choice()


def heaviest(found: dict[str, dict[str, float]]) -> Choice:
    """The column with the greatest share, however great that is."""
    told_apart = shares(found)
    best = max(told_apart, key=lambda name: told_apart[name])
    clearly = [kind for kind in _SAID if found[best][kind] >= _CLEARLY]
    why = f"what the request says of it ({', '.join(clearly) or 'its name'})"
    return Choice(best, round(told_apart[best], 3), why, outright=_is_outright(found[best]))


def _is_outright(pieces: dict[str, float]) -> bool:
    """Whether the words name the column as what to learn."""
    return any(pieces[kind] >= _CLEARLY for kind in _OUTRIGHT)


def shares(found: dict[str, dict[str, float]]) -> dict[str, float]:
    """Column → how likely it is the target, from its evidence; together 1."""
    scores = {name: sum(weights()[kind] * value for kind, value in pieces.items()) for name, pieces in found.items()}
    highest = max(scores.values())
    raised = {name: math.exp(score - highest) for name, score in scores.items()}
    return {name: one / sum(raised.values()) for name, one in raised.items()}


@cache
def weights() -> dict[str, float]:
    found: dict[str, float] = tomllib.loads(FILE.read_text(encoding="utf-8"))["weights"]
    return found


def evidence(
    task: Task, profile: Profile, asked: Sequence[Asked], words: Words, chosen: Sequence[Choice]
) -> dict[str, dict[str, float]]:
    """Column → piece of evidence, by the names of `weighing.toml`: 0…1, of `meant` -1…1. Empty without columns."""
    if not profile.columns:
        return {}
    room = Room(task, profile, task.goal, None, words.head_first)
    clauses = list(_clauses(task, room))
    meant, stands = _meant(clauses, room), wanted.stands_there(task, room)
    behind = {wanted.behind(one.words, task.paragraph, room.columns, room.columns) for one in asked if one.words}
    order = list(dict.fromkeys(name for one in clauses for name in (*(name for _, name in one.named), *one.placed)))
    return {
        column.name: _in_clauses(column, clauses, room)
        | _of_rules(column, task, asked, words, chosen)
        | {"behind": float(column.name in behind), "stands": float(column.name == stands)}
        | _of_data(column, task, room)
        | {"meant": meant[column.name]}
        | {"soon": 1 / (1 + order.index(column.name)) if column.name in order else 0.0}
        for column in profile.columns
    }


def _clauses(task: Task, room: Room) -> Iterator[_Clause]:
    for one in labelled_clauses.clauses(task, room.profile):
        text, by_kind = one.label.text, one.label.shares
        given = wanted.GIVEN_FROM.search(text)
        spans = [(start, end) for start, end, word in masking.spans(text, room) if word == COLUMN]
        named = (
            (start, one.name) for start, end in spans for one in room.columns if wanted.is_called(text[start:end], one)
        )
        placed = (mentions.at(place, room.columns) for place in mentions.places(text, len(room.columns)))
        shares = {name: sum(by_kind.get(kind, 0.0) for kind in kinds) for name, kinds in _BEARING.items()}
        ends = given.start() if given else len(text)
        yield _Clause(text, shares, ends, tuple(named), tuple(name for name in placed if name is not None))


def _in_clauses(column: Column, clauses: Sequence[_Clause], room: Room) -> dict[str, float]:
    """What the clauses say of a column, each piece where it is said most clearly."""
    kinds = ("named", "given", "aside", "told", "described", "described_aside", "placed", "placed_aside", "classes",
             "values")  # fmt: skip
    found = dict.fromkeys(kinds, 0.0)
    for one in clauses:
        for kind, value in _in_clause(column, one, room):
            found[kind] = max(found[kind], value)
    return found


def _in_clause(column: Column, one: _Clause, room: Room) -> Iterator[tuple[str, float]]:
    starts = [start for start, name in one.named if name == column.name]
    if starts:
        first = one.text[starts[0] :][: len(column.name)]
        before = starts[0] < one.ends and not wanted.is_aside(one.text[: starts[0]], first)
        yield ("named" if before else "given"), one.shares["task"]
        yield "aside", one.shares["other"]
        yield "told", one.shares["background"]
    elif max(one.shares["task"], one.shares["other"]) > 0.2:
        likeness = _described(column, one, room.head_first)
        yield "described", one.shares["task"] * likeness
        yield "described_aside", one.shares["other"] * likeness
    if column.name in one.placed:
        yield "placed", one.shares["task"]
        yield "placed_aside", one.shares["other"]
    if column.values and len(column.values) <= _FEW:
        said = [value for value in column.values if re.search(r"[^\W\d]", value)]
        share = len(readings.said(said, one.text)) / len(column.values)
        yield "classes", one.shares["classes"] * share
        yield "values", one.shares["rows"] if share else 0.0


def _described(column: Column, one: _Clause, head_first: bool) -> float:
    """0…1: how well up to four words of the clause, before what is given, describe the column."""
    words = re.findall(r"[^\W_][\w'’-]*", one.text[: one.ends])
    phrases = (
        " ".join(words[start : start + long])
        for start in range(len(words))
        for long in range(1, min(_MOST_WORDS, len(words) - start) + 1)
    )
    return max((matching.claim(phrase, column.name, head_first) for phrase in phrases), default=0.0)


def _meant(clauses: Sequence[_Clause], room: Room) -> dict[str, float]:
    """How much nearer than all columns' mean each is in meaning to the clause that most clearly says what to learn."""
    said = max(clauses, key=lambda one: one.shares["task"], default=None)
    if said is None or said.shares["task"] < _CLEARLY:
        return dict.fromkeys((one.name for one in room.columns), 0.0)
    near = [cosine or 0.0 for cosine in matching.meanings(plain(said.text[: said.ends]), room.columns)]
    mean = sum(near) / len(near)
    return {one.name: said.shares["task"] * (cosine - mean) for one, cosine in zip(room.columns, near, strict=True)}


def _of_rules(
    column: Column, task: Task, asked: Sequence[Asked], words: Words, chosen: Sequence[Choice]
) -> dict[str, float]:
    return {
        "words": max((matching.claim(one.words or "", column.name, words.head_first) for one in asked), default=0.0),
        "chosen": max((one.confidence for one in chosen if one.name == column.name), default=0.0),
        "foretold": float(wanted.is_foretold(column.name, task.paragraph)),
        "taken": float(column.name in words.taken),
    }


def _of_data(column: Column, task: Task, room: Room) -> dict[str, float]:
    sure = task.confidence.get("goal", 0.0)
    classes = column.kind in ("category", "boolean") or column.distinct <= _CLASSES
    return {
        "last": float(column is room.columns[-1]),
        "usual": float(matching.is_usual(column.name)),
        "key": float(mentions.is_key(column) or column.kind in ("identifier", "constant")),
        "date": float(column.kind == "date"),
        "text": float(column.kind == "text"),
        "for_classes": sure * (goals.predicts(task.goal) == "classes" and classes),
        "for_numbers": sure * (goals.predicts(task.goal) == "values" and column.kind == "number"),
    }
