"""Diversity: the share of real images that lie within the samples, no farther from one than its fifth neighbour is.

Kynkäänniemi et al. 2019 (https://arxiv.org/abs/1904.06991). A wide spread of poor samples scores high: read it beside
coverage.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import mean_of

if TYPE_CHECKING:
    import numpy as np


def rows(real: "np.ndarray", fake: "np.ndarray") -> "np.ndarray | None":
    from noglue.tools.metrics._neighbours import neighbours

    found = neighbours(real, fake)
    return None if found is None else found.recalled


METRIC = Metric(
    name="sample_recall",
    title="sample recall",
    goal="generate",
    higher=True,
    unit="fraction",
    sees="own features",
    aliases=("sample recall", "recall of the samples", "recall of samples"),
    compute=mean_of(rows),
    rows=rows,
)
