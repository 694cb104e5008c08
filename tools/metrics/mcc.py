"""Matthews' correlation of answers and truth: 1 is perfect, 0 no better than chance, -1 always wrong.

Of more than two classes Gorodkin's R_K, as in scikit-learn.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import Parts, computer, counts

if TYPE_CHECKING:
    import numpy as np


def parts(truth: "np.ndarray", predicted: "np.ndarray") -> Parts:
    return counts(truth, predicted)


def combine(means: "np.ndarray") -> "np.ndarray":
    import numpy as np

    right, of, called = np.split(means, 3, axis=-1)
    together = right.sum(axis=-1) - (of * called).sum(axis=-1)
    apart = (1 - (of**2).sum(axis=-1)) * (1 - (called**2).sum(axis=-1))
    score: np.ndarray = np.where(apart > 1e-15, together / np.sqrt(np.maximum(apart, 1e-15)), 0.0)
    return np.where(of.max(axis=-1) < 1, score, np.nan)


METRIC = Metric(
    name="mcc",
    title="Matthews correlation",
    goal="classify",
    higher=True,
    aliases=(
        "mcc",
        "matthews correlation",
        "matthews correlation coefficient",
        "matthews coefficient",
        "matthews' correlation",
        "matthews",
        "phi coefficient",
        "matthews-korrelation",
        "matthews-korrelationskoeffizient",
        "coefficient de matthews",
        "coefficient de corrélation de matthews",
        "coeficiente de matthews",
        "coeficiente de correlación de matthews",
    ),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
    on_request=True,
    answers=True,
    no_value_without="test rows of at least two classes, and answers that differ",
)
