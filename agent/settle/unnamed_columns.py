"""Columns that are only called by their place, as there is no header, and which of them may be the label.

>>> label_of_unnamed(columns)                   # a label of 1 to 3 before thirteen measurements
Ranked(name='column_1', confidence=0.44, why='the first column alone holds classes, …')
"""

import re

from noglue.agent.settle.column_matching import Ranked
from noglue.tools.spec.profiles import Column

_MADE_UP = re.compile(r"column_\d+")
_FEWEST_UNNAMED = 5
_MEASUREMENTS = 0.5  # of the inner columns of a table without names, that hold fractions
_MANY_MEASURED = 10  # inner columns, from which a constant may stand at the other end
_MOST_NUMBERED = 60
_FEW_CODED = 10  # different numbers of a column that may be classes
_AT_AN_END = 0.44  # less than of a column that a format, or its own name, says is the label


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
