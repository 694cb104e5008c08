"""Linear models on what was counted in a text, on its embedding, or on both side by side.

    >>> fit(Kind.COUNTED, features, wanted, classes=26, strength=0.5, weights=None, seed=0).decisions(features).shape
    (4550, 26)

Classes: support vector machines, each class against the rest, by coordinate descent (Hsieh et al. 2008,
https://doi.org/10.1145/1390156.1390208), or a logistic regression on embeddings alone; how sure they are (`sharpness`)
is fitted to decisions about rows that they had not seen. Values: ridge regression.
"""

import warnings
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import scipy.sparse

STEPS = 300


class Kind(StrEnum):
    """What a model sees of a text."""

    COUNTED = "tf-idf"
    EMBEDDED = "sentence embeddings"
    BOTH = "tf-idf and embeddings"


@dataclass(frozen=True)
class Features:
    """columns: the texts themselves. counted: float32 (n, w). embedded: float32 (n, 384 a column of texts), None where
    there are none.
    """

    columns: list[list[str]]
    counted: "scipy.sparse.csr_matrix"
    embedded: np.ndarray | None = None

    def __len__(self) -> int:
        return int(self.counted.shape[0])

    def take(self, rows: np.ndarray) -> "Features":
        columns = [[column[row] for row in rows.tolist()] for column in self.columns]
        return Features(columns, self.counted[rows], None if self.embedded is None else self.embedded[rows])

    def beside(self, others: "Features") -> "Features":
        """These rows, then those."""
        import scipy.sparse

        columns = [[*own, *further] for own, further in zip(self.columns, others.columns, strict=True)]
        counted = scipy.sparse.vstack([self.counted, others.counted], format="csr")
        if self.embedded is None or others.embedded is None:
            return Features(columns, counted)
        return Features(columns, counted, np.concatenate([self.embedded, others.embedded]))

    def of(self, kind: Kind) -> Any:
        """The matrix that a model of this kind sees, sparse or dense."""
        if kind is Kind.COUNTED:
            return self.counted
        assert self.embedded is not None
        if kind is Kind.EMBEDDED:
            return self.embedded
        import scipy.sparse

        return scipy.sparse.hstack([self.counted, scipy.sparse.csr_matrix(self.embedded)], format="csr")


@dataclass(frozen=True)
class LinearTexts:
    """weights: float32 (width, m), rounded to half precision, in which they are kept; intercept: float32 (m,).

    sharpness: factor on the decisions before the softmax; 0 where a value is told.
    """

    kind: Kind
    weights: np.ndarray
    intercept: np.ndarray
    sharpness: float = 1.0

    @property
    def parameters(self) -> int:
        return int(self.weights.size + self.intercept.size)

    def decisions(self, features: Features) -> np.ndarray:
        """float64 (n, m)."""
        return np.asarray(features.of(self.kind) @ self.weights + self.intercept, np.float64)

    def predict(self, features: Features) -> np.ndarray:
        """Probabilities (n, m), or standardised values (n,)."""
        found = self.decisions(features)
        return probabilities(found, self.sharpness) if self.sharpness else found[:, 0]

    def save(self, place: Path) -> None:
        """Weights in half precision, which they are rounded to."""
        from safetensors.numpy import save_file

        arrays = {"weights": self.weights.astype(np.float16), "intercept": self.intercept}
        save_file(arrays, place.with_suffix(".safetensors"))

    def sharpened(self, sharpness: float) -> "LinearTexts":
        return replace(self, sharpness=sharpness)


def fit(
    kind: Kind,
    features: Features,
    wanted: np.ndarray,
    classes: int,
    strength: float,
    weights: np.ndarray | None,
    seed: int,
) -> LinearTexts:
    """wanted: int64 0…m-1, each there, or float64. strength: scikit-learn's C, or alpha for values. weights: of
    classes, float64 (m,), None where all weigh alike.
    """
    matrix = features.of(kind)
    if not classes:
        return _ridge(kind, matrix, wanted, strength)
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import LinearSVC

    heavy = None if weights is None else dict(enumerate(weights))
    if kind is Kind.EMBEDDED:
        learner = LogisticRegression(C=strength, max_iter=STEPS, class_weight=heavy)
    else:
        learner = LinearSVC(C=strength, class_weight=heavy, random_state=seed, tol=1e-3, max_iter=STEPS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # so many steps come close enough
        learner.fit(matrix, wanted)
    slopes, offsets = learner.coef_, np.atleast_1d(learner.intercept_)
    if len(slopes) == 1:  # two classes: one decision between them
        slopes, offsets = np.concatenate([-slopes, slopes]) / 2, np.array([-offsets[0], offsets[0]]) / 2
    return LinearTexts(kind, _half(slopes.T), offsets.astype(np.float32))


def _ridge(kind: Kind, matrix: Any, wanted: np.ndarray, strength: float) -> LinearTexts:
    from sklearn.linear_model import Ridge

    solver = "cholesky" if kind is Kind.EMBEDDED else "sparse_cg"
    fitted = Ridge(alpha=strength, solver=solver, tol=1e-3, max_iter=STEPS).fit(matrix, wanted)
    return LinearTexts(kind, _half(fitted.coef_[:, None]), np.array([fitted.intercept_], np.float32), 0.0)


def probabilities(decisions: np.ndarray, sharpness: float) -> np.ndarray:
    """float64 (n, m), rows adding up to 1."""
    raised = np.exp(sharpness * (decisions - decisions.max(axis=1, keepdims=True)))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def fit_sharpness(decisions: np.ndarray, wanted: np.ndarray) -> float:
    """What makes decisions about rows held back most likely, between 1/10 and 50. wanted: -1 is left out."""
    from scipy.optimize import minimize_scalar

    known = wanted >= 0
    if not known.any():
        return 1.0
    seen, right = decisions[known], wanted[known]

    def loss(logarithm: float) -> float:
        scaled = np.exp(logarithm) * seen
        top = scaled.max(axis=1)
        whole = top + np.log(np.exp(scaled - top[:, None]).sum(axis=1))
        return float((whole - scaled[np.arange(len(right)), right]).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(np.log(0.1), np.log(50.0)), method="bounded").x))


def _half(weights: np.ndarray) -> np.ndarray:
    limit = float(np.finfo(np.float16).max)
    return np.ascontiguousarray(np.clip(weights, -limit, limit).astype(np.float16).astype(np.float32))
