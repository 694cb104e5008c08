"""Measures of samples that are a mean over rows: of the samples, or of the real images."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

Rows = Callable[["np.ndarray", "np.ndarray"], "np.ndarray | None"]


def mean_of(rows: Rows) -> Callable[["np.ndarray", "np.ndarray"], float]:
    """The plain measure that `rows` make. NaN where they can't be computed."""

    def compute(real: "np.ndarray", fake: "np.ndarray") -> float:
        found = rows(real, fake)
        return float("nan") if found is None else float(found.mean())

    return compute
