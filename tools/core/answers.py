"""What is to be learned, row by row: class codes, values, or (to generate) nothing.

answers(column, "Survived", None, …)  →  Answers(goal="classify", codes=[0, 1, …], classes=["0", "1"])
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from tools.core import labels, splits
from tools.core.columns import column as described
from tools.core.errors import DataError
from tools.core.goals import decide_goal
from tools.core.profiles import DataWarning, Goal

RARE = 10  # rows of a class in train, under which little can be said of it
IMBALANCE = 10  # times as many rows in the largest class as in the smallest
MOST_ONE_HOT = 20  # classes, to see whether neighbours are alike
MOST_GENERATED = 1000  # classes that a generator is conditioned on


@dataclass(frozen=True)
class Answers:
    """numbers: int64 codes (-1 missing) with `classes`, float64 values (NaN missing) without, None without a target."""

    goal: Goal
    target: str | None = None
    numbers: np.ndarray | None = None
    classes: list[str] | None = None
    why: str = ""

    def strata(self, count: int) -> np.ndarray:
        """int64 (n,): what a split is balanced over; -1 bars a row without an answer from learning."""
        if self.goal == "generate":
            return np.zeros(count, np.int64) if self.numbers is None else self.numbers + 1
        assert self.numbers is not None, "only a generator learns without a target"
        if self.classes is not None:
            return self.numbers
        there = np.isfinite(self.numbers)
        strata = np.full(count, -1, dtype=np.int64)
        strata[there] = splits.quantiles(self.numbers[there])
        return strata

    def columns(self, rows: np.ndarray) -> np.ndarray:
        """The answers of some rows as float64 (len(rows), k): values, or the commonest classes one-hot."""
        assert self.numbers is not None, "there is no target"
        if self.classes is None:
            return np.asarray(self.numbers[rows, None])
        common = np.argsort(-np.bincount(self.numbers[rows], minlength=1), kind="stable")[:MOST_ONE_HOT]
        return np.asarray(self.numbers[rows, None] == common, np.float64)

    def without(self, rows: np.ndarray) -> "Answers":
        """The same, with the answers of these rows forgotten."""
        if not len(rows) or self.numbers is None:
            return self
        numbers = self.numbers.copy()
        numbers[rows] = -1 if self.classes is not None else np.nan
        return replace(self, numbers=numbers)

    def arrow(self, rows: np.ndarray) -> pa.Array:
        """The target column of some rows, null where missing."""
        assert self.numbers is not None, "there is no target"
        values = self.numbers[rows]
        return pa.array(values, mask=values < 0 if self.classes is not None else np.isnan(values))


def answers(
    column: pa.ChunkedArray | None,
    target: str | None,
    goal: Goal | None,
    names: list[str] | None = None,
    known: np.ndarray | None = None,
) -> Answers:
    """Decide the goal where it is open, and read the target column accordingly.

    names: the format's class names; known: the rows whose spelling of the classes counts (train's).
    Raises DataError `continuous-target`, `not-numeric`, `one-class`, `no-target`.
    """
    if goal == "generate":
        return _to_generate(column, target, names, known)
    if column is None or target is None:
        raise DataError("no-target", "The data have no column to predict.", hint="Name the target column.")
    why = "as asked"
    if goal is None:
        goal, _, why = (
            ("classify", 1.0, "the format names its classes")
            if names
            else decide_goal(described(target, column), len(column) - column.null_count)
        )
    if goal == "classify":
        found = labels.encode(column, names, known)
        numeric = names is None and pa.types.is_floating(labels.plain(column).type)
        labels.check_classes(found, numeric or (names is None and _is_whole(column)), target)
        if known is not None:
            labels.check_training(found, known, target)
        return Answers("classify", target, found.codes, found.classes, why)
    values = labels.values(_named(column, names), target)
    there = values[np.isfinite(values)]
    if len(there) and there.min() == there.max():
        raise DataError(
            "constant-target",
            f"The target {target!r} is {there[0]:g} in all {len(there)} rows; there is nothing to learn.",
            hint="Name another target column.",
        )
    return Answers("regress", target, values, None, why)


def class_warnings(codes: np.ndarray, classes: list[str]) -> list[DataWarning]:
    """Imbalance and classes that train hardly has."""
    counts = np.bincount(codes[codes >= 0], minlength=len(classes))
    found = []
    rare = [(name, int(count)) for name, count in zip(classes, counts, strict=True) if count < RARE]
    if rare:
        few = ", ".join(f"{name} ({count})" for name, count in rare[:8])
        message = f"{len(rare)} of {len(classes)} classes have fewer than {RARE} train rows: {few}."
        found.append(DataWarning(kind="rare-class", message=message, count=len(rare)))
    present = counts[counts > 0]
    if len(present) > 1 and present.max() >= IMBALANCE * present.min():
        most, least = int(counts.argmax()), int(np.where(counts > 0, counts, counts.max() + 1).argmin())
        message = (
            f"{classes[most]} has {counts[most]} train rows, {classes[least]} has {counts[least]}; "
            f"guessing the commonest class is right {counts[most] / counts.sum():.1%} of the time."
        )
        found.append(DataWarning(kind="imbalance", message=message))
    return found


def _to_generate(
    column: pa.ChunkedArray | None, target: str | None, names: list[str] | None, known: np.ndarray | None
) -> Answers:
    """Class labels are kept where there are some, so that a generator can be asked for one class."""
    if column is None or target is None or (names is None and not pa.types.is_string(labels.plain(column).type)):
        return Answers("generate")
    found = labels.encode(column, names, known)
    if not 2 <= len(found.classes) <= MOST_GENERATED:
        return Answers("generate")
    return Answers("generate", target, found.codes, found.classes)


def _is_whole(column: pa.ChunkedArray) -> bool:
    return bool(pa.types.is_integer(labels.plain(column).type))


def _named(column: pa.ChunkedArray, names: list[str] | None) -> pa.ChunkedArray:
    """Class numbers as what the classes are called, to regress on: the digits `0` … `9`."""
    if names is None or not _is_whole(column):
        return column
    return pa.chunked_array([pa.array(names, pa.string()).take(column.combine_chunks().cast(pa.int64()))])
