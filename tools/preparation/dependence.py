"""Which rows depend on one another: those of a group, or those that follow one another in time."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from noglue.tools.data.codes import codes
from noglue.tools.data.row_content import Cells
from noglue.tools.preparation import group_columns, holdout, time_order
from noglue.tools.preparation.gathering import Gathered, joined
from noglue.tools.preparation.group_columns import Groups
from noglue.tools.preparation.prepare_wishes import Wishes
from noglue.tools.preparation.target_column import TargetColumn
from noglue.tools.preparation.time_order import Answered, Order
from noglue.tools.showing.counted import counted
from noglue.tools.spec import goals, modalities
from noglue.tools.spec.errors import DataError, Kind, TaskUnclear
from noglue.tools.spec.profiles import DataWarning
from noglue.tools.spec.protocols import Raw
from noglue.tools.values.column_names import named

MOST_LISTED = 12  # columns, in an error


@dataclass(frozen=True)
class Dependence:
    """Which rows depend on one another, if any do: those of a group, or those that follow one another."""

    group: Groups | None = None
    order: Order | None = None

    @property
    def columns(self) -> dict[str, pa.ChunkedArray]:
        """What `evaluate` needs to know of each row: the columns, made up where several of the data's are one."""
        made = {} if self.order is None else {self.order.name: self.order.values}
        for groups in (self.group, None if self.order is None else self.order.series):
            made |= {} if groups is None else {groups.name: groups.codes}
        return {name: pa.chunked_array([values]) for name, values in made.items()}


def find_dependence(
    gathered: Gathered, found: TargetColumn, raw: Raw, wishes: Wishes, warnings: list[DataWarning]
) -> Dependence:
    """By the columns that were asked for, else by what the data show. A group's column leaves the features, so ask
    before the rows are hashed: a row copied under another patient's number is still the same row.
    """
    tables = {split: table for split, table in raw.splits.items() if table.num_rows}
    columns = _columns(tables, raw, found.target)
    wishes = replace(wishes, group=_spelled(wishes.group, found, columns), time=_spelled(wishes.time, found, columns))
    strata = found.strata(sum(table.num_rows for table in tables.values()))
    if wishes.group is not None or wishes.time is not None:
        depends = _asked(columns, strata, wishes)
    elif not goals.needs_target(found.goal):
        depends = Dependence()
    else:
        labels_beside = bool(modalities.load(raw.modality).content)
        depends = _shown(gathered, found, strata, columns, wishes, labels_beside, warnings)
    if depends.group is not None:
        if depends.group.name in columns:  # no name of several columns together
            _nameless(gathered, depends.group.name, columns[depends.group.name], wishes.group is not None, warnings)
        leave_out(gathered, depends.group.name, "it says which rows belong together, and new rows have other values")
    if depends.order is not None:
        if wishes.ahead is not None and not {"unlabelled", "test"} & set(gathered.rows):
            raise _forecast(depends.order, str(found.target), wishes.ahead)
        _without_undated(gathered, depends.order, warnings)
    gathered.kept = {name: columns.get(name, made) for name, made in depends.columns.items()}
    return depends


def _columns(tables: dict[str, pa.Table], raw: Raw, target: str | None) -> dict[str, pa.ChunkedArray]:
    """Every column that all tables to learn from have, as the files have it; rows to predict may lack it."""
    from_ = [table for split, table in tables.items() if split != "unlabelled"] or list(tables.values())
    kind = modalities.load(raw.modality)
    others = {target, *(kind.own if kind.content else ())}
    names = [name for name in from_[0].column_names if name not in others]
    common = set.intersection(*(set(table.column_names) for table in from_))
    names = [name for name in names if name in common]
    kinds = {name: from_[0].schema.field(name).type for name in names}
    bare = [name for name, kind in kinds.items() if not (pa.types.is_nested(kind) or pa.types.is_binary(kind))]
    return {name: joined(list(tables.values()), name) for name in bare}


def _spelled(name: str | None, found: TargetColumn, columns: dict[str, pa.ChunkedArray]) -> str | None:
    """A column to split by, as the file writes it."""
    if name is None or name in columns:
        return name
    try:
        return named(list(columns), [name], "split by")[0]
    except DataError as error:
        raise error if error.kind == Kind.AMBIGUOUS_COLUMN else _no_column(name, found.target, columns) from error


def _no_column(name: str, target: str | None, columns: dict[str, pa.ChunkedArray]) -> DataError:
    what = "is the target itself" if name == target else "is not in every table to learn from"
    there = ", ".join(list(columns)[:MOST_LISTED]) + (" …" if len(columns) > MOST_LISTED else "")
    return DataError(
        Kind.MISSING_COLUMNS, f"The column {name!r} to split by {what}.", hint=f"There are: {there}.", columns=[name]
    )


def _asked(columns: dict[str, pa.ChunkedArray], strata: np.ndarray, wishes: Wishes) -> Dependence:
    group = None if wishes.group is None else Groups(wishes.group, codes(columns[wishes.group]))
    if wishes.time is None:
        return Dependence(group)
    values = time_order.moments(columns[wishes.time])
    if values is None:
        kind = columns[wishes.time].type
        message = f"Column {wishes.time!r} holds {kind}, neither dates nor numbers to split by."
        raise DataError(Kind.NO_TIME, message, columns=[wishes.time])
    rows = np.flatnonzero((strata >= 0) & np.isfinite(values))
    order = Order((wishes.time,), values)
    among = group if group is not None else time_order.series_of(order, columns, rows)
    return Dependence(group, Order(order.columns, values, among))


