"""The fraction of the positive class's rows that are found; of more than two classes, the mean over them."""

from typing import TYPE_CHECKING

from noglue.tools.metrics._classwise import of_class, ratio

if TYPE_CHECKING:
    import numpy as np


def formula(right: "np.ndarray", of: "np.ndarray", called: "np.ndarray") -> "np.ndarray":
    return ratio(right, of)


METRIC = of_class(
    "recall",
    "recall",
    formula,
    aliases=(
        "recall",
        "sensitivity",
        "sensitivity score",
        "true positive rate",
        "tpr",
        "hit rate",
        "detection rate",
        "sensitivität",
        "trefferquote",
        "richtig-positiv-rate",
        "rappel",
        "sensibilité",
        "taux de vrais positifs",
        "exhaustividad",
        "sensibilidad",
        "tasa de verdaderos positivos",
    ),
    one_sided=True,
)
