"""Ridge regression by the eigenvectors of the covariance, which serve every strength; never cut short.

>>> fit = ridge_regression(rows, values, (held_rows, held_values), (1.0, 0.1, 0.01))
>>> fit.strength, fit.weights.shape
(0.1, (784,))

Least mean square + strength · |weights|². The strength is the one that tells the held values best.
Source: Hoerl and Kennard 1970, https://doi.org/10.1080/00401706.1970.10488634.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class RidgeFit:
    """weights (width,), intercept: float64."""

    weights: np.ndarray
    intercept: float
    strength: float

    def outputs(self, matrix: np.ndarray) -> np.ndarray:
        found: np.ndarray = matrix @ self.weights + self.intercept
        return found


def ridge_regression(
    matrix: np.ndarray, values: np.ndarray, held: tuple[np.ndarray, np.ndarray], strengths: Sequence[float]
) -> RidgeFit:
    """matrix: (n, width), values: (n,). Without held rows the first strength is taken."""
    middle, level = matrix.mean(axis=0), float(values.mean())
    centred = matrix - middle
    spread, directions = np.linalg.eigh((centred.T @ centred).astype(np.float64) / len(matrix))
    towards = directions.T @ (centred.T.astype(np.float64) @ (values - level) / len(matrix))
    best: tuple[float, RidgeFit] | None = None
    for strength in strengths:
        weights = directions @ (towards / (np.maximum(spread, 0.0) + strength))
        fit = RidgeFit(weights, level - float(middle @ weights), strength)
        error = float(np.square(fit.outputs(held[0]) - held[1]).mean()) if len(held[1]) else 0.0
        if best is None or error < best[0]:
            best = error, fit
    assert best is not None
    return best[1]
