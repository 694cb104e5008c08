"""What a blend for small tables is made from: learners of different kinds, each strong somewhere.

    >>> [c.name for c in candidates(task)]
    ['logistic 0.03', 'logistic 0.3', 'logistic 3', 'discriminant', 'neighbours 10', 'extra trees', 'kernel 1', …]

Each is fitted to `Encoded` rows, to labels as `Target.encode` gives them (every class 0…m-1 present) and to what each
class weighs (float64 (m,), or None where all weigh alike), and gives a form that predicts and saves itself. `seconds`
is a rough upper estimate of one fit on a slow core.
"""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from noglue.tools.models._tables.dense import Dense
from noglue.tools.models._tables.encoding import Encoded
from noglue.tools.models._tables.forms import Forest, Kernel, Linear, Neighbours
from noglue.tools.models._tables.learned import Learned
from noglue.tools.models._tables.train_val_data import threads
from noglue.tools.spec.large_products import large_products
from noglue.tools.training import grown_trees

Weights = np.ndarray | None
Fit = Callable[[Encoded, np.ndarray, Weights], Learned]

TREES = 200
MOST_NEAR = 20_000  # rows among which neighbours are looked for
SCALED_BY = 200  # rows that a Gaussian process's length scales are chosen on


@dataclass(frozen=True)
class Asked:
    """What the request sets, None where it does not. epochs: of boosting the rounds, at most."""

    epochs: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None


@dataclass(frozen=True)
class Task:
    """rows, width (of the dense matrix), classes (0: values) and the seed. many_levels: a category has many."""

    rows: int
    width: int
    classes: int
    seed: int
    many_levels: bool = False
    asked: Asked = Asked()


@dataclass(frozen=True)
class Candidate:
    """learner, params: what `made` makes it again from; learner "" where nothing is left to choose."""

    name: str
    seconds: float
    fit: Fit
    learner: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


def candidates(task: Task) -> list[Candidate]:
    """Those fit for so many rows, cheapest first."""
    return _classifiers(task) if task.classes else _regressors(task)


def _classifiers(task: Task) -> list[Candidate]:
    n, d, m = task.rows, task.width, task.classes
    found = [_named(f"logistic {c:g}", "logistic", task, strength=c) for c in (0.03, 0.3, 3.0)]
    if n > d:
        found.append(Candidate("discriminant", n * d * d / 1e9, _discriminant))
    if n <= MOST_NEAR:
        found.append(_named("neighbours 10", "neighbours", task, count=10))
    found += _forests(task)
    if n * m <= 20_000:
        found += [_named(f"kernel {c:g}", "kernel", task, strength=c) for c in (1.0, 10.0)]
    return found


def _regressors(task: Task) -> list[Candidate]:
    n = task.rows
    found = [_named(f"ridge {a:g}", "ridge", task, strength=a) for a in (1.0, 30.0, 300.0)]
    if n <= MOST_NEAR:
        found.append(_named("neighbours 15", "neighbours", task, count=15))
    found += _forests(task)
    if n <= 10_000:
        found += [_named(f"kernel {c:g}", "kernel", task, strength=c) for c in (0.3, 3.0)]
    if n <= 1000:
        found.append(Candidate("gaussian process", 3.0 + n**3 / 1e9, partial(_gaussian_process, seed=task.seed)))
    return found


def _forests(task: Task) -> list[Candidate]:
    return [
        _named("extra trees", "extra trees", task),
        _named("random forest", "random forest", task),
        _named("extra trees all", "extra trees", task, leaf=1, columns=1.0),
    ]


def able(task: Task) -> tuple[str, ...]:
    """The learners that `made` has a search space for, fit for so many rows."""
    linear = ("logistic",) if task.classes else ("ridge",)
    near = ("neighbours",) if task.rows <= MOST_NEAR else ()
    kernel = ("kernel",) if task.rows * max(1, task.classes) <= 10_000 else ()
    return (*linear, *near, "extra trees", "random forest", *kernel)


def made(learner: str, params: Mapping[str, Any], task: Task) -> tuple[float, Fit]:
    """Seconds of one fit, a rough upper estimate, and the fit. Raises KeyError for a learner that is not here.

    logistic, ridge: strength. neighbours: count. extra trees, random forest: leaf, columns (a share of them looked at
    for a split). kernel: strength, width (a factor on scikit-learn's `scale`).
    """
    n, d, m = task.rows, task.width, task.classes
    if learner == "logistic":
        return n * d * m * 300 / 5e8, partial(_logistic, **params)
    if learner == "ridge":
        return n * d * d / 1e9, partial(_ridge, **params)
    if learner == "neighbours":
        return n * n * d / 1e9, partial(neighbours, classes=m, **params)
    if learner in ("extra trees", "random forest"):
        looked_at = d * params.get("columns", 0.5) if "columns" in params or not m else np.sqrt(d)
        pace = 5e7 if learner == "extra trees" else 2e7
        fit = extra_trees if learner == "extra trees" else random_forest
        return n * np.log2(n + 1) * looked_at * TREES / pace, partial(fit, task=task, **params)
    if learner == "kernel":
        seconds = 4 * max(1, m) * n * n * d / 5e8
        return seconds, partial(svc, seed=task.seed, **params) if m else partial(svr, **params)
    raise KeyError(learner)


