"""What a request asks of rows, cells, targets and decisions, once its words are bound to the columns that are there.

Typed arguments of `prepare`, `train` and `evaluate`; pydantic alone, light to import.
"""

from typing import Literal

from pydantic import BaseModel

from noglue.tools.spec.goals import GoalName

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in", "not in", "missing", "present", "in folder", "not in folder",
                   "last", "first"]  # fmt: skip


class Condition(BaseModel):
    """Rows for which this holds: `column="price", op="<=", value=250000`, or `op="in", value=["south", "west"]`.

    `in folder`: of a path, whether it lies below a folder of this name. or_missing: whether it also holds where the
    cell is empty; else no comparison does. Names are compared as the file has them; a date's value is ISO text
    (`2023-01-01`). last, first: of a column of dates or of years, whether it lies in the last or the first span of what
    the column holds: `op="last", value="6 months"`, counted in days, weeks, months or years from its last date back.
    """

    column: str
    op: Operator
    value: str | float | list[str] | None = None
    or_missing: bool = False

    def __str__(self) -> str:
        if self.value is None:
            return f"{self.column} {self.op}"
        value = ", ".join(self.value) if isinstance(self.value, list) else self.value
        return f"{self.column} {self.op} " + (f"{value:g}" if isinstance(value, float) else str(value))


class MissingWords(BaseModel):
    """Cells that stand for a missing value: `words=["0"]` in these columns; None: in every column."""

    words: list[str]
    columns: list[str] | None = None


class Derived(BaseModel):
    """A target made from its column: whether it is `above` a value (classes `yes`, `no`), or its logarithm."""

    op: Literal["above", "at least", "below", "at most", "equals", "log"]
    value: float | str | None = None


class AskedTarget(BaseModel):
    """One of several columns to predict. goal: None lets its values decide. positive: the class looked for, of two."""

    column: str
    goal: GoalName | None = None
    positive: str | None = None


class Labels(BaseModel):
    """A column of which each cell holds any number of labels: `red;round`, a list, or a column each.

    column: of the files; None where each label has a column of its own. separator: as the cells have it; of a list `;`.
    """

    column: str | None = None
    separator: str = ";"


class Decision(BaseModel):
    """How probabilities become an answer where classes do not weigh alike. The threshold is moved on validation rows.

    miss, alarm: what a missed positive and a false alarm cost, in any unit. measure, least: a measure (`recall`,
    `precision`) of the positive class that must be reached, whatever becomes of the others.
    """

    miss: float | None = None
    alarm: float | None = None
    measure: str | None = None
    least: float | None = None


Named = Literal["column", "word", "measure", "model"]


class Misspelt(BaseModel):
    """A name that the request writes with a slip, and what it was taken for: `qualty` for the column `quality`.

    word: a part of the names of columns, as `prce` of `selling_price`.
    """

    written: str
    meant: str
    what: Named = "column"

    def __str__(self) -> str:
        meant = repr(self.meant) if self.what == "word" else f"the {self.what} {self.meant}"
        return f"{self.written!r} was read as {meant}."
