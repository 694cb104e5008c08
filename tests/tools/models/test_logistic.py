"""The fit that both simple models are: the least loss there is, chosen by held rows, and open about the clock."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from noglue.tools.training.logistic import mean_loss, softmax_regression

RANDOM = np.random.default_rng(0)
TRUTH = RANDOM.normal(size=(12, 3))


def rows(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Three classes that a softmax tells as well as they can be told."""
    matrix = RANDOM.normal(size=(count, 12))
    chances = matrix @ TRUTH + RANDOM.gumbel(size=(count, 3))
    return matrix, chances.argmax(axis=1)


def test_it_is_as_good_as_scikit_learns() -> None:
    (matrix, labels), held = rows(800), rows(400)
    fit = softmax_regression(matrix, labels, 3, held, [0.01], lambda: None)
    other = LogisticRegression(C=1 / (0.01 * 800), tol=1e-6, max_iter=1000).fit(matrix, labels)
    assert fit is not None
    assert fit.converged
    theirs = mean_loss(other.decision_function(held[0]), held[1])
    assert mean_loss(fit.outputs(held[0]), held[1]) == pytest.approx(theirs, rel=2e-3)
    assert np.abs(fit.outputs(held[0]) - other.decision_function(held[0])).max() < 0.1


def test_the_held_rows_choose_the_strength() -> None:
    held = rows(2000)
    strengths = (1.0, 0.1, 0.01, 1e-3, 1e-4, 1e-5)
    few, many = (softmax_regression(*rows(count), 3, held, strengths, lambda: None) for count in (40, 4000))
    assert few is not None
    assert many is not None
    assert few.strength > many.strength


def test_classes_that_weigh_more_are_told_more_often() -> None:
    matrix, labels = rows(800)
    plain, heavy = (
        softmax_regression(matrix, labels, 3, (matrix, labels), [0.01], lambda: None, weights)
        for weights in (None, np.array([5.0, 1.0, 1.0]))
    )
    assert plain is not None
    assert heavy is not None
    told = [(fit.outputs(matrix).argmax(axis=1) == 0).mean() for fit in (plain, heavy)]
    assert told[1] > told[0] + 0.05


def test_what_the_clock_cut_short_has_not_converged() -> None:
    matrix, labels = rows(800)
    cut = softmax_regression(matrix, labels, 3, (matrix, labels), [0.1, 0.01], lambda: 0.0)
    assert cut is None or not cut.converged
    seconds = iter([None] * 8)  # enough for the first strength, not for the second
    later = softmax_regression(matrix, labels, 3, (matrix, labels), [10.0, 1e-6], lambda: next(seconds, 0.0))
    assert later is not None
    assert (later.strength, later.converged) == (10.0, True)


def test_one_class_that_is_not_there_and_no_held_rows() -> None:
    matrix, labels = rows(100)
    fit = softmax_regression(matrix, labels.clip(0, 1), 3, (matrix[:0], labels[:0]), [0.1, 0.01], lambda: None)
    assert fit is not None
    assert np.isfinite(fit.weights).all()
    assert (fit.outputs(matrix).argmax(axis=1) != 2).all()