def _named(name: str, learner: str, task: Task, **params: Any) -> Candidate:
    return Candidate(name, *made(learner, params, task), learner, params)


# ---- linear ------------------------------------------------------------------------------------------------------


def _logistic(rows: Encoded, wanted: np.ndarray, weights: Weights, strength: float) -> Linear:
    from noglue.tools.models._tables.linear_fits import logistic

    dense = Dense.fit(rows)
    return Linear(dense, *logistic(dense.matrix(rows), wanted, strength, weights))


def _ridge(rows: Encoded, wanted: np.ndarray, weights: Weights, strength: float) -> Linear:
    from noglue.tools.models._tables.linear_fits import ridge

    dense = Dense.fit(rows)
    return Linear(dense, *ridge(dense.matrix(rows), wanted, strength))


def _discriminant(rows: Encoded, wanted: np.ndarray, weights: Weights) -> Linear:
    """Linear discriminants with Ledoit and Wolf's shrinkage of the covariance."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    from noglue.tools.models._tables.linear_fits import as_softmax

    dense = Dense.fit(rows)
    shares = None if weights is None else np.bincount(wanted) * weights / (np.bincount(wanted) @ weights)
    fitted = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto", priors=shares)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Only one sample available")  # of a class: it has no spread of its own
        fitted.fit(dense.matrix(rows), wanted)
    return Linear(dense, *as_softmax(fitted.coef_, fitted.intercept_))


# ---- by distance -------------------------------------------------------------------------------------------------


def neighbours(rows: Encoded, wanted: np.ndarray, weights: Weights, count: int, classes: int) -> Neighbours:
    dense = Dense.fit(rows)
    values = np.eye(classes)[wanted] if classes else wanted[:, None].astype(np.float64)
    if weights is not None:
        values = values * weights
    return Neighbours(dense, dense.matrix(rows), values, np.array([count]))


def _stretch(matrix: np.ndarray, width: float) -> float:
    """scikit-learn's gamma="scale", times `width`, as a factor on the inputs."""
    return float(np.sqrt(width / max(1e-12, matrix.shape[1] * matrix.var())))


def svc(rows: Encoded, wanted: np.ndarray, weights: Weights, strength: float, seed: int, width: float = 1.0) -> Kernel:
    """Support vector machines, each class against the rest, and a softmax fitted to their cross-validated decisions."""
    from sklearn.svm import SVC

    from noglue.tools.data.folds import stratified
    from noglue.tools.models._tables.linear_fits import logistic

    dense = Dense.fit(rows)
    matrix = dense.matrix(rows)
    stretch = _stretch(matrix, width)
    matrix = matrix * stretch
    classes = range(1, 2) if wanted.max() == 1 else range(int(wanted.max()) + 1)
    folds = stratified(wanted, 4, seed)
    decisions = np.zeros((len(matrix), len(classes)))
    shares = np.zeros((len(matrix), len(classes)))
    heavy = np.ones(len(matrix)) if weights is None else weights[wanted]
    intercept = np.zeros(len(classes))
    for place, kind in enumerate(classes):
        for fold in range(folds.max() + 1):
            own = folds != fold
            machine = SVC(C=strength, gamma=1.0).fit(matrix[own], wanted[own] == kind, heavy[own])
            decisions[~own, place] = machine.decision_function(matrix[~own])
        machine = SVC(C=strength, gamma=1.0).fit(matrix, wanted == kind, heavy)
        shares[machine.support_, place], intercept[place] = machine.dual_coef_[0], machine.intercept_[0]
    seen = folds >= 0
    known = seen if seen.all() else np.ones(len(seen), bool)
    turn, bias = logistic(decisions[known], wanted[known], 1.0, weights)
    used = np.any(shares != 0, axis=1)
    return Kernel(dense, np.full(matrix.shape[1], stretch), matrix[used], shares[used] @ turn, intercept @ turn + bias)


