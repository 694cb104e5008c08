"""What is to be learned, row by row: class codes, values, or (to generate) nothing.

answers(column, "Survived", None, …)  →  TargetColumn(goal="classify", codes=[0, 1, …], classes=["0", "1"])
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from noglue.tools.preparation import holdout
from noglue.tools.spec import goals
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.profiles import ClassKind, DataWarning, GoalName
from noglue.tools.values import labels
from noglue.tools.values.column_kinds import column as described
from noglue.tools.values.column_names import plain
from noglue.tools.values.targets import decide_goal

MOST_LISTED = 30  # classes, in an error
RARE = 10  # rows of a class in train, under which little can be said of it
IMBALANCE = 10  # times as many rows in the largest class as in the smallest
MOST_ONE_HOT = 20  # classes, to see whether neighbours are alike
MOST_GENERATED = 1000  # classes that a generator is conditioned on


@dataclass(frozen=True)
class TargetColumn:
    """numbers: int64 codes (-1 missing) with `classes`, float64 values (NaN missing) without, None without a target.

    class_kind: what the values were whose names the classes bear.
    """

    goal: GoalName
    target: str | None = None
    numbers: np.ndarray | None = None
    classes: list[str] | None = None
    why: str = ""
    class_kind: ClassKind = "text"

    def strata(self, count: int) -> np.ndarray:
        """int64 (n,): what a split is balanced over; -1 bars a row without an answer from learning."""
        if not goals.needs_target(self.goal):
            return np.zeros(count, np.int64) if self.numbers is None else self.numbers + 1
        assert self.numbers is not None, "only a generator learns without a target"
        if self.classes is not None:
            return self.numbers
        there = np.isfinite(self.numbers)
        strata = np.full(len(self.numbers), -1, dtype=np.int64)
        strata[there] = holdout.quantiles(self.numbers[there])
        return strata

    def targets(self) -> "tuple[TargetColumn, ...]":
        """Itself, or each of several that it holds."""
        return (self,)

    def columns(self, rows: np.ndarray) -> np.ndarray:
        """The answers of some rows as float64 (len(rows), k): values, or the commonest classes one-hot."""
        assert self.numbers is not None, "there is no target"
        if self.classes is None:
            return np.asarray(self.numbers[rows, None])
        common = np.argsort(-np.bincount(self.numbers[rows], minlength=1), kind="stable")[:MOST_ONE_HOT]
        return np.asarray(self.numbers[rows, None] == common, np.float64)

    def without(self, rows: np.ndarray) -> "TargetColumn":
        """The same, with the answers of these rows forgotten."""
        if not len(rows) or self.numbers is None:
            return self
        numbers = self.numbers.copy()
        numbers[rows] = -1 if self.classes is not None else np.nan
        return replace(self, numbers=numbers)

    def of_classes(self, wanted: Sequence[str]) -> "TargetColumn":
        """Of these classes alone; the other rows have no answer. Raises DataError `unknown-class`, `no-classes`."""
        if self.classes is None or self.numbers is None:
            raise DataError(
                Kind.NO_CLASSES,
                f"Only {', '.join(wanted)} are asked for, and there are no classes to choose from.",
                hint="Name rows by the values of a column instead.",
            )
        kept = sorted({self.classes.index(class_named(self.classes, name)) for name in wanted})
        return self._numbered(np.array(kept, np.int64))

    def of_rows(self, rows: np.ndarray) -> "TargetColumn":
        """Without the classes that none of these rows has."""
        if self.classes is None or self.numbers is None:
            return self
        codes = self.numbers[rows]
        kept = np.unique(codes[codes >= 0])
        return self if len(kept) == len(self.classes) else self._numbered(kept)

    def looking_for(self, positive: str) -> "TargetColumn":
        """With this class the last, where there are two. Raises DataError `unknown-class`, `no-classes`."""
        if self.classes is None:
            raise DataError(Kind.NO_CLASSES, f"The class {positive!r} is looked for, and there are no classes.")
        code = self.classes.index(class_named(self.classes, positive))
        if len(self.classes) != 2 or code == 1:
            return self
        return self._numbered(np.array([1, 0]))

    def _numbered(self, order: np.ndarray) -> "TargetColumn":
        """The classes in this order, those that are not in it gone."""
        assert self.classes is not None, "no classes to number"
        assert self.numbers is not None, "no classes to number"
        number = np.full(len(self.classes) + 1, -1, np.int64)  # the last for -1, no answer
        number[order] = np.arange(len(order))
        return replace(self, numbers=number[self.numbers], classes=[self.classes[code] for code in order])

    def arrow(self, rows: np.ndarray) -> pa.Array:
        """The target column of some rows, null where missing."""
        assert self.numbers is not None, "there is no target"
        values = self.numbers[rows]
        return pa.array(values, mask=values < 0 if self.classes is not None else np.isnan(values))


def answers(
    column: pa.ChunkedArray | None,
    target: str | None,
    goal: GoalName | None,
    names: list[str] | None = None,
    known: np.ndarray | None = None,
) -> TargetColumn:
    """Decide the goal where it is open, and read the target column accordingly.

    names: the format's class names; known: the rows whose spelling of the classes counts (train's).
    Raises DataError `continuous-target`, `not-numeric`, `one-class`, `no-target`.
    """
    if goal is not None and not goals.needs_target(goal):
        conditions = goals.load(goal).target == "optional"
        return _conditions(goal, column, target, names, known) if conditions else TargetColumn(goal)
    if column is None or target is None:
        raise DataError(Kind.NO_TARGET, "The data have no column to predict.", hint="Name the target column.")
    why = "as asked"
    if goal is None:
        goal, _, why = (
            ("classify", 1.0, "the format names its classes")
            if names
            else decide_goal(described(target, column), len(column) - column.null_count)
        )
    if goals.predicts(goal) == "classes":
        found = labels.encode(column, names, known)
        numeric = names is None and pa.types.is_floating(labels.plain(column).type)
        labels.check_classes(found, numeric or (names is None and _is_whole(column)), target)
        if known is not None:
            labels.check_training(found, known, target)
        return TargetColumn(goal, target, found.codes, found.classes, why, _class_kind(column, names, found.classes))
    values = labels.values(_named(column, names), target)
    there = values[np.isfinite(values)]
    if len(there) and there.min() == there.max():
        raise DataError(
            Kind.CONSTANT_TARGET,
            f"The target {target!r} is {there[0]:g} in {_all_rows(len(there))}; there is nothing to learn.",
            hint="Name another target column.",
        )
    return TargetColumn(goal, target, values, None, why)


def _all_rows(count: int) -> str:
    return "the only row" if count == 1 else f"all {count:,} rows"


def class_named(classes: Sequence[str], wanted: str) -> str:
    """The class as it is written: exactly, else the only one alike but for case and punctuation.

    Raises DataError `unknown-class`, with the list of those there are.
    """
    alike = [wanted] if wanted in classes else [name for name in classes if _alike(name, wanted)]
    if len(alike) == 1:
        return alike[0]
    more = " …" if len(classes) > MOST_LISTED else ""
    raise DataError(
        Kind.UNKNOWN_CLASS,
        f"There is no class {wanted!r}." if not alike else f"{wanted!r} may be {' or '.join(map(repr, alike))}.",
        hint=f"The classes are: {', '.join(classes[:MOST_LISTED])}{more}.",
        classes=list(classes[:MOST_LISTED]),
    )


def _alike(name: str, wanted: str) -> bool:
    """Numbers by value, words but for case, blanks and punctuation."""
    try:
        return float(name) == float(wanted)
    except ValueError:
        return bool(plain(name)) and plain(name) == plain(wanted)


def class_warnings(codes: np.ndarray, test: np.ndarray, classes: list[str]) -> list[DataWarning]:
    """Imbalance, classes that train hardly has, and those that only the test rows have. codes: of train, of test."""
    counts = np.bincount(codes[codes >= 0], minlength=len(classes))
    tested = np.bincount(test[test >= 0], minlength=len(classes))
    found = []
    new = [name for name, count, rows in zip(classes, counts, tested, strict=True) if not count and rows]
    if new:
        rows = int(tested[counts == 0].sum())
        message = (
            f"{', '.join(new[:8])}{' …' if len(new) > 8 else ''} {'is' if len(new) == 1 else 'are'} only in the test "
            f"rows; no model can have learned {'it' if len(new) == 1 else 'them'}. "
            f"{'This row counts' if rows == 1 else f'These {rows:,} rows count'} as wrong."
        )
        found.append(DataWarning(kind="unknown-class", message=message, count=rows))
    found += _spelled_alike(counts + tested, classes)
    few = [(name, int(count)) for name, count in zip(classes, counts, strict=True) if count < RARE]
    rare = [(name, count) for name, count in few if name not in new]
    if rare:
        some = ", ".join(f"{name} ({count})" for name, count in rare[:8])
        message = f"{len(rare)} of {len(classes)} classes have fewer than {RARE} train rows: {some}."
        found.append(DataWarning(kind="rare-class", message=message, count=len(rare)))
    present = counts[counts > 0]
    if len(present) > 1 and present.max() >= IMBALANCE * present.min():
        most, least = int(counts.argmax()), int(np.where(counts > 0, counts, counts.max() + 1).argmin())
        message = (
            f"{classes[most]} has {counts[most]} train rows, {classes[least]} has {counts[least]}; "
            f"guessing the commonest class is right {counts[most] / counts.sum():.1%} of the time, so that accuracy "
            "flatters; look at balanced accuracy."
        )
        found.append(DataWarning(kind="imbalance", message=message))
    return found


def _spelled_alike(counts: np.ndarray, classes: list[str]) -> list[DataWarning]:
    """Classes that differ in case and blanks alone, which are most likely one: `Yes`, `yes`, `YES`."""
    written: dict[str, list[int]] = {}
    for code, name in enumerate(classes):
        written.setdefault(" ".join(name.split()).casefold(), []).append(code)
    several = [[code for code in codes if counts[code]] for codes in written.values()]
    groups = [codes for codes in several if len(codes) > 1]
    if not groups:
        return []
    listed = "; ".join(", ".join(f"{classes[code]!r} ({counts[code]:,})" for code in codes) for codes in groups[:8])
    message = (
        f"Classes differ in case and blanks alone: {listed}{' …' if len(groups) > 8 else ''}. They were learned as "
        f"{len(classes)} different classes, and the score counts one for another as wrong; spell them alike if they "
        "are the same."
    )
    return [DataWarning(kind="spelled-alike", message=message, count=sum(map(len, groups)))]


def _conditions(
    goal: GoalName,
    column: pa.ChunkedArray | None,
    target: str | None,
    names: list[str] | None,
    known: np.ndarray | None,
) -> TargetColumn:
    """Class labels are kept where there are some, so that a generator can be asked for one class."""
    if column is None or target is None or (names is None and not pa.types.is_string(labels.plain(column).type)):
        return TargetColumn(goal)
    found = labels.encode(column, names, known)
    if not 2 <= len(found.classes) <= MOST_GENERATED:
        return TargetColumn(goal)
    return TargetColumn(goal, target, found.codes, found.classes)


def _class_kind(column: pa.ChunkedArray, names: list[str] | None, classes: Sequence[str]) -> ClassKind:
    """Of a column whose values are the classes, by its type; names of the format's own are text."""
    kind = labels.plain(column).type
    if names is not None:
        whole = pa.types.is_integer(kind) and names == [str(code) for code in range(len(names))]
        return "integer" if whole else "text"
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return "integer" if all(_is_integer(name) for name in classes) else "float"
    return "text"


def _is_integer(text: str) -> bool:
    try:
        return str(int(text)) == text
    except ValueError:
        return False


def _is_whole(column: pa.ChunkedArray) -> bool:
    return bool(pa.types.is_integer(labels.plain(column).type))


def _named(column: pa.ChunkedArray, names: list[str] | None) -> pa.ChunkedArray:
    """Class numbers as what the classes are called, to regress on: the digits `0` … `9`."""
    if names is None or not _is_whole(column):
        return column
    return pa.chunked_array([pa.array(names, pa.string()).take(column.combine_chunks().cast(pa.int64()))])
