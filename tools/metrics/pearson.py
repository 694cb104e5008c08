"""Pearson's correlation of predicted and true values: 1 where one is a rising straight line of the other.

Predictions that are all the same are related to nothing: 0.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import Parts, columns, computer

if TYPE_CHECKING:
    import numpy as np


def parts(truth: "np.ndarray", predicted: "np.ndarray") -> Parts:
    spread = truth.std() or 1.0, predicted.std() or 1.0
    is_, guess = (truth - truth.mean()) / spread[0], (predicted - predicted.mean()) / spread[1]
    return columns(is_ * guess, is_, guess, is_**2, guess**2)


def combine(means: "np.ndarray") -> "np.ndarray":
    import numpy as np

    both, is_, guess, is_square, told_square = np.moveaxis(means, -1, 0)
    spread = np.sqrt(np.maximum((is_square - is_**2) * (told_square - guess**2), 0))
    score: np.ndarray = np.where(spread > 1e-12, (both - is_ * guess) / np.maximum(spread, 1e-12), 0.0)
    return np.where(is_square > is_**2, score, np.nan)


METRIC = Metric(
    name="pearson",
    title="Pearson correlation",
    goal="regress",
    higher=True,
    aliases=(
        "pearson",
        "pearson correlation",
        "pearson's r",
        "pearson r",
        "pearson's correlation",
        "correlation coefficient",
        "pearson-korrelation",
        "korrelationskoeffizient",
        "corrélation de pearson",
        "coefficient de corrélation",
        "correlación de pearson",
        "coeficiente de correlación",
    ),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
    on_request=True,
    no_value_without="true values that differ",
)
