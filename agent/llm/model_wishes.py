"""The wishes that a language model reads, beside those of the rules.

    rules                              model
    exclude "the winter days"          where "winter days", not kept     both stand, until the data decide
    (nothing)                          exclude "the nurse's initials"    it is added
    folds 5 of "5-fold"                folds 10                          5, which the words name outright
    test 0.2                           (nothing)                         it stays: no silence takes a wish away

Flags come before both. What has to be known before any data are seen (measure, family, limits, places) is decided here:
of one kind the model's, unless the words name the rules' outright; of two kinds the rules'. Every difference is told,
and stands in the `why` of the wish that was taken.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from noglue.agent.llm import steering
from noglue.agent.llm.answer_forms import TaskReading
from noglue.agent.llm.believe import READ, Placed, believed, figures, place_of
from noglue.agent.request import families, leftover, measures, wishes
from noglue.agent.request.wish import Wish
from noglue.agent.task import Constraints, Task
from noglue.tools.reporting.wish_rows import taken_for

EARLY = frozenset(
    [*wishes.LIMITS, "goal", "data", "metric", "metric_unknown", "family_unknown", "budget", "robustness", "privacy"]
)  # kinds that take effect before any data are seen
UNKNOWN = {"metric_unknown": "metric", "family_unknown": "family"}
SINGLE = frozenset([*wishes.ONCE, "target"])  # said once; the same wish in other words is no second one
USES = frozenset(("exclude", "only", "group", "time"))  # of a column, which has one of them
# Kinds that the same words may ask for at once, so that one is no other reading of the other.
TOGETHER = [frozenset(kinds.split()) for kinds in (
    "target derive top positive goal metric", "at_least positive costs metric metric_unknown show top calibrate",
    "test train validation time group stratify folds repeats", "count label classes pixels flips",
    "family family_unknown compare layers pretrained size speed", "labels labels_per_class rows classes",
    "exclude fairness privacy", "show top explain export serve intervals calibrate privacy fairness robustness",
)]  # fmt: skip
SAME_WORDS = 0.5  # of the longer of two texts, which two readings of the same words share
_COLUMN = re.compile(r"(?i)\b(?:the|a|an|columns?|der|die|das|spalten?|les?|la|colonnes?|el|las|los|columnas?)\b")


def combined(task: Task, answer: TaskReading, data: list[str], given: Constraints) -> tuple[Task, list[str]]:
    """data, given: what the flags state. → the task with the wishes of both, and what is to be told of them."""
    flagged = wishes.stated(wishes.of_flags(data, given))
    found, notes = believed(answer.wishes, task, flagged)
    found = _with_target(found, answer, task)
    notes = [f"a wish of the model is malformed and left out: {why}" for why in answer.dropped] + notes
    beside, differing = _beside(task, found)
    unread, aside = _still_unread(task, found, answer.background)
    notes += [*differing, *aside]
    changes: dict[str, Any] = {"wishes": beside, "unread": unread}
    if notes:
        changes["evidence"] = task.evidence | {"wishes": "; ".join(notes)}
    return _in_force(task.model_copy(update=changes), given), notes


def _with_target(found: list[Placed], answer: TaskReading, task: Task) -> list[Placed]:
    """The answer's target is a wish like others, where it was taken for the task's (`steering.read`) or well may be."""
    taken = task.target == answer.target or _used_otherwise(task, found)
    if not answer.target or not taken or any(one.wish.kind == "target" for one in found):
        return found
    at = place_of(answer.target, task.paragraph) or (-1, -1)
    value = {"words": answer.target}
    return [*found, Placed(Wish(text=answer.target, kind="target", value=value, by="model", why=READ), *at)]


def _used_otherwise(task: Task, found: Sequence[Placed]) -> bool:
    """Whether what the rules take for the target is a column that the model reads as one to leave out or divide by."""
    ours = {name for wish in task.wishes if wish.kind == "target" for name in names(wish.value)}
    return any(ours & names(one.wish.value) for one in found if one.wish.kind in ("exclude", "group", "time"))


# ---- side by side ------------------------------------------------------------------------------------------------


def _beside(task: Task, found: Sequence[Placed]) -> tuple[list[Wish], list[str]]:
    """The rules' wishes, each with what the model took the same words for; then those that only the model has."""
    ours = [_placed(wish, task.paragraph) for wish in task.wishes]
    theirs: dict[int, Placed] = {}
    left = _paired(found, ours, theirs, _that_says_the_same)
    left = _paired(left, ours, theirs, _of_the_kind)
    left = _paired(left, ours, theirs, _of_the_words)
    added: list[Placed] = []
    again: list[Placed] = []
    for one in left:
        repeated = any(_repeats(one.wish, other.wish) for other in [*ours, *added])
        (again if repeated else added).append(one)
    sure = task.confidence.get("target", 0.0) >= steering.SURE and not _used_otherwise(task, found)
    stand: list[Wish] = []
    notes: list[str] = []
    for place, own in enumerate(ours):
        wish, note = _decided(own.wish, theirs[place].wish, sure) if place in theirs else (own.wish, "")
        stand.append(wish)
        notes += [note] if note else []
    notes += [f"only the model reads “{one.wish.text}” as: {_taken(one.wish)}" for one in added]
    notes += [f"“{one.wish.text}” is left out, as said before: {_taken(one.wish)}, by the model" for one in again]
    return [*stand, *(one.wish for one in added)], notes


