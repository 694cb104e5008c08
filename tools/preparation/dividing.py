"""Which rows go where: what belongs together, what is official, how many rows and labels were asked for."""

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pyarrow as pa

from noglue.tools.data import hashing
from noglue.tools.data.row_content import Cells
from noglue.tools.preparation import group_columns, holdout, screening, time_order
from noglue.tools.preparation.gathering import Gathered, joined
from noglue.tools.preparation.group_columns import Groups
from noglue.tools.preparation.partition import Partition, Rows, Shares, partition
from noglue.tools.preparation.requested_rows import columns_of
from noglue.tools.preparation.target_column import TargetColumn
from noglue.tools.preparation.time_order import Answered, Order
from noglue.tools.spec import goals, modalities
from noglue.tools.spec.errors import DataError, Kind, TaskUnclear
from noglue.tools.spec.profiles import DataWarning, GoalName
from noglue.tools.spec.protocols import Raw
from noglue.tools.spec.requested import Condition, Derived, MissingWords
from noglue.tools.values.column_names import named
from noglue.tools.values.conditions_hold import all_hold

MOST_LISTED = 12  # columns, in an error
TEST_SHARE = 0.2  # of the labelled rows, unless another is asked for
GENERATOR_TEST = 0.1  # of the rows, to judge a generator by


