"""Measures of all labels of a row at once, where any number of them may fit it.

    >>> found = scores(truth, answers, Bootstrap(len(truth), seed=0))       # bool (n, k) each
    >>> found["subset_accuracy"]
    Score(value=0.62, low=0.57, high=0.67, n=400)

subset_accuracy: the fraction of rows of which every label is told rightly. hamming_loss: the fraction of all yes and no
that are wrong. micro_f1, macro_f1: F1 of all answers in one heap, and the mean of each label's. sample_f1 would favour
rows with few labels, and is not told. After Tsoumakas & Katakis 2007, https://doi.org/10.4018/jdwm.2007070101
"""

import numpy as np

from noglue.tools.evaluation.bootstrap import Bootstrap
from noglue.tools.evaluation.jackknife import Jackknife
from noglue.tools.evaluation.scores import Score
from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import Combine, MakeParts, Parts, columns, computer

TITLES = {"subset_accuracy": "all labels right", "hamming_loss": "Hamming loss", "micro_f1": "micro F1"}


def scores(truth: np.ndarray, answers: np.ndarray, resampling: "Bootstrap | Jackknife") -> dict[str, Score]:
    """bool (n, k): which labels fit, and which are told. A measure without a value (no label fits any row) is left
    out.
    """
    found = {name: resampling.score(metric, truth, answers) for name, metric in MEASURES.items()}
    return {name: score for name, score in found.items() if score is not None}


def _wholly_right(truth: np.ndarray, answers: np.ndarray) -> Parts:
    return columns((truth == answers).all(axis=1))


def _wrong(truth: np.ndarray, answers: np.ndarray) -> Parts:
    return columns((truth != answers).mean(axis=1))


def _counts(truth: np.ndarray, answers: np.ndarray) -> Parts:
    """Labels rightly told, labels that fit, labels told."""
    return columns((truth & answers).sum(axis=1), truth.sum(axis=1), answers.sum(axis=1))


def _mean(means: np.ndarray) -> np.ndarray:
    return np.asarray(means[..., 0])


def _f1(means: np.ndarray) -> np.ndarray:
    right, fitting, told = np.moveaxis(means, -1, 0)
    return np.asarray(2 * right / (fitting + told))


def _measure(name: str, parts: MakeParts, combine: Combine, higher: bool = True) -> Metric:
    return Metric(
        name=name,
        title=TITLES[name],
        goal="classify",
        higher=higher,
        unit="fraction",
        compute=computer(parts, combine),
        parts=parts,
        combine=combine,
        answers=True,
    )


MEASURES = {
    "subset_accuracy": _measure("subset_accuracy", _wholly_right, _mean),
    "hamming_loss": _measure("hamming_loss", _wrong, _mean, higher=False),
    "micro_f1": _measure("micro_f1", _counts, _f1),
}