def _placed(wish: Wish, paragraph: str) -> Placed:
    at = paragraph.replace("’", "'").find(wish.text.replace("’", "'")) if wish.text else -1
    return Placed(wish, at, at + len(wish.text) if at >= 0 else -1)


Match = Callable[[Placed, list[Placed], list[int]], int | None]


def _paired(found: Sequence[Placed], ours: list[Placed], theirs: dict[int, Placed], match: Match) -> list[Placed]:
    """Put the model's wishes beside the rules' that they match and that are still free; → those that match none."""
    left: list[Placed] = []
    for one in found:
        place = match(one, ours, [at for at in range(len(ours)) if at not in theirs])
        if place is None:
            left.append(one)
        else:
            theirs[place] = one
    return left


def _that_says_the_same(one: Placed, ours: list[Placed], free: list[int]) -> int | None:
    same = (at for at in free if ours[at].wish.kind == one.wish.kind and alike(ours[at].wish.value, one.wish.value))
    return next(same, None)


def _of_the_kind(one: Placed, ours: list[Placed], free: list[int]) -> int | None:
    """The rules' wish of this kind whose words it shares most of; of a kind that is said once, wherever."""
    kind = _kind(one.wish)
    able = [at for at in free if _kind(ours[at].wish) == kind and (kind in SINGLE or ours[at].shared(one))]
    return max(able, key=lambda at: ours[at].shared(one), default=None)


def _of_the_words(one: Placed, ours: list[Placed], free: list[int]) -> int | None:
    return next((at for at in free if _same_words(ours[at], one)), None)


def _same_words(own: Placed, one: Placed) -> bool:
    """Whether two wishes of different kinds are readings of the same words, or put one column to two uses."""
    kinds = {own.wish.kind, one.wish.kind}
    if kinds & {"goal", "data"} or any(kinds <= together and not kinds <= USES for together in TOGETHER):
        return False
    if own.shared(one) >= SAME_WORDS * max(own.length, one.length, 1):
        return True
    same = kinds <= USES | {"target"} and kinds != {"target", "only"} and names(own.wish.value) & names(one.wish.value)
    return bool(same) and (own.shared(one) > 0 or "target" in kinds)


def _kind(wish: Wish) -> str:
    return UNKNOWN.get(wish.kind, wish.kind)


def _repeats(one: Wish, other: Wish) -> bool:
    return one.kind == other.kind and (one.kind in SINGLE or alike(one.value, other.value))


def _decided(own: Wish, other: Wish, sure: bool) -> tuple[Wish, str]:
    """Which of two readings stands, as far as words can tell, and what is said of it. sure: of the target."""
    if own.kind == other.kind and alike(own.value, other.value):
        return own, ""
    of_a_kind = _kind(own) == _kind(other)
    differ = f"of “{own.text}” the rules read: {_taken(own)}; the model: {_taken(other)}"
    stands = own.model_copy(update={"why": f"the language model read: {_taken(other)}"})
    if _flagged(own):
        return stands, f"{differ}; the flag decides"
    if own.kind == other.kind and extends(own.value, other.value):
        return stands, f"{differ}; the rules' says all of it"
    if EARLY & {own.kind, other.kind}:
        if not of_a_kind or (own.kind not in UNKNOWN and _outright(own)):
            return stands, f"{differ}; the rules' stands"
        taken = other.model_copy(update={"why": f"{READ}; the rules read: {_taken(own)}"})
        return taken, f"{differ}; the model's stands"
    if own.kind == "target" and sure:
        return stands, f"{differ}; the words name the target"
    if of_a_kind and _outright(own) and not extends(other.value, own.value):
        return stands, f"{differ}; the words name it outright"
    return own.model_copy(update={"instead": other}), f"{differ}; the data will decide"


