"""How far two clouds of feature vectors lie apart: one number for fidelity and diversity together.

    >>> real, fake = judge.features(test), judge.features(samples)      # float32 (10000, 256) each
    >>> frechet(real, fake), kernel(real, fake)
    (11.8, 0.094)

What the numbers mean depends on whose features they are: only on those of the Inception network are they FID and KID.
"""

import numpy as np
import torch

EXACT = 2_000  # rows that the kernel distance takes at once; more are split into parts of about so many


def frechet(real: np.ndarray, fake: np.ndarray) -> float:
    """Squared Fréchet distance of the normal distributions fitted to (n, d) and (m, d): Heusel et al. 2017
    (https://arxiv.org/abs/1706.08500), |μ₁ - μ₂|² + tr(C₁ + C₂ - 2 (C₁C₂)^½).

    In float64; covariances may be singular, as where n ≤ d. NaN without rows, or where a value is not finite.
    """
    a, b = _doubles(real), _doubles(fake)
    if not _usable(a, b):
        return float("nan")
    first, second = _root(a), _root(b)
    # (C₁C₂)^½ has the trace that the singular values of C₁^½ C₂^½ sum to, which stay precise down to 0.
    shared = torch.linalg.svdvals(first @ second).sum()
    apart = (a.mean(0) - b.mean(0)).square().sum() + first.square().sum() + second.square().sum() - 2 * shared
    return max(0.0, float(apart))


def kernel(real: np.ndarray, fake: np.ndarray, seed: int = 0) -> float:
    """Unbiased squared maximum mean discrepancy with the kernel (x·y/d + 1)³: Bińkowski et al. 2018
    (https://arxiv.org/abs/1801.01401). About 0 for equal distributions, and then as often below as above.

    Of more than 2,000 rows the mean over disjoint random parts, the same ones for the same seed. NaN below two rows.
    """
    a, b = _doubles(real), _doubles(fake)
    if not _usable(a, b) or len(a) < 2 or len(b) < 2:
        return float("nan")
    # as many parts of both, none of which may be left with a single row
    parts = min(-(-max(len(a), len(b)) // EXACT), len(a) // 2, len(b) // 2)
    if parts == 1:
        return _discrepancy(a, b)
    random = np.random.default_rng(seed)
    halves = [np.array_split(random.permutation(len(rows)), parts) for rows in (a, b)]
    found = [_discrepancy(a[torch.from_numpy(i)], b[torch.from_numpy(j)]) for i, j in zip(*halves, strict=True)]
    return float(np.mean(found))


def _doubles(features: np.ndarray) -> torch.Tensor:
    return torch.as_tensor(features).double()


def _usable(a: torch.Tensor, b: torch.Tensor) -> bool:
    return len(a) > 0 and len(b) > 0 and bool(torch.isfinite(a).all()) and bool(torch.isfinite(b).all())


def _root(rows: torch.Tensor) -> torch.Tensor:
    """The square root of the covariance matrix, (d, d), symmetric."""
    centred = rows - rows.mean(0)
    variances, directions = torch.linalg.eigh(centred.T @ centred / max(1, len(rows) - 1))
    root: torch.Tensor = (directions * variances.clamp(min=0).sqrt()) @ directions.T
    return root


def _discrepancy(a: torch.Tensor, b: torch.Tensor) -> float:
    within = sum(_similarity(rows, rows, apart=True) / (len(rows) * (len(rows) - 1)) for rows in (a, b))
    return float(within - 2 * _similarity(a, b) / (len(a) * len(b)))


def _similarity(a: torch.Tensor, b: torch.Tensor, apart: bool = False) -> float:
    """The kernel's sum over all pairs; `apart`: without each row with itself."""
    width = a.shape[1]
    total = (a @ b.T / width + 1).pow(3).sum()
    return float(total - (a.square().sum(1) / width + 1).pow(3).sum() if apart else total)
