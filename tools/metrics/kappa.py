"""Cohen's kappa: how far answers and truth agree beyond what their frequencies alone would give."""

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
    expected = (of * called).sum(axis=-1)
    score: np.ndarray = np.where(expected < 1, (right.sum(axis=-1) - expected) / (1 - expected), np.nan)
    return score


METRIC = Metric(
    name="kappa",
    title="Cohen's kappa",
    goal="classify",
    higher=True,
    aliases=(
        "kappa",
        "cohen's kappa",
        "cohens kappa",
        "cohen kappa",
        "kappa score",
        "kappa statistic",
        "kappa-koeffizient",
        "cohen-kappa",
        "kappa de cohen",
        "coefficient kappa",
        "coeficiente kappa",
    ),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
    on_request=True,
    answers=True,
    no_value_without="test rows of at least two classes, and answers that differ",
)
