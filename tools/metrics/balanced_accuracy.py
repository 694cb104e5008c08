"""The mean over classes of the fraction of a class's rows predicted rightly (its recall).

Guessing scores 1/k however uneven the classes are. Classes without a row in the truth are left out.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import Parts, computer, counts, rows_behind_a_mean_over_classes

if TYPE_CHECKING:
    import numpy as np


def parts(truth: "np.ndarray", predicted: "np.ndarray") -> Parts:
    return counts(truth, predicted)


def combine(means: "np.ndarray") -> "np.ndarray":
    import numpy as np

    right, of, _ = np.split(means, 3, axis=-1)
    score: np.ndarray = np.nanmean(np.where(of > 0, right / np.where(of > 0, of, 1), np.nan), axis=-1)
    return score


METRIC = Metric(
    name="balanced_accuracy",
    title="balanced accuracy",
    goal="classify",
    higher=True,
    unit="fraction",
    aliases=("balanced accuracy", "balanced acc", "bacc", "average recall", "macro recall", "mean class accuracy"),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
    answers=True,
    effective=rows_behind_a_mean_over_classes,
)
