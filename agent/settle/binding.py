"""The places that a wish leaves open, filled with columns, values, classes and dates that are really there.

`bind(wish, room)` gives the wish with its bound value; what it means for the steps goes into the room's arguments for
`prepare`, `train` and `evaluate`. A wish that nothing answers to becomes `not-done` with the reason; a column, value or
class that was *named* and is not there ends in TaskUnclear with the list of what there is. One function a kind of wish.
"""

from collections.abc import Callable

from noglue.agent.request import kinds
from noglue.agent.request.wish import Wish
from noglue.agent.settle import bind_classes, bind_kept, bind_split
from noglue.agent.settle.room import Room, columns_meant, not_done
from noglue.tools.spec import goals
from noglue.tools.spec.errors import TaskUnclear
from noglue.tools.spec.profiles import Column

BINDERS: dict[str, Callable[[Wish, Room], Wish]] = {
    "exclude": bind_kept.exclude, "only": bind_kept.only, "where": bind_kept.where, "missing": bind_kept.missing_cells,
    "group": bind_split.group, "time": bind_split.time, "stratify": bind_split.stratify, "train": bind_split.train,
    "test": bind_split.test, "validation": bind_split.validation, "rows": bind_split.rows,
    "classes": bind_classes.classes, "positive": bind_classes.positive, "costs": bind_classes.decision,
    "at_least": bind_classes.decision, "derive": bind_classes.derive,
}  # fmt: skip


def bind(wish: Wish, room: Room) -> Wish:
    """Raises TaskUnclear where something is named that is not there, unless a language model alone names it."""
    own = kinds.hook(wish.kind, "bind")
    if wish.state != "open" or (own is None and wish.kind not in BINDERS):
        return wish
    if wish.by == "model" and (why := _would_end_the_run(wish, room)):
        return not_done(wish, why)
    try:
        return BINDERS[wish.kind](wish, room) if own is None else own(wish, room.task, room.profile)
    except TaskUnclear as error:
        if wish.by == "model":
            return not_done(wish, error.message.rstrip("."))
        raise


def _would_end_the_run(wish: Wish, room: Room) -> str:
    """Why a wish of a language model alone can't be met: steps would fail by it; empty where none would."""
    column = next((one for one in room.columns if one.name == room.target), None)
    if wish.kind == "derive" and wish.value.get("op") != "equals" and column is not None and column.kind != "number":
        return f"{column.name} holds no numbers"
    if wish.kind == "classes" and goals.predicts(room.goal) == "classes" and len(wish.value) < 2:
        return "one class can't be distinguished from others"
    return ""


def spoken(wish: Wish, columns: list[Column], head_first: bool) -> set[str]:
    """Columns that a wish takes for another use than to be learned; nothing is refused here."""
    if wish.kind not in ("exclude", "only", "group", "time", "stratify", "fairness") or not isinstance(
        wish.value, dict
    ):
        return set()
    found = columns_meant(wish, columns, head_first)[0]
    return set(found)
