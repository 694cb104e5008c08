"""R², the fraction of the target's variance that is explained: 1 is perfect, 0 is the mean, below 0 is worse."""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import Parts, columns, computer

if TYPE_CHECKING:
    import numpy as np


def parts(truth: "np.ndarray", predicted: "np.ndarray") -> Parts:
    centred = truth - truth.mean()
    return columns((truth - predicted) ** 2, centred, centred**2)


def combine(means: "np.ndarray") -> "np.ndarray":
    import numpy as np

    error, mean, square = np.moveaxis(means, -1, 0)
    variance = square - mean**2
    return np.where(variance > 0, 1 - error / variance, np.nan)


METRIC = Metric(
    name="r2",
    title="R²",
    goal="regress",
    higher=True,
    aliases=("r²", "r2", "r^2", "r2 score", "r-squared", "r squared", "coefficient of determination"),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
)
