"""Every measure in the folder, held to the same contract."""

import math
import re
import subprocess
import sys

import numpy as np
import pytest
import sklearn.metrics as reference
from scipy import stats

from noglue.tools import metrics
from noglue.tools.metrics._natural_order import ranks
from noglue.tools.spec import catalogue

NAMES = catalogue.names("noglue.tools.metrics")
LOGARITHMIC = ("msle", "rmsle")  # of truth that is not negative
OF_PREDICTIONS = [name for name in NAMES if metrics.load(name).sees == "predictions"]  # others: test_generation.py


def example(metric, n=600, seed=0):
    """Truth with a perfect, a fair and a random prediction of the right kind."""
    rng = np.random.default_rng(seed)
    if metric.goal == "regress":
        truth = rng.normal(10, 3, n)
        truth = np.abs(truth) if metric.name in LOGARITHMIC else truth
        return truth, truth.copy(), truth + rng.normal(0, 1, n), rng.permutation(truth)
    k = 2 if metric.binary else 7
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
    "recall": lambda t, p: reference.recall_score(t, p.argmax(1), average="macro"),
    "precision": lambda t, p: reference.precision_score(t, p.argmax(1), average="macro", zero_division=0),
    "f1": lambda t, p: reference.f1_score(t, p.argmax(1), average="macro"),
    "f2": lambda t, p: reference.fbeta_score(t, p.argmax(1), beta=2, average="macro"),
    "f05": lambda t, p: reference.fbeta_score(t, p.argmax(1), beta=0.5, average="macro"),
    "jaccard": lambda t, p: reference.jaccard_score(t, p.argmax(1), average="macro"),
    "specificity": lambda t, p: np.mean([reference.recall_score(t != c, p.argmax(1) != c) for c in np.unique(t)]),
    "mcc": lambda t, p: reference.matthews_corrcoef(t, p.argmax(1)),
    "kappa": lambda t, p: reference.cohen_kappa_score(t, p.argmax(1)),
    "quadratic_kappa": lambda t, p: reference.cohen_kappa_score(t, p.argmax(1), weights="quadratic"),
    "average_precision": lambda t, p: reference.average_precision_score(np.eye(p.shape[1])[t], p, average="macro"),
    "brier": lambda t, p: np.square(p - np.eye(p.shape[1])[t]).sum(axis=1).mean(),
    "top_2_accuracy": lambda t, p: reference.top_k_accuracy_score(t, p + order_of(p), k=2),
    "top_3_accuracy": lambda t, p: reference.top_k_accuracy_score(t, p + order_of(p), k=3),
    "top_5_accuracy": lambda t, p: reference.top_k_accuracy_score(t, p + order_of(p), k=5),
    "mse": reference.mean_squared_error,
    "medae": reference.median_absolute_error,
    "mape": reference.mean_absolute_percentage_error,
    "smape": lambda t, p: np.mean(2 * np.abs(t - p) / (np.abs(t) + np.abs(p))),
    "msle": reference.mean_squared_log_error,
    "rmsle": reference.root_mean_squared_log_error,
    "max_error": reference.max_error,
    "explained_variance": reference.explained_variance_score,
    "pinball": reference.mean_pinball_loss,
    "spearman": lambda t, p: stats.spearmanr(t, p).statistic,
    "pearson": lambda t, p: stats.pearsonr(t, p).statistic,
}
BINARY = {
    "recall": lambda t, p: reference.recall_score(t, p.argmax(1)),
    "precision": lambda t, p: reference.precision_score(t, p.argmax(1)),
    "specificity": lambda t, p: reference.recall_score(1 - t, 1 - p.argmax(1)),
    "f1": lambda t, p: reference.f1_score(t, p.argmax(1)),
    "f2": lambda t, p: reference.fbeta_score(t, p.argmax(1), beta=2),
    "f05": lambda t, p: reference.fbeta_score(t, p.argmax(1), beta=0.5),
    "jaccard": lambda t, p: reference.jaccard_score(t, p.argmax(1)),
    "mcc": lambda t, p: reference.matthews_corrcoef(t, p.argmax(1)),
    "kappa": lambda t, p: reference.cohen_kappa_score(t, p.argmax(1)),
    "average_precision": lambda t, p: reference.average_precision_score(t, p[:, 1]),
    "brier": lambda t, p: reference.brier_score_loss(t, p[:, 1]),
}


def order_of(predicted):
    """So little that it settles ties alone: the first of equally probable classes comes first."""
    return np.linspace(1e-9, 0, predicted.shape[1])


