"""What a clause says for the kind of wish that it was taken for, once the data are known: columns, values, classes.

    needed("exclude", "the operator is nobody's business", room, "en")   →  {"columns": ["operator"]}
    needed("train", "learn from the sites Leeds and Turin", room, "en")  →  {"clause": "learn from …"}

None where nothing in the clause answers to the data. Kinds that need no data are in `agent/request/values_in_words.py`.
"""

from collections.abc import Callable
from typing import Any

from noglue.agent.request import values_in_words
from noglue.agent.settle import classes_in_data, columns_in_data, rows_in_data
from noglue.agent.settle.clause_in_data import Said
from noglue.agent.settle.room import Room

NEEDS: dict[str, Callable[[Said], Any]] = {
    "exclude": columns_in_data.columns, "only": columns_in_data.only, "group": columns_in_data.group,
    "time": columns_in_data.time, "stratify": columns_in_data.stratify, "missing": columns_in_data.missing_cells,
    "where": rows_in_data.where, "train": rows_in_data.train, "test": rows_in_data.test,
    "validation": rows_in_data.validation, "positive": classes_in_data.one_class_in_words,
    "label": classes_in_data.label, "classes": classes_in_data.classes, "derive": classes_in_data.derive,
    "metric": classes_in_data.metric,
}  # fmt: skip


def needed(kind: str, clause: str, room: Room, language: str) -> Any:
    """The value of a wish of this kind, or None. Shapes: `agent/request/wish.py`."""
    own = NEEDS.get(kind)
    found = own(Said(clause, room, language)) if own is not None else None
    return found if found is not None else values_in_words.needed(kind, clause, language)
