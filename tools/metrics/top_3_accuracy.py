"""The fraction of rows whose class is among the three most probable ones.

Without a value where there are no more than three classes, as it would be 1.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import Parts, computer
from noglue.tools.metrics._top import among

if TYPE_CHECKING:
    import numpy as np


def parts(truth: "np.ndarray", predicted: "np.ndarray") -> Parts:
    return among(truth, predicted, 3)


def combine(means: "np.ndarray") -> "np.ndarray":
    return means[..., 0]


METRIC = Metric(
    name="top_3_accuracy",
    title="top-3 accuracy",
    goal="classify",
    higher=True,
    aliases=(
        "top 3 accuracy",
        "top-3 accuracy",
        "top3 accuracy",
        "top 3",
        "top-3",
        "top3",
        "accuracy at 3",
        "accuracy@3",
        "top-3-genauigkeit",
        "exactitude top 3",
        "exactitude top-3",
        "exactitud top 3",
        "exactitud top-3",
        "top three accuracy",
        "top-three accuracy",
    ),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
    on_request=True,
    unit="fraction",
    effective=len,
    needs="more than three classes",
)
