"""Mean absolute scaled error: the error over that of repeating the last season, as it was within the history.

1 is as far off as the last season would have been on average one season ahead; below 1 is better. Each series is
measured in its own unit. Hyndman & Koehler 2006, https://doi.org/10.1016/j.ijforecast.2006.03.001
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Evidence, Metric
from noglue.tools.metrics._parts import Parts, columns, computer

if TYPE_CHECKING:
    import numpy as np


def observe(evidence: Evidence) -> "np.ndarray":
    """The scaled error of each row; predicted: mean, low, high, scale."""
    import numpy as np

    return np.asarray(np.abs(evidence.predicted[:, 0] - evidence.truth) / evidence.predicted[:, 3])


def parts(truth: "np.ndarray", seen: "np.ndarray") -> Parts:
    return columns(seen)


def combine(means: "np.ndarray") -> "np.ndarray":
    return means[..., 0]


METRIC = Metric(
    name="mase",
    title="MASE",
    goal="forecast",
    higher=False,
    aliases=("mase", "mean absolute scaled error", "mittlerer absoluter skalierter fehler"),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
    needs=frozenset({"rows"}),
    observe=observe,
)
