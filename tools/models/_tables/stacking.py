"""A second layer: learners that see, beside the columns, what the blend's members say of rows they did not learn from.

    >>> extended(rows, columns_of([forest, boosting], target)).numbers.shape
    (569, 32)

Wolpert 1992, https://doi.org/10.1016/S0893-6080(05)80023-1. Of rows to learn from it is what a learner said that had
not seen their fold, of new rows the mean of the learners that are kept. It enters the blend beside the first layer, and
only where the blend validates better with it than without.
"""

import numpy as np

from noglue.tools.models._tables.encoding import Encoded
from noglue.tools.models._tables.target import Target

FARTHEST = 1e-4  # from 0, that a probability counts as
FEWEST_ROWS = 750  # below, a second layer learns how the folds fell
LEAST_GAIN = 0.002  # of the loss, that it must bring


def columns_of(predicted: list[np.ndarray], target: Target) -> np.ndarray:
    """float64 (n, …): the logit of the second class of two, the logarithms of more, or values as they are.

    predicted: of each learner (n, m) or (n,), in the target column's own terms.
    """
    return np.concatenate([_columns(one, target) for one in predicted], axis=1)


def _columns(predicted: np.ndarray, target: Target) -> np.ndarray:
    if not target.classes:
        return predicted[:, None]
    logs = np.log(np.clip(predicted, FARTHEST, 1.0))
    return np.asarray(logs[:, 1:] - logs[:, :1] if predicted.shape[1] == 2 else logs)


def extended(rows: Encoded, columns: np.ndarray) -> Encoded:
    return Encoded(np.concatenate([rows.numbers, columns], axis=1), rows.codes)
