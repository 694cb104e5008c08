"""Candidates of the kinds that a user may name, each in a few strengths to choose from.

>>> [candidate.name for candidate in forests({})(task)]
['random forest 1', 'random forest 3']
>>> [candidate.name for candidate in networks({"layers": 3})(task)]
['neural net 0.001', 'neural net 0.3']
"""

import math
import warnings
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from noglue.tools.models._tables.candidates import (
    TREES,
    Candidate,
    Task,
    Weights,
    extra_trees,
    forest,
    neighbours,
    random_forest,
    svc,
    svr,
)
from noglue.tools.models._tables.dense import Dense
from noglue.tools.models._tables.encoding import Encoded
from noglue.tools.models._tables.forms import Forest, Network, Quadratic
from noglue.tools.models._tables.spaces import Pool

EPOCHS, PATIENCE, RATE = 150, 10, 3e-3
USUAL_BATCH, SECONDS_A_STEP = 200, 4e-4
WIDTHS = (64, 32)  # of the hidden layers; further ones are as wide as the last
LEAST_VARIANCE = 1e-2  # of a standardised column within a class, so that no single value decides
RARE = 1.0  # rows of each kind that are granted to every class


def none(options: Mapping[str, Any]) -> Pool:
    """Of families that only boost."""
    return lambda task: []


def forests(options: Mapping[str, Any]) -> Pool:
    """options: `trees`."""

    def pool(task: Task) -> list[Candidate]:
        count = int(options.get("trees", TREES))
        seconds = task.rows * np.log2(task.rows + 1) * np.sqrt(task.width) * count / 2e7
        return [
            Candidate(f"random forest {leaf}", seconds, partial(random_forest, task=task, leaf=leaf, count=count))
            for leaf in (1, 3)
        ]

    return pool


def extra(options: Mapping[str, Any]) -> Pool:
    """options: `trees`."""

    def pool(task: Task) -> list[Candidate]:
        count = int(options.get("trees", TREES))
        seconds = task.rows * np.log2(task.rows + 1) * np.sqrt(task.width) * count / 5e7
        return [Candidate("extra trees", seconds, partial(extra_trees, task=task, count=count))]

    return pool


def trees(options: Mapping[str, Any]) -> Pool:
    """One tree of a depth that cross-validation chooses. options: `depth`."""

    def pool(task: Task) -> list[Candidate]:
        depths = [int(options["depth"])] if options.get("depth") else [2, 4, 7, 12]
        seconds = task.rows * np.log2(task.rows + 1) * task.width / 2e7
        return [Candidate(f"decision tree {d}", seconds, partial(_tree, task=task, depth=d)) for d in depths]

    return pool


def networks(options: Mapping[str, Any]) -> Pool:
    """Multilayer perceptrons. options: `layers`, how many hidden ones, or their widths. `Task.asked` is kept to."""

    def pool(task: Task) -> list[Candidate]:
        asked = options.get("layers")
        widths = tuple(asked) if isinstance(asked, list | tuple) else _widths(int(asked or len(WIDTHS)))
        weights = sum(a * b for a, b in zip((task.width, *widths), (*widths, max(1, task.classes)), strict=True))
        epochs, batch = task.asked.epochs or EPOCHS, task.asked.batch_size or USUAL_BATCH
        steps = epochs * math.ceil(task.rows / min(batch, max(1, task.rows)))
        seconds = 6.0 * task.rows * weights * epochs / 2e9 + SECONDS_A_STEP * steps + 0.2
        return [
            Candidate(f"neural net {decay:g}", seconds, partial(_network, task=task, decay=decay, widths=widths))
            for decay in (0.001, 0.3)
        ]

    return pool


def nearest(options: Mapping[str, Any]) -> Pool:
    """options: `neighbours`, how many are asked."""

    def pool(task: Task) -> list[Candidate]:
        counts = [int(options["neighbours"])] if options.get("neighbours") else [3, 10, 30]
        seconds = task.rows * task.rows * task.width / 1e9
        return [
            Candidate(f"neighbours {count}", seconds, partial(neighbours, count=count, classes=task.classes))
            for count in counts
        ]

    return pool


def machines(options: Mapping[str, Any]) -> Pool:
    """options: `strength`, the constant C by which errors count."""

    def pool(task: Task) -> list[Candidate]:
        asked = (float(options["strength"]),) if options.get("strength") else ()
        seconds = 4.0 * max(1, task.classes) * task.rows**2 * task.width / 5e8
        if task.classes:
            return [
                Candidate(f"kernel {c:g}", seconds, partial(svc, strength=c, seed=task.seed))
                for c in asked or (0.3, 1.0, 10.0)
            ]
        return [Candidate(f"kernel {c:g}", seconds, partial(svr, strength=c)) for c in asked or (0.1, 0.3, 3.0)]

    return pool


