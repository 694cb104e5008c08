"""Root mean squared error, in the target's own unit. Large errors weigh more than in the mean absolute error."""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import Parts, columns, computer

if TYPE_CHECKING:
    import numpy as np


def parts(truth: "np.ndarray", predicted: "np.ndarray") -> Parts:
    return columns((truth - predicted) ** 2)


def combine(means: "np.ndarray") -> "np.ndarray":
    import numpy as np

    score: np.ndarray = np.sqrt(means[..., 0])
    return score


METRIC = Metric(
    name="rmse",
    title="RMSE",
    goal="regress",
    higher=False,
    unit="target",
    aliases=("rmse", "root mean squared error", "root mean square error", "rms error", "root mse"),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
)
