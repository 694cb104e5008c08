"""The best of the answers that are the same for every row, by the measure that decides.

    >>> best(bound("recall", ["no", "yes"]), schema, train_truth).positive       # 90 of 100 rows are `no`
    'yes'

By accuracy that is the most frequent class, and by recall or F2 of a rare class it is the rare one: a model that is
worse than always answering it has learned nothing by that measure. Found on the training rows, said as a threshold of
0, so that the classes' shares stay what measures of probabilities look at.
"""

import numpy as np

from noglue.tools.evaluation.decision_threshold import Threshold
from noglue.tools.metrics import Metric
from noglue.tools.spec.schema import Schema

MOST_CLASSES = 30  # of more the most frequent one is taken
MOST_ROWS = 5_000  # that shares are known well enough from
GAIN = 1e-9


def best(main: Metric, schema: Schema, train: np.ndarray) -> Threshold | None:
    """None where the most frequent class is as good as any, and of measures that look at probabilities."""
    classes = schema.classes or []
    if not main.answers or not 2 <= len(classes) <= MOST_CLASSES or not len(train):
        return None
    ordered = np.sort(train)
    truth = ordered[np.linspace(0, len(ordered) - 1, min(len(ordered), MOST_ROWS)).astype(np.int64)]
    usual = int(np.bincount(train, minlength=len(classes)).argmax())
    chosen, reached = usual, _score(main, truth, usual, len(classes))
    for place in range(len(classes)):
        score = _score(main, truth, place, len(classes))
        if main.better(score, reached) and not abs(score - reached) < GAIN:
            chosen, reached = place, score
    if chosen == usual:
        return None
    return Threshold(positive=classes[chosen], threshold=0.0, why=f"best constant {main.name}", rows=len(train))


def _score(main: Metric, truth: np.ndarray, place: int, classes: int) -> float:
    return main.compute(truth, np.tile(np.eye(classes)[place], (len(truth), 1)))
