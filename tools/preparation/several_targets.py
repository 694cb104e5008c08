"""Several targets of one table: a column each, or the labels that may fit one row, each a target of its own.

    asked(raw, wishes)                       →  Several(columns=["yield", "protein"], …)
    tags = "red;round", "", "round"          →  the targets `tags: red` (yes, no, no) and `tags: round` (yes, no, yes)

The rows are divided once for all of them. A row is in use as long as one of its targets is known.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from noglue.tools.preparation.gathering import Gathered, joined
from noglue.tools.preparation.partition import Partition
from noglue.tools.preparation.prepare_wishes import Wishes
from noglue.tools.preparation.target_column import TargetColumn, class_warnings
from noglue.tools.showing.counted import counted
from noglue.tools.spec import goals
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.profiles import DataWarning
from noglue.tools.spec.protocols import Raw
from noglue.tools.spec.requested import AskedTarget, Labels
from noglue.tools.spec.schema import OneTarget, Schema
from noglue.tools.values import label_lists
from noglue.tools.values import labels as values
from noglue.tools.values.column_names import plain
from noglue.tools.values.targets import find_target

NO, YES = "no", "yes"  # of a label, whether it fits
FEWEST = 3  # rows that a label fits: one of each split
FEW = 10  # below which little can be said of it
OFTEN = 10  # rows with the same answers to all targets, for these to be what the split is balanced over
MOST_LISTED = 8
OF_ROWS = ("unchecked", "drift")  # warnings that are the same whichever target is looked at
OF_ONE, OF_SEVERAL = "in each range of the target", "alike in all targets"  # what a split is balanced over, in words


@dataclass(frozen=True)
class JointTarget(TargetColumn):
    """Several targets as one, for what concerns rows: which of them can be used, and what splits are balanced over.

    goal, target: of the first one. numbers: int64 (n,), a number for each stratum, -1 where no target is known. each:
    the targets themselves.
    """

    each: tuple[TargetColumn, ...] = ()

    def strata(self, count: int) -> np.ndarray:
        assert self.numbers is not None, "there are targets"
        return self.numbers

    def targets(self) -> tuple[TargetColumn, ...]:
        return self.each

    def columns(self, rows: np.ndarray) -> np.ndarray:
        """Of all targets, side by side; 0 where one is missing."""
        return np.asarray(np.nan_to_num(np.concatenate([one.columns(rows) for one in self.each], axis=1)))

    def without(self, rows: np.ndarray) -> "TargetColumn":
        if not len(rows) or self.numbers is None:
            return self
        numbers = self.numbers.copy()
        numbers[rows] = -1
        return replace(self, numbers=numbers, each=tuple(one.without(rows) for one in self.each))


@dataclass
class Several:
    """What was asked for. labels: where the targets are the labels of one column; each is then `column: label`.

    warnings: of labels that were left out. raw: the data with a column for each target.
    """

    raw: Raw
    asked: list[AskedTarget]
    labels: Labels | None = None
    shown: dict[str, str] = field(default_factory=dict)
    warnings: list[DataWarning] = field(default_factory=list)

    @property
    def columns(self) -> list[str]:
        return [one.column for one in self.asked]

    def name(self, one: TargetColumn) -> str:
        """What a target is called where it is told of."""
        return self.shown.get(str(one.target), str(one.target))


def asked(raw: Raw, wishes: Wishes) -> Several | None:
    """None where a single column is to be predicted. Raises DataError `no-target`, `target-excluded`, `one-class`."""
    if wishes.labels_in is not None and wishes.labels_in.column is not None:
        return _of_labels(raw, wishes.labels_in.column)
    if len(wishes.targets) < 2:
        return None
    main = next(iter(raw.splits.values()))
    found = [one.model_copy(update={"column": find_target(main.column_names, one.column)[0]}) for one in wishes.targets]
    excluded = {plain(name) for name in wishes.exclude}
    both = [one.column for one in found if plain(one.column) in excluded]
    if both:
        raise DataError(
            Kind.TARGET_EXCLUDED,
            f"The column {both[0]!r} is both to be predicted and to be left out.",
            hint="Name it once.",
        )
    return Several(raw, list({one.column: one for one in found}.values()), wishes.labels_in)


def _of_labels(raw: Raw, wanted: str) -> Several:
    """Each label of the column as a target `yes` or `no`; those that hardly a row has are left out, and told of."""
    tables = list(raw.splits.values())
    column = find_target(tables[0].column_names, wanted)[0]
    there = {split: table[column] for split, table in raw.splits.items() if column in table.column_names}
    cells = [cell for part in there.values() for cell in values.plain(part).to_pylist()]
    separator = label_lists.separator(cells) or ";"
    counts: Counter[str] = Counter(label for cell in cells for label in set(label_lists.labels(cell, separator) or ()))
    known = len(cells)
    kept = sorted((name for name, count in counts.items() if FEWEST <= count < known), key=values.natural)
    if not kept:
        raise DataError(
            Kind.ONE_CLASS,
            f"No label of {column!r} fits {FEWEST} rows or more, and not all of them; there is nothing to learn.",
            hint="Name another target column.",
        )
    names = {label: f"{column}: {label}" for label in kept}
    splits, empty = {}, 0
    for split, table in raw.splits.items():
        if split in there:
            sets = [label_lists.labels(cell, separator) for cell in values.plain(table[column]).to_pylist()]
            if any(sets):  # else these are the rows to predict
                empty += sets.count(None)
                sets = [found or [] for found in sets]
            table = table.drop_columns([column])
            for label, name in names.items():
                said = [None if found is None else (YES if label in found else NO) for found in sets]
                table = table.append_column(name, pa.array(said, pa.string()))
        splits[split] = table
    targets = [AskedTarget(column=name, goal="classify", positive=YES) for name in names.values()]
    shown = {name: label for label, name in names.items()}
    return Several(
        replace(raw, splits=splits, target=None, classes=None),
        targets,
        Labels(column=column, separator=separator),
        shown,
        [*_left_labels(column, counts, known), *_empty(column, empty)],
    )


def _left_labels(column: str, counts: "Counter[str]", known: int) -> Sequence[DataWarning]:
    few = {name: count for name, count in counts.items() if count < FEWEST}
    always = [name for name, count in counts.items() if count >= max(known, FEWEST)]
    rare = {name: count for name, count in counts.items() if FEWEST <= count < FEW}
    found = []
    if few:
        message = (
            f"Of the labels in {column}, {len(few)} fit fewer than {FEWEST} rows each, too few to learn and to test: "
            f"{_counted(few)}. They are never answered."
        )
        found.append(DataWarning(kind="rare-class", message=message, columns=[column], count=len(few)))
    if always:
        message = f"The label{'s' if len(always) > 1 else ''} {', '.join(always)} of {column} fit every row; left out."
        found.append(DataWarning(kind="constant", message=message, columns=[column], count=len(always)))
    if rare:
        message = f"{len(rare)} labels of {column} fit fewer than {FEW} rows each: {_counted(rare)}."
        found.append(DataWarning(kind="rare-class", message=message, columns=[column], count=len(rare)))
    return found


def _empty(column: str, count: int) -> list[DataWarning]:
    message = f"{count:,} cells of {column} are empty; they were taken for rows that no label fits."
    return [DataWarning(kind="reading", message=message, columns=[column], count=count)] if count else []


def _counted(counts: dict[str, int]) -> str:
    listed = ", ".join(f"{name} ({count})" for name, count in list(counts.items())[:MOST_LISTED])
    return f"{listed}{' …' if len(counts) > MOST_LISTED else ''}"


def set_apart(gathered: Gathered, names: Sequence[str]) -> None:
    """Targets beside the first one are no columns that were left out, nor are they written beside the rows."""
    for name in names:
        gathered.dropped.pop(name, None)
        gathered.aside.pop(name, None)
    gathered.identifiers = [name for name in gathered.identifiers if name not in names]


def column_of(raw: Raw, name: str) -> pa.ChunkedArray:
    """A target over all rows, in the order in which they are gathered; null where a table lacks it."""
    return joined([table for table in raw.splits.values() if table.num_rows], name)


def of_label(one: TargetColumn) -> TargetColumn:
    """A column that says whether a label fits, with `no` and `yes` for its classes, whatever it calls them.

    Raises DataError `no-classes` where it has more than two values.
    """
    if one.classes is None or len(one.classes) != 2:
        raise DataError(
            Kind.NO_CLASSES,
            f"The column {one.target!r} does not say whether a label fits: it has other values than yes and no.",
            hint="Name it as a target of its own.",
        )
    return replace(one, classes=[NO, YES])


def joint(each: Sequence[TargetColumn]) -> JointTarget:
    """As one, with strata of equal answers where there are enough rows of each, else of each row's rarest answer."""
    count = max(len(one.numbers) for one in each if one.numbers is not None)
    strata = np.stack([one.strata(count) for one in each], axis=1)
    unknown = (strata < 0).all(axis=1)
    _, codes, sizes = np.unique(strata, axis=0, return_inverse=True, return_counts=True)
    codes = codes.reshape(-1)
    if np.median(sizes[codes]) < OFTEN:
        codes = _rarest(strata)
    _, codes = np.unique(codes, return_inverse=True)
    numbers = np.where(unknown, -1, codes.reshape(-1)).astype(np.int64)
    return JointTarget(each[0].goal, each[0].target, numbers, None, each[0].why, each=tuple(each))


