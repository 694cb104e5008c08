"""The whole request heard once more now that the data are known, for what the rules of words did not understand.

    "The operator is nobody's business"   →  exclude {"columns": ["operator"]}
    "Train on the sites Leeds and Turin"  →  train where site in Leeds, Turin

Every sentence is cut into clauses and each is told by the head of clauses. A clause that a wish already explains is
left alone. Another becomes a wish where what its kind needs (a column, a value, a number) stands in it and is really
there; if it asks for something and does not, it is not understood, and quoted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from agent.request import gloss, parting
from agent.request.parting import Told
from agent.request.wish import Wish
from agent.settle import conditions, denied, masking, means, needs
from agent.settle.binding import Room, bind
from agent.task import Task
from tools.core.errors import TaskUnclear

LEAST = 0.3  # of the head's shares that a kind must have, where words outright ask
SURE = 0.6  # where nothing else says that a wish is meant
OVER = 0.8  # for a clause to hold a wish beside one of another kind
NOTHING = ("background", "task")
_ONCE = frozenset(
    "metric family seed budget device labels count label positive folds time group derive repeats test".split()
)
_ALIKE = (
    {"where", "only", "exclude", "classes", "missing"},
    {"test", "train", "validation", "time", "group", "stratify"},
    {"family", "compare", "avoid", "pretrained", "family_unknown", "layers"},
    {"metric", "metric_unknown", "at_least", "show", "positive", "costs", "calibrate"},
    {"derive", "target", "positive", "classes"},
    {"count", "label", "classes", "pixels"},
    {"labels", "labels_per_class", "rows", "balance"},
    {"offline", "privacy"},
    {"fairness", "exclude"},
    {"seed", "repeats", "folds"},
)  # kinds whose words are so near that a clause of one is explained by a wish of another
_OF_TASK = frozenset(("goal", "target", "data", "search"))


@dataclass(frozen=True)
class _Clause:
    """paragraph[start:end] as the head tells it, and the wishes whose words stand in it."""

    told: Told
    start: int
    end: int
    wishes: tuple[Wish, ...]
    asked: bool  # whether words in it outright ask for what nothing explained


def heard_again(task: Task, room: Room, bound: list[Wish]) -> tuple[list[Wish], list[str]]:
    """More wishes, bound, and the clauses that are not understood. bound: the wishes that are settled already."""
    more: list[Wish] = []
    unread: list[str] = []
    for clause in _clauses(task, room, bound):
        if _is_explained(clause):
            more += _further(clause, room, [*bound, *more])
            continue
        found = _heard(clause, room, [*bound, *more])
        more += [found] if found is not None else []
        unread += [clause.told.text] if found is None and _asks(clause, room) else []
    return more, unread


def _clauses(task: Task, room: Room, bound: list[Wish]) -> Iterator[_Clause]:
    sentences = denied.sentences(task.paragraph)
    language = gloss.language(task.paragraph)
    cut = parting.parted([text for _, text in sentences], partial(masking.general, room=room), language)
    places = [(_place(wish.text, task.paragraph), wish) for wish in bound if wish.kind not in _OF_TASK]
    asked = [_place(text, task.paragraph) for text in task.unread]
    for (begin, sentence), clauses in zip(sentences, cut, strict=True):
        at = 0
        for told in clauses or [Told(sentence.strip(), {"unknown": 0.0})]:
            at = max(at, sentence.find(told.text, at))
            start, end = begin + at, begin + at + len(told.text)
            within = tuple(wish for place, wish in places if _overlap(place, (start, end)))
            yield _Clause(told, start, end, within, any(_overlap(place, (start, end)) for place in asked))
            at += len(told.text)


def _place(words: str, paragraph: str) -> tuple[int, int]:
    at = paragraph.find(words) if words else -1
    return (at, at + len(words)) if at >= 0 else (-1, -1)


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] >= 0 and one[0] < other[1] and other[0] < one[1]


def _is_explained(clause: _Clause) -> bool:
    """Whether a wish says what the clause does: of its kind, of one near it, or of another where the head is unsure."""
    kinds = {wish.kind for wish in clause.wishes}
    if not kinds:
        return False
    told = clause.told
    return told.share < OVER or told.kind in {*NOTHING, "unknown"} or any(_are_alike(told.kind, kind) for kind in kinds)


def _are_alike(one: str, other: str) -> bool:
    return one == other or any(one in group and other in group for group in _ALIKE)


def _further(clause: _Clause, room: Room, bound: list[Wish]) -> list[Wish]:
    """Columns that the same clause leaves out as well, and that no wish speaks of."""
    told = clause.told
    if told.kind != "exclude" or told.share < SURE or not any(wish.kind == "exclude" for wish in clause.wishes):
        return []
    taken = {name for wish in bound if isinstance(wish.value, dict) for name in _columns_of(wish)}
    names = [name for name in needs.columns_named(told.text, room) if name not in taken]
    if not names:
        return []
    wish = bind(Wish(text=told.text, kind="exclude", value={"columns": names}), room)
    return [wish] if wish.state == "open" else []


def _columns_of(wish: Wish) -> list[str]:
    value = wish.value
    listed = [*value.get("columns", []), value.get("column")]
    listed += [one.get("column") for one in value.get("conditions", [])]
    return [name for name in listed if isinstance(name, str)]


def _heard(clause: _Clause, room: Room, bound: list[Wish]) -> Wish | None:
    """The likeliest wish of which all that it needs is there."""
    language = gloss.language(room.task.paragraph)
    told, least = clause.told, LEAST if clause.asked else SURE
    for kind in sorted(told.shares, key=lambda one: -told.shares[one]):
        share = told.shares[kind]
        if share < least or kind in NOTHING or kind == "unknown" or (kind in means.NOT_YET and share < SURE):
            return None
        if kind in _ONCE and any(wish.kind == kind and wish.state == "open" for wish in bound):
            continue
        value = needs.needed(kind, told.text, room, language)
        if value is not None and (found := _bound(Wish(text=told.text, kind=kind, value=value), room)) is not None:
            return found
    return None


def _bound(wish: Wish, room: Room) -> Wish | None:
    told = means.told(wish, room.task, room.goal)
    try:
        found = bind(told, room)
    except TaskUnclear:
        return None
    return found if found.state == "open" or wish.kind in means.NOT_YET else None


def _asks(clause: _Clause, room: Room) -> bool:
    """Whether a clause that came to nothing asks for something nevertheless."""
    nothing = sum(clause.told.shares.get(kind, 0.0) for kind in NOTHING)
    if clause.wishes or len(re.findall(r"\w+", clause.told.text)) < 2:
        return False
    return nothing < (SURE if clause.asked else 1 - SURE) or (nothing < OVER and _compares(clause.told.text, room))


def _compares(text: str, room: Room) -> bool:
    """Whether it compares a column with a number or a date, as background seldom does."""
    return any(one.op in ("<", "<=", ">", ">=") for one in conditions.conditions(text, room.columns))
