"""Test labels that are not those of train: in another order, or of other rows.

    the model is right for 2 % of the test rows; were the test's “cat” train's “dog”, …, it would be for 91 %

Classes that train and test number differently, and a test file whose labels were shuffled, give a score far below that
on validation rows, which no honest difference between rows explains.
"""

import numpy as np

from noglue.tools.spec.profiles import DataWarning
from noglue.tools.spec.schema import Schema

FEWEST = 30  # rows
GAIN = 0.25  # of the rows, that another naming of the test's classes puts right
GOOD = 0.5  # of what chance leaves wrong, that the other naming, or validation, must get right
NEARLY_CHANCE = 0.1
MOST_NAMED = 3


def mismatch(schema: Schema, truth: np.ndarray, answers: np.ndarray, validation: float | None) -> list[DataWarning]:
    """truth, answers: codes (n,) of the test rows. validation: accuracy on rows that were taken from train, if known.

    Of a test split that came with the data alone; another one was drawn from the same rows as train.
    """
    classes = schema.classes
    if schema.split != "official" or classes is None or len(truth) < FEWEST or len(classes) > FEWEST * 10:
        return []
    truth, answers = truth.astype(np.int64), answers.astype(np.int64)
    table = np.zeros((len(classes), len(classes)), np.int64)
    np.add.at(table, (truth, answers), 1)
    right = float(np.trace(table)) / len(truth)
    chance = float((table.sum(axis=1) * table.sum(axis=0)).sum()) / len(truth) ** 2
    names, best = _renamed(table)
    if best - right >= GAIN and best >= chance + GOOD * (1 - chance):
        moved = [place for place in np.argsort(-table.sum(axis=1)) if names[place] != place and table[place].any()]
        some = ", ".join(f"“{classes[place]}” as “{classes[names[place]]}”" for place in moved[:MOST_NAMED])
        message = (
            f"The test labels seem to name the classes differently from the training labels: {right:.0%} are right as "
            f"they are, and {best:.0%} would be if the test's {some} were meant. The score takes the labels as they "
            "are; check them."
        )
        return [DataWarning(kind="mismatched-labels", message=message, count=len(truth))]
    expected = None if validation is None else (validation - chance) / max(1e-9, 1 - chance)
    if expected is not None and expected >= GOOD and (right - chance) / max(1e-9, 1 - chance) <= NEARLY_CHANCE:
        message = (
            f"The test labels seem to belong to other rows: {right:.0%} are right, no more than by chance "
            f"({chance:.0%}), against {validation:.0%} of the rows held out from train. Check that the "
            "test's labels are in its rows' order."
        )
        return [DataWarning(kind="mismatched-labels", message=message, count=len(truth))]
    return []


def _renamed(table: np.ndarray) -> tuple[np.ndarray, float]:
    """For each class of the test rows the answer that it would be, one to one, and the share right so."""
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(-table)
    return np.asarray(columns), float(table[rows, columns].sum()) / float(table.sum())