def _rarest(strata: np.ndarray) -> np.ndarray:
    """int64 (n,): for each row which of its answers the fewest rows have (after Sechidis et al. 2011, on the
    stratification of multi-label data, which deals out the rarest label first).
    """
    width = int(strata.max()) + 2
    answers = strata + 1 + width * np.arange(strata.shape[1])
    often = np.bincount(answers.reshape(-1), minlength=width * strata.shape[1])
    rows = np.where(strata < 0, len(strata) + 1, often[answers]).argmin(axis=1)
    return np.asarray(answers[np.arange(len(strata)), rows])


def described(several: Several, each: Sequence[TargetColumn], parted: Partition) -> list[OneTarget]:
    """The targets as the schema has them, each with its rows, classes and range in train."""
    found = []
    for asked_for, one in zip(several.asked, each, strict=True):
        assert one.numbers is not None, "a target has values"
        known = goals.load(one.goal).has_truth(one.numbers)
        train = one.numbers[parted.rows["train"]]
        counts = span = None
        if one.classes is not None:
            numbers = np.bincount(train[train >= 0], minlength=len(one.classes))
            counts = dict(zip(one.classes, numbers.tolist(), strict=True))
        else:
            there = train[np.isfinite(train)]
            span = (float(there.min()), float(there.max()))
        found.append(
            OneTarget(
                column=asked_for.column,
                label=several.shown.get(asked_for.column),
                goal=one.goal,
                classes=one.classes,
                class_kind=one.class_kind,
                counts=counts,
                positive=YES if several.labels is not None else asked_for.positive,
                target_range=span,
                rows={split: int(known[rows].sum()) for split, rows in parted.rows.items() if split != "unlabelled"},
            )
        )
    return found


