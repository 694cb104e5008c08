"""The share of samples that are no near-copy of a training image: Alaa et al. 2022 (https://arxiv.org/abs/2102.08921).

The real images must be those that the generator learned from. A sample counts as authentic where it lies farther from
the nearest of them than that one's own nearest fellow does. Fresh real images get between 0.4 and 0.8,
the more the more features there are.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import mean_of

if TYPE_CHECKING:
    import numpy as np


def rows(real: "np.ndarray", fake: "np.ndarray") -> "np.ndarray | None":
    from noglue.tools.metrics._neighbours import authentic

    return authentic(real, fake)


METRIC = Metric(
    name="authenticity",
    title="authenticity",
    goal="generate",
    higher=True,
    unit="fraction",
    sees="own features",
    needs=frozenset({"train"}),
    aliases=("sample authenticity", "authenticity of the samples"),
    compute=mean_of(rows),
    rows=rows,
)
