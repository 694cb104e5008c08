"""How much each learner counts: greedy selection with replacement (Caruana et al. 2004, https://doi.org/10.1145/1015330.1015432).

    >>> weights(np.stack([linear, forest]), truth, log_loss)
    array([0.7, 0.3])

Predictions are those made of rows held out of the fit; weights are chosen by the loss that the measure asked for is
near to, since accuracy can't tell two blends of a few hundred rows apart.
"""

from collections.abc import Callable

import numpy as np

ROUNDS = 30
Loss = Callable[[np.ndarray, np.ndarray], float]


def log_loss(truth: np.ndarray, predicted: np.ndarray) -> float:
    """truth: int64 (n,) 0…m-1; predicted: (n, m)."""
    return float(-np.log(np.clip(predicted[np.arange(len(truth)), truth], 1e-7, 1.0)).mean())


def squared(truth: np.ndarray, predicted: np.ndarray) -> float:
    return float(((truth - predicted) ** 2).mean())


def absolute(truth: np.ndarray, predicted: np.ndarray) -> float:
    return float(np.abs(truth - predicted).mean())


def loss_for(classes: int, metric: str) -> Loss:
    if classes:
        return log_loss
    return absolute if metric == "mae" else squared


def weights(predicted: np.ndarray, truth: np.ndarray, loss: Loss) -> np.ndarray:
    """predicted: (c, n, …), one learner each. Weights (c,) that sum to 1; small shares are given up."""
    counts = np.zeros(len(predicted))
    total = np.zeros(predicted.shape[1:])
    best_counts, best = counts, np.inf
    for chosen in range(1, ROUNDS + 1):
        tried = [loss(truth, (total + one) / chosen) for one in predicted]
        winner = int(np.argmin(tried))
        counts = counts.copy()
        counts[winner] += 1
        total = total + predicted[winner]
        if tried[winner] < best:
            best_counts, best = counts, tried[winner]
    found = best_counts / best_counts.sum()
    found[found < 0.05] = 0.0
    return np.asarray(found / found.sum())


def mix(predicted: np.ndarray, shares: np.ndarray) -> np.ndarray:
    return np.asarray(np.tensordot(shares, predicted, axes=1))


def cross_mixed(predicted: np.ndarray, truth: np.ndarray, folds: np.ndarray, loss: Loss) -> np.ndarray:
    """The blend of every row, by weights chosen without its fold: what an honest score is computed from."""
    if folds.max() == 0:
        return mix(predicted, weights(predicted, truth, loss))
    found = np.empty(predicted.shape[1:])
    for fold in range(folds.max() + 1):
        held = folds == fold
        if held.any():
            shares = (
                weights(predicted[:, ~held], truth[~held], loss) if (~held).any() else weights(predicted, truth, loss)
            )
            found[held] = mix(predicted[:, held], shares)
    return found
