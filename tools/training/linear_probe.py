"""A linear layer on features that another network sees (a linear probe): logistic regression, or ridge for values.

    >>> chosen = choose(features, labels, held, held_labels, target, step.remaining)     # (720, 2, 1280), …
    >>> chosen.probe.strength, chosen.held.shape
    (0.1, (240, 12))

Features come as (rows, views, width): what is learned is learned from every view of a picture, and an answer is the
mean over its views. Each feature is standardised; how strongly the layer is regularised is chosen by the held rows, of
few rows by cross-validation over all of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from noglue.tools.training.logistic import mean_loss, softmax_regression
from noglue.tools.training.ridge import ridge_regression
from noglue.tools.training.target_arrays import Target

STRENGTHS = (3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 3e-3)
OF_VALUES = (1000.0, 300.0, 100.0, 30.0, 10.0, 3.0, 1.0, 0.3, 0.1, 0.01)
FOLDS, FEW = 5, 400  # rows up to which cross-validation chooses
LEAST_SPREAD = 1e-2  # of a feature, which is 0 to 6
SPEED, PASSES = 6e9, 400  # multiplications a second of a slow core; passes over all rows of a fit


@dataclass(frozen=True)
class Probe:
    """weights (width, outputs), intercept (outputs,): float64, of features as they come."""

    weights: np.ndarray
    intercept: np.ndarray
    strength: float
    converged: bool = True

    @property
    def parameters(self) -> int:
        return int(self.weights.size + self.intercept.size)

    def outputs(self, features: np.ndarray) -> np.ndarray:
        """(n, views, width) → float32 (n, outputs), the mean over the views."""
        found: np.ndarray = features.mean(axis=1, dtype=np.float32) @ self.weights + self.intercept
        return found.astype(np.float32)


@dataclass(frozen=True)
class Choice:
    """held: outputs for the held rows (n, outputs), of probes that did not learn from them."""

    probe: Probe
    held: np.ndarray


def choose(
    features: np.ndarray,
    values: np.ndarray,
    held: np.ndarray,
    held_values: np.ndarray,
    target: Target,
    left: Callable[[], float | None],
    together: bool,
) -> Choice | None:
    """The probe whose strength tells the held rows best. values: as the data have them. together: whether it may at
    last learn from the held rows as well, whose outputs here are those of before. None when the time was up before the
    first step.
    """
    taught, wanted = target.taught(values), target.taught(held_values)
    every, all_taught = np.concatenate([features, held]), np.concatenate([taught, wanted])
    crossed = together and len(every) <= FEW and target.classes is not None
    by_folds = _by_folds(every, all_taught, target, left) if crossed else None
    if by_folds is not None:
        strength, outputs = by_folds
        first = Choice(Probe(np.zeros(0), np.zeros(0), strength), outputs[len(features) :])
    else:
        probe = _fitted(features, taught, target, _strengths(target), left, (held, wanted))
        if probe is None:
            return None
        first = Choice(probe, probe.outputs(held))
    again = _fitted(every, all_taught, target, (first.probe.strength,), left) if together else None
    if again is None or not again.converged:
        return first if first.probe.weights.size else None
    return Choice(again, first.held)


def fitted(
    features: np.ndarray, values: np.ndarray, target: Target, strength: float, left: Callable[[], float | None]
) -> Probe | None:
    """The probe of one strength; None when there was no time for a step."""
    return _fitted(features, target.taught(values), target, (strength,), left)


def rows_in_time(seconds: float, views: int, width: int, outputs: int) -> int:
    """So many rows can be learned from in so many seconds."""
    return int(seconds * SPEED / (2 * PASSES * views * width * outputs))


def _strengths(target: Target) -> Sequence[float]:
    return OF_VALUES if target.classes is None else STRENGTHS


def _fitted(
    features: np.ndarray,
    taught: np.ndarray,
    target: Target,
    strengths: Sequence[float],
    left: Callable[[], float | None],
    held: tuple[np.ndarray, np.ndarray] | None = None,
) -> Probe | None:
    """By the strength that is best for the held rows, or the only one. None when there was no time for a step."""
    rows, known = _flat(features), np.repeat(taught, features.shape[1])
    middle, spread = rows.mean(axis=0, dtype=np.float64), rows.std(axis=0, dtype=np.float64) + LEAST_SPREAD

    def standard(one: np.ndarray) -> np.ndarray:
        found: np.ndarray = ((one - middle) / spread).astype(np.float32)
        return found

    other = (standard(rows[:0]), known[:0])
    if held is not None:
        other = standard(_flat(held[0])), np.repeat(held[1], held[0].shape[1])
    if target.classes is None:
        fit = ridge_regression(standard(rows), known.astype(np.float64), other, strengths)
        slopes = (fit.weights / spread)[:, None]
        return Probe(slopes, np.array([fit.intercept]) - middle @ slopes, fit.strength)
    found = softmax_regression(standard(rows), known, target.outputs, other, strengths, left, target.weights)
    if found is None:
        return None
    slopes = found.weights / spread[:, None]
    return Probe(slopes, found.intercept - middle @ slopes, found.strength, found.converged)


def _flat(features: np.ndarray) -> np.ndarray:
    return features.reshape(-1, features.shape[2]).astype(np.float32)


def _by_folds(
    features: np.ndarray, labels: np.ndarray, target: Target, left: Callable[[], float | None]
) -> tuple[float, np.ndarray] | None:
    """The strength with the least loss over all folds, and each row's outputs by a probe that did not see it.

    None where there was no time for one. In the space of the rows themselves, where a regularised fit is the same and
    takes a fraction of the time.
    """
    rows = features.mean(axis=1, dtype=np.float64)
    rows = (rows - rows.mean(axis=0)) / (rows.std(axis=0) + LEAST_SPREAD)
    inside, sizes, _ = np.linalg.svd(rows, full_matrices=False)
    rows = inside * sizes
    order = np.argsort(labels, kind="stable")
    fold = np.empty(len(rows), np.int64)
    fold[order] = np.arange(len(rows)) % FOLDS
    found, least = None, np.inf
    for strength in STRENGTHS:
        outputs = np.zeros((len(rows), target.outputs), np.float32)
        for one in range(FOLDS):
            inside_fold = fold != one
            nothing = rows[:0], labels[:0]
            fit = softmax_regression(
                rows[inside_fold], labels[inside_fold], target.outputs, nothing, (strength,), left, target.weights
            )
            if fit is None or not fit.converged:
                return found
            outputs[~inside_fold] = fit.outputs(rows[~inside_fold])
        loss = mean_loss(outputs, labels)
        if loss >= least:
            break
        found, least = (strength, outputs), loss
    return found
