"""The mean squared error of the probabilities: 0 is perfect, 1 sure and wrong.

Of two classes that of the second one's probability, of more the sum over classes (0 to 2), as in scikit-learn.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import Parts, columns, computer

if TYPE_CHECKING:
    import numpy as np


def parts(truth: "np.ndarray", predicted: "np.ndarray") -> Parts:
    import numpy as np

    wanted = np.eye(predicted.shape[1])[truth]
    error = np.square(predicted - wanted).sum(axis=1)
    return columns(error / 2 if predicted.shape[1] <= 2 else error)


def combine(means: "np.ndarray") -> "np.ndarray":
    return means[..., 0]


METRIC = Metric(
    name="brier",
    title="Brier score",
    goal="classify",
    higher=False,
    aliases=(
        "brier",
        "brier score",
        "brier loss",
        "brier-score",
        "brier-wert",
        "score de brier",
        "puntuación de brier",
        "índice de brier",
    ),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
    on_request=True,
)
