"""KD-own: the kernel distance of samples from real images, in the features of a classifier trained on the data.

    >>> METRIC.compute(judge.features(test), judge.features(samples))
    0.021

Bińkowski et al. 2018 (https://arxiv.org/abs/1801.01401). Unlike the Fréchet distance it does not grow as samples get
fewer. On the judge's features, not the Inception network's, so it is no KID.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric

if TYPE_CHECKING:
    import numpy as np


def compute(real: "np.ndarray", fake: "np.ndarray") -> float:
    from noglue.tools.metrics._distances import kernel

    return kernel(real, fake)


METRIC = Metric(
    name="kd_own",
    title="KD-own",
    goal="generate",
    higher=False,
    sees="own features",
    aliases=("kd_own", "kernel distance", "maximum mean discrepancy"),
    compute=compute,
    resampled=2_000,
)
