"""The fraction of the rows told as the positive class that are of it; of more than two classes, the mean over them.

0 where no row is told as a class that has rows.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics._classwise import of_class, ratio

if TYPE_CHECKING:
    import numpy as np


def formula(right: "np.ndarray", of: "np.ndarray", called: "np.ndarray") -> "np.ndarray":
    import numpy as np

    return np.where((called <= 0) & (of > 0), 0.0, ratio(right, called))


METRIC = of_class(
    "precision",
    "precision",
    formula,
    aliases=(
        "precision",
        "positive predictive value",
        "ppv",
        "präzision",
        "genauigkeit der treffer",
        "positiver vorhersagewert",
        "précision",
        "valeur prédictive positive",
        "precisión",
        "valor predictivo positivo",
    ),
    one_sided=True,
)