def test_every_measure_of_predictions_has_something_to_agree_with():
    assert set(OF_PREDICTIONS) <= {*REFERENCE, "calibration_error", "class_conditional_accuracy"}


@pytest.mark.parametrize("name", REFERENCE)
@pytest.mark.parametrize("seed", range(3))
def test_it_agrees_with_scikit_learn(name, seed):
    metric = metrics.load(name)
    truth, _, fair, _ = example(metric, n=211, seed=seed)
    if name in LOGARITHMIC:
        truth, fair = np.abs(truth), np.abs(fair)
    if metric.goal == "classify":
        fair = np.round(fair, 1) + 0.1  # ties, and no probability of zero
        fair /= fair.sum(axis=1, keepdims=True)
    assert metric.compute(truth, fair) == pytest.approx(REFERENCE[name](truth, fair), rel=1e-9)


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("positive", [None, "yes", "no"])
def test_a_measure_of_one_class_is_that_of_the_positive_one(name, positive):
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 2, 300)
    score = np.clip(0.5 + 0.2 * (truth - 0.5) + rng.normal(0, 0.2, 300), 0, 1).round(2)
    predicted = np.stack([1 - score, score], axis=1)
    metric = metrics.bound(name, ["no", "yes"], positive)
    if positive == "no" and metric.bind is not None:
        assert metric.compute(truth, predicted) == pytest.approx(BINARY[name](1 - truth, predicted[:, ::-1]), abs=0.05)
        assert metric.title.endswith(" of no")
    else:
        assert metric.compute(truth, predicted) == pytest.approx(BINARY[name](truth, predicted), rel=1e-9)


@pytest.mark.parametrize(
    "name", [n for n in OF_PREDICTIONS if metrics.load(n).goal == "classify" and not metrics.load(n).binary]
)
def test_renaming_classes_in_another_order_changes_nothing(name):
    metric, names = metrics.load(name), [f"grade {i}" for i in range(7)]
    truth, _, fair, _ = example(metric)
    order = np.random.default_rng(2).permutation(7)
    turned = metrics.bound(name, [names[i] for i in order]).compute(np.argsort(order)[truth], fair[:, order])
    assert turned == pytest.approx(metrics.bound(name, names).compute(truth, fair), rel=1e-9)


@pytest.mark.parametrize(
    ("classes", "order"),
    [
        (["1", "10", "2"], [0, 2, 1]),
        (["grade 3", "grade 1"], [1, 0]),
        (["high", "low", "medium"], [2, 0, 1]),
        (["very bad", "good", "bad"], [0, 2, 1]),
        (["18-25", "65+", "26-64"], [0, 2, 1]),
        (["cat", "dog", "owl"], None),
        (["a1", "b1", "c2"], None),
    ],
)
def test_names_of_classes_tell_their_order(classes, order):
    assert ranks(classes) == order


def test_a_measure_without_a_value_says_what_it_needs():
    few = np.array([[0.2, 0.8], [0.6, 0.4]]), np.array([1.0, 0.0]), np.array([1.0, 2.0])
    none = {
        "top_3_accuracy": (np.array([0, 1]), few[0]),
        "mape": few[1:],
        "rmsle": (few[2] - 1.5, few[2]),
        "recall": (np.array([0, 0]), few[0]),
        "pearson": (np.zeros(2), few[2]),
        "spearman": (np.zeros(2), few[2]),
    }
    assert (
        metrics.load("pearson").compute(few[2], np.ones(2)) == metrics.load("spearman").compute(few[2], np.ones(2)) == 0
    )
    for name, rows in none.items():
        assert math.isnan(metrics.load(name).compute(*rows)), name
        assert metrics.load(name).no_value_without, name
    unordered = metrics.bound("quadratic_kappa", ["cat", "dog", "owl"])
    assert math.isnan(unordered.compute(np.array([0, 1, 2]), np.eye(3)))


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


def test_for_goal_gives_the_usual_measures_and_those_asked_for():
    assert [m.name for m in metrics.for_goal("regress")] == ["mae", "r2", "rmse"]
    assert "mape" in {m.name for m in metrics.for_goal("regress", also=["mape", "recall", None])}
    assert "recall" not in {m.name for m in metrics.for_goal("regress", also=["recall"])}


def test_listing_the_measures_imports_no_numpy():
    code = (
        "import sys; from noglue.tools import metrics; metrics.for_goal('classify', 2); metrics.for_goal('regress');"
        "metrics.for_goal('generate');"
        "heavy = {'numpy', 'sklearn', 'scipy', 'torch', 'pandas'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
