"""The fraction of the rows not of the positive class that are not told as it (of more than two the mean)."""

from typing import TYPE_CHECKING

from noglue.tools.metrics._classwise import of_class, ratio

if TYPE_CHECKING:
    import numpy as np


def formula(right: "np.ndarray", of: "np.ndarray", called: "np.ndarray") -> "np.ndarray":
    return ratio(1 - of - called + right, 1 - of)


METRIC = of_class(
    "specificity",
    "specificity",
    formula,
    aliases=(
        "specificity",
        "true negative rate",
        "tnr",
        "selectivity",
        "spezifität",
        "richtig-negativ-rate",
        "spécificité",
        "taux de vrais négatifs",
        "especificidad",
        "tasa de verdaderos negativos",
    ),
    one_sided=True,
)
