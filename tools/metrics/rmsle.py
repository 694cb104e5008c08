"""Root mean squared error of the logarithms of 1 + value: what counts is by what factor a prediction is off.

Without a value where a true value is negative; predictions below 0 count as 0.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import computer
from noglue.tools.metrics.msle import parts

if TYPE_CHECKING:
    import numpy as np


def combine(means: "np.ndarray") -> "np.ndarray":
    import numpy as np

    score: np.ndarray = np.sqrt(means[..., 0])
    return score


METRIC = Metric(
    name="rmsle",
    title="RMSLE",
    goal="regress",
    higher=False,
    aliases=(
        "rmsle",
        "root mean squared logarithmic error",
        "root mean squared log error",
        "root mean square log error",
        "rms log error",
        "log rmse",
        "logarithmischer fehler",
        "wurzel des mittleren quadratischen logarithmischen fehlers",
        "erreur logarithmique",
        "racine de l'erreur logarithmique quadratique moyenne",
        "error logarítmico",
        "raíz del error logarítmico cuadrático medio",
    ),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
    on_request=True,
    no_value_without="true values that are not negative",
)
