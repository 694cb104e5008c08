"""The probability that a random row of the second class is scored above one of the first (ties count half).

As a function of means it is DeLong's decomposition into placement values, the same first-order approximation as in
DeLong, DeLong & Clarke-Pearson 1988 (https://doi.org/10.2307/2531595); at the data themselves it is exact.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import Parts, columns, computer, rows_behind_a_mean_over_classes

if TYPE_CHECKING:
    import numpy as np


def parts(truth: "np.ndarray", predicted: "np.ndarray") -> Parts:
    import numpy as np

    _, place = np.unique(predicted[:, 1], return_inverse=True)
    positive = truth == 1
    above = np.bincount(place[positive], minlength=place.max() + 1)  # positives at each distinct score
    below = np.bincount(place[~positive], minlength=place.max() + 1)
    beaten = (np.cumsum(below) - below / 2)[place] / max(1, below.sum())
    beaten_by = (above.sum() - np.cumsum(above) + above / 2)[place] / max(1, above.sum())
    area = beaten[positive].mean() if positive.any() else np.nan
    return columns(
        positive * beaten, positive, ~positive * beaten_by, ~positive, np.full(len(truth), area, dtype=np.float64)
    )


def combine(means: "np.ndarray") -> "np.ndarray":
    import numpy as np

    beaten, positives, beaten_by, negatives, area = np.moveaxis(means, -1, 0)
    score: np.ndarray = np.clip(beaten / positives + beaten_by / negatives - area, 0.0, 1.0)
    return score


METRIC = Metric(
    name="roc_auc",
    title="ROC AUC",
    goal="classify",
    higher=True,
    binary=True,
    aliases=("roc auc", "roc-auc", "auc", "auroc", "roc", "area under the curve", "area under the roc curve"),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
    effective=rows_behind_a_mean_over_classes,
)
