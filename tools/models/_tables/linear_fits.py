"""The fits of linear models, as weights of a softmax or of a value."""

import numpy as np

STEPS = 200  # of L-BFGS


def logistic(
    matrix: np.ndarray, wanted: np.ndarray, strength: float, weights: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (width, m) and intercepts (m,) of a softmax. strength: how free they are, scikit-learn's C.

    weights: what each class counts, or None where all count alike.
    """
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # 200 steps come close enough
        heavy = None if weights is None else weights[wanted]
        fitted = LogisticRegression(C=strength, max_iter=STEPS).fit(matrix, wanted, heavy)
    return as_softmax(fitted.coef_, fitted.intercept_)


def as_softmax(weights: np.ndarray, intercept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """scikit-learn's (m, width), or (1, width) for two classes: a sigmoid is a softmax beside a zero."""
    if len(weights) == 1:
        weights = np.concatenate([np.zeros_like(weights), weights])
        intercept = np.array([0.0, intercept[0]])
    return weights.T, intercept


def ridge(matrix: np.ndarray, wanted: np.ndarray, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """Weights (width, 1) and the intercept (1,). strength: how much they are held back, scikit-learn's alpha."""
    from sklearn.linear_model import Ridge

    fitted = Ridge(alpha=strength).fit(matrix, wanted)
    return fitted.coef_[:, None], np.array([fitted.intercept_])
