"""The pinball (quantile) loss of the median: half of the mean absolute error, in the target's own unit."""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import Parts, columns, computer

if TYPE_CHECKING:
    import numpy as np


def parts(truth: "np.ndarray", predicted: "np.ndarray") -> Parts:
    return columns(abs(truth - predicted) / 2)


def combine(means: "np.ndarray") -> "np.ndarray":
    return means[..., 0]


METRIC = Metric(
    name="pinball",
    title="pinball loss",
    goal="regress",
    higher=False,
    aliases=(
        "pinball",
        "pinball loss",
        "quantile loss",
        "median pinball loss",
        "quantilsverlust",
        "pinball-verlust",
        "perte quantile",
        "pérdida cuantil",
    ),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
    on_request=True,
    unit="target",
)
