"""How much each learner counts: greedy selection with replacement (Caruana et al. 2004, https://doi.org/10.1145/1015330.1015432).

    >>> weights(np.stack([linear, forest]), truth, log_loss)
    array([0.7, 0.3])

Predictions are those made of rows held out of the fit; weights are chosen by the loss that the measure asked for is
near to, since accuracy can't tell two blends of a few hundred rows apart.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

ROUNDS = 30
LEAST_SHARE = 0.04
MOST_OF_A_KIND = 4
FEW_ROWS, DRAWS = 2000, 6
Loss = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""(truth (n,), predicted (…, n) or (…, n, m)) → the loss of each row (…, n)."""

BY_FACTOR = ("rmsle", "msle", "mape", "smape")  # measures of by what factor a value is off


def log_loss(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """truth: int64 (n,) 0…m-1; predicted: (…, n, m). No more sure than so many rows can tell (rule of succession)."""
    own = np.take_along_axis(predicted, truth.reshape(*[1] * (predicted.ndim - 2), -1, 1), axis=-1)[..., 0]
    doubt = 1 / (len(truth) + 2)
    return np.asarray(-np.log((1 - doubt) * np.clip(own, 0.0, 1.0) + doubt / predicted.shape[-1]))


def squared(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    return np.asarray((truth - predicted) ** 2)


def absolute(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    return np.asarray(np.abs(truth - predicted))


def brier(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    return np.asarray(np.square(predicted - np.eye(predicted.shape[-1])[truth]).sum(axis=-1))


def relative(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """By the true value's size; values near 0 don't outweigh all others."""
    size = np.abs(truth)
    return np.asarray(np.abs(truth - predicted) / np.maximum(size, 1e-3 * size.mean() + 1e-12))


def logarithmic(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    return np.asarray(np.square(np.log1p(np.maximum(truth, 0)) - np.log1p(np.maximum(predicted, 0))))


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


@dataclass(frozen=True)
class Judge:
    """Says how good predictions of held-out rows are, and which of several learners should count how much.

    truth: of the rows with a fold, int64 0…m-1 or float64. known: bool (n,), those that can be judged. folds: int64.
    """

    truth: np.ndarray
    known: np.ndarray
    folds: np.ndarray
    loss: Loss
    alone: bool = False

    def of(self, predicted: np.ndarray, rows: np.ndarray | None = None) -> float:
        """The loss of predictions (n, …), of the rows (bool (n,)) that are asked about."""
        asked = self.known if rows is None else self.known & rows
        return float(self.loss(self.truth[asked], predicted[asked]).mean()) if asked.any() else float("inf")

    def weights(self, predicted: np.ndarray, kinds: Sequence[str], rows: np.ndarray | None = None) -> np.ndarray:
        """float64 (c,). predicted: (c, n, …). Of each kind of learner only the best few can have a share."""
        asked = self.known if rows is None else self.known & rows
        losses = np.array([self.of(one, rows) for one in predicted])
        pool = np.array(best_of_each(losses, kinds))
        found = np.zeros(len(predicted))
        found[pool] = _bagged(predicted[pool][:, asked], self.truth[asked], self.loss)
        return found

    def mixed(self, predicted: np.ndarray, kinds: Sequence[str], shares: np.ndarray) -> np.ndarray:
        """The blend of every row, by a choice and weights found without its fold: what an honest score is made of."""
        if self.alone or self.folds.max() < 1:
            return mix(predicted, shares)
        found = np.empty(predicted.shape[1:])
        for fold in range(self.folds.max() + 1):
            held = self.folds == fold
            if held.any():
                others = self.weights(predicted, kinds, ~held) if (self.known & ~held).any() else shares
                found[held] = mix(predicted[:, held], others)
        return found


def best_of_each(losses: np.ndarray, kinds: Sequence[str]) -> list[int]:
    """Places of the best few of each kind: a search finds many that are good by luck, and a blend would take them all.

    >>> best_of_each(np.array([0.3, 0.1, 0.2]), ["kernel", "forest", "forest"])
    [0, 1, 2]
    """
    chosen: list[int] = []
    for kind in dict.fromkeys(kinds):
        own = [place for place, one in enumerate(kinds) if one == kind]
        chosen += sorted(own, key=lambda place: float(losses[place]))[:MOST_OF_A_KIND]
    return sorted(chosen)


def _bagged(predicted: np.ndarray, truth: np.ndarray, loss: Loss) -> np.ndarray:
    """The mean of the weights for several draws of few rows, so that no row decides."""
    everything = np.ones(len(truth))
    if len(truth) > FEW_ROWS or len(predicted) == 1:
        return weights(predicted, truth, loss, everything)
    draw = np.random.default_rng(len(truth))
    found = np.zeros(len(predicted))
    for _ in range(DRAWS):
        counts = np.bincount(draw.integers(0, len(truth), len(truth)), minlength=len(truth))
        found += weights(predicted, truth, loss, counts.astype(np.float64))
    return kept(found / DRAWS)


def kept(shares: np.ndarray) -> np.ndarray:
    """Without small shares."""
    found = np.where(shares < min(LEAST_SHARE, shares.max()), 0.0, shares)
    return np.asarray(found / found.sum())


def weights(predicted: np.ndarray, truth: np.ndarray, loss: Loss, counts: np.ndarray) -> np.ndarray:
    """predicted: (c, n, …), one learner each. counts: float64 (n,), how often each row counts. Weights (c,) that sum
    to 1; small shares are given up.
    """
    if loss is log_loss and predicted.shape[-1] > 2:  # nothing else of what was said matters
        own = np.take_along_axis(predicted, truth[None, :, None], axis=-1)
        rest = (1 - own) / (predicted.shape[-1] - 1)
        return weights(np.concatenate([rest, own], axis=-1), np.ones(len(truth), int), loss, counts)
    chosen = np.zeros(len(predicted))
    total = np.zeros(predicted.shape[1:])
    best_chosen, best = chosen, np.inf
    for number in range(1, ROUNDS + 1):
        tried = loss(truth, (total + predicted) / number) @ counts
        winner = int(np.argmin(tried))
        chosen = chosen.copy()
        chosen[winner] += 1
        total = total + predicted[winner]
        if tried[winner] < best:
            best_chosen, best = chosen, float(tried[winner])
    return kept(best_chosen / best_chosen.sum())


def mix(predicted: np.ndarray, shares: np.ndarray) -> np.ndarray:
    return np.asarray(np.tensordot(shares, predicted, axes=1))
