"""Which rows go where: what belongs together, what is official, how many rows and labels were asked for."""

from dataclasses import replace

import numpy as np
import pyarrow as pa

from noglue.tools.data import hashing
from noglue.tools.data.row_content import Cells
from noglue.tools.preparation import holdout, screening
from noglue.tools.preparation.dependence import Dependence
from noglue.tools.preparation.gathering import Gathered
from noglue.tools.preparation.partition import Partition, Rows, Shares, partition
from noglue.tools.preparation.prepare_wishes import Wishes
from noglue.tools.preparation.requested_rows import columns_of
from noglue.tools.preparation.target_column import TargetColumn
from noglue.tools.showing.counted import counted
from noglue.tools.spec import goals, modalities
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.profiles import DataWarning
from noglue.tools.spec.protocols import Raw
from noglue.tools.values.conditions_hold import all_hold

GENERATOR_TEST = 0.1  # of the rows, to judge a generator by


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
        parted.why += f" (by {depends.group.name}, so that none of its values is on both sides)"
    if parted.how == "time" and depends.order is not None:
        parted.why += f" (by {depends.order.name}, as neighbouring rows are alike)"
    dates = [column.name for column in gathered.columns if column.kind == "date"]
    if parted.how == "stratified" and dates:
        parted.why += f"; {dates[0]} holds dates, which the split does not follow"
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
    if depends.group is None or parted.how not in ("ordered", "condition", "time"):
        return []
    learned = np.concatenate([part for name, part in parted.rows.items() if name in ("train", "validation")])
    test = np.unique(depends.group.codes[parted.rows["test"]])
    both = len(np.intersect1d(test, depends.group.codes[learned]))
    if not both:
        return []
    message = (
        f"{both:,} of {len(test):,} values of {depends.group.name} in the test rows are in train as well, as the "
        "test rows were asked for; the score may be too optimistic."
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
        # under names that no column has: a hash beside its own like is nought for every row
        when = {"\0time": order.values} | ({} if order.series is None else {"\0series": order.series.codes})
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
    fate = "stay in the training data without their labels" if keep else "are left unused"
    others = f"{len(pool) - most:,} more {fate}"
    message = f"Learning and choosing from {counted(most, 'labelled row')}, as asked; {others}."
    parted.warnings.append(DataWarning(kind="few-labels", message=message, count=most))
