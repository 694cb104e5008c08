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

from noglue.agent.request import gloss, parting
from noglue.agent.request.kinds.afterwards import NOT_YET
from noglue.agent.request.leftover import EARLY, is_the_whole
from noglue.agent.request.parting import BEYOND, Labelled
from noglue.agent.request.phrasing import COLUMN, VALUE
from noglue.agent.request.wish import Wish
from noglue.agent.request.wishes import is_said_by_a_flag
from noglue.agent.settle import (
    beside_target,
    classes_in_data,
    clause_in_data,
    conditions,
    kept,
    labelled_clauses,
    masking,
    means,
    mentions,
    rows_in_data,
    values_in_data,
)
from noglue.agent.settle.beside_flags import asks_for_the_target
from noglue.agent.settle.binding import BINDERS, bind
from noglue.agent.settle.plain_words import plain
from noglue.agent.settle.room import Room
from noglue.agent.task import Task
from noglue.tools.spec import goals
from noglue.tools.spec.errors import TaskUnclear

LEAST = 0.3  # of the head's shares that a kind must have, where words outright ask
SURE = 0.6  # where nothing else says that a wish is meant
BOUND = 0.67  # times as much is enough for what names columns, values or classes that are there
CERTAIN = 0.9  # to take the place of what rules heard in its words
REPLACING = frozenset(("where", "only", "exclude", "train", "test", "missing"))
REPLACED = REPLACING | {"pretrained", "flips", "classes", "time", "rows"}
OVER = 0.8  # for a clause to hold a wish beside one of another kind
CHECKED = frozenset(("exclude", "only", "where", "missing", "train", "positive", "classes", "label", "group"))
UNCHECKED = frozenset(NOT_YET) | {"balance", "pretrained", "flips", "stratify", "time", "folds"}
NOTHING = ("background", "task")
_ONCE = frozenset(
    ("metric", "family", "labels", "count", "label", "positive", "folds", "time", "group", "derive", "repeats", "test",
     "train")
)  # fmt: skip
_ALIKE = (
    {"where", "only", "exclude", "classes", "missing"},
    {"test", "train", "validation", "time", "group", "stratify", "random"},
    {
        "family",
        "compare",
        "avoid",
        "pretrained",
        "family_unknown",
        "layers",
        "depth",
        "trees",
        "neighbours",
        "rounds",
        "patience",
        "strength",
    },
    {"export", "output"},
    {"metric", "metric_unknown", "at_least", "aim", "fails", "show", "positive", "costs"},
    {"derive", "target", "positive", "classes"},
    {"count", "label", "classes", "pixels"},
    {"labels", "labels_per_class", "rows", "balance"},
    {"offline", "privacy"},
    {"fairness", "exclude"},
    {"seed", "repeats", "folds"},
)  # kinds whose words are so near that a clause of one is explained by a wish of another
_ALSO = re.compile(r"(?i)(?:and|or|nor|und|oder|noch|et|ou|ni|y|o) ")
_ASKED = 3  # words of a clause that holds those of the target, for it to ask for nothing else
_OF_TASK = frozenset(("goal", "target", "data", "search"))


@dataclass(frozen=True)
class _Clause:
    """A clause as the head tells it, and the wishes whose words stand in it.

    asked: whether words in it outright ask for what nothing explained. aims: whether words for the target stand in it;
    is_target: whether all of its words do. names_data: whether it says where the data are.
    """

    label: Labelled
    wishes: tuple[Wish, ...]
    asked: bool
    aims: bool
    is_target: bool
    names_data: bool


