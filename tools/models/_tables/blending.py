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
BY_FACTOR = ("rmsle", "msle", "mape", "smape")  # measures of by what factor a value is off


def log_loss(truth: np.ndarray, predicted: np.ndarray) -> float:
    """truth: int64 (n,) 0…m-1; predicted: (n, m)."""
    return float(-np.log(np.clip(predicted[np.arange(len(truth)), truth], 1e-7, 1.0)).mean())


def squared(truth: np.ndarray, predicted: np.ndarray) -> float:
    return float(((truth - predicted) ** 2).mean())


def absolute(truth: np.ndarray, predicted: np.ndarray) -> float:
    return float(np.abs(truth - predicted).mean())


def brier(truth: np.ndarray, predicted: np.ndarray) -> float:
    wanted = np.eye(predicted.shape[1])[truth]
    return float(np.square(predicted - wanted).sum(axis=1).mean())


def relative(truth: np.ndarray, predicted: np.ndarray) -> float:
    """By the true value's size; values near 0 don't outweigh all others."""
    size = np.abs(truth)
    return float((np.abs(truth - predicted) / np.maximum(size, 1e-3 * size.mean() + 1e-12)).mean())


def logarithmic(truth: np.ndarray, predicted: np.ndarray) -> float:
    return float(np.square(np.log1p(np.maximum(truth, 0)) - np.log1p(np.maximum(predicted, 0))).mean())


def loss_for(classes: int, metric: str) -> Loss:
    """The smooth loss that a measure is near to."""
    if classes:
        return brier if metric == "brier" else log_loss
    return LOSSES.get(metric, squared)


LOSSES: dict[str, Loss] = {
    **dict.fromkeys(("mae", "medae", "pinball"), absolute),
    **dict.fromkeys(("mape", "smape"), relative),
    **dict.fromkeys(("msle", "rmsle"), logarithmic),
}


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
