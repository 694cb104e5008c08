"""The fraction of the target's variance that is explained, an error that is the same everywhere being free."""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import Parts, columns, computer

if TYPE_CHECKING:
    import numpy as np


def parts(truth: "np.ndarray", predicted: "np.ndarray") -> Parts:
    centred, error = truth - truth.mean(), truth - predicted
    shift = error.mean()
    return columns(error - shift, (error - shift) ** 2, centred, centred**2)


def combine(means: "np.ndarray") -> "np.ndarray":
    import numpy as np

    error, error_square, mean, square = np.moveaxis(means, -1, 0)
    variance = square - mean**2
    score: np.ndarray = np.where(variance > 0, 1 - (error_square - error**2) / variance, np.nan)
    return score


METRIC = Metric(
    name="explained_variance",
    title="explained variance",
    goal="regress",
    higher=True,
    aliases=(
        "explained variance",
        "explained variance score",
        "variance explained",
        "erklärte varianz",
        "variance expliquée",
        "varianza explicada",
    ),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
    on_request=True,
    no_value_without="true values that differ",
)
