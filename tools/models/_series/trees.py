"""Extremely randomised trees of many numbers, told of each row by those that did not see it, and kept as arrays.

>>> trees, held = fit(matrix, labels, classes=3, groups=None, seed=0)
>>> trees.predict(matrix).shape, held.shape
((400, 3), (400, 3))

Geurts, Ernst & Wehenkel 2006, https://doi.org/10.1007/s10994-006-6226-1; a tenth of the numbers is looked at for each
split, as in Quant (https://arxiv.org/abs/2308.00928).
"""

import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from noglue.tools.spec.slowness import cores
from noglue.tools.training import grown_trees

TREES, LOOKED_AT, FOLDS = 200, 0.1, 5
OF_A_FOLD = 100  # trees that tell of rows left out
AT_ONCE = 2_000  # rows that go down a tree together


@dataclass(frozen=True)
class Trees:
    """roots: int64 (t,), the first node of each tree.

    A node: feature int64 (-1 at a leaf), threshold float64, the nodes to the left (x ≤ threshold) and to the right, and
    values float32 (m,): class probabilities, or a value.
    """

    roots: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    values: np.ndarray

    def predict(self, matrix: np.ndarray) -> np.ndarray:
        """float64 (n, m), the mean of all trees."""
        starts = range(0, max(1, len(matrix)), AT_ONCE)
        parts = [grown_trees.mean(self, matrix[start : start + AT_ONCE].astype(np.float32)) for start in starts]
        return np.concatenate(parts)


def fit(
    matrix: np.ndarray,
    taught: np.ndarray,
    classes: int | None,
    groups: np.ndarray | None,
    seed: int,
    counts: np.ndarray | None = None,
    end: float = math.inf,
) -> tuple[Trees, np.ndarray] | None:
    """Trees of all rows, and what trees of four fifths tell of each of the others, float64 (n, m).

    taught: class codes, of which there are `classes`, or values. groups: rows that stay together. None where the first
    fold shows that all of it would not be done by `end`.
    """
    held = np.zeros((len(matrix), classes or 1))
    fold = _folds(taught, classes, groups, seed)
    begun = time.monotonic()
    for number in np.unique(fold):
        rest, own = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        some = None if counts is None else counts[rest]
        held[own] = _grown(OF_A_FOLD, matrix[rest], taught[rest], classes, seed, some).predict(matrix[own])
        passed = time.monotonic() - begun
        if number == fold.min() and time.monotonic() + passed * (FOLDS - 1 + TREES / OF_A_FOLD) > end:
            return None
    return _grown(TREES, matrix, taught, classes, seed, counts), held


def _folds(taught: np.ndarray, classes: int | None, groups: np.ndarray | None, seed: int) -> np.ndarray:
    """int64 (n,): every class, or every range of values, dealt out evenly; whole groups where there are some."""
    draw = np.random.default_rng(seed)
    if groups is not None:
        known, which = np.unique(groups, return_inverse=True)
        return np.asarray((draw.permutation(len(known)) % FOLDS)[which])
    shuffled = draw.permutation(len(taught))
    order = shuffled[np.argsort(taught[shuffled], kind="stable")]
    fold = np.empty(len(taught), np.int64)
    fold[order] = np.arange(len(taught)) % FOLDS
    return fold


def _grown(
    count: int, matrix: np.ndarray, taught: np.ndarray, classes: int | None, seed: int, counts: np.ndarray | None
) -> Trees:
    from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

    jobs = cores() if matrix.size > 1_000_000 else 1
    known: dict[str, Any] = {"n_estimators": count, "max_features": LOOKED_AT, "random_state": seed, "n_jobs": jobs}
    if classes is None:
        fitted = ExtraTreesRegressor(**known).fit(matrix, taught, counts)
        return _as_arrays([one.tree_ for one in fitted.estimators_], np.zeros(1, np.int64), 1)
    fitted = ExtraTreesClassifier(criterion="entropy", **known).fit(matrix, taught, counts)
    return _as_arrays([one.tree_ for one in fitted.estimators_], fitted.classes_, classes)


def _as_arrays(trees: list[Any], there: np.ndarray, outputs: int) -> Trees:
    """Of scikit-learn's `tree_` objects. there: which outputs their columns are."""

    def values(tree: Any) -> np.ndarray:
        found = np.zeros((tree.node_count, outputs), np.float32)
        found[:, there] = tree.value[:, 0, :]
        return found / found.sum(axis=1, keepdims=True) if outputs > 1 else found

    return Trees(**grown_trees.flattened(trees, values))
