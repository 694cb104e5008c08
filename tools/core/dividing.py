"""Which rows go where: what belongs together, what is official, how many rows and labels were asked for."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from tools.core import screening, splits
from tools.core.answers import Answers
from tools.core.content import Cells
from tools.core.errors import DataError
from tools.core.gather import Gathered, find_groups, joined
from tools.core.partition import Partition, Rows, Shares, partition
from tools.core.profiles import DataWarning, Goal
from tools.core.protocols import Raw

GENERATOR_TEST = 0.1  # of the rows, to judge a generator by


@dataclass(frozen=True)
class Wishes:
    """What `prepare` was asked for; see `tools/prepare.py`."""

    goal: Goal | None = None
    target: str | None = None
    test_fraction: float = 0.2
    validation_fraction: float | None = None
    max_rows: int | None = None
    labels: int | None = None
    keep_unlabelled: bool = False
    group: str | None = None
    time: str | None = None
    drop: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Groups:
    """The column whose values stay together, and its code for each row, int64 (n,)."""

    name: str
    codes: np.ndarray


def take_groups(gathered: Gathered, found: Answers, raw: Raw, wishes: Wishes) -> Groups | None:
    """What must stay together, if anything. Its column leaves the features, so take it before the rows are hashed:
    a row copied under another patient's number is still the same row.
    """
    tables = [table for table in raw.splits.values() if table.num_rows]
    for name in (wishes.group, wishes.time):
        if name is not None and name not in tables[0].column_names:
            raise DataError("missing-columns", f"There is no column {name!r} to split by.", columns=[name])
    name = wishes.group
    if name is None and raw.modality != "image":
        strata = found.strata(sum(table.num_rows for table in tables))
        official = "test" in gathered.rows and bool((strata[gathered.rows["test"]] >= 0).any())
        name = None if official else find_groups(gathered)
    if name is None:
        return None
    encoded = joined(tables, name).combine_chunks().dictionary_encode(null_encoding="encode")
    _leave_out(gathered, name, "it says which rows belong together, which no new row shares")
    return Groups(name, encoded.indices.to_numpy().astype(np.int64))


def divide(
    gathered: Gathered,
    found: Answers,
    hashes: np.ndarray,
    groups: Groups | None,
    raw: Raw,
    wishes: Wishes,
    random: np.random.Generator,
) -> tuple[Partition, np.ndarray]:
    """The splits with what there is to tell of them, and the strata (see `Answers.strata`) that they are balanced over.

    hashes: of the features without the column of `groups`.
    """
    warnings: list[DataWarning] = []
    given = _rows(gathered, found, hashes, groups, raw, wishes, warnings)
    parted = _parted(gathered, given, found, wishes, random)
    if parted.how == "grouped" and groups is not None:
        parted.why += f" (by {groups.name}, so that no value of it stands on both sides)"
    dates = [column.name for column in gathered.columns if column.kind == "date"]
    if parted.how == "stratified" and dates:
        parted.why += f"; {dates[0]} holds dates, which were not gone by"
    if wishes.labels is not None:
        _fewer_labels(parted, found, wishes.labels, wishes.keep_unlabelled and raw.modality == "image", random)
    parted.warnings = warnings + parted.warnings
    return parted, given.strata


def _rows(
    gathered: Gathered,
    found: Answers,
    hashes: np.ndarray,
    groups: Groups | None,
    raw: Raw,
    wishes: Wishes,
    warnings: list[DataWarning],
) -> Rows:
    """What the split needs to know of each row."""
    strata = found.strata(len(hashes))
    natural = False
    used = np.concatenate([part[strata[part] >= 0] for part in gathered.rows.values()])
    if isinstance(gathered.content, Cells):
        natural = len(used) > 0 and screening.natural_repeats(hashes[used], gathered.content.table, used)
    if natural:
        message = "Most rows equal another one in every column; they are taken for different cases that look alike."
        warnings.append(DataWarning(kind="coarse", message=message))
    times = None
    if wishes.time is not None:
        tables = [table for table in raw.splits.values() if table.num_rows]
        times = _times(joined(tables, wishes.time), wishes.time)
    codes = None if groups is None else groups.codes
    if codes is not None and not natural:
        codes = splits.united(codes, hashes, used)
    return Rows(strata, None if natural else hashes, codes, times, found.classes is not None)


def _times(column: pa.ChunkedArray, name: str) -> np.ndarray:
    if not (pa.types.is_temporal(column.type) or pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        raise DataError("no-time", f"Column {name!r} holds {column.type}, neither dates nor numbers to split by.")
    kind = pa.timestamp("us") if pa.types.is_temporal(column.type) else pa.float64()
    values = column.cast(kind).cast(pa.int64() if pa.types.is_temporal(column.type) else kind)
    return np.asarray(np.nan_to_num(values.fill_null(0).to_numpy().astype(np.float64)))


def _leave_out(gathered: Gathered, name: str, why: str) -> None:
    if isinstance(gathered.content, Cells) and name in gathered.content.table.column_names:
        gathered.aside[name] = gathered.content.table.column(name)
        gathered.content = Cells(gathered.content.table.drop_columns([name]))
        gathered.columns = [column for column in gathered.columns if column.name != name]
        gathered.dropped[name] = why


def _parted(gathered: Gathered, given: Rows, found: Answers, wishes: Wishes, random: np.random.Generator) -> Partition:
    if found.goal != "generate":
        return partition(gathered.rows, given, Shares(wishes.test_fraction, wishes.validation_fraction), random)
    everything = [part for name, part in gathered.rows.items() if name != "test"]
    rows = {"all": np.sort(np.concatenate([np.zeros(0, np.int64), *everything]))}
    if "test" in gathered.rows:
        rows["test"] = gathered.rows["test"]
    parted = partition(rows, given, Shares(GENERATOR_TEST, 0), random)
    if parted.how == "stratified" and found.numbers is None:  # nothing is told of the rows to balance over
        parted.how, parted.why = "random", f"{GENERATOR_TEST:.0%} of the rows were drawn at random as the test split"
    return parted


def _fewer_labels(parted: Partition, found: Answers, most: int, keep: bool, random: np.random.Generator) -> None:
    """Learn from `most` labels alone. Those that choices are made by count among them, so no validation split is left.

    keep: the other rows stay in train, their labels hidden, and the labelled ones are spread evenly over the classes;
    else those are drawn as often as train has them, and the others are left unused.
    """
    pool = np.sort(np.concatenate([parted.rows["train"], parted.rows.get("validation", np.zeros(0, np.int64))]))
    if most >= len(pool):
        return
    strata = found.strata(int(pool.max()) + 1)[pool]
    evenly = keep and found.classes is not None
    kept = (splits.evenly if evenly else splits.exactly)(strata, most, random)
    parted.rows.pop("validation", None)
    parted.rows["train"] = pool if keep else pool[kept]
    parted.hidden = pool[~kept] if keep else parted.hidden
    fate = "stay in train without their labels" if keep else "are left unused"
    others = f"{len(pool) - most} more {fate}"
    message = f"Learning from {most} labelled rows, as asked, and choosing by none but these; {others}."
    parted.warnings.append(DataWarning(kind="few-labels", message=message, count=most))