def _flagged(wish: Wish) -> bool:
    return wish.by == "flag" or wish.is_exact


def _outright(wish: Wish) -> bool:
    """Whether the rules' own words name the measure, the family, the device, or have the number."""
    named = {"metric": measures.find, "family": families.find}.get(wish.kind)
    if named is not None:
        return any(mark.value == wish.value for mark in named(wish.text))
    if isinstance(wish.value, str):
        return steering.said(wish.value, wish.text)
    parts = wish.value.values() if isinstance(wish.value, dict) else [wish.value]
    numbers = [one for one in parts if isinstance(one, int | float) and not isinstance(one, bool)]
    there = figures(wish.text)
    there |= {figure * scale for figure in there for scale in (0.01, 60.0, 3600.0)}
    return bool(numbers) and all(any(abs(one - figure) < 1e-9 for figure in there) for one in numbers)


# ---- values ------------------------------------------------------------------------------------------------------


def alike(one: Any, other: Any) -> bool:
    """Whether two values say the same, but for case, articles and order.

    >>> alike({"columns": ["the Plan"]}, {"columns": ["plan column"], "exact": True})
    True
    """
    return bool(_plain(one) == _plain(other))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {name: _plain(part) for name, part in value.items() if name != "exact" and part not in (None, [])}
        return kept | ({"keep": kept.get("keep", True)} if "clause" in kept else {})
    if isinstance(value, list):
        return sorted({str(_plain(part)) for part in value})
    if isinstance(value, str):
        return " ".join(_COLUMN.sub(" ", value.casefold()).split()) or value.casefold()
    return round(float(value), 6) if isinstance(value, int | float) and not isinstance(value, bool) else value


def extends(more: Any, less: Any) -> bool:
    """Whether a value says all that another says, and something beside it.

    >>> extends({"columns": ["plan", "age"]}, {"columns": ["age"]})
    True
    """
    if isinstance(more, list) and isinstance(less, list):
        return set(_plain(less)) < set(_plain(more))
    if not isinstance(more, dict) or not isinstance(less, dict) or alike(more, less):
        return False
    same = (name in more and (alike(more[name], part) or extends(more[name], part)) for name, part in less.items())
    return all(same)


def names(value: Any) -> set[str]:
    """What a value calls columns, plain."""
    if not isinstance(value, dict):
        return set()
    listed = value.get("columns", [])
    names = [*(listed if isinstance(listed, list) else []), *([value["words"]] if "words" in value else [])]
    return {str(_plain(one)) for one in names if isinstance(one, str)}


def _taken(wish: Wish) -> str:
    return taken_for(wish.kind, wish.value)


# ---- the rest of the task ----------------------------------------------------------------------------------------


def _still_unread(task: Task, found: Sequence[Placed], background: Sequence[str]) -> tuple[list[str], list[str]]:
    """What no wish of the model covers either. What the model calls background goes where no word of it asks."""
    aside = [
        Placed(Wish(text=text, kind="background"), *at) for text in background if (at := place_of(text, task.paragraph))
    ]
    unread: list[str] = []
    notes: list[str] = []
    for text in task.unread:
        piece = _placed(Wish(text=text, kind="unread"), task.paragraph)
        if any(2 * piece.shared(one) >= piece.length or _says_what_for(one, piece) for one in found):
            continue
        if any(2 * piece.shared(one) >= piece.length for one in aside) and not leftover.asks(text):
            notes.append(f"“{text}” is background, by the model")
            continue
        unread.append(text)
    return unread, notes


def _says_what_for(one: Placed, piece: Placed) -> bool:
    """Whether a clause says what is to be learned: the target stands in it."""
    return one.wish.kind == "target" and one.shared(piece) > 0


def _in_force(task: Task, given: Constraints) -> Task:
    """The task with what the model's wishes limit, measure and name, beside what flags have given."""
    limits = Constraints()
    for wish in task.wishes:
        limits |= wishes.constraint(wish) if wish.by == "model" else Constraints()
    kept = limits.without(given.stated())
    first = next((wish for wish in task.wishes if wish.kind == "metric"), None)
    known = task.goal is not None  # else the measure waits for the goal (`means.arguments`)
    metric = first.value if first is not None and first.by == "model" and known else task.metric
    places = [str(wish.value) for wish in task.wishes if wish.kind == "data" and wish.by == "model"]
    sources = [*task.sources, *(place for place in places if not steering.is_known(place, task.sources))]
    return task.model_copy(update={"constraints": task.constraints | kept, "metric": metric, "sources": sources})