def heard_again(task: Task, room: Room, bound: list[Wish]) -> tuple[list[Wish], list[str]]:
    """All wishes, and the clauses that are not understood. bound: the wishes that are settled already.

    One of these that came to nothing gives way to what is heard in its words now.
    """
    clauses = list(_clauses(task, room, bound))
    found: dict[int, Wish] = {}
    for number in sorted(range(len(clauses)), key=lambda one: -clauses[one].label.share):
        clause, known = clauses[number], [*(wish for wish in bound if not _failed(wish)), *found.values()]
        if _is_refused(clause.label.text, room):
            continue
        wish = None
        if not _only_aims(clause, room):
            wish = _further(clause, room, known) if _is_explained(clause) else _heard(clause, room, known)
        wish = wish or _beside_target(clause, room)
        found |= {number: wish} if wish is not None else {}
    given_way = [wish for number in found for wish in clauses[number].wishes if _failed(wish)]
    asking = (one.label.text for number, one in enumerate(clauses) if number not in found and _asks(one, room))
    unread = [text for text in asking if not _is_refused(text, room)]
    of_other_words = (text for text in task.unread if labelled_clauses.place(text, task.paragraph)[0] < 0)
    unread = [*of_other_words, *(text for text in task.unread if text in room.refused), *unread]
    stayed = [_again(wish, room) for wish in bound if not any(wish is one for one in given_way)]
    return [*stayed, *(found[number] for number in sorted(found))], unread


def _is_refused(text: str, room: Room) -> bool:
    """Whether a clause has words that refuse what they name."""
    return any(words in text for words in room.refused)


def corrected(task: Task, room: Room) -> Task:
    """The task with what a clause surely asks for in the place of what rules heard in it and the head does not at all.

    "quedan fuera los turnos de noche"  →  rows where shift is not night, instead of the column shift
    """
    wishes = list(task.wishes)
    for clause in _clauses(task, room, wishes):
        label = clause.label
        heard = [wish for wish in clause.wishes if wish.kind in REPLACED and wish.text.strip(" .,;!") in label.text]
        sure = label.share >= CERTAIN and label.kind in REPLACING
        if not sure or not heard or any(wish.kind == label.kind for wish in clause.wishes):
            continue
        of_rows = [wish for wish in heard if wish.kind == "where" and label.kind in ("exclude", "only")]
        if any(_bound(wish, _apart(task, room)) is not None for wish in of_rows):
            continue
        if any(wish.by == "model" or wish.is_exact or label.shares.get(wish.kind, 0.0) > 1 - CERTAIN for wish in heard):
            continue
        apart = _apart(task, room)
        value = values_in_data.needed(label.kind, label.text, apart, gloss.language(task.paragraph))
        wish = Wish(text=label.text, kind=label.kind, value=value)
        if value is not None and _bound(wish, apart) is not None:
            wishes = [one for one in wishes if not any(one is other for other in heard)] + [wish]
    return task.model_copy(update={"wishes": wishes})


def _apart(task: Task, room: Room) -> Room:
    """The same data, where a wish can be tried without consequences."""
    return Room(task, room.profile, room.goal, room.target, room.head_first, room.folders, beside=room.beside)


def _again(wish: Wish, room: Room) -> Wish:
    """A test, or what to learn from, that nothing answered to, beside the other half that is known now."""
    half = wish.kind in ("train", "test") and isinstance(wish.value, dict) and "clause" in wish.value
    if not _failed(wish) or not half or wish.by == "model":
        return wish
    return _bound(wish.model_copy(update={"state": "open", "why": ""}), room) or wish


def _failed(wish: Wish) -> bool:
    """Whether nothing of the data answered to it."""
    return wish.state == "not-done" and wish.kind in BINDERS


def _clauses(task: Task, room: Room, bound: list[Wish]) -> Iterator[_Clause]:
    said = [(text, wish) for wish in bound for text in (wish.text, *wish.said)]
    places = [(labelled_clauses.place(text, task.paragraph), wish) for text, wish in said if wish.kind not in _OF_TASK]
    asked = [labelled_clauses.place(text, task.paragraph) for text in task.unread]
    targets = [text for text, wish in said if wish.kind == "target" or (text and _is_for_no_column(wish))]
    aims = [labelled_clauses.place(text, task.paragraph) for text in targets]
    data = [labelled_clauses.place(wish.text, task.paragraph) for wish in bound if wish.kind == "data" and wish.text]
    for one in labelled_clauses.clauses(task, room.profile):
        within = tuple(wish for place, wish in places if one.overlaps(place))
        outright, named, sources = (any(one.overlaps(place) for place in places) for places in (asked, aims, data))
        whole = any(one.label.text.strip(" .!?,") in text for text in targets)
        yield _Clause(one.label, within, outright, named, whole, sources)


