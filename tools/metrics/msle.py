"""Mean squared error of the logarithms of 1 + value.

Without a value where a true value is negative; predictions below 0 count as 0.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import Parts, columns, computer

if TYPE_CHECKING:
    import numpy as np


def parts(truth: "np.ndarray", predicted: "np.ndarray") -> Parts:
    import numpy as np

    known = np.where(truth < 0, np.nan, truth)
    return columns((np.log1p(known) - np.log1p(np.maximum(predicted, 0))) ** 2)


def combine(means: "np.ndarray") -> "np.ndarray":
    return means[..., 0]


METRIC = Metric(
    name="msle",
    title="MSLE",
    goal="regress",
    higher=False,
    aliases=(
        "msle",
        "mean squared logarithmic error",
        "mean squared log error",
        "squared log error",
        "mittlerer quadratischer logarithmischer fehler",
        "erreur logarithmique quadratique moyenne",
        "error logarítmico cuadrático medio",
    ),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
    on_request=True,
    no_value_without="true values that are not negative",
)
