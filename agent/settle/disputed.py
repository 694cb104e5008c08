"""Words that the rules and a language model read differently: the data decide.

    "without the winter days"    rules: leave out a column    model: leave out rows    season holds "winter": rows

The reading that binds to a column, a value or a file that is there is the wish. Where both do, or neither, it is the
model's, unless the words name the rules' outright: in quotes, by a column's very name or its place. What the other
reading was, and why it was not taken, stands in the wish's `why`.
"""

import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from noglue.agent.request import wishes
from noglue.agent.request.wish import Wish
from noglue.agent.settle import column_matching as matching
from noglue.agent.settle import mentions
from noglue.agent.settle.binding import BINDERS, bind
from noglue.agent.settle.plain_words import plain
from noglue.agent.settle.room import Room
from noglue.agent.settle.target_choice import ENOUGH
from noglue.agent.task import Task
from noglue.tools.preparation.splits_by_file import is_file
from noglue.tools.reporting.wish_rows import taken_for
from noglue.tools.spec.errors import TaskUnclear
from noglue.tools.spec.profiles import Profile

THERE = frozenset(("columns", "column", "conditions", "class"))  # parts of a bound value that name what the data hold
_QUOTED = re.compile("[\"'“”„«»‘’]")


def decided(task: Task, profiles: Sequence[Profile], head_first: bool) -> Task:
    """The task with one reading of each wish; what a model alone takes for a part of the data is a file of theirs."""
    task = task.model_copy(update={"wishes": [_filed(wish, profiles) for wish in task.wishes]})
    if not any(wish.instead for wish in task.wishes):
        return task
    chosen = [_chosen(wish, task, profiles, head_first) if wish.instead else wish for wish in task.wishes]
    disputed = [(before, after) for before, after in zip(task.wishes, chosen, strict=True) if before.instead]
    limits, meant = (wishes.limits_of([], list(side)) for side in zip(*disputed, strict=True))
    constraints = task.constraints.without(limits.stated()) | meant
    changes: dict[str, Any] = {"wishes": chosen, "constraints": constraints}
    if any("target" in (before.kind, after.kind) for before, after in disputed):
        targets = [wish.value for wish in chosen if wish.kind == "target" and isinstance(wish.value, dict)]
        changes["target"] = next((value.get("words") for value in targets), None)
    return task.model_copy(update=changes)


def _filed(wish: Wish, profiles: Sequence[Profile]) -> Wish:
    """Not done, where it names no file, or the only one: a request of the user's own words would be refused."""
    if wish.by != "model" or wish.state != "open" or not isinstance(wish.value, dict) or "file" not in wish.value:
        return wish
    name = PurePath(str(wish.value["file"])).name
    if any(len(paths) > 1 and any(is_file(path, name) for path in paths) for paths in map(_paths, profiles)):
        return wish
    return wish.model_copy(update={"state": "not-done", "why": f"no part of the data is called {name}; {wish.why}"})


def _paths(profile: Profile) -> list[str]:
    return [path for split, listed in profile.files.items() if split != "about" for path in listed]


def _chosen(wish: Wish, task: Task, profiles: Sequence[Profile], head_first: bool) -> Wish:
    """One of the two, with the other on record."""
    ours, theirs = wish.model_copy(update={"instead": None}), wish.instead
    assert theirs is not None
    rooms = [_room(task, profile, head_first) for profile in profiles]
    mine = next((found for room in rooms if (found := _there(ours, room)) is not None), None)
    other = next((found for room in rooms if (found := _there(theirs, room)) is not None), None)
    if mine is not None and other is not None and (mine.kind, mine.value) == (other.kind, other.value):
        return ours
    outright = any(_outright(ours, profile, head_first) for profile in profiles)
    if ours.kind == theirs.kind:  # a name is no better than the other's
        outright = outright and not any(_outright(theirs, profile, head_first) for profile in profiles)
    if (mine is None) == (other is None):
        first, why = outright, "the words name it outright" if outright else "the data leave both open"
    else:
        first, why = mine is not None, "the data hold only what this one names"
    if first:
        return ours.model_copy(update={"why": f"the language model read: {_taken(theirs)}; {why}"})
    return theirs.model_copy(update={"why": f"{theirs.why}; the rules read: {_taken(ours)}; {why}"})


def _taken(wish: Wish) -> str:
    return taken_for(wish.kind, wish.value)


# ---- what the data hold ------------------------------------------------------------------------------------------


def _room(task: Task, profile: Profile, head_first: bool) -> Room:
    """Where a wish is tried. The target is as far known as its words name a column."""
    named = mentions.named(task.first_target, profile.columns, head_first).names if task.first_target else []
    return Room(task, profile, task.goal, named[0] if named else profile.target, head_first)


def _there(wish: Wish, room: Room) -> Wish | None:
    """The wish, bound to something that is there; None where it names nothing of the data. The room stays as it is."""
    if wish.kind == "target":
        return _target(wish, room)
    if isinstance(wish.value, dict) and "file" in wish.value:
        name = PurePath(str(wish.value["file"])).name
        return wish if any(is_file(path, name) for path in _paths(room.profile)) else None
    if wish.kind not in BINDERS:
        return None
    empty = Room(room.task, room.profile, room.goal, room.target, room.head_first)
    try:
        bound = bind(wish, empty)
    except TaskUnclear:
        return None
    named = bound.kind == "classes" or (isinstance(bound.value, dict) and THERE & bound.value.keys())
    return bound if bound.state == "open" and named else None


def _target(wish: Wish, room: Room) -> Wish | None:
    if "place" in wish.value:
        name = mentions.at(int(wish.value["place"]), room.columns)
    else:
        ranked = matching.match_target(str(wish.value["words"]), room.columns, room.goal, head_first=room.head_first)
        name = ranked[0].name if ranked and ranked[0].confidence >= ENOUGH else None
    return None if name is None else wish.model_copy(update={"value": {"column": name}})


def _outright(wish: Wish, profile: Profile, head_first: bool) -> bool:
    """Whether the words name a thing as such: between quotes, or a column by its very name or its place."""
    if not isinstance(wish.value, dict):
        return False
    if wish.value.get("exact") or wish.value.get("places") or isinstance(wish.value.get("place"), int):
        return True
    names = [str(one) for one in [*wish.value.get("columns", []), wish.value.get("words", "")] if one]
    if any(re.search(rf"{_QUOTED.pattern}{re.escape(one)}{_QUOTED.pattern}", wish.text) for one in names):
        return True
    if any(mentions.named(one, profile.columns, head_first).exact for one in names):
        return True
    clause = f" {plain(str(wish.value.get('clause', '')))} "
    return any(f" {plain(column.name)} " in clause for column in profile.columns)
