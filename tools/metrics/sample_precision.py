"""Fidelity: the share of samples that lie within the data, no farther from a real image than its fifth neighbour is.

Kynkäänniemi et al. 2019 (https://arxiv.org/abs/1904.06991). Real images get less than 1 too.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import mean_of

if TYPE_CHECKING:
    import numpy as np


def rows(real: "np.ndarray", fake: "np.ndarray") -> "np.ndarray | None":
    from noglue.tools.metrics._neighbours import neighbours

    found = neighbours(real, fake)
    return None if found is None else found.precise


METRIC = Metric(
    name="sample_precision",
    title="sample precision",
    goal="generate",
    higher=True,
    unit="fraction",
    sees="own features",
    aliases=("sample precision", "precision of the samples", "precision of samples"),
    compute=mean_of(rows),
    rows=rows,
)
