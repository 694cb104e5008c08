"""An `Encoded` table as one standardised matrix, for learners that know neither missing values nor categories.

    >>> dense = Dense.fit(train)
    >>> dense.matrix(train).shape        # 4 numbers, 1 missing-indicator, 3 categories of 3, 2 and 8 columns
    (569, 18)

Numbers: the median where missing, then mean 0 and deviation 1 over the training rows, cut off at ±8; a column that had
missing values gets an indicator beside it. Categories: one column for each of the most frequent levels and one for
all others. float64 throughout.
"""

from dataclasses import dataclass

import numpy as np

from noglue.tools.models._tables.encoding import Encoded

MOST_COLUMNS = 60  # of one category
FARTHEST = 8.0  # standard deviations


@dataclass(frozen=True)
class Dense:
    """median, mean, scale: float64 (d,), scale 0 for a column without spread. gaps: bool (d,), has an indicator.

    levels: int64 (c,), the levels of each category that get a column of their own.
    """

    median: np.ndarray
    mean: np.ndarray
    scale: np.ndarray
    gaps: np.ndarray
    levels: np.ndarray

    @classmethod
    def fit(cls, rows: Encoded) -> "Dense":
        missing = np.isnan(rows.numbers)
        empty = missing.all(axis=0)
        median = np.zeros(rows.numbers.shape[1])
        median[~empty] = np.nanmedian(rows.numbers[:, ~empty], axis=0)
        filled = np.where(missing, median, rows.numbers)
        scale = filled.std(axis=0)
        scale[scale <= 1e-12 * np.abs(filled).max(axis=0, initial=0.0)] = 0.0
        gaps = missing.any(axis=0) & ~empty
        levels = np.array([_common_levels(column) for column in rows.codes.T], np.int64)
        return cls(median, filled.mean(axis=0), scale, gaps, levels)

    def matrix(self, rows: Encoded) -> np.ndarray:
        """float64 (n, width)."""
        missing = np.isnan(rows.numbers)
        spread = self.scale > 0
        values = np.where(missing, self.median, rows.numbers)[:, spread]
        values = np.clip((values - self.mean[spread]) / self.scale[spread], -FARTHEST, FARTHEST)
        parts = [values, missing[:, self.gaps].astype(np.float64)]
        for column, count in zip(rows.codes.T, self.levels, strict=True):
            own = np.where((column < 0) | (column >= count), count, column)
            parts.append(np.eye(count + 1)[own])
        return np.concatenate(parts, axis=1)

    def arrays(self) -> dict[str, np.ndarray]:
        """For safetensors, under names that start with `dense.`."""
        return {f"dense.{name}": getattr(self, name) for name in ("median", "mean", "scale", "gaps", "levels")}

    @classmethod
    def of(cls, arrays: dict[str, np.ndarray]) -> "Dense":
        return cls(*(arrays[f"dense.{name}"] for name in ("median", "mean", "scale", "gaps", "levels")))


def _common_levels(codes: np.ndarray) -> int:
    """How many of the most frequent levels come at least twice (codes are ordered by frequency)."""
    counts = np.bincount(codes[codes >= 0], minlength=1)
    common = int(np.count_nonzero(counts >= 2))
    return min(MOST_COLUMNS, max(1, common))