def svr(rows: Encoded, wanted: np.ndarray, weights: Weights, strength: float, width: float = 1.0) -> Kernel:
    from sklearn.svm import SVR

    dense = Dense.fit(rows)
    matrix = dense.matrix(rows)
    stretch = _stretch(matrix, width)
    matrix = matrix * stretch
    machine = SVR(C=strength, gamma=1.0, epsilon=0.1).fit(matrix, wanted)
    shares = machine.dual_coef_.T
    return Kernel(dense, np.full(matrix.shape[1], stretch), matrix[machine.support_], shares, machine.intercept_)


def _gaussian_process(rows: Encoded, wanted: np.ndarray, weights: Weights, seed: int) -> Kernel:
    """A length scale for each column, by the marginal likelihood of some rows (Rasmussen & Williams 2006, ch. 5)."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

    dense = Dense.fit(rows)
    matrix = dense.matrix(rows)
    width = matrix.shape[1]
    scales = np.full(width if width <= 50 else 1, np.sqrt(width))
    start = ConstantKernel(1.0) * RBF(scales, (1e-1, 1e4)) + WhiteKernel(0.3, (1e-4, 1e1))
    some = np.random.default_rng(seed).permutation(len(matrix))[:SCALED_BY]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a scale at its bound: a column that doesn't matter
        scaled = GaussianProcessRegressor(start, optimizer=_few_steps).fit(matrix[some], wanted[some])
    with large_products(float(len(matrix)) ** 3):
        fitted = GaussianProcessRegressor(scaled.kernel_, optimizer=None).fit(matrix, wanted)
    smooth = fitted.kernel_.k1
    stretch = 1 / (np.sqrt(2) * np.broadcast_to(smooth.k2.length_scale, width))
    shares = smooth.k1.constant_value * fitted.alpha_.reshape(-1, 1)
    return Kernel(dense, stretch, matrix * stretch, shares, np.zeros(1))


def _few_steps(objective: Any, start: np.ndarray, bounds: np.ndarray) -> tuple[np.ndarray, float]:
    from scipy.optimize import minimize

    found = minimize(objective, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 25})
    return found.x, found.fun


# ---- trees -------------------------------------------------------------------------------------------------------


def extra_trees(
    rows: Encoded,
    wanted: np.ndarray,
    weights: Weights,
    task: Task,
    leaf: int | None = None,
    columns: float | None = None,
    count: int = TREES,
) -> Forest:
    """Geurts et al. 2006, https://doi.org/10.1007/s10994-006-6226-1. leaf: rows in one, at least; columns: the share
    of them that is looked at for a split, None: the square root of their number, of values the half.
    """
    from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

    dense = Dense.fit(rows)
    known = {"n_estimators": count, "random_state": task.seed, "n_jobs": threads() if len(rows) > 5000 else 1}
    if task.classes:
        heavy = None if weights is None else dict(enumerate(weights))
        fitted = ExtraTreesClassifier(
            min_samples_leaf=leaf or 2, max_features=columns or "sqrt", class_weight=heavy, **known
        )
    else:
        fitted = ExtraTreesRegressor(min_samples_leaf=leaf or 3, max_features=columns or 0.5, **known)
    fitted.fit(dense.matrix(rows).astype(np.float32), wanted)
    return forest(dense, [tree.tree_ for tree in fitted.estimators_], bool(task.classes))


def random_forest(
    rows: Encoded,
    wanted: np.ndarray,
    weights: Weights,
    task: Task,
    leaf: int = 1,
    columns: float | None = None,
    count: int = TREES,
) -> Forest:
    """Breiman 2001, https://doi.org/10.1023/A:1010933404324; of values a third of the columns unless `columns` says."""
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    dense = Dense.fit(rows)
    known: dict[str, Any] = {
        "n_estimators": count,
        "min_samples_leaf": leaf,
        "random_state": task.seed,
        "n_jobs": threads() if len(rows) > 5000 else 1,
    }
    if task.classes:
        heavy = None if weights is None else dict(enumerate(weights))
        fitted = RandomForestClassifier(class_weight=heavy, max_features=columns or "sqrt", **known)
    else:
        fitted = RandomForestRegressor(max_features=columns or (1 / 3 if task.width >= 3 else 1.0), **known)
    fitted.fit(dense.matrix(rows).astype(np.float32), wanted)
    return forest(dense, [tree.tree_ for tree in fitted.estimators_], bool(task.classes))


def forest(dense: Dense, trees: list[Any], classify: bool) -> Forest:
    """Of scikit-learn's `tree_` objects."""

    def values(tree: Any) -> np.ndarray:
        found: np.ndarray = tree.value[:, 0, :]
        return found / found.sum(axis=1, keepdims=True) if classify else found

    return Forest(dense, **grown_trees.flattened(trees, values))
