"""The largest absolute error of any row, in the target's own unit."""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import plainly

if TYPE_CHECKING:
    import numpy as np


@plainly
def compute(truth: "np.ndarray", predicted: "np.ndarray") -> float:
    import numpy as np

    return float(np.abs(truth - predicted).max())


METRIC = Metric(
    name="max_error",
    title="largest error",
    goal="regress",
    higher=False,
    aliases=(
        "max error",
        "maximum error",
        "largest error",
        "worst-case error",
        "worst case error",
        "maximum absolute error",
        "maximaler fehler",
        "größter fehler",
        "erreur maximale",
        "plus grande erreur",
        "error máximo",
        "mayor error",
    ),
    compute=compute,
    on_request=True,
    unit="target",
)
