"""Expected calibration error: how far a stated confidence lies from the fraction that is right.

The mean over 15 equal bins of confidence, weighted by their rows, of |accuracy - confidence| for the predicted class
(Guo et al. 2017, https://arxiv.org/abs/1706.04599). Biased upwards where rows are few.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import Parts, computer

if TYPE_CHECKING:
    import numpy as np

BINS = 15


def parts(truth: "np.ndarray", predicted: "np.ndarray") -> Parts:
    import numpy as np

    confidence = predicted.max(axis=1).astype(np.float64)
    right = predicted.argmax(axis=1) == truth
    return Parts((right - confidence)[:, None], bins(confidence)[:, None], BINS)


def combine(means: "np.ndarray") -> "np.ndarray":
    import numpy as np

    score: np.ndarray = np.abs(means).sum(axis=-1)
    return score


def bins(confidence: "np.ndarray") -> "np.ndarray":
    """The bin of each confidence, 0…14: (0, 1/15] is 0, (14/15, 1] is 14."""
    import numpy as np

    place: np.ndarray = np.clip(np.ceil(confidence * BINS).astype(np.int64) - 1, 0, BINS - 1)
    return place


METRIC = Metric(
    name="calibration_error",
    title="calibration error",
    goal="classify",
    higher=False,
    unit="fraction",
    aliases=("calibration error", "calibration", "ece", "expected calibration error"),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
)
