"""Symmetric mean absolute percentage error: the error over the mean size of true and predicted value, 0 to 200 %.

A row where both are 0 counts as right.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import Parts, columns, computer

if TYPE_CHECKING:
    import numpy as np


def parts(truth: "np.ndarray", predicted: "np.ndarray") -> Parts:
    import numpy as np

    size = (np.abs(truth) + np.abs(predicted)) / 2
    return columns(np.where(size > 0, np.abs(truth - predicted) / np.where(size > 0, size, 1), 0.0))


def combine(means: "np.ndarray") -> "np.ndarray":
    return means[..., 0]


METRIC = Metric(
    name="smape",
    title="sMAPE",
    goal="regress",
    higher=False,
    aliases=(
        "smape",
        "symmetric mean absolute percentage error",
        "symmetric mape",
        "symmetric percentage error",
        "symmetrischer prozentualer fehler",
        "erreur relative symétrique",
        "mape simétrico",
        "error porcentual simétrico",
    ),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
    on_request=True,
    unit="relative",
)
