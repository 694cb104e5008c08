"""What is independent among the rows that are scored: whole groups, or stretches of time; else each row.

>>> units(schema, test, truth, predicted)          # 60 rows of 12 people
Units(codes=array([0, 0, 0, …]), of='patient')
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.data.arrays import arrow_column
from noglue.tools.data.codes import codes
from noglue.tools.preparation.time_order import moments
from noglue.tools.spec.schema import Schema

if TYPE_CHECKING:
    import datasets

STRETCH = 3.0  # integrated autocorrelation times in a stretch of time that counts as independent of the next
FILE = "units.json"  # in the folder of the step that scores
FEWEST = 4  # stretches, however long the errors last: with fewer an interval says nothing at all


@dataclass(frozen=True)
class Units:
    """codes: int64 (n,), the unit of each row. of: the column of the groups, None where the units are stretches."""

    codes: np.ndarray
    of: str | None = None

    @property
    def count(self) -> int:
        return len(np.unique(self.codes))


def units(schema: Schema, rows: "datasets.Dataset", truth: np.ndarray, predicted: np.ndarray) -> Units | None:
    """None where every row counts for itself. Stretches are as long as the model's errors on them last."""
    if len(rows) < 2:
        return None
    if schema.group is not None and schema.group in rows.column_names:
        return Units(codes(arrow_column(rows, schema.group)), schema.group)
    if schema.time is None or schema.time not in rows.column_names:
        return None
    times = moments(arrow_column(rows, schema.time))
    if times is None or not np.isfinite(times).all():
        return None
    _, step = np.unique(times, return_inverse=True)
    rows_each = np.bincount(step)
    return stretches(step, [np.bincount(step, weights=error) / rows_each for error in _errors(truth, predicted)])


def stretches(step: np.ndarray, errors: list[np.ndarray]) -> Units | None:
    """Stretches of time as long as the longest-lasting of these errors lasts; None where that leaves one alone.

    step: int64 (n,), the moment of each row, 0…count-1. errors: float64 (count,), of each moment.
    """
    count = int(step.max()) + 1
    lasting = max(lasts(error) for error in errors)
    parts = int(np.clip(count / (STRETCH * lasting), min(FEWEST, count), count))
    return Units(step * parts // count) if parts > 1 else None


def save(found: Units | None, folder: Path) -> None:
    """`units.json`, by which `noglue compare` knows which test rows depend on one another; none where they don't."""
    if found is not None:
        content = {"of": found.of, "codes": found.codes.tolist()}
        (folder / FILE).write_text(json.dumps(content), encoding="utf-8")


def _errors(truth: np.ndarray, predicted: np.ndarray) -> list[np.ndarray]:
    """What may last from one step to the next: that it is wrong, by how much, and on which side."""
    if predicted.ndim == 1:
        return [predicted - truth, np.abs(predicted - truth)]
    given = predicted[np.arange(len(truth)), truth]
    return [(predicted.argmax(axis=1) != truth).astype(np.float64), 1.0 - given]


def lasts(errors: np.ndarray) -> float:
    """The integrated autocorrelation time of errors (n,) in order: how many steps count as one. 1 where none do.

    Autocorrelations up to a fifth of the steps, to the first that is not positive (Geyer 1992), each with the bias of
    small samples added back (Kendall 1954).
    """
    count, centred = len(errors), errors - errors.mean()
    variance = float(np.square(centred).sum())
    if count < 8 or variance <= 0:
        return 1.0
    lags = range(1, max(1, count // 5) + 1)
    found = np.array([float((centred[lag:] * centred[:-lag]).sum()) / variance for lag in lags])
    found = found + (1 + 3 * np.clip(found, 0, 1)) / count
    ends = np.flatnonzero(found <= 0)
    return max(1.0, 1.0 + 2.0 * float(found[: ends[0] if len(ends) else None].sum()))
