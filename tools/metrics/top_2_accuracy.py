"""The fraction of rows whose class is among the two most probable ones.

Without a value where there are no more than two classes, as it would be 1.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import Parts, computer
from noglue.tools.metrics._top import among

if TYPE_CHECKING:
    import numpy as np


def parts(truth: "np.ndarray", predicted: "np.ndarray") -> Parts:
    return among(truth, predicted, 2)


def combine(means: "np.ndarray") -> "np.ndarray":
    return means[..., 0]


METRIC = Metric(
    name="top_2_accuracy",
    title="top-2 accuracy",
    goal="classify",
    higher=True,
    aliases=(
        "top 2 accuracy",
        "top-2 accuracy",
        "top2 accuracy",
        "top 2",
        "top-2",
        "top2",
        "accuracy at 2",
        "accuracy@2",
        "top-2-genauigkeit",
        "exactitude top 2",
        "exactitude top-2",
        "exactitud top 2",
        "exactitud top-2",
        "top two accuracy",
        "top-two accuracy",
    ),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
    on_request=True,
    unit="fraction",
    effective=len,
    needs="more than two classes",
)
