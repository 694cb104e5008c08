"""The fraction of rows predicted rightly.

The predicted class is the most probable one; of several equally probable, the first.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import Parts, columns, computer

if TYPE_CHECKING:
    import numpy as np


def parts(truth: "np.ndarray", predicted: "np.ndarray") -> Parts:
    return columns(predicted.argmax(axis=1) == truth)


def combine(means: "np.ndarray") -> "np.ndarray":
    return means[..., 0]


METRIC = Metric(
    name="accuracy",
    title="accuracy",
    goal="classify",
    higher=True,
    unit="fraction",
    aliases=("accuracy", "acc", "genauigkeit", "treffergenauigkeit", "exactitude", "exactitud"),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
    answers=True,
    effective=len,
)
