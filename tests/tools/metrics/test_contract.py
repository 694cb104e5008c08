"""Every measure in the folder, held to the same contract."""

import math
import re
import subprocess
import sys

import numpy as np
import pytest
import sklearn.metrics as reference

from tools import metrics
from tools.core import catalogue

NAMES = catalogue.names("tools.metrics")
OF_PREDICTIONS = [name for name in NAMES if metrics.load(name).sees == "predictions"]  # others: test_generation.py


def example(metric, n=600, seed=0):
    """Truth with a perfect, a fair and a random prediction of the right kind."""
    rng = np.random.default_rng(seed)
    if metric.goal == "regress":
        truth = rng.normal(10, 3, n)
        return truth, truth.copy(), truth + rng.normal(0, 1, n), rng.permutation(truth)
    k = 2 if metric.binary else 4
    truth = rng.choice(k, n, p=np.arange(1, k + 1) / np.arange(1, k + 1).sum())
    logits = rng.normal(0, 1, (n, k))
    perfect = np.eye(k)[truth]
    return truth, perfect, soft(logits + 2 * perfect), soft(4 * logits)


def soft(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@pytest.fixture(params=OF_PREDICTIONS)
def metric(request):
    return metrics.load(request.param)


def test_it_is_named_after_its_file_and_its_aliases_are_lower_case():
    seen = {}
    for name in NAMES:
        metric = metrics.load(name)
        assert metric.name == name
        assert metric.goal in ("classify", "regress", "generate")
        for alias in metric.aliases:
            assert alias == alias.lower()
            assert seen.setdefault(alias, name) == name, f"{alias!r} means both {seen[alias]} and {name}"


def test_a_perfect_prediction_beats_a_fair_one_beats_a_random_one(metric):
    truth, perfect, fair, chance = example(metric)
    best, middle, worst = (metric.compute(truth, p) for p in (perfect, fair, chance))
    assert metric.better(best, middle)
    assert metric.better(middle, worst)
    assert not metric.better(worst, best)


def test_the_order_of_rows_does_not_matter(metric):
    truth, _, fair, _ = example(metric)
    order = np.random.default_rng(1).permutation(len(truth))
    assert metric.compute(truth[order], fair[order]) == pytest.approx(metric.compute(truth, fair), rel=1e-12)


def test_a_nan_prediction_and_no_rows_give_nan_which_beats_nothing(metric):
    truth, _, fair, _ = example(metric)
    broken = fair.copy()
    broken[7] = np.nan
    score = metric.compute(truth, broken)
    assert math.isnan(score)
    assert math.isnan(metric.compute(truth[:0], fair[:0]))
    assert not metric.better(score, 0.5)
    assert metric.better(0.5, score)
    assert not metric.better(score, score)


def test_rows_that_do_not_match_are_refused(metric):
    truth, _, fair, _ = example(metric)
    with pytest.raises(ValueError, match=re.escape("600 rows of truth beside 599 predictions")):
        metric.compute(truth, fair[:-1])


def test_float32_probabilities_score_as_float64_ones(metric):
    truth, _, fair, _ = example(metric)
    assert metric.compute(truth, fair.astype(np.float32)) == pytest.approx(metric.compute(truth, fair), rel=1e-4)


REFERENCE = {
    "accuracy": lambda t, p: reference.accuracy_score(t, p.argmax(1)),
    "balanced_accuracy": lambda t, p: reference.balanced_accuracy_score(t, p.argmax(1)),
    "macro_f1": lambda t, p: reference.f1_score(t, p.argmax(1), average="macro"),
    "log_loss": lambda t, p: reference.log_loss(t, p),
    "roc_auc": lambda t, p: reference.roc_auc_score(t, p[:, 1]),
    "rmse": reference.root_mean_squared_error,
    "mae": reference.mean_absolute_error,
    "r2": reference.r2_score,
}


@pytest.mark.parametrize("name", REFERENCE)
@pytest.mark.parametrize("seed", range(3))
def test_it_agrees_with_scikit_learn(name, seed):
    metric = metrics.load(name)
    truth, _, fair, _ = example(metric, n=211, seed=seed)
    if metric.goal == "classify":
        fair = np.round(fair, 1) + 0.1  # ties, and no probability of zero
        fair /= fair.sum(axis=1, keepdims=True)
    assert metric.compute(truth, fair) == pytest.approx(REFERENCE[name](truth, fair), rel=1e-9)


def test_calibration_error_of_known_confidences():
    metric = metrics.load("calibration_error")
    truth = np.array([0, 0, 0, 1] * 25)
    honest, boastful = np.tile([0.75, 0.25], (100, 1)), np.tile([0.95, 0.05], (100, 1))
    assert metric.compute(truth, honest) == pytest.approx(0.0, abs=1e-12)
    assert metric.compute(truth, boastful) == pytest.approx(0.20)


def test_one_class_and_a_constant_target_have_no_auc_and_no_r2():
    assert math.isnan(metrics.load("roc_auc").compute(np.zeros(5, np.int64), np.full((5, 2), 0.5)))
    assert math.isnan(metrics.load("r2").compute(np.ones(5), np.arange(5.0)))
    assert metrics.load("accuracy").compute(np.zeros(5, np.int64), np.ones((5, 1))) == 1.0


def test_for_goal_gives_binary_measures_for_two_classes_alone():
    assert "roc_auc" in {m.name for m in metrics.for_goal("classify", 2)}
    assert "roc_auc" not in {m.name for m in metrics.for_goal("classify", 3)}
    assert {m.goal for m in metrics.for_goal("regress")} == {"regress"}


def test_listing_the_measures_imports_no_numpy():
    code = (
        "import sys; from tools import metrics; metrics.for_goal('classify', 2); metrics.for_goal('regress');"
        "metrics.for_goal('generate');"
        "heavy = {'numpy', 'sklearn', 'scipy', 'torch', 'pandas'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