def _is_for_no_column(wish: Wish) -> bool:
    """Whether words ask for what is learned without a column to tell: they stand in the place of a target."""
    return wish.kind == "goal" and wish.value in goals.names() and not goals.needs_target(wish.value)


def _is_explained(clause: _Clause) -> bool:
    """Whether a wish says what the clause does: of its kind, of one near it, or of another where the head is unsure."""
    kinds = {wish.kind for wish in clause.wishes if not _failed(wish)}
    if not kinds:
        return False
    label = clause.label
    return (
        label.share < OVER
        or label.kind in (*NOTHING, "unknown")
        or label.is_not_to_be_done
        or any(_are_alike(label.kind, kind) for kind in kinds)
    )


def _are_alike(one: str, other: str) -> bool:
    return one == other or any(one in group and other in group for group in _ALIKE)


def _further(clause: _Clause, room: Room, known: list[Wish]) -> Wish | None:
    """What the same clause asks for beside its wish: more columns to leave out, the column of a split by time."""
    label = clause.label
    if label.kind == "exclude" and label.share >= SURE and any(wish.kind == "exclude" for wish in clause.wishes):
        named = clause_in_data.columns_named(clause_in_data.before_reason(label.text, room), room)
        names = _new(named, known, kept.kept(room.task.paragraph, room.columns))
        return _bound(Wish(text=label.text, kind="exclude", value={"columns": names}), room) if names else None
    if label.kind == "where" and label.share >= SURE:
        side = rows_in_data.kept_side(clause_in_data.Said(label.text, room, gloss.language(room.task.paragraph)))
        wish = Wish(text=label.text, kind="where", value={"clause": side, "keep": True})
        return _bound(wish, room) if side is not None else None
    ordered = any(wish.kind == "test" and wish.value.get("place") for wish in clause.wishes)
    if ordered and not any(wish.kind == "time" for wish in known):
        value = values_in_data.needed("time", label.text, room, gloss.language(room.task.paragraph))
        return _bound(Wish(text=label.text, kind="time", value=value), room) if isinstance(value, dict) else None
    return None


def _beside_target(clause: _Clause, room: Room) -> Wish | None:
    """Columns or rows that are named beside what is to be learned."""
    wish = beside_target.columns_given(clause.label.text, room)
    if wish is None and not clause.wishes:
        meant = beside_target.rows_meant if clause.aims else beside_target.rows_denied
        wish = meant(clause.label.text, room)
    return _bound(wish, room) if wish is not None else None


def _new(names: list[str], known: list[Wish], stay: set[str]) -> list[str]:
    """Of columns those that no wish speaks of, and that are not said to stay."""
    taken = {name for wish in known if isinstance(wish.value, dict) for name in _columns_of(wish)}
    return [name for name in names if name not in taken | stay]


def _columns_of(wish: Wish) -> list[str]:
    value = wish.value
    listed = [*value.get("columns", []), value.get("column")]
    listed += [one.get("column") for one in value.get("conditions", [])]
    return [name for name in listed if isinstance(name, str)]


def _heard(clause: _Clause, room: Room, known: list[Wish]) -> Wish | None:
    """The likeliest wish of which all that it needs is there."""
    language = gloss.language(room.task.paragraph)
    label = clause.label
    for kind in sorted(label.shares, key=lambda one: -label.shares[one]):
        if kind in ("exclude", "only") and parting.is_list(label.general):
            continue  # columns one beside the other, of which nothing is said
        if kind == "derive" and _is_of_others(label.text, room):
            continue
        beside = kind in EARLY or kind in NOTHING or kind == "unknown" or kind.startswith(BEYOND)
        if beside or label.shares[kind] < _least(kind, clause.asked):
            return None
        if kind in _ONCE and any(wish.kind == kind and wish.state == "open" for wish in known):
            continue
        value = values_in_data.needed(kind, label.text, room, language)
        if kind == "exclude" and isinstance(value, dict) and "columns" in value:
            value |= {"columns": _new(value["columns"], known, kept.kept(room.task.paragraph, room.columns))}
            value = value if value["columns"] or value.get("places") else None
        if value is not None and (found := _bound(Wish(text=label.text, kind=kind, value=value), room)) is not None:
            return found
    return None


