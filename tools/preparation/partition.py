"""Rows to splits: the official ones where there are any, else made; never a test row's content in train.

    rows  = {"train": …, "test": …}        row numbers by the split that the files put them in (`all`: in none)
    given = Rows(strata, hashes, …)        what is known of each row
    partition(rows, given, Shares(), random)

Rows without a label are never in train, validation or test; they are to be predicted only where a whole split has none.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from noglue.tools.preparation import holdout
from noglue.tools.showing.counted import counted
from noglue.tools.spec.errors import DataError, Kind, TaskUnclear
from noglue.tools.spec.profiles import DataWarning

How = Literal["official", "stratified", "random", "grouped", "time", "ordered", "condition"]
TWIN = "the same content is in the rows held out"
NO_TARGET = "no readable target"
IN_NEITHER = "neither among the rows to learn from nor among those to test on, as asked"
TORN = "of a group that is in the test rows"
TORN_FROM_VALIDATION = "of a group that is in the validation rows"
WHOLE = 0.2  # of the earlier rows that must be left, where rows of groups in the test rows leave them
FEWEST = 6  # labelled rows: two of each split


@dataclass(frozen=True)
class Rows:
    """strata: int64 (n,), -1 where the label is missing. hashes: uint64 (n,), or None where equal rows are natural.

    groups: codes of what must stay together; times: what the split goes by; each None where the split does not use it.
    places: float64 (n,), the test rows are those of the largest. test, train: bool (n,), the rows that were asked for.
    bound: the groups were asked for, so that rows of a test group leave train where the test rows are named, come with
    the data or are the last ones.
    """

    strata: np.ndarray
    hashes: np.ndarray | None
    groups: np.ndarray | None = None
    times: np.ndarray | None = None
    classes: bool = True
    places: np.ndarray | None = None
    test: np.ndarray | None = None
    train: np.ndarray | None = None
    bound: bool = False

    def are_grouped(self, pool: np.ndarray) -> bool:
        """Whether these rows are of two groups or more, so that whole ones can be held out."""
        return self.groups is not None and len(np.unique(self.groups[pool])) >= 2


@dataclass(frozen=True)
class Shares:
    """test: of all labelled rows; validation: of the train rows, None by their number, 0 for no validation.

    rows: so many test rows instead. asked: the number was asked for, so it is met as nearly as can be.
    """

    test: float = 0.2
    validation: float | None = None
    rows: int | None = None
    asked: bool = False

    def count(self, labelled: int) -> int:
        """Of the test rows. Raises DataError `too-few-rows`."""
        wanted = round(self.test * labelled) if self.rows is None else self.rows
        if wanted > labelled - 2:
            raise DataError(
                Kind.TOO_FEW_ROWS,
                f"{wanted:,} test rows are asked for, and there are {labelled:,} rows with a target in all.",
                hint="Ask for fewer test rows.",
            )
        return max(1, wanted)


@dataclass
class Partition:
    """Sorted row numbers by split; `unlabelled` are those that the user wants answers for.

    hidden: rows of train whose labels are known and must not be: they count as unlabelled.
    left_out: the rows that stand in no split, each set with the reason.
    """

    rows: dict[str, np.ndarray]
    how: How
    why: str
    warnings: list[DataWarning] = field(default_factory=list)
    hidden: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    left_out: list[tuple[str, np.ndarray]] = field(default_factory=list)


def partition(rows: dict[str, np.ndarray], given: Rows, shares: Shares, random: np.random.Generator) -> Partition:
    """random: of the split alone, so that no other choice moves a row. Raises DataError `too-few-rows`, `no-time`,
    TaskUnclear `torn-groups`.
    """
    report, turn = Report(), holdout.turns(len(given.strata), random)
    labelled = {name: part[given.strata[part] >= 0] for name, part in rows.items()}
    unlabelled = _unlabelled(rows, labelled, report)
    pool = np.sort(np.concatenate([labelled.get(name, _none()) for name in ("train", "all")]))
    validation, test = labelled.get("validation", _none()), labelled.get("test", _none())
    why = "the data come with a test split"
    if not len(test) and len(validation):
        test, validation = validation, _none()
        why = "the data's validation split is the test split; there is no other with labels"
    if not len(pool):  # a lone test split is a data set like any other
        pool, validation, test = np.sort(np.concatenate([validation, test])), _none(), _none()
    if len(pool) < FEWEST - 2 * bool(len(test)):
        raise DataError(
            Kind.TOO_FEW_ROWS,
            f"Too few to learn and to test on: {counted(len(pool), 'row')} to learn from.",
            hint="Give more rows, or check that the target column is filled in.",
        )
    how: How = "official"
    if given.test is not None or (given.train is not None and not len(test)):
        how, why = "condition", "the test rows are those that were asked for"
        pool, test = _as_named(pool, given, report)
    elif given.train is not None:
        report.leave_out(pool[~given.train[pool]], IN_NEITHER)
        pool = pool[given.train[pool]]
    if how == "official" and len(test):
        pool, validation, test = _without_test_rows(pool, validation, test, given, report)
        pool, validation = (_without_torn(part, test, given, report) for part in (pool, validation))
        pool = _without_torn(pool, validation, given, report, TORN_FROM_VALIDATION)
    if not len(test):
        how, why = _describe(given, pool, shares, bool(len(rows.get("test", _none()))))
        pool, test = _test_rows(pool, given, shares, turn, random, report)
    if len(pool) < FEWEST - 2:
        torn = sum(len(part) for why, part in report.left_out if why == TORN)
        also = f"; {torn:,} more are of groups that are in the test rows" if torn else ""
        raise DataError(
            Kind.TOO_FEW_ROWS,
            f"Too few are left to learn from: {counted(len(pool), 'row')} besides {len(test):,} for the test{also}.",
            hint="Ask for fewer test rows, or for none by groups."
            if torn
            else "Ask for fewer test rows, or give more rows.",
        )
    if not len(validation) and shares.validation != 0:
        share = shares.validation or holdout.default_validation(len(pool))
        grouped = given.bound and given.are_grouped(pool)  # whole groups, and no row is lost by it
        held_by = replace(given, times=None) if grouped else given
        last_first = turn.max(initial=0) - turn  # so that the size of the test split hardly tells which rows these are
        pool, validation = _hold_out(pool, held_by, share, last_first, random, report)
    found = {"train": pool, "validation": validation, "test": test, "unlabelled": unlabelled}
    kept = {name: part for name, part in found.items() if len(part) or name == "train"}
    return Partition(kept, how, why, report.warnings, left_out=report.left_out)


@dataclass
class Report:
    """What there is to tell of a partition: warnings, and the rows left out with the reasons."""

    warnings: list[DataWarning] = field(default_factory=list)
    left_out: list[tuple[str, np.ndarray]] = field(default_factory=list)

    def warn(self, kind: str, message: str, count: int) -> None:
        self.warnings.append(DataWarning(kind=kind, message=message, count=count))

    def leave_out(self, rows: np.ndarray, why: str) -> None:
        if len(rows):
            self.left_out.append((why, rows))


def _as_named(pool: np.ndarray, given: Rows, report: Report) -> tuple[np.ndarray, np.ndarray]:
    """Train and test rows as conditions name them; a row that both name is a test row.

    Raises DataError `no-rows` where no labelled row is left for one of the two.
    """
    chosen = given.test if given.test is not None else ~given.train if given.train is not None else None
    assert chosen is not None, "no rows are named"
    test, rest = pool[chosen[pool]], pool[~chosen[pool]]
    if given.train is not None:
        report.leave_out(rest[~given.train[rest]], IN_NEITHER)
        rest = rest[given.train[rest]]
    rest = _without_torn(rest, test, given, report)
    for part, purpose in ((test, "test on"), (rest, "learn from")):
        if not len(part):
            raise DataError(
                Kind.NO_ROWS,
                f"Of {len(pool):,} rows with a target none is left to {purpose} by the conditions that were given.",
                hint="Check the conditions against the values of their columns.",
            )
    return _without_twins(rest, test, given, report), test


def _without_torn(rest: np.ndarray, held: np.ndarray, given: Rows, report: Report, why: str = TORN) -> np.ndarray:
    """Without the rows of groups that stand in the rows held out, where it was asked that groups stay together."""
    if not given.bound or given.groups is None:
        return rest
    torn = np.isin(given.groups[rest], given.groups[held])
    report.leave_out(rest[torn], why)
    return rest[~torn]


def _without_twins(pool: np.ndarray, held: np.ndarray, given: Rows, report: Report) -> np.ndarray:
    """The pool without the rows whose content is held out too: of two groups, of two times, of two ends of a file."""
    if given.hashes is None:
        return pool
    twice = np.isin(given.hashes[pool], given.hashes[held])
    if twice.any():
        message = f"Left out of train, as a held-out split holds the same content: {counted(int(twice.sum()), 'row')}."
        report.warn("duplicates-across-splits", message, int(twice.sum()))
        report.leave_out(pool[twice], TWIN)
    return pool[~twice]


def _unlabelled(rows: dict[str, np.ndarray], labelled: dict[str, np.ndarray], report: Report) -> np.ndarray:
    """The rows to predict: files or splits of which no row has a label. Rows of others without one are left out."""
    test_is_open = len(rows.get("test", _none())) > 0 and not len(labelled["test"])
    asked = np.sort(np.concatenate([rows.get("unlabelled", _none()), rows["test"] if test_is_open else _none()]))
    everything = np.concatenate([_none(), *rows.values()])
    total = len(everything) - len(asked)
    known = np.concatenate([_none(), *(part for name, part in labelled.items() if name != "unlabelled")])
    lost = np.setdiff1d(everything, np.concatenate([asked, known]))
    if len(lost):
        message = f"Left out, without a readable target: {len(lost):,} of {counted(total, 'row')}."
        report.warn("missing", message, len(lost))
        report.leave_out(lost, NO_TARGET)
    return asked


def _without_test_rows(
    pool: np.ndarray, validation: np.ndarray, test: np.ndarray, given: Rows, report: Report
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Train rows whose content stands in the official test or validation split go; the test split stays as it is."""
    if given.hashes is None:
        return pool, validation, test
    hashes = given.hashes
    left = pool[~np.isin(hashes[pool], hashes[test])]
    classes_lost = given.classes and len(np.unique(given.strata[left])) < len(np.unique(given.strata[pool]))
    if len(left) < 0.2 * len(pool) or classes_lost:
        message = f"The test table repeats {len(pool) - len(left)} of the {len(pool)} train rows, so it tests nothing."
        repeats = np.isin(hashes[test], hashes[pool])
        report.warn("duplicates-across-splits", f"{message} Another test split was made.", int(repeats.sum()))
        report.leave_out(test[repeats], "in the test table, which repeats the train rows")
        extra = test[~repeats]
        return np.sort(np.concatenate([pool, validation, extra])), _none(), _none()
    held = validation[~np.isin(hashes[validation], hashes[test])]
    inside = np.isin(hashes[left], hashes[held])
    count = len(pool) - len(left) + len(validation) - len(held) + int(inside.sum())
    if count:
        message = (
            "Left out of train and validation, as the test or validation split holds the same content: "
            f"{counted(count, 'row')}."
        )
        report.warn("duplicates-across-splits", message, count)
        gone = (pool[np.isin(hashes[pool], hashes[test])], validation[np.isin(hashes[validation], hashes[test])])
        report.leave_out(np.concatenate([*gone, left[inside]]), TWIN)
    return left[~inside], held, test