@dataclass(frozen=True)
class Wishes:
    """What `prepare` was asked for; see `tools/prepare.py`."""

    goal: GoalName | None = None
    target: str | None = None
    test_fraction: float | None = None
    validation_fraction: float | None = None
    max_rows: int | None = None
    labels: int | None = None
    keep_unlabelled: bool = False
    group: str | None = None
    time: str | None = None
    ahead: str | None = None
    drop: list[str] = field(default_factory=list)
    exclude: list[str] = field(default_factory=list)
    only: list[str] = field(default_factory=list)
    where: list[Condition] = field(default_factory=list)
    sample: float | None = None
    missing: list[MissingWords] = field(default_factory=list)
    derive: Derived | None = None
    positive: str | None = None
    classes: list[str] | None = None
    test_rows: int | None = None
    test_place: Literal["any", "first", "last"] = "any"
    test_where: list[Condition] = field(default_factory=list)
    train_where: list[Condition] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Of the labelled rows, for the test."""
        return TEST_SHARE if self.test_fraction is None else self.test_fraction

    @property
    def sized(self) -> bool:
        """Whether the number of test rows was asked for."""
        return self.test_fraction is not None or self.test_rows is not None

    @property
    def divides(self) -> bool:
        """Whether the request says which rows are for the test, whatever the files say."""
        return self.sized or self.test_place != "any" or bool(self.test_where)


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
        _leave_out(gathered, depends.group.name, "it says which rows belong together, which no new row shares")
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
    names = [name for name in names if all(name in table.column_names for table in from_)]
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
    group = None if wishes.group is None else Groups(wishes.group, group_columns.codes(columns[wishes.group]))
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
        return Dependence(Groups(name, group_columns.codes(columns[name])))
    few = None if len(test) else group_columns.too_few_to_hold_out(columns)
    if few is not None:
        message = f"{few[0]} has only {few[1]} values, too few to hold one out: each has rows in train and in test."
        warnings.append(DataWarning(kind="few-groups", message=message, columns=[few[0]], count=few[1]))
    parts = [part for split, part in gathered.rows.items() if split in ("train", "all", "validation")]
    rows = np.sort(np.concatenate([np.zeros(0, np.int64), *parts]))
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
        where = "the test rows that came with the data stand between those of train"
    elif time_order.are_many_and_short(order, known):
        return Dependence(order.series)
    elif _both_have_classes(order, found, strata, rows, wishes.share):
        return Dependence(order=order)
    else:
        where = "the last ones hold a single class, so the test rows were drawn at random"
    message = (
        f"Rows follow one another by {order.name}, but {where}: the neighbours of test rows are known from train, "
    )
    message += "and the score may flatter."
    warnings.append(DataWarning(kind="order", message=message, columns=list(order.columns)))
    return Dependence()


def _forecast(order: Order, target: str, words: str) -> TaskUnclear:
    """What comes after a series needs its past for features, which no model family here takes."""
    return TaskUnclear(
        Kind.FORECAST,
        f"The request asks for what comes next (“{words}”), and the rows follow one another by {order.name}. A "
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


def _without_undated(gathered: Gathered, order: Order, warnings: list[DataWarning]) -> None:
    """Rows without a time can stand on neither side of a moment."""
    parts = [part for split, part in gathered.rows.items() if split in ("train", "all", "validation")]
    rows = np.concatenate([np.zeros(0, np.int64), *parts])
    lost = gathered.leave_out(rows[~np.isfinite(order.values[rows])], f"without a {order.name} to be divided by")
    if lost:
        message = f"{lost:,} rows have no {order.name}, by which the test rows are chosen; they are left out."
        warnings.append(DataWarning(kind="undated", message=message, columns=list(order.columns), count=lost))


def divide(
    gathered: Gathered,
    found: TargetColumn,
    hashes: np.ndarray,
    depends: Dependence,
    raw: Raw,
    wishes: Wishes,
    random: np.random.Generator,
    pooled: int = 0,
) -> tuple[Partition, np.ndarray]:
    """The splits with what there is to tell of them, and the strata (`TargetColumn.strata`) that they balance.

    hashes: of the features without the column of a group. pooled: test rows that came with the data (see `pool`).
    """
    warnings: list[DataWarning] = []
    given = _as_asked(_rows(gathered, found, hashes, depends, warnings), depends, raw, wishes)
    parted = _parted(gathered, given, found, wishes, random)
    if given.places is not None and wishes.time is None:
        parted.why = f"{_size(wishes).format(wishes.test_place)} in the files' order are the test split, as asked"
    if parted.how == "condition":
        parted.why = _conditions(wishes)
    if pooled:
        parted.why += f"; the {pooled:,} test rows that came with the data were put together with the others first"
    if parted.how == "grouped" and depends.group is not None:
        parted.why += f" (by {depends.group.name}, so that no value of it stands on both sides)"
    if parted.how == "time" and depends.order is not None:
        parted.why += f" (by {depends.order.name}, as rows that follow one another are alike)"
    dates = [column.name for column in gathered.columns if column.kind == "date"]
    if parted.how == "stratified" and dates:
        parted.why += f"; {dates[0]} holds dates, which were not gone by"
    if wishes.labels is not None:
        keep = wishes.keep_unlabelled and bool(modalities.load(raw.modality).content)
        _fewer_labels(parted, found, wishes.labels, keep, random)
    parted.warnings = warnings + parted.warnings + _torn(parted, depends)
    for why, rows in parted.left_out:
        gathered.leave_out(rows, why)
    return parted, given.strata


def pool(gathered: Gathered, found: TargetColumn, wishes: Wishes) -> int:
    """Puts the labelled rows of all splits together where the request says how to divide them; of the test split, how
    many. One without a single label stays what is to be predicted. Raises DataError `two-tests`.
    """
    if not wishes.divides:
        return 0
    if (wishes.sized or wishes.test_place != "any") and (wishes.test_where or wishes.train_where):
        raise DataError(
            Kind.TWO_TESTS,
            f"The test rows are asked for in two ways: {_conditions(wishes)}; and by their number or place.",
            hint="Ask for one of them.",
        )
    strata = found.strata(len(gathered.account.reason))
    joins = [name for name, part in gathered.rows.items() if name != "unlabelled" and (strata[part] >= 0).any()]
    count = len(gathered.rows["test"]) if "test" in joins else 0
    together = np.sort(np.concatenate([np.zeros(0, np.int64), *(gathered.rows[name] for name in joins)]))
    gathered.rows = {"all": together} | {name: part for name, part in gathered.rows.items() if name not in joins}
    return count


def _as_asked(given: Rows, depends: Dependence, raw: Raw, wishes: Wishes) -> Rows:
    """With the places and the conditions by which the request chooses the test rows."""
    given = replace(given, bound=wishes.group is not None)
    if wishes.test_where or wishes.train_where:
        columns = columns_of(raw)
        count = len(given.strata)
        test = all_hold(wishes.test_where, columns, count) if wishes.test_where else None
        train = all_hold(wishes.train_where, columns, count) if wishes.train_where else None
        return replace(given, test=test, train=train)
    if wishes.test_place == "any":
        return given
    places = np.arange(len(given.strata), dtype=np.float64)
    if wishes.time is not None and depends.order is not None:
        places = depends.order.values.copy()
        places[~np.isfinite(places)] = 0.0  # of rows that are left out
    elif wishes.group is not None and given.groups is not None:  # whole groups, by where their rows stand
        _, group = np.unique(given.groups, return_inverse=True)
        places = (np.bincount(group, places) / np.bincount(group))[group]
    return replace(given, places=places if wishes.test_place == "last" else -places)


def _size(wishes: Wishes) -> str:
    rows = f"{wishes.test_rows:,} rows" if wishes.test_rows is not None else f"{100 * wishes.share:g} % of the rows"
    return f"the {{}} {rows}"


def _conditions(wishes: Wishes) -> str:
    texts = []
    if wishes.test_where:
        texts.append(f"the test split are the rows with {' and '.join(map(str, wishes.test_where))}")
    if wishes.train_where:
        texts.append(f"learned from are those with {' and '.join(map(str, wishes.train_where))}")
    if not wishes.test_where:
        texts.append("the others are the test split")
    return f"{', '.join(texts)}, as asked"


def _torn(parted: Partition, depends: Dependence) -> list[DataWarning]:
    """Groups that stand in train and in test, where the request itself says which rows are for the test."""
    if depends.group is None or parted.how not in ("ordered", "condition"):
        return []
    test, train = (np.unique(depends.group.codes[parted.rows[name]]) for name in ("test", "train"))
    both = len(np.intersect1d(test, train))
    if not both:
        return []
    message = (
        f"{both:,} of {len(test):,} values of {depends.group.name} in the test rows stand in train as well, as the "
        "test rows were asked for; the score may flatter."
    )
    return [DataWarning(kind="torn-groups", message=message, columns=[depends.group.name], count=both)]


def _rows(
    gathered: Gathered, found: TargetColumn, hashes: np.ndarray, depends: Dependence, warnings: list[DataWarning]
) -> Rows:
    """What the split needs to know of each row."""
    strata = found.strata(len(hashes))
    used = np.concatenate([part[strata[part] >= 0] for part in gathered.rows.values()])
    order, group, classes = depends.order, depends.group, found.classes is not None
    times = None if order is None else order.values
    if order is not None:  # rows alike at two times are two rows
        when = {"time": order.values} | ({} if order.series is None else {"series": order.series.codes})
        hashes = hashes ^ hashing.table_hashes(pa.table(when))
        return Rows(strata, hashes, None if group is None else group.codes, times, classes)
    table = gathered.content.table if isinstance(gathered.content, Cells) and len(used) else None
    natural = table is not None and screening.natural_repeats(hashes[used], table, used)
    if group is not None:  # rows of two people that look alike are no copies; people copied whole are
        whole = hashes if found.numbers is None else hashes ^ hashing.table_hashes(pa.table({"answer": found.numbers}))
        return Rows(strata, None, group.codes if natural else holdout.united(group.codes, whole, used), None, classes)
    if natural:
        message = "Rows that equal another one in every column are taken for different cases that look alike."
        warnings.append(DataWarning(kind="coarse", message=message))
    return Rows(strata, None if natural else hashes, None, None, classes)


def _leave_out(gathered: Gathered, name: str, why: str) -> None:
    if isinstance(gathered.content, Cells) and name in gathered.content.table.column_names:
        gathered.aside[name] = gathered.content.table.column(name)
        gathered.content = Cells(gathered.content.table.drop_columns([name]))
        gathered.columns = [column for column in gathered.columns if column.name != name]
        gathered.dropped[name] = why


def _parted(
    gathered: Gathered, given: Rows, found: TargetColumn, wishes: Wishes, random: np.random.Generator
) -> Partition:
    if goals.makes_new(found.goal):
        parted = _for_a_generator(gathered, given, wishes, random)
    else:
        shares = Shares(wishes.share, wishes.validation_fraction, wishes.test_rows, wishes.sized)
        parted = partition(gathered.rows, given, shares, random)
    if parted.how == "stratified" and found.numbers is None:  # nothing is told of the rows to balance over
        parted.how, parted.why = "random", parted.why.replace(" in each range of the target", "")
    return parted


def _for_a_generator(gathered: Gathered, given: Rows, wishes: Wishes, random: np.random.Generator) -> Partition:
    """Every row but the test's is learned from: no choice is made by validation rows."""
    everything = [part for name, part in gathered.rows.items() if name != "test"]
    rows = {"all": np.sort(np.concatenate([np.zeros(0, np.int64), *everything]))}
    if "test" in gathered.rows:
        rows["test"] = gathered.rows["test"]
    share = GENERATOR_TEST if wishes.test_fraction is None else wishes.test_fraction
    return partition(rows, given, Shares(share, 0, wishes.test_rows, wishes.sized), random)


