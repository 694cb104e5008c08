"""Class by class: does the judge see what was asked for, and does each class come as often as in the data?

>>> shares(classes, asked, told_asked, labels_of_the_test_rows, told_drawn)[0]
ClassShare(name='ankle boot', asked=500, recognised=478, data=0.1, generated=0.097)
"""

import numpy as np

from noglue.tools.evaluation.generation_findings import ClassShare

MOST_ASKED = 5_000  # samples that are asked for by class, in all
LEAST_OF_A_CLASS = 20


def evenly(classes: int, samples: int) -> np.ndarray:
    """Labels to ask for, int64: every class as often, in turn; about as many as there are samples, 5,000 at most."""
    each = max(LEAST_OF_A_CLASS, min(samples, MOST_ASKED) // classes)
    return np.tile(np.arange(classes, dtype=np.int64), each)


def shares(
    classes: list[str], asked: np.ndarray | None, told_asked: np.ndarray | None, data: np.ndarray, drawn: np.ndarray
) -> list[ClassShare]:
    """asked, told_asked: int64 (m,), the classes asked for and what the judge sees; None where none can be asked for.

    data: int64 (n,), the test rows' labels, -1 where missing; drawn: int64 (k,), what the judge sees in samples drawn
    as in training.
    """
    k = len(classes)
    none = np.zeros(0, np.int64)
    wanted, seen = (none, none) if asked is None or told_asked is None else (asked, told_asked)
    known = np.bincount(data[data >= 0], minlength=k)
    generated = np.bincount(drawn, minlength=k)
    times, right = np.bincount(wanted, minlength=k), np.bincount(wanted[wanted == seen], minlength=k)
    return [
        ClassShare(
            name=name,
            asked=int(times[i]),
            recognised=int(right[i]),
            data=float(known[i] / max(1, known.sum())),
            generated=float(generated[i] / max(1, generated.sum())),
        )
        for i, name in enumerate(classes)
    ]
