"""Ridge regression of which every row was foretold without itself, so that no row is needed to choose how strong it is.

>>> found = fit(rows, taught)                # float32 or float64 (n, p), float64 (n, k)
>>> found.held.shape, found.strength         # what is told of each row by all the others
((400, 3), 100.0)

One eigendecomposition of the rows' products serves every strength; leaving a row out is exact: its residual divided by
what it does not tell of itself (Allen 1974, PRESS). Classes are values of −1 and 1, one column each.
"""

from dataclasses import dataclass

import numpy as np

from noglue.tools.spec.large_products import large_products

STRENGTHS = np.logspace(-1, 6, 15)


@dataclass(frozen=True)
class Ridge:
    """weights: float64 (p, k); intercept (k,); held: (n, k), each row's answer from all the others; error: of these."""

    weights: np.ndarray
    intercept: np.ndarray
    held: np.ndarray
    strength: float
    error: float


def fit(
    rows: np.ndarray, taught: np.ndarray, counts: np.ndarray | None = None, groups: np.ndarray | None = None
) -> Ridge:
    """The strength with the least squared error of rows left out. counts: how much each row counts, (n,); None: alike.

    groups: int64 (n,), rows that are left out together, as those of one person; None: each by itself.

    Memory and time go with the square and the cube of the rows, however wide these are.
    """
    with large_products(float(len(rows)) ** 3):
        return _fit(rows, taught, counts, groups)


def _fit(rows: np.ndarray, taught: np.ndarray, counts: np.ndarray | None, groups: np.ndarray | None) -> Ridge:
    count = np.full(len(rows), 1.0) if counts is None else counts * (len(counts) / counts.sum())
    share = count / count.sum()
    middle, mean = share @ rows, share @ taught
    root = np.sqrt(count)[:, None]
    inputs, wanted = (rows - middle).astype(rows.dtype) * root.astype(rows.dtype), (taught - mean) * root
    spread, vectors = np.linalg.eigh((inputs @ inputs.T).astype(np.float64))
    spread = np.maximum(spread, 0.0)
    towards, squares = vectors.T @ wanted, np.square(vectors)
    best: tuple[float, float, np.ndarray] | None = None
    for strength in STRENGTHS:
        shrunk = spread / (spread + strength)
        left = wanted - vectors @ (shrunk[:, None] * towards)
        if groups is None:
            own = np.clip(squares @ shrunk + share, 0.0, 1 - 1e-6)
            held = taught - left / root / (1 - own)[:, None]
        else:
            held = taught - _left_out_together(left, vectors, shrunk, root, groups) / root
        error = float((share[:, None] * np.square(held - taught)).sum())
        if best is None or error < best[0]:
            best = error, float(strength), held
    assert best is not None, "there are strengths to choose from"
    weights = inputs.T @ (vectors @ (towards / (spread + best[1])[:, None]))
    return Ridge(weights, mean - middle @ weights, best[2], best[1], best[0])


def _left_out_together(
    left: np.ndarray, vectors: np.ndarray, shrunk: np.ndarray, root: np.ndarray, groups: np.ndarray
) -> np.ndarray:
    """The residuals (n, k) of rows whose whole group was left out: (I − H)⁻¹ of the group's own block of the hat."""
    found = np.empty_like(left)
    total = float(np.square(root).sum())
    for group in np.unique(groups):
        own = np.flatnonzero(groups == group)
        hat = (vectors[own] * shrunk) @ vectors[own].T + root[own] @ root[own].T / total
        found[own] = np.linalg.solve((1 + 1e-6) * np.eye(len(own)) - hat, left[own])
    return found
