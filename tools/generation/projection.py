"""Many numbers of a picture brought down to few: their principal components, and how much of it lies outside these.

    >>> projection = Projection.fit(described)          # float32 (1000, 1024)
    >>> projection(described).shape, projection(described).var(0).sum()
    ((1000, 65), 100.0)

Scaled so that the variances of what it was fitted on sum to 100, whatever was described: a Fréchet distance of 100 is
as far as the data are wide, and several looks weigh alike side by side.
"""

from dataclasses import dataclass

import numpy as np

MOST = 64  # components
ROWS_EACH = 4  # rows of the data for each component at least
VARIANCE = 100.0


@dataclass(frozen=True)
class Projection:
    """middle: float32 (d,). directions: float32 (d, k). scale: on all of it."""

    middle: np.ndarray
    directions: np.ndarray
    scale: float

    @classmethod
    def fit(cls, rows: np.ndarray) -> "Projection":
        """rows: float (n, d), at least one."""
        middle = rows.mean(0, dtype=np.float64)
        centred = rows - middle
        count = max(1, min(MOST, len(rows) // ROWS_EACH, rows.shape[1]))
        variances, directions = np.linalg.eigh(centred.T @ centred / max(1, len(rows) - 1))
        kept = directions[:, np.argsort(variances)[::-1][:count]]
        plain = cls(middle.astype(np.float32), kept.astype(np.float32), 1.0)
        return cls(plain.middle, plain.directions, scale_of(plain(rows)))

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """float (n, d) → float32 (n, k + 1)."""
        centred = rows.astype(np.float32) - self.middle
        inside = centred @ self.directions
        outside = np.sqrt(np.maximum(0.0, np.square(centred).sum(1) - np.square(inside).sum(1)))
        return np.concatenate([inside, outside[:, None]], 1) * np.float32(self.scale)


def scale_of(rows: np.ndarray) -> float:
    """What brings the sum of these rows' variances to 100; 1 where they don't vary."""
    total = float(rows.var(0, dtype=np.float64).sum())
    return (VARIANCE / total) ** 0.5 if total > 1e-12 else 1.0