def check_rows(several: Several, each: Sequence[TargetColumn], parted: Partition) -> None:
    """Raises DataError `too-few-rows` for a target of which train or test knows no value, or train a single one."""
    for one in each:
        assert one.numbers is not None, "a target has values"
        known = goals.load(one.goal).has_truth(one.numbers)
        train, test = (one.numbers[part][known[part]] for part in (parted.rows["train"], parted.rows["test"]))
        if len(np.unique(train)) < 2 or not len(test):
            raise DataError(
                Kind.TOO_FEW_ROWS,
                f"The target {one.target!r} is known in {len(train):,} train rows and {len(test):,} test rows, too few "
                "to learn it with the others.",
                hint="Give more rows with it, or leave it out.",
            )


def describe(schema: Schema, several: Several, found: TargetColumn, parted: Partition) -> None:
    """Puts the targets into the schema, and what there is to tell of each. Raises DataError as `check_rows`."""
    assert isinstance(found, JointTarget), "there are several targets"
    check_rows(several, found.each, parted)
    schema.targets = described(several, found.each, parted)
    first = schema.targets[0]
    schema.labels, schema.goal, schema.classes, schema.counts = several.labels, first.goal, first.classes, first.counts
    schema.target_range, schema.positive = first.target_range, first.positive
    schema.split_why = schema.split_why.replace(OF_ONE, OF_SEVERAL)
    schema.warnings = [*schema.warnings, *warnings(several, found.each, parted)]


def warnings(several: Several, each: Sequence[TargetColumn], parted: Partition) -> list[DataWarning]:
    """Per target: rows that lack it while they serve the others, and what is odd about its classes."""
    found = list(several.warnings)
    used = np.concatenate([rows for split, rows in parted.rows.items() if split != "unlabelled"])
    for one in each:
        assert one.numbers is not None, "a target has values"
        name = several.name(one)
        lacking = int((~goals.load(one.goal).has_truth(one.numbers[used])).sum())
        if lacking:
            message = (
                f"Without {name}, and used for the other targets only: {lacking:,} of {counted(len(used), 'row')}."
            )
            found.append(DataWarning(kind="missing", message=message, columns=[str(one.target)], count=lacking))
        if one.classes is not None and several.labels is None:
            said = class_warnings(one.numbers[parted.rows["train"]], one.numbers[parted.rows["test"]], one.classes)
            found += named_each(said, one, several)
    return found


def named_each(said: Sequence[DataWarning], one: TargetColumn, several: Several) -> list[DataWarning]:
    """The warnings, each with the target that it is about."""
    name = several.name(one)
    return [
        warning if warning.kind in OF_ROWS else warning.model_copy(update={"message": f"{name}: {warning.message}"})
        for warning in said
    ]


def known_rows(one: TargetColumn, parted: Partition) -> Partition:
    """The same splits without the rows that lack this target; those to predict stay."""
    assert one.numbers is not None, "a target has values"
    known = goals.load(one.goal).has_truth(one.numbers)
    rows = {split: part if split == "unlabelled" else part[known[part]] for split, part in parted.rows.items()}
    return replace(parted, rows=rows)


def why(several: Several) -> str:
    """How the targets were found, in words."""
    if several.labels is not None and several.labels.column is not None:
        return f"each cell of {several.labels.column} holds any number of labels"
    return "named in the task"