def _test_rows(
    pool: np.ndarray, given: Rows, shares: Shares, turn: np.ndarray, random: np.random.Generator, report: Report
) -> tuple[np.ndarray, np.ndarray]:
    """Train and test rows. A number that was asked for is met; else the share is one of every class."""
    if not (shares.asked or given.places is not None):
        left, held_out = _hold_out(pool, given, shares.test, turn, random, report)
        left = left if given.times is None else _whole(left, held_out, given, report)
        if not len(held_out):
            raise _no_second(len(pool))
        return left, held_out
    count = shares.count(len(pool))
    places = given.places if given.places is not None else given.times
    if places is not None:
        held = holdout.last(places[pool], count)
        if not held.any():
            raise _no_time()
    elif given.are_grouped(pool):
        assert given.groups is not None
        held = holdout.whole_groups(given.groups[pool], given.strata[pool], count, random)
    else:
        hashes = None if given.hashes is None else given.hashes[pool]
        held = holdout.drawn(given.strata[pool], count, turn[pool], hashes)
        return pool[~held], pool[held]
    rest = _whole(pool[~held], pool[held], given, report)
    return _without_twins(rest, pool[held], given, report), pool[held]


def _whole(rest: np.ndarray, held: np.ndarray, given: Rows, report: Report) -> np.ndarray:
    """As `_without_torn`, of test rows chosen by time or place. Raises TaskUnclear where hardly a row would be left:
    both was asked for, and the data have no such split.
    """
    whole = _without_torn(rest, held, given, report)
    if len(whole) < min(len(rest), max(FEWEST - 2, WHOLE * len(rest))):
        raise TaskUnclear(
            Kind.TORN_GROUPS,
            f"{len(rest) - len(whole):,} of the {len(rest):,} rows before the test rows are of groups that are in "
            "the test rows as well, so no split both keeps groups whole and tests on later rows.",
            hint="Ask for one of the two.",
        )
    return whole


