"""Inception score: Salimans et al. 2016 (https://arxiv.org/abs/1606.03498).

exp of the mean Kullback-Leibler divergence of each sample's class probabilities from all samples', over ten random
parts as in the paper. From 1 to the number of classes; it knows nothing of the data, and means little for images that
look like none of ImageNet's.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric

if TYPE_CHECKING:
    import numpy as np

PARTS = 10


def compute(real: "np.ndarray", fake: "np.ndarray") -> float:
    """The samples' probabilities alone count, float (m, k); of fewer than a hundred samples one part is made."""
    import numpy as np

    if len(fake) == 0 or not np.isfinite(fake).all():
        return float("nan")
    order = np.random.default_rng(0).permutation(len(fake))
    parts = np.array_split(order, PARTS if len(fake) >= 10 * PARTS else 1)
    return float(np.mean([_score(fake[part].astype(np.float64)) for part in parts]))


def _score(probabilities: "np.ndarray") -> float:
    import numpy as np

    least = np.finfo(np.float64).tiny
    divergences = (probabilities * (np.log(probabilities + least) - np.log(probabilities.mean(0) + least))).sum(1)
    return float(np.exp(divergences.mean()))


METRIC = Metric(
    name="inception_score",
    title="Inception score",
    goal="generate",
    higher=True,
    sees="inception probabilities",
    aliases=("inception score", "inception_score"),
    compute=compute,
)
