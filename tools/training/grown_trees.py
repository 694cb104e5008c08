"""scikit-learn's trees as arrays, which are kept without pickle, and what they say together.

>>> parts = flattened([one.tree_ for one in fitted.estimators_], lambda tree: tree.value[:, 0, :])
>>> parts["roots"], parts["feature"].shape, parts["values"].shape
(array([0, 71, 138]), (199,), (199, 3))
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np


class Grown(Protocol):
    """roots: int64 (t,), the first node of each. A node: feature int64 (-1 at a leaf), threshold float64, the node to
    the left (x ≤ threshold) and to the right, values (m,).
    """

    @property
    def roots(self) -> np.ndarray: ...
    @property
    def feature(self) -> np.ndarray: ...
    @property
    def threshold(self) -> np.ndarray: ...
    @property
    def left(self) -> np.ndarray: ...
    @property
    def right(self) -> np.ndarray: ...
    @property
    def values(self) -> np.ndarray: ...


def flattened(trees: Sequence[Any], values_of: Callable[[Any], np.ndarray]) -> dict[str, np.ndarray]:
    """The fields of `Grown`: scikit-learn's `tree_` objects, one after the other. values_of: (nodes, m) of a tree."""
    parts: dict[str, list[np.ndarray]] = {name: [] for name in ("feature", "threshold", "left", "right", "values")}
    roots, start = [], 0
    for tree in trees:
        leaf = tree.children_left < 0
        roots.append(start)
        parts["feature"].append(np.where(leaf, -1, tree.feature))
        parts["threshold"].append(tree.threshold)
        parts["left"].append(np.where(leaf, -1, tree.children_left + start))
        parts["right"].append(np.where(leaf, -1, tree.children_right + start))
        parts["values"].append(values_of(tree))
        start += len(leaf)
    return {"roots": np.array(roots)} | {name: np.concatenate(arrays) for name, arrays in parts.items()}


def mean(trees: Grown, matrix: np.ndarray) -> np.ndarray:
    """float64 (n, m), what the trees say on average. matrix: float32 (n, columns), as scikit-learn's trees see rows."""
    total: np.ndarray = np.zeros((len(matrix), trees.values.shape[1]))
    lines = np.arange(len(matrix))
    for root in trees.roots:
        node = np.full(len(matrix), root)
        while (inner := trees.feature[node] >= 0).any():
            at, line = node[inner], lines[inner]
            goes_left = matrix[line, trees.feature[at]] <= trees.threshold[at]
            node[inner] = np.where(goes_left, trees.left[at], trees.right[at])
        total += trees.values[node]
    return np.asarray(total / len(trees.roots))
