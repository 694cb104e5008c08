"""The rows rightly told as the positive class over those of it or told as it: intersection over union.

Of more than two classes the mean over them.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics._classwise import of_class, ratio

if TYPE_CHECKING:
    import numpy as np


def formula(right: "np.ndarray", of: "np.ndarray", called: "np.ndarray") -> "np.ndarray":
    return ratio(right, of + called - right)


METRIC = of_class(
    "jaccard",
    "Jaccard index",
    formula,
    aliases=(
        "jaccard",
        "jaccard index",
        "jaccard score",
        "jaccard similarity",
        "intersection over union",
        "iou",
        "jaccard-index",
        "jaccard-koeffizient",
        "indice de jaccard",
        "índice de jaccard",
    ),
)
