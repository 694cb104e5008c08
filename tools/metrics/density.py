"""Fidelity: in how many real images' neighbourhoods a sample lies, of the five expected; real images get about 1.

Naeem et al. 2020 (https://arxiv.org/abs/2002.09797). Outliers in the data count little; samples that crowd where the
data are dense get more than 1.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import mean_of

if TYPE_CHECKING:
    import numpy as np


def rows(real: "np.ndarray", fake: "np.ndarray") -> "np.ndarray | None":
    from noglue.tools.metrics._neighbours import neighbours

    found = neighbours(real, fake)
    return None if found is None else found.density


METRIC = Metric(
    name="density",
    title="sample density",
    goal="generate",
    higher=True,
    unit="",
    sees="own features",
    aliases=("sample density", "density of the samples"),
    compute=mean_of(rows),
    rows=rows,
)
