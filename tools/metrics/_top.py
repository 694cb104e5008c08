"""Whether the true class is among the most probable ones."""

from typing import TYPE_CHECKING

from noglue.tools.metrics._parts import Parts, columns

if TYPE_CHECKING:
    import numpy as np


def among(truth: "np.ndarray", predicted: "np.ndarray", count: int) -> Parts:
    """1 where it is one of the `count` most probable, of equally probable ones the first; NaN of too few classes."""
    import numpy as np

    if predicted.shape[1] <= count:
        return columns(np.full(len(truth), np.nan))
    best = np.argsort(-predicted, axis=1, kind="stable")[:, :count]
    return columns((best == truth[:, None]).any(axis=1))
