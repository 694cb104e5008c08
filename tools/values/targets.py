"""What a column asks for, and which column is meant; light enough for a planner to import.

>>> decide_goal(Column(name="species", kind="category", dtype="string", distinct=3), rows=150)
('classify', 0.95, '3 names in 150 rows')
>>> find_target(["Pclass", "Survived"], wanted="survived")
('Survived', 'named in the task')
"""

import re
from collections.abc import Sequence

from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.profiles import Column, GoalName

MOST_NUMBERED = 50  # classes are rarely numbered beyond, unless each comes often
CONVENTIONAL = ("target", "label", "labels", "class", "y", "outcome", "response")


def decide_goal(column: Column, rows: int) -> tuple[GoalName, float, str]:
    """Classify or regress, how sure that is (0…1), and why in words. Few distinct values or names: classify.

    Whole numbers are the hard case: `quality` from 3 to 9 is taken for classes, `age` from 17 to 90 for a quantity.
    """
    distinct, rows = column.distinct, max(rows, 1)
    if distinct == 2 and column.kind != "date":
        return "classify", 0.98, f"two values in {rows} rows"
    if column.kind in ("boolean", "category", "text", "identifier", "constant") and not _numeric(column):
        if distinct > max(20, rows / 2):
            return "classify", 0.3, f"names, but {distinct} different ones in {rows} rows"
        return "classify", 0.95, f"{distinct} names in {rows} rows"
    if column.kind == "date":
        return "regress", 0.2, "a date; neither classes nor a quantity"
    if not _whole(column):
        return "regress", 0.95, f"numbers with fractions, {distinct} different ones"
    if column.kind == "category" and rows >= 5 * distinct:
        return "classify", 0.85, f"{distinct} codes in {rows} rows"
    if _counts_up(column) and rows >= 5 * distinct:
        return "classify", 0.85, f"whole numbers {column.minimum:g} to {column.maximum:g} without gaps"
    if distinct <= 20 and rows >= 5 * distinct:
        return "classify", 0.6, f"{distinct} whole numbers in {rows} rows"
    sure = distinct > MOST_NUMBERED and distinct > rows / 10  # no words make classes of these
    return "regress", 0.95 if sure else 0.85, f"{distinct} different whole numbers in {rows} rows"


def find_target(
    names: Sequence[str],
    wanted: str | None = None,
    declared: str | None = None,
    predicted: Sequence[str] = (),
) -> tuple[str, str]:
    """The target's column and why it is the one.

    wanted: as the task names it. declared: as the format does. predicted: columns that the test table lacks.
    Raises DataError `no-target` when `wanted` is no column, or nothing tells which one is.
    """
    if wanted is not None:
        found = [name for name in names if name == wanted] or [name for name in names if _plain(name) == _plain(wanted)]
        if len(found) == 1:
            return found[0], "named in the task"
        more = ", …" if len(names) > 30 else ""
        raise DataError(
            Kind.NO_TARGET,
            f"There is no column {wanted!r}; the columns are {', '.join(names[:30])}{more}.",
            hint="Name the column to predict exactly as in the file.",
            columns=list(names),
        )
    if declared is not None and declared in names:
        return declared, "the format says so"
    if len(predicted) == 1:
        return predicted[0], "the one column that the test table lacks"
    for convention in CONVENTIONAL:
        found = [name for name in names if _plain(name) == convention]
        if len(found) == 1:
            return found[0], "its name says so"
    if not names:
        raise DataError(Kind.NO_TARGET, "There are no columns at all.", hint="Give a file with a header and rows.")
    return names[-1], "the last column, as nothing else points to one"


def _plain(name: str) -> str:
    """`Sale Price`, `sale_price` and `SalePrice` are one name."""
    return re.sub(r"[\W_]+", "", name).casefold()


def _numeric(column: Column) -> bool:
    return column.dtype.startswith(("int", "uint", "float", "double", "half", "decimal"))


def _whole(column: Column) -> bool:
    """Whether all values seen are whole numbers (a whole column with gaps is often stored as floats)."""
    if column.dtype.startswith(("int", "uint")):
        return True
    seen = [column.minimum, column.maximum, *(_number(text) for text in column.examples)]
    return all(value is not None and float(value).is_integer() for value in seen)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _counts_up(column: Column) -> bool:
    """0, 1, 2, … to at most 99, or 1, 2, 3, … to at most 20, nothing left out: how classes are numbered."""
    if column.minimum is None or column.maximum is None:
        return False
    most = 100 if column.minimum == 0 else 20 if column.minimum == 1 else 0
    return column.distinct <= most and column.maximum - column.minimum + 1 == column.distinct
