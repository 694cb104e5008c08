"""A look at the train rows: constant and leaking columns, equal rows; and each feature's figures for the schema."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.preparation import leaks
from noglue.tools.preparation.target_column import TargetColumn
from noglue.tools.spec import goals
from noglue.tools.spec.profiles import Column, DataWarning

NATURAL = 0.5  # of the equal rows, the share that chance must explain; of all rows, the share that must differ
MOST_COPIES = 5  # of a whole table, written one below the other
MOST_TOLD = 5  # columns that may give the target away, one by one
COARSE = 0.1  # … if the columns' values can be combined in fewer ways than this share of the rows


def screen(
    train: pa.Table,
    columns: list[Column],
    answers: Sequence[TargetColumn],
    rows: np.ndarray,
    random: np.random.Generator,
    named: Sequence[str] = (),
) -> tuple[list[Column], dict[str, str], list[DataWarning]]:
    """Features worth keeping, with figures over the train rows; what was dropped and why; what to tell.

    answers: the target, or each of several: a column that gives one of them away serves none of the others either.
    named: columns that the request named to learn from; they stay even where they may give the target away.
    """
    measured = [measure(train.column(column.name), column) for column in columns]
    constant = [column.name for column in measured if column.distinct + (column.missing > 0) <= 1]
    dropped = dict.fromkeys(constant, "the same value in every train row")
    left = [column for column in measured if column.name not in dropped]
    found = []
    if constant:
        message = f"{_list(constant)}: the same value in every train row; left out."
        found.append(DataWarning(kind="constant", message=message, columns=constant))
    for one in answers:
        if one.numbers is None or not goals.needs_target(one.goal):
            continue
        suspects = _suspects(train, left, one, rows, random)
        copies = [leak for leak in suspects if leak.copy and leak.column not in named]
        if len(copies) == len(left):  # the only columns there are: then the task is what it is
            copies = []
        which = "the target" if len(answers) == 1 else f"the target {one.target}"
        found += _told(suspects, copies, which)
        dropped |= {leak.column: f"gives {which} away: {leak.why}" for leak in copies}
        left = [column for column in left if column.name not in dropped]
    return left, dropped, found


def _suspects(
    train: pa.Table, columns: list[Column], answers: TargetColumn, rows: np.ndarray, random: np.random.Generator
) -> list[leaks.Leak]:
    """Among the rows whose target is known, which are all of them but where others serve another target."""
    assert answers.numbers is not None, "there is a target"
    target, classes = answers.numbers[rows], answers.classes is not None
    known = goals.load(answers.goal).has_truth(target)
    if not known.all() and goals.predicts(answers.goal) is not None:
        train, target = train.filter(pa.array(known)), target[known]
    return leaks.find(train, columns, target, classes, random)


def _told(suspects: list[leaks.Leak], copies: list[leaks.Leak], which: str) -> list[DataWarning]:
    """Each by itself while they are few."""
    ordered = sorted(suspects, key=lambda leak: (leak in copies, not leak.copy))
    found = []
    for leak in ordered[:MOST_TOLD]:
        fate = "It was left out." if leak in copies else "It was kept; leave it out if it is known only afterwards."
        message = f"Column {leak.column} may give {which} away: {leak.why}. {fate}"
        found.append(DataWarning(kind=leak.kind, message=message, columns=[leak.column]))
    for rest, fate in (([leak for leak in ordered[MOST_TOLD:] if leak not in copies], "kept"),
                       ([leak for leak in ordered[MOST_TOLD:] if leak in copies], "left out")):  # fmt: skip
        if rest:
            names = [leak.column for leak in rest]
            message = f"{len(rest)} more columns may give {which} away and were {fate}: {_list(names)}."
            found.append(DataWarning(kind="leak", message=message, columns=names, count=len(rest)))
    return found


def measure(values: pa.ChunkedArray, column: Column) -> Column:
    """The column with missing, distinct, minimum and maximum as they are in `values`."""
    numeric = column.kind == "number"
    ends = pc.min_max(values).as_py() if numeric else {"min": None, "max": None}
    return column.model_copy(
        update={
            "dtype": str(values.type),
            "missing": values.null_count,
            "distinct": pc.count_distinct(values, mode="only_valid").as_py(),
            "minimum": ends["min"],
            "maximum": ends["max"],
        }
    )


def equal_rows(hashes: np.ndarray, strata: np.ndarray, labelled: bool, predicts: str | None) -> list[DataWarning]:
    """Train rows of equal content, and those among them that disagree on the answer. predicts: as of a schema."""
    _, group, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    repeated = int((counts - 1).sum())
    if not repeated:
        return []
    message = f"Of {len(hashes):,} train rows, {repeated:,} {_are(repeated)} equal to an earlier one."
    found = [DataWarning(kind="duplicates", message=message, count=repeated)]
    pairs = np.unique(group * (int(strata.max()) + 2) + strata + 1)
    answers_each = np.bincount(pairs // (int(strata.max()) + 2), minlength=len(counts))
    torn = int(counts[answers_each > 1].sum())
    if labelled and torn:
        other = "label" if predicts == "classes" else "value of the target"
        begins = f"Of {len(hashes):,} train rows, {torn:,} {_are(torn)} equal to another one"
        message = f"{begins} that has a different {other}."
        found.append(DataWarning(kind="conflicting-labels", message=message, count=torn))
    return found


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def natural_repeats(hashes: np.ndarray, table: pa.Table, rows: np.ndarray) -> bool:
    """Whether rows are so coarse (sex, class of travel) that equal ones are no copies of each other.

    So they are where chance alone would make that many equal, were the columns independent (20 people who see each of
    six conditions have twenty equal rows each); and where there are few combinations that do not all stand equally
    often: a table written three times over has each row three times. hashes: of `rows` (n,), the rows to look at.
    """
    ordered = np.sort(hashes)  # much faster than np.unique, which hashes the hashes again
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    times = np.diff(np.r_[starts, len(ordered)])
    repeated = float(times[times > 1].sum()) / max(1, len(hashes))
    if repeated == 0:
        return False
    _, first = np.unique(hashes, return_index=True)
    meeting = _meeting(table.take(pa.array(rows[first])))
    if 1 - (1 - meeting) ** (len(hashes) - 1) >= NATURAL * repeated:
        return True
    copied = times.min() == times.max() <= MOST_COPIES and len(times) > 1
    if len(times) >= NATURAL * len(hashes) or copied:
        return False
    ways = 1
    for column in table.take(pa.array(rows)).columns:
        ways *= pc.count_distinct(column, mode="all").as_py()
    return ways <= COARSE * len(hashes)


def _meeting(different: pa.Table) -> float:
    """The probability that two rows are equal, were the columns independent; estimated from rows that all differ."""
    count = different.num_rows
    chance = 1.0
    for column in different.columns:
        times = pc.value_counts(column).field("counts").to_numpy().astype(np.float64)
        chance *= float((times * (times - 1)).sum()) / max(1.0, count * (count - 1.0))
    return chance


def _list(names: list[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