def _shown(
    gathered: Gathered,
    found: TargetColumn,
    strata: np.ndarray,
    columns: dict[str, pa.ChunkedArray],
    wishes: Wishes,
    pictures: bool,
    warnings: list[DataWarning],
) -> Dependence:
    """What the data show. An official test split stays as it is, and an order counts where it comes last in it."""
    test = gathered.rows.get("test", np.zeros(0, np.int64))
    test = test[strata[test] >= 0]
    name = None if len(test) else group_columns.find_group(columns)
    if name is not None:
        return Dependence(Groups(name, codes(columns[name])))
    few = None if len(test) else group_columns.too_few_to_hold_out(columns)
    if few is not None:
        message = f"{few[0]} has only {few[1]} values, too few to hold one out: each has rows in train and in test."
        warnings.append(DataWarning(kind="few-groups", message=message, columns=[few[0]], count=few[1]))
    rows = np.sort(_rows_to_divide(gathered))
    rows = rows[strata[rows] >= 0]
    if pictures or len(rows) == 0:
        return Dependence()
    asked = [part[strata[part] < 0] for split, part in gathered.rows.items() if split in ("unlabelled", "test")]
    known = Answered(rows, found.columns(rows), np.concatenate([np.zeros(0, np.int64), *asked]))
    order = time_order.find_order(columns, known)
    if order is None:
        return Dependence()
    if len(test):
        if _comes_last(order, test, rows):
            return Dependence(order=order)
        where = "the test rows that came with the data lie between those of train"
    elif time_order.are_many_and_short(order, known):
        return Dependence(order.series)
    elif _both_have_classes(order, found, strata, rows, wishes.share):
        return Dependence(order=order)
    else:
        where = "the last ones hold a single class, so the test rows were drawn at random"
    message = f"Rows are ordered by {order.name}, but {where}: the neighbours of test rows are in train, "
    message += "and the score may be too optimistic."
    warnings.append(DataWarning(kind="order", message=message, columns=list(order.columns)))
    return Dependence()


def _forecast(order: Order, target: str, words: str) -> TaskUnclear:
    """What comes after a series needs its past for features, which no model family here takes."""
    return TaskUnclear(
        Kind.FORECAST,
        f"The request asks for what comes next (“{words}”), and the rows are ordered by {order.name}. A "
        f"forecast of {target} can't be made yet, and the {target} of a row that is there already is something else.",
        hint=f"Without these words {target} is learned from the other columns of its row, and tested on the last rows.",
    )


def _comes_last(order: Order, test: np.ndarray, rows: np.ndarray) -> bool:
    return bool(order.values[test].min() >= np.nanmax(order.values[rows]))


def _both_have_classes(order: Order, found: TargetColumn, strata: np.ndarray, rows: np.ndarray, share: float) -> bool:
    """Whether the last rows, and what comes before them, hold two classes each."""
    if found.classes is None:
        return True
    dated = rows[np.isfinite(order.values[rows])]
    held = holdout.latest(order.values[dated], share)
    return all(len(np.unique(strata[part])) > 1 for part in (dated[held], dated[~held]))


def _rows_to_divide(gathered: Gathered) -> np.ndarray:
    """All but an official test split and rows to predict."""
    parts = [part for split, part in gathered.rows.items() if split in ("train", "all", "validation")]
    return np.concatenate([np.zeros(0, np.int64), *parts])


def _without_undated(gathered: Gathered, order: Order, warnings: list[DataWarning]) -> None:
    """Rows without a time can stand on neither side of a moment."""
    rows = _rows_to_divide(gathered)
    lost = gathered.leave_out(rows[~np.isfinite(order.values[rows])], f"without a {order.name} to be divided by")
    if lost:
        message = f"Left out, without a {order.name} to choose the test rows by: {counted(lost, 'row')}."
        warnings.append(DataWarning(kind="undated", message=message, columns=list(order.columns), count=lost))


def _nameless(gathered: Gathered, name: str, column: pa.ChunkedArray, asked: bool, warnings: list[DataWarning]) -> None:
    """Rows of which the group is not known: each may be of any. Where groups were asked to be kept apart, they are left
    out of what is divided; else each counts as a group of its own.
    """
    missing = column.is_null().to_numpy()
    rows = _rows_to_divide(gathered)
    rows = rows[missing[rows]]
    if not len(rows):
        return
    count, became = len(rows), f"each counted as a {name} of its own, which may be wrong"
    if asked:
        count, became = gathered.leave_out(rows, f"without a {name} to be kept together by"), "left out"
    message = f"Without a {name} to be kept together by: {counted(count, 'row')}; {became}."
    warnings.append(DataWarning(kind="nameless", message=message, columns=[name], count=count))


def leave_out(gathered: Gathered, name: str, why: str) -> None:
    if isinstance(gathered.content, Cells) and name in gathered.content.table.column_names:
        gathered.aside[name] = gathered.content.table.column(name)
        gathered.content = Cells(gathered.content.table.drop_columns([name]))
        gathered.columns = [column for column in gathered.columns if column.name != name]
        gathered.dropped[name] = why
