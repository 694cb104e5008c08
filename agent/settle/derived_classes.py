"""Classes that are to be made from the numbers that are learned, where a clause says from which number on.

"predict whether the mark is above 7"               →  derive {"column": "mark", "op": ">", "value": 7}
"by busy I mean more than 1500 rentals"
"""

import re

from noglue.agent.request import gloss
from noglue.agent.request.parting import Labelled
from noglue.agent.request.wish import Wish
from noglue.agent.settle import clause_in_data, labelled_clauses, values_in_data
from noglue.agent.settle.room import Room
from noglue.agent.task import Task

SURE = 0.6  # of the head's shares, that a clause asks for a target
_WHETHER = re.compile(r"\b(?:whether|if|which|who|or not|or no|yes or)\b")
_MEANS = re.compile(r"\b(?:i|we) mean\b|\bmeans\b|\bcounts? as\b|\bthat is\b|\bdefined? as\b|\bi call\b|\bwe call\b")


def with_derived(task: Task, room: Room) -> Task:
    """The task with the classes that are to be made from the numbers that are learned."""
    if any(wish.kind == "derive" for wish in task.wishes):
        return task
    found = (
        wish for one in labelled_clauses.clauses(task, room.profile) if (wish := _derived(one.label, room)) is not None
    )
    wish = next(found, None)
    return task if wish is None else task.model_copy(update={"wishes": [*task.wishes, wish]})


def _derived(label: Labelled, room: Room) -> Wish | None:
    """`predict whether the mark is above 7`; `by busy I mean more than 1500 rentals`."""
    language = gloss.language(room.task.paragraph)
    asked = label.shares.get("task", 0.0) + label.shares.get("derive", 0.0) >= SURE
    english = gloss.english(label.text, language).lower()
    defined = _MEANS.search(english) is not None and room.target in clause_in_data.columns_of(label.text, room)
    if not (defined or (asked and _WHETHER.search(english))):
        return None
    column = next((one for one in room.columns if one.name == room.target), None)
    value = (
        values_in_data.needed("derive", label.text, room, language)
        if column is not None and column.kind == "number"
        else None
    )
    return None if value is None else Wish(text=label.text, kind="derive", value=value)
