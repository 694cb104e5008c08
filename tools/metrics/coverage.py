"""Diversity: the share of real images that have a sample in their neighbourhood, nearer than their fifth neighbour.

Naeem et al. 2020 (https://arxiv.org/abs/2002.09797). Real images get about 0.97 where samples are as many as they are;
a generator that makes one kind of image gets near 0.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import mean_of

if TYPE_CHECKING:
    import numpy as np


def rows(real: "np.ndarray", fake: "np.ndarray") -> "np.ndarray | None":
    from noglue.tools.metrics._neighbours import neighbours

    found = neighbours(real, fake)
    return None if found is None else found.covered


METRIC = Metric(
    name="coverage",
    title="coverage",
    goal="generate",
    higher=True,
    unit="fraction",
    sees="own features",
    aliases=("sample coverage", "coverage of the samples", "mode coverage"),
    compute=mean_of(rows),
    rows=rows,
)
