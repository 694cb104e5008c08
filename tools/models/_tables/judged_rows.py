"""Which rows judge the candidates for a table.

Five folds of the training and validation rows together, of whole groups where there are some; above 20,000 rows, where
rows follow one another in time, or when time is short, the validation rows alone.
"""

from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.data import folds
from noglue.tools.models._tables.table_cross_validation import Problem
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.slowness import slowness

if TYPE_CHECKING:
    from noglue.tools.models._tables.train_val_data import TrainValData

MOST_CROSSED = 20_000
FOLDS = 5
FEWEST_GROUPS = 10  # that folds are made of
FEWEST_ALONE = 400  # rows by which learners can be told apart without folds
FEWEST_ROWS = 500  # that a slow learner gets in any case
SECONDS_A_CELL = 5e-5  # that all candidates of a blend together take for one fold


def problem(
    splits: "TrainValData", schema: Schema, metric: str, seed: int, seconds: float, balance: str | None
) -> Problem:
    rows = splits.train.beside(splits.val)
    truth = np.concatenate([splits.truth, splits.val_truth])
    too_long = take_too_long(len(rows), schema, seconds)
    group = None if schema.time is not None or schema.split == "time" else splits.groups
    alone = Problem(
        rows, truth, np.repeat([-1, 0], [len(splits.train), len(splits.val)]), metric, seed, alone=True, balance=balance
    )
    if len(rows) > MOST_CROSSED or (too_long and len(splits.val) >= FEWEST_ALONE):
        return alone
    dealt = deal(truth, group, schema, seed)
    if schema.rows_depend and (group is None or not fit_groups(truth, group, dealt, schema)):
        return alone
    if dealt.max() < 1:
        raise DataError(
            Kind.NO_REPEATS,
            f"No class of {schema.target!r} has two rows, so nothing can be learned about telling them apart.",
            hint="Give more rows, or name another target column.",
        )
    return Problem(rows, truth, dealt, metric, seed, balance=balance, group=group)


def take_too_long(rows: int, schema: Schema, seconds: float) -> bool:
    """Whether the first round would take more than three fifths of the time with five folds."""
    return first_round_seconds(rows, schema) * slowness() > 0.6 * seconds


def first_round_seconds(rows: int, schema: Schema) -> float:
    """With five folds, on an idle machine."""
    return FOLDS * rows * max(1, len(schema.features)) * SECONDS_A_CELL


def fewer(splits: "TrainValData", most: int | None, seed: int) -> "TrainValData":
    """Where only so many rows can be learned from, a quarter as many judge, as they are learned from in the end."""
    count = len(splits.val) if most is None else max(FEWEST_ROWS // 2, most // 4)
    if count >= len(splits.val):
        return splits
    return splits.judged_by(np.sort(np.random.default_rng(seed).choice(len(splits.val), count, replace=False)))


def fit_groups(truth: np.ndarray, group: np.ndarray, dealt: np.ndarray, schema: Schema) -> bool:
    """Whether there are enough groups, and whichever fold is held out, every class is learned from."""
    if len(np.unique(group)) < FEWEST_GROUPS:
        return False
    if schema.predicts != "classes":
        return True
    every = len(np.unique(truth))
    return all(len(np.unique(truth[dealt != fold])) == every for fold in range(dealt.max() + 1))


def deal(truth: np.ndarray, group: np.ndarray | None, schema: Schema, seed: int) -> np.ndarray:
    """int64 (n,), the fold of each row."""
    if group is not None:
        return folds.grouped(group, FOLDS, seed)
    if schema.predicts == "classes":
        return folds.stratified(truth, FOLDS, seed)
    return folds.even(len(truth), FOLDS, seed)
