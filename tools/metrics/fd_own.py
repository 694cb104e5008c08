"""FD-own: the Fréchet distance of samples from real images, in the features of a judge fitted to the data.

    >>> METRIC.compute(judge.features(test), judge.features(samples))
    4.1

Heusel et al. 2017 (https://arxiv.org/abs/1706.08500), but not in the features of the Inception network: comparable
between generators judged by the same judge and as many samples, and with nothing else. In particular it is no FID.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric

if TYPE_CHECKING:
    import numpy as np


def compute(real: "np.ndarray", fake: "np.ndarray") -> float:
    from noglue.tools.metrics._distances import frechet

    return frechet(real, fake)


METRIC = Metric(
    name="fd_own",
    title="FD-own",
    goal="generate",
    higher=False,
    sees="own features",
    aliases=("fd_own", "fréchet distance", "frechet distance"),
    compute=compute,
)
