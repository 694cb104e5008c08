"""Intervals: right on average, honest at the edges, the same every time."""

from dataclasses import replace

import numpy as np
import pytest
import sklearn.metrics as reference

from noglue.tools import metrics
from noglue.tools.evaluation.bootstrap import Bootstrap, wilson

ACCURACY = metrics.load("accuracy")


def told(rng, n, accuracy, k=2):
    """Truth, and probabilities whose argmax is right for about `accuracy` of the rows."""
    truth = rng.integers(0, k, n)
    said = np.where(rng.random(n) < accuracy, truth, (truth + rng.integers(1, k, n)) % k)
    predicted = np.full((n, k), 0.2 / (k - 1))
    predicted[np.arange(n), said] = 0.8
    return truth, predicted


@pytest.mark.parametrize(("n", "accuracy"), [(30, 0.95), (100, 0.8), (400, 0.99)])
def test_the_interval_of_an_accuracy_covers_the_true_one(n, accuracy):
    rng = np.random.default_rng(0)
    hits = 0
    for seed in range(200):
        score = Bootstrap(n, seed, resamples=300).score(ACCURACY, *told(rng, n, accuracy))
        hits += score.low <= accuracy <= score.high
    assert 0.90 <= hits / 200 <= 1.0  # 0.95 less two standard errors of 200 trials, and the bootstrap's own shortfall


@pytest.mark.parametrize("name", [m.name for m in metrics.for_goal("classify", 2)])
def test_it_agrees_with_computing_the_measure_on_each_resample(name):
    metric = metrics.load(name)
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 2, 400)
    score = 1 / (1 + np.exp(-rng.normal(truth * 1.5 - 0.75, 1)))
    predicted = np.stack([1 - score, score], axis=1)
    quick = Bootstrap(400, 0).score(metric, truth, predicted)
    plain = Bootstrap(400, 0).score(replace(metric, parts=None), truth, predicted)
    width = plain.high - plain.low
    assert quick.value == plain.value
    assert quick.low == pytest.approx(plain.low, abs=0.12 * width)
    assert quick.high == pytest.approx(plain.high, abs=0.12 * width)


def test_regression_measures_agree_with_scikit_learn_on_resamples():
    rng = np.random.default_rng(2)
    truth = rng.normal(1e6, 3, 300)  # a large mean must not cost R² its digits
    predicted = truth + rng.normal(0, 1, 300)
    chosen = [rng.integers(0, 300, 300) for _ in range(1000)]
    for name, score in (("r2", reference.r2_score), ("rmse", reference.root_mean_squared_error)):
        expected = np.percentile([score(truth[c], predicted[c]) for c in chosen], [2.5, 97.5])
        ours = Bootstrap(300, 0).score(metrics.load(name), truth, predicted)
        assert [ours.low, ours.high] == pytest.approx(expected, abs=0.15 * (expected[1] - expected[0]))


def test_a_perfect_score_on_few_rows_is_not_certain():
    truth = np.array([0, 1] * 15)
    for metric in metrics.for_goal("classify", 2):
        score = Bootstrap(30, 0).score(metric, truth, np.eye(2)[truth])
        if metric.higher:
            assert (score.value, score.high) == (1.0, 1.0)
            assert score.low == pytest.approx(0.886, abs=0.001)
    assert wilson(1.0, 30)[0] == pytest.approx(0.8865, abs=1e-4)


def test_rows_in_groups_give_the_width_of_single_rows():
    truth, predicted = told(np.random.default_rng(3), 40_000, 0.9)
    score = Bootstrap(40_000, 0).score(ACCURACY, truth, predicted)
    assert score.high - score.low == pytest.approx(2 * 1.96 * np.sqrt(0.9 * 0.1 / 40_000), rel=0.1)


def test_a_paired_difference_is_surer_than_two_intervals():
    rng = np.random.default_rng(4)
    truth, good = told(rng, 1000, 0.85)
    better = good.copy()
    mended = np.flatnonzero(good.argmax(1) != truth)[:30]
    better[mended] = np.eye(2)[truth[mended]]
    bootstrap = Bootstrap(1000, 0)
    a, b = (bootstrap.score(ACCURACY, truth, p) for p in (better, good))
    difference = bootstrap.difference(ACCURACY, truth, better, good)
    assert a.low < b.high  # the intervals overlap
    assert difference.low > 0
    assert difference.value == pytest.approx(0.03)


@pytest.mark.parametrize(("rows", "sure"), [(0, False), (1, False), (3, False), (8, True)])
def test_a_row_or_two_make_no_difference(rows, sure):
    truth = np.arange(120) % 2
    good = np.eye(2)[truth]
    other = good.copy()
    other[:rows] = 1 - other[:rows]
    difference = Bootstrap(120, 0).difference(ACCURACY, truth, good, other)
    assert difference.value == pytest.approx(rows / 120)
    assert (difference.low > 0) == sure


def test_a_seed_gives_the_same_interval_and_nan_predictions_none():
    truth, predicted = told(np.random.default_rng(5), 200, 0.7)
    assert Bootstrap(200, 7).score(ACCURACY, truth, predicted) == Bootstrap(200, 7).score(ACCURACY, truth, predicted)
    assert Bootstrap(200, 7).score(ACCURACY, truth, predicted * np.nan) is None
    assert Bootstrap(0, 7).score(ACCURACY, truth[:0], predicted[:0]) is None


def test_many_classes_are_held_within_bounds_of_memory():
    truth, predicted = told(np.random.default_rng(6), 20_000, 0.5, k=1000)
    score = Bootstrap(20_000, 0).score(metrics.load("macro_f1"), truth, predicted)
    assert score.low < score.value < score.high
    assert score.high - score.low < 0.05
