"""Spearman's correlation of ranks: 1 where the predicted values rise wherever the true ones do."""

from typing import TYPE_CHECKING

from tools.metrics import Metric
from tools.metrics._parts import plainly

if TYPE_CHECKING:
    import numpy as np


@plainly
def compute(truth: "np.ndarray", predicted: "np.ndarray") -> float:
    import numpy as np
    from scipy.stats import rankdata

    is_, told = (rankdata(values) - (len(values) + 1) / 2 for values in (truth, predicted))
    spread = np.sqrt((is_**2).sum() * (told**2).sum())
    return float((is_ * told).sum() / spread) if spread > 0 else float("nan")


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
    needs="true and predicted values that differ",
)