def _fewer_labels(parted: Partition, found: TargetColumn, most: int, keep: bool, random: np.random.Generator) -> None:
    """Learn from `most` labels alone. Those that choices are made by count among them, so no validation split is left.

    keep: the other rows stay in train, their labels hidden, and the labelled ones are spread evenly over the classes;
    else those are drawn as often as train has them, and the others are left unused.
    """
    pool = np.sort(np.concatenate([parted.rows["train"], parted.rows.get("validation", np.zeros(0, np.int64))]))
    if most >= len(pool):
        return
    strata = found.strata(int(pool.max()) + 1)[pool]
    evenly = keep and found.classes is not None
    kept = (holdout.evenly if evenly else holdout.exactly)(strata, most, random)
    parted.rows.pop("validation", None)
    parted.rows["train"] = pool if keep else pool[kept]
    parted.left_out += [] if keep else [(f"left unused, as {most:,} labelled rows were asked for", pool[~kept])]
    parted.hidden = pool[~kept] if keep else parted.hidden
    fate = "stay in train without their labels" if keep else "are left unused"
    others = f"{len(pool) - most} more {fate}"
    message = f"Learning from {most} labelled rows, as asked, and choosing by none but these; {others}."
    parted.warnings.append(DataWarning(kind="few-labels", message=message, count=most))
