"""A measure as a function of means over rows.

Most measures are a smooth function of a few averages: accuracy is the mean of "right", RMSE the root of the mean
squared error, macro F1 a function of three counts a class. Written so, a bootstrap resample costs one weighted
average in place of a fresh computation. Each row adds a few values, each to one of `width` columns:

    >>> right = Parts(values=np.array([[1.0], [0.0], [1.0]]), cells=np.zeros((3, 1), np.int64), width=1)
    >>> right.means()
    array([0.66666667])

Measures of samples that are a mean over rows: of the samples, or of the real images.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

MakeParts = Callable[["np.ndarray", "np.ndarray"], "Parts"]
Combine = Callable[["np.ndarray"], "np.ndarray"]


@dataclass(frozen=True)
class Parts:
    """values: float64 (n, m); cells: int64 (n, m) in 0…width-1, the column that each value is added to."""

    values: "np.ndarray"
    cells: "np.ndarray"
    width: int

    def means(self) -> "np.ndarray":
        """Sum of every column over the rows, divided by their number: float64 (width,)."""
        import numpy as np

        total = np.bincount(self.cells.ravel(), weights=self.values.ravel(), minlength=self.width)
        means: np.ndarray = total / len(self.values)
        return means


def columns(*values: "np.ndarray") -> Parts:
    """Parts where every value has its own column: `columns(squared_error)`."""
    import numpy as np

    table = np.stack([np.asarray(v, np.float64) for v in values], axis=1)
    return Parts(table, np.broadcast_to(np.arange(len(values)), table.shape), len(values))


def computer(parts: MakeParts, combine: Combine) -> Callable[["np.ndarray", "np.ndarray"], float]:
    """The plain measure that `parts` and `combine` make. NaN where a prediction is NaN or there are no rows."""

    def compute(truth: "np.ndarray", predicted: "np.ndarray") -> float:
        import numpy as np

        if len(truth) != len(predicted):
            raise ValueError(f"{len(truth)} rows of truth beside {len(predicted)} predictions")
        if len(truth) == 0 or not np.isfinite(predicted).all():
            return float("nan")
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(combine(parts(truth, predicted).means()))

    return compute


def plainly(compute: Callable[["np.ndarray", "np.ndarray"], float]) -> Callable[["np.ndarray", "np.ndarray"], float]:
    """A measure that is no function of means: NaN where a prediction is NaN or there are no rows."""

    def checked(truth: "np.ndarray", predicted: "np.ndarray") -> float:
        import numpy as np

        if len(truth) != len(predicted):
            raise ValueError(f"{len(truth)} rows of truth beside {len(predicted)} predictions")
        if len(truth) == 0 or not np.isfinite(predicted).all():
            return float("nan")
        return compute(truth, predicted)

    return checked


def counts(truth: "np.ndarray", predicted: "np.ndarray") -> Parts:
    """For k classes, 3·k columns: rows predicted rightly, rows of, and rows predicted as each class."""
    import numpy as np

    k = predicted.shape[1]
    called = predicted.argmax(axis=1)
    ones = np.ones(len(truth))
    values = np.stack([(called == truth).astype(np.float64), ones, ones], axis=1)
    return Parts(values, np.stack([truth, k + truth, 2 * k + called], axis=1).astype(np.int64), 3 * k)


def rows_behind_a_mean_over_classes(truth: "np.ndarray") -> float:
    """k² / Σ 1/n_c: as many rows as would give a plain proportion the variance of a mean of k proportions.

    >>> rows_behind_a_mean_over_classes(np.array([0] * 90 + [1] * 10))
    36.0
    """
    import numpy as np

    rows = np.bincount(truth)
    rows = rows[rows > 0]
    return float(len(rows) ** 2 / (1 / rows).sum())


Rows = Callable[["np.ndarray", "np.ndarray"], "np.ndarray | None"]


def mean_of(rows: Rows) -> Callable[["np.ndarray", "np.ndarray"], float]:
    """The plain measure that `rows` make. NaN where they can't be computed."""

    def compute(real: "np.ndarray", fake: "np.ndarray") -> float:
        found = rows(real, fake)
        return float("nan") if found is None else float(found.mean())

    return compute
