"""Rows to splits: the official ones where there are any, else made; never a test row's content in train.

    rows  = {"train": …, "test": …}        row numbers by the split that the files put them in (`all`: in none)
    given = Rows(strata, hashes, …)        what is known of each row
    partition(rows, given, Shares(), random)

Rows without a label are never in train, validation or test; they are to be predicted only where a whole split has none.
"""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from tools.core import splits
from tools.core.errors import DataError
from tools.core.profiles import DataWarning

How = Literal["official", "stratified", "random", "grouped", "time"]
FEWEST = 6  # labelled rows: two of each split


@dataclass(frozen=True)
class Rows:
    """strata: int64 (n,), -1 where the label is missing. hashes: uint64 (n,), or None where equal rows are natural.

    groups: codes of what must stay together; times: what the split goes by; each None where the split does not use it.
    """

    strata: np.ndarray
    hashes: np.ndarray | None
    groups: np.ndarray | None = None
    times: np.ndarray | None = None
    classes: bool = True

    def are_grouped(self, pool: np.ndarray) -> bool:
        """Whether these rows are of two groups or more, so that whole ones can be held out."""
        return self.groups is not None and len(np.unique(self.groups[pool])) >= 2


@dataclass(frozen=True)
class Shares:
    """test: of all labelled rows; validation: of the train rows, None by their number, 0 for no validation."""

    test: float = 0.2
    validation: float | None = None


@dataclass
class Partition:
    """Sorted row numbers by split; `unlabelled` are those that the user wants answers for.

    hidden: rows of train whose labels are known and must not be: they count as unlabelled.
    """

    rows: dict[str, np.ndarray]
    how: How
    why: str
    warnings: list[DataWarning] = field(default_factory=list)
    hidden: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


def partition(rows: dict[str, np.ndarray], given: Rows, shares: Shares, random: np.random.Generator) -> Partition:
    """Raises DataError `too-few-rows`."""
    warnings: list[DataWarning] = []
    labelled = {name: part[given.strata[part] >= 0] for name, part in rows.items()}
    unlabelled = _unlabelled(rows, labelled, warnings)
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
            "too-few-rows",
            f"There are {len(pool)} rows to learn from; that is too few to learn and to test on.",
            hint="Give more rows, or check that the target column is filled in.",
        )
    how: How = "official"
    if len(test):
        pool, validation, test = _without_test_rows(pool, validation, test, given, warnings)
    if not len(test):
        how, why = _describe(given, pool, shares.test, bool(len(rows.get("test", _none()))))
        pool, test = _hold_out(pool, given, shares.test, random, warnings)
    if not len(validation) and shares.validation != 0:
        share = shares.validation or splits.default_validation(len(pool))
        pool, validation = _hold_out(pool, given, share, random, warnings)
    found = {"train": pool, "validation": validation, "test": test, "unlabelled": unlabelled}
    kept = {name: part for name, part in found.items() if len(part) or name == "train"}
    return Partition(kept, how, why, warnings)


def _unlabelled(
    rows: dict[str, np.ndarray], labelled: dict[str, np.ndarray], warnings: list[DataWarning]
) -> np.ndarray:
    """The rows to predict: files or splits of which no row has a label. Rows of others without one are left out."""
    test_is_open = len(rows.get("test", _none())) > 0 and not len(labelled["test"])
    asked = np.sort(np.concatenate([rows.get("unlabelled", _none()), rows["test"] if test_is_open else _none()]))
    everything = np.concatenate([_none(), *rows.values()])
    total = len(everything) - len(asked)
    lost = total - sum(len(part) for name, part in labelled.items() if name != "unlabelled")
    if lost:
        message = f"{lost:,} of {total:,} rows have no target that can be read; they are left out."
        warnings.append(DataWarning(kind="missing", message=message, count=lost))
    return asked


def _without_test_rows(
    pool: np.ndarray, validation: np.ndarray, test: np.ndarray, given: Rows, warnings: list[DataWarning]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Train rows whose content stands in the official test or validation split go; the test split stays as it is."""
    if given.hashes is None:
        return pool, validation, test
    hashes = given.hashes
    left = pool[~np.isin(hashes[pool], hashes[test])]
    classes_lost = given.classes and len(np.unique(given.strata[left])) < len(np.unique(given.strata[pool]))
    if len(left) < 0.2 * len(pool) or classes_lost:
        message = f"The test table repeats {len(pool) - len(left)} of the {len(pool)} train rows, so it tests nothing."
        warnings.append(DataWarning(kind="duplicates-across-splits", message=f"{message} Another test split was made."))
        extra = test[~np.isin(hashes[test], hashes[pool])]
        return np.sort(np.concatenate([pool, validation, extra])), _none(), _none()
    held = validation[~np.isin(hashes[validation], hashes[test])]
    inside = np.isin(hashes[left], hashes[held])
    count = len(pool) - len(left) + len(validation) - len(held) + int(inside.sum())
    if count:
        message = (
            f"Left out of train and validation, as the test or validation split holds the same content: {count:,} rows."
        )
        warnings.append(DataWarning(kind="duplicates-across-splits", message=message, count=count))
    return left[~inside], held, test


def _hold_out(
    pool: np.ndarray, given: Rows, share: float, random: np.random.Generator, warnings: list[DataWarning]
) -> tuple[np.ndarray, np.ndarray]:
    strata, hashes = given.strata[pool], None if given.hashes is None else given.hashes[pool]
    if given.times is not None:
        held = splits.latest(given.times[pool], share)
        if not held.any():
            raise DataError(
                "no-time",
                "All rows are of one time, so no later ones can be held out.",
                hint="Name another column to split by, or none.",
            )
    elif given.groups is not None and given.are_grouped(pool):
        held = splits.grouped(given.groups[pool], strata, share, random)
    else:
        held = splits.stratified(strata, share, random, hashes)
        return pool[~held], pool[held]
    twice = ~held & np.isin(hashes, hashes[held]) if hashes is not None else np.zeros(len(pool), dtype=bool)
    if twice.any():  # equal rows of two groups, or of two times
        message = f"Left out of train, as a held-out split holds the same content: {twice.sum():,} rows."
        warnings.append(DataWarning(kind="duplicates-across-splits", message=message, count=int(twice.sum())))
    return pool[~held & ~twice], pool[held]


def _describe(given: Rows, pool: np.ndarray, share: float, closed: bool) -> tuple[How, str]:
    """How a made split is made, in words."""
    begin = "the test table has no labels, so " if closed else ""
    if given.times is not None:
        return "time", f"{begin}the last {share:.0%} of the rows in time are the test split"
    if given.are_grouped(pool):
        return "grouped", f"{begin}{share:.0%} of the rows were drawn as the test split, whole groups at a time"
    kind = "in each class" if given.classes else "in each range of the target"
    return "stratified", f"{begin}{share:.0%} of the rows were drawn at random {kind} as the test split"


def _none() -> np.ndarray:
    return np.zeros(0, dtype=np.int64)
