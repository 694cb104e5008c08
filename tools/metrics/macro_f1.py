"""The mean over classes of F1, the harmonic mean of precision and recall.

Classes that are neither in the truth nor predicted are left out, as in scikit-learn.
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

    right, of, called = np.split(means, 3, axis=-1)
    seen = of + called > 0
    score: np.ndarray = np.nanmean(np.where(seen, 2 * right / np.where(seen, of + called, 1), np.nan), axis=-1)
    return score


METRIC = Metric(
    name="macro_f1",
    title="macro F1",
    goal="classify",
    higher=True,
    unit="fraction",
    aliases=("macro f1", "macro-f1", "f1 macro", "macro-averaged f1", "macro f-score", "macro f1 score"),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
    answers=True,
    effective=rows_behind_a_mean_over_classes,
)
