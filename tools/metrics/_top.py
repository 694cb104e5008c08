"""Whether the true class is among the most probable ones.

>>> top(3, "three").title
'top-3 accuracy'
"""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import Parts, columns, computer

if TYPE_CHECKING:
    import numpy as np

ALIASES = (
    "top {k} accuracy",
    "top-{k} accuracy",
    "top{k} accuracy",
    "top {k}",
    "top-{k}",
    "top{k}",
    "accuracy at {k}",
    "accuracy@{k}",
    "top-{k}-genauigkeit",
    "exactitude top {k}",
    "exactitude top-{k}",
    "exactitud top {k}",
    "exactitud top-{k}",
    "top {word} accuracy",
    "top-{word} accuracy",
)


def top(k: int, word: str) -> Metric:
    """The fraction of rows whose class is among the k most probable; `word` is k as people write it."""

    def parts(truth: "np.ndarray", predicted: "np.ndarray") -> Parts:
        return among(truth, predicted, k)

    def combine(means: "np.ndarray") -> "np.ndarray":
        return means[..., 0]

    return Metric(
        name=f"top_{k}_accuracy",
        title=f"top-{k} accuracy",
        goal="classify",
        higher=True,
        aliases=tuple(alias.format(k=k, word=word) for alias in ALIASES),
        compute=computer(parts, combine),
        parts=parts,
        combine=combine,
        on_request=True,
        unit="fraction",
        effective=len,
        no_value_without=f"more than {word} classes",
    )


def among(truth: "np.ndarray", predicted: "np.ndarray", count: int) -> Parts:
    """1 where it is one of the `count` most probable, of equally probable ones the first; NaN of too few classes."""
    import numpy as np

    if predicted.shape[1] <= count:
        return columns(np.full(len(truth), np.nan))
    best = np.argsort(-predicted, axis=1, kind="stable")[:, :count]
    return columns((best == truth[:, None]).any(axis=1))
