"""Mean absolute error, in the target's own unit."""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import Parts, columns, computer

if TYPE_CHECKING:
    import numpy as np


def parts(truth: "np.ndarray", predicted: "np.ndarray") -> Parts:
    return columns(abs(truth - predicted))


def combine(means: "np.ndarray") -> "np.ndarray":
    return means[..., 0]


METRIC = Metric(
    name="mae",
    title="MAE",
    goal="regress",
    higher=False,
    unit="target",
    aliases=("mae", "mean absolute error", "mean absolute deviation", "average error", "absolute error", "l1 error"),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
)