def _hold_out(
    pool: np.ndarray, given: Rows, share: float, turn: np.ndarray, random: np.random.Generator, report: Report
) -> tuple[np.ndarray, np.ndarray]:
    strata, hashes = given.strata[pool], None if given.hashes is None else given.hashes[pool]
    if given.times is not None:
        held = holdout.latest(given.times[pool], share)
        if not held.any():
            raise _no_time()
    elif given.groups is not None and given.are_grouped(pool):
        held = holdout.grouped(given.groups[pool], strata, share, random)
    else:
        held = holdout.stratified(strata, share, turn[pool], hashes)
        return pool[~held], pool[held]
    return _without_twins(pool[~held], pool[held], given, report), pool[held]


def _no_second(rows: int) -> DataError:
    return DataError(
        Kind.TOO_FEW_ROWS,
        f"None of the {rows:,} rows can be kept for the test: hardly a class has a second row to learn from.",
        hint="Give more rows of each class, or name another target.",
    )


def _no_time() -> DataError:
    return DataError(
        Kind.NO_TIME,
        "All rows are of one time, so no later ones can be held out.",
        hint="Name another column to split by, or none.",
    )


def _describe(given: Rows, pool: np.ndarray, shares: Shares, closed: bool) -> tuple[How, str]:
    """How a made split is made, in words."""
    begin = "the test table has no labels, so " if closed else ""
    part = f"{shares.test:.0%} of the rows" if shares.rows is None else f"{shares.rows:,} rows"
    the = f"the last {shares.test:.0%} of the rows" if shares.rows is None else f"the last {shares.rows:,} rows"
    asked = ", as asked" if shares.asked else ""
    if given.places is not None:
        return "ordered", f"{begin}{the} are the test split"
    if given.times is not None:
        return "time", f"{begin}{the} in time are the test split{asked}"
    if given.are_grouped(pool):
        return "grouped", f"{begin}{part} were drawn as the test split{asked}, whole groups at a time"
    kind = "in each class" if given.classes else "in each range of the target"
    return "stratified", f"{begin}{part} were drawn at random {kind} as the test split{asked}"


def _none() -> np.ndarray:
    return np.zeros(0, dtype=np.int64)
