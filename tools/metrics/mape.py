"""Mean absolute percentage error: how far off, as a share of the true value.

Without a value where a true value is 0.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import Parts, columns, computer

if TYPE_CHECKING:
    import numpy as np


def parts(truth: "np.ndarray", predicted: "np.ndarray") -> Parts:
    import numpy as np

    return columns(np.abs(truth - predicted) / np.where(truth == 0, np.nan, np.abs(truth)))


def combine(means: "np.ndarray") -> "np.ndarray":
    return means[..., 0]


METRIC = Metric(
    name="mape",
    title="MAPE",
    goal="regress",
    higher=False,
    aliases=(
        "mape",
        "mean absolute percentage error",
        "mean absolute percent error",
        "percentage error",
        "percent error",
        "relative error",
        "mean relative error",
        "mittlerer prozentualer fehler",
        "mittlerer absoluter prozentualer fehler",
        "prozentualer fehler",
        "mittlerer relativer fehler",
        "erreur relative moyenne",
        "erreur absolue moyenne en pourcentage",
        "erreur en pourcentage",
        "error porcentual",
        "error porcentual absoluto medio",
        "error relativo medio",
    ),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
    on_request=True,
    unit="relative",
    no_value_without="true values other than 0",
)
