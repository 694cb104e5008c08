"""Spearman's correlation of ranks: 1 where the predicted values rise wherever the true ones do.

Predictions that are all the same are related to nothing: 0.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import plainly

if TYPE_CHECKING:
    import numpy as np


@plainly
def compute(truth: "np.ndarray", predicted: "np.ndarray") -> float:
    import numpy as np
    from scipy.stats import rankdata

    is_, ranked = (rankdata(values) - (len(values) + 1) / 2 for values in (truth, predicted))
    spread = np.sqrt((is_**2).sum() * (ranked**2).sum())
    if not is_.any():
        return float("nan")
    return float((is_ * ranked).sum() / spread) if spread > 0 else 0.0


METRIC = Metric(
    name="spearman",
    title="Spearman correlation",
    goal="regress",
    higher=True,
    aliases=(
        "spearman",
        "spearman correlation",
        "spearman's rho",
        "spearman rho",
        "rank correlation",
        "spearman's correlation",
        "spearman-korrelation",
        "rangkorrelation",
        "corrélation de spearman",
        "corrélation de rang",
        "correlación de spearman",
        "correlación de rangos",
    ),
    compute=compute,
    on_request=True,
    no_value_without="true values that differ",
)
