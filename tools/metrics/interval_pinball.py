"""Scaled pinball loss of the interval's ends and its middle: what is lost by quantiles that are off, in units of MASE.

The mean over the lower end, the forecast and the upper end, each as the quantile that it claims to be. Small only where
intervals are narrow and hold the values. Gneiting & Raftery 2007, https://doi.org/10.1198/016214506000001437
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Evidence, Metric
from noglue.tools.metrics._parts import Parts, columns, computer

if TYPE_CHECKING:
    import numpy as np


def observe(evidence: Evidence) -> "np.ndarray":
    """The loss of each row; predicted: mean, low, high, scale."""
    import numpy as np

    level = 0.9 if evidence.schema.timeline is None else evidence.schema.timeline.level
    total = np.zeros(len(evidence.truth))
    for column, quantile in ((1, (1 - level) / 2), (0, 0.5), (2, (1 + level) / 2)):
        above = evidence.truth - evidence.predicted[:, column]
        total += np.maximum(quantile * above, (quantile - 1) * above)
    return np.asarray(total / 3 / evidence.predicted[:, 3])


def parts(truth: "np.ndarray", seen: "np.ndarray") -> Parts:
    return columns(seen)


def combine(means: "np.ndarray") -> "np.ndarray":
    return means[..., 0]


METRIC = Metric(
    name="interval_pinball",
    title="scaled pinball loss",
    goal="forecast",
    higher=False,
    aliases=("interval pinball", "scaled pinball loss", "quantile score", "weighted quantile loss"),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
    needs=frozenset({"rows"}),
    observe=observe,
)
