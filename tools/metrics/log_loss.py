"""Cross-entropy: minus the mean log of the probability given to the true class, in nats.

Probabilities are kept above float32's epsilon, 1.2e-7, so that one confident error costs at most 15.9 nats.
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import Parts, columns, computer

if TYPE_CHECKING:
    import numpy as np


def parts(truth: "np.ndarray", predicted: "np.ndarray") -> Parts:
    import numpy as np

    given = predicted[np.arange(len(truth)), truth].astype(np.float64)
    return columns(-np.log(np.clip(given, np.finfo(np.float32).eps, 1.0)))


def combine(means: "np.ndarray") -> "np.ndarray":
    return means[..., 0]


METRIC = Metric(
    name="log_loss",
    title="log loss",
    goal="classify",
    higher=False,
    unit="nats",
    aliases=("log loss", "logloss", "log-loss", "cross entropy", "cross-entropy", "nll", "negative log likelihood"),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
)