def _is_of_others(text: str, room: Room) -> bool:
    """Whether a clause speaks of other columns than the target, by their names."""
    named = clause_in_data.columns_named(text, room)
    return bool(named) and not any(map(room.is_target, named))


def _least(kind: str, asked: bool) -> float:
    if kind in UNCHECKED or not asked:
        return SURE * BOUND if kind in CHECKED else SURE
    return LEAST * BOUND if kind in CHECKED else LEAST


def _bound(wish: Wish, room: Room) -> Wish | None:
    possible = means.with_reason(wish, room.task, room.goal)
    try:
        found = bind(possible, room)
    except TaskUnclear:
        return None
    return found if found.state == "open" or wish.kind in NOT_YET else None


def _only_aims(clause: _Clause, room: Room) -> bool:
    """Whether it names the target and has hardly another word, or none: `Kaltmiete vorhersagen`; or several targets,
    and no other column: `predict both the yield and the protein`.
    """
    short = clause.is_target or len(clause.label.text.split()) <= _ASKED
    return clause.aims and (short or _names_targets_alone(clause.label.text, room))


def _names_targets_alone(text: str, room: Room) -> bool:
    named = clause_in_data.columns_of(text, room) if room.beside else []
    return len(named) > 1 and all(map(room.is_target, named))


def _asks(clause: _Clause, room: Room) -> bool:
    """Whether a clause that came to nothing asks for something nevertheless."""
    label, nothing = clause.label, sum(clause.label.shares.get(kind, 0.0) for kind in NOTHING)
    kinds = {wish.kind for wish in clause.wishes if not _failed(wish)}
    if _only_aims(clause, room) or (clause.aims and label.kind == "task") or is_the_whole(label.text):
        return False
    if is_said_by_a_flag(label.kind, label.text, room.task.wishes) or asks_for_the_target(label.text, room):
        return False
    if label.kind == "task" and not clause.aims and _goes_on(label.text, room):
        return True
    said = clause_in_data.Said(label.text, room, gloss.language(room.task.paragraph))
    of_data = label.kind == "train" and clause.names_data and clause.aims  # `learn from shapes/, telling …`
    if (label.kind == "classes" or label.share < SURE or of_data) and classes_in_data.are_all_named(said):
        return False  # `tell circles from squares`
    if len(re.findall(r"\w+", label.text)) < 2 or any(_are_alike(label.kind, kind) for kind in kinds):
        return False
    if kinds:  # of another wish: what stands beside it may ask for more
        sure = label.share >= SURE and label.kind != "unknown"  # which is no more than that: a rule knew it
        return label.kind not in NOTHING and (sure or _names_more(clause, room))
    return nothing < (SURE if clause.asked else 1 - SURE) or (nothing < OVER and _compares(clause.label.text, room))


def _goes_on(text: str, room: Room) -> bool:
    """Whether it goes on with a list and speaks of another column: `…, the id and whether they left`."""
    others = [one for one in room.columns if not room.is_target(one.name)]
    return _ALSO.match(text) is not None and bool(mentions.within(text, others))


def _names_more(clause: _Clause, room: Room) -> bool:
    """Whether columns or values are named in words that no wish of the clause has."""
    rest = clause.label.text
    for wish in clause.wishes:
        rest = rest.replace(wish.text, " ")
    named = [rest[start:end] for start, end, word in masking.spans(rest, room) if word in (COLUMN, VALUE)]
    return any(plain(words) not in map(plain, room.targets) for words in named)


def _compares(text: str, room: Room) -> bool:
    """Whether it compares a column with a number or a date, as background seldom does."""
    return any(one.op in ("<", "<=", ">", ">=") for one in conditions.conditions(text, room.columns))
