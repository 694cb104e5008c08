"""Mean squared error, in the square of the target's unit. Large errors weigh most."""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import Parts, columns, computer

if TYPE_CHECKING:
    import numpy as np


def parts(truth: "np.ndarray", predicted: "np.ndarray") -> Parts:
    return columns((truth - predicted) ** 2)


def combine(means: "np.ndarray") -> "np.ndarray":
    return means[..., 0]


METRIC = Metric(
    name="mse",
    title="MSE",
    goal="regress",
    higher=False,
    aliases=(
        "mse",
        "mean squared error",
        "mean square error",
        "mittlerer quadratischer fehler",
        "erreur quadratique moyenne",
        "error cuadrático medio",
    ),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
    on_request=True,
)
