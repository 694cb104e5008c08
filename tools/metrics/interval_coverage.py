"""How often the true value lies within the forecast's interval; it should be as often as the interval claims.

More is no better where the intervals are wider for it: see the scaled pinball loss beside it.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Evidence, Metric
from noglue.tools.metrics._parts import Parts, columns, computer

if TYPE_CHECKING:
    import numpy as np


def observe(evidence: Evidence) -> "np.ndarray":
    """1 where the interval holds it; predicted: mean, low, high, scale."""
    import numpy as np

    low, high = evidence.predicted[:, 1], evidence.predicted[:, 2]
    return np.asarray((low <= evidence.truth) & (evidence.truth <= high), np.float64)


def parts(truth: "np.ndarray", seen: "np.ndarray") -> Parts:
    return columns(seen)


def combine(means: "np.ndarray") -> "np.ndarray":
    return means[..., 0]


METRIC = Metric(
    name="interval_coverage",
    title="coverage of the intervals",
    goal="forecast",
    higher=True,
    unit="fraction",
    aliases=("interval coverage", "coverage of the intervals", "prediction interval coverage", "picp"),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
    one_sided=True,
    needs=frozenset({"rows"}),
    observe=observe,
)
