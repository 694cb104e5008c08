"""Which measures can't tell what they are there to tell, on these data and by this judge; they are not printed.

>>> blind(measures, test, train, noise, scrambled)
['sample_precision']

In the samples' place a measure is given real pictures, noise, and real pictures with their pixels in another order: it
must like the real ones clearly better than either. What looks for copies is given the train pictures themselves.
"""

from collections.abc import Sequence

import numpy as np

from noglue.tools.metrics import Metric

ROWS, FEWEST = 500, 20  # of each kind that are compared, and below which nothing is said
APART = 0.25  # of the larger of two values, that real and spoilt must lie apart


def blind(measures: Sequence[Metric], test: np.ndarray, train: np.ndarray, spoilt: Sequence[np.ndarray]) -> list[str]:
    """Names of the measures of a judge's features that fail. test, train, spoilt: float32 (n, d) each."""
    found = []
    for metric in measures:
        if metric.sees != "own features":
            continue
        if metric.against_train:
            real, others = metric.compute(train, test), [metric.compute(train, train)]
        else:
            real, others = metric.compute(test, train), [metric.compute(test, rows) for rows in spoilt]
        if not all(tells(metric, real, other) for other in others):
            found.append(metric.name)
    return found


def tells(metric: Metric, real: float, other: float) -> bool:
    return metric.better(real, other) and abs(real - other) >= APART * max(abs(real), abs(other))