def bayes(options: Mapping[str, Any]) -> Pool:
    def pool(task: Task) -> list[Candidate]:
        return [Candidate("naive bayes", task.rows * task.width / 1e7, _naive_bayes)] if task.classes else []

    return pool


# ---- the fits ----------------------------------------------------------------------------------------------------


def _tree(rows: Encoded, wanted: np.ndarray, weights: Weights, task: Task, depth: int) -> Forest:
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    dense = Dense.fit(rows)
    known: dict[str, Any] = {
        "max_depth": depth,
        "min_samples_leaf": max(1, min(5, len(rows) // 20)),
        "random_state": task.seed,
    }
    if task.classes:
        fitted = DecisionTreeClassifier(class_weight=_by_class(weights), **known)
    else:
        fitted = DecisionTreeRegressor(**known)
    fitted.fit(dense.matrix(rows).astype(np.float32), wanted)
    return forest(dense, [fitted.tree_], bool(task.classes))


def _network(
    rows: Encoded, wanted: np.ndarray, weights: Weights, task: Task, decay: float, widths: tuple[int, ...]
) -> Network:
    """Adam (Kingma & Ba 2015) from scikit-learn, for at most so many epochs; for exactly as many as were asked for."""
    import threadpoolctl
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    dense = Dense.fit(rows)
    kind = MLPClassifier if task.classes else MLPRegressor
    epochs = task.asked.epochs or EPOCHS
    fitted = kind(
        hidden_layer_sizes=widths,
        alpha=decay,
        max_iter=epochs,
        n_iter_no_change=epochs if task.asked.epochs else PATIENCE,
        batch_size="auto" if task.asked.batch_size is None else min(task.asked.batch_size, len(rows)),
        learning_rate_init=task.asked.learning_rate or RATE,
        random_state=task.seed,
    )
    heavy = {} if weights is None else {"sample_weight": weights[wanted]}
    with warnings.catch_warnings(), threadpoolctl.threadpool_limits(1, "blas"):
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted.fit(dense.matrix(rows), wanted, **heavy)
    matrices, offsets = list(fitted.coefs_), list(fitted.intercepts_)
    if task.classes == 2:  # scikit-learn's one output is a sigmoid: a softmax beside a zero
        matrices[-1] = np.concatenate([np.zeros_like(matrices[-1]), matrices[-1]], axis=1)
        offsets[-1] = np.concatenate([np.zeros(1), offsets[-1]])
    sizes = np.array([len(matrices[0]), *(matrix.shape[1] for matrix in matrices)], np.int64)
    flat = [part.ravel() for layer in zip(matrices, offsets, strict=True) for part in layer]
    return Network(dense, sizes, np.concatenate(flat).astype(np.float64))


def _widths(layers: int) -> tuple[int, ...]:
    return tuple([*WIDTHS, *[WIDTHS[-1]] * max(0, layers - len(WIDTHS))][:layers])


def _naive_bayes(rows: Encoded, wanted: np.ndarray, weights: Weights) -> Quadratic:
    """Numbers as Gaussian, indicators and levels as Bernoulli variables, independent within each class."""
    dense = Dense.fit(rows)
    matrix = dense.matrix(rows)
    classes = int(wanted.max()) + 1
    yes_no = np.isin(matrix, (0.0, 1.0)).all(axis=0)
    shares = np.bincount(wanted, minlength=classes) * (1.0 if weights is None else weights)
    intercept = np.log(shares / shares.sum())
    squares, linear = np.zeros((matrix.shape[1], classes)), np.zeros((matrix.shape[1], classes))
    for kind in range(classes):
        own = matrix[wanted == kind]
        variance = np.maximum(own.var(axis=0), LEAST_VARIANCE)
        mean = own.mean(axis=0)
        chance = (own.sum(axis=0) + RARE) / (len(own) + 2 * RARE)
        chance = np.clip(chance, 1e-9, 1 - 1e-9)  # of numbers it is not used
        squares[:, kind] = np.where(yes_no, 0.0, -0.5 / variance)
        linear[:, kind] = np.where(yes_no, np.log(chance / (1 - chance)), mean / variance)
        constant = np.where(yes_no, np.log(1 - chance), -0.5 * (mean**2 / variance + np.log(variance)))
        intercept[kind] += constant.sum()
    return Quadratic(dense, squares, linear, intercept)


def _by_class(weights: Weights) -> dict[int, float] | None:
    return None if weights is None else dict(enumerate(weights))
