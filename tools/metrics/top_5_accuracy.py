"""The fraction of rows whose class is among the five most probable ones.

Without a value where there are no more than five classes, as it would be 1.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import Parts, computer
from noglue.tools.metrics._top import among

if TYPE_CHECKING:
    import numpy as np


def parts(truth: "np.ndarray", predicted: "np.ndarray") -> Parts:
    return among(truth, predicted, 5)


def combine(means: "np.ndarray") -> "np.ndarray":
    return means[..., 0]


METRIC = Metric(
    name="top_5_accuracy",
    title="top-5 accuracy",
    goal="classify",
    higher=True,
    aliases=(
        "top 5 accuracy",
        "top-5 accuracy",
        "top5 accuracy",
        "top 5",
        "top-5",
        "top5",
        "accuracy at 5",
        "accuracy@5",
        "top-5-genauigkeit",
        "exactitude top 5",
        "exactitude top-5",
        "exactitud top 5",
        "exactitud top-5",
        "top five accuracy",
        "top-five accuracy",
    ),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
    on_request=True,
    unit="fraction",
    effective=len,
    needs="more than five classes",
)
