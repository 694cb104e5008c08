"""evaluate on real models of small real data."""

import csv
import json
import subprocess
import sys

import numpy as np
import pytest
import sklearn.datasets
from PIL import Image
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from noglue.tools import evaluate
from noglue.tools.spec.errors import DataError, StepFailed
from noglue.tools.spec.schema import load_split

CANCER = sklearn.datasets.load_breast_cancer()
DIABETES = sklearn.datasets.load_diabetes()
DIGITS = sklearn.datasets.load_digits()
COLUMNS = [str(name) for name in CANCER.feature_names]


def evaluated(bench, run, **args):
    step = bench.step(run, "evaluate")
    return evaluate.run(evaluate.Args(**args), step), step


@pytest.fixture(scope="module")
def cancer(bench):
    run = bench.table("cancer", CANCER.data, CANCER.target, COLUMNS, ["malignant", "benign"])
    bench.train(run, family="linear")
    return run


def test_classes_are_scored_from_the_predictions_on_the_sealed_rows(bench, cancer):
    result, step = evaluated(bench, cancer)
    truth = np.array(load_split(cancer / "sealed", "test")["target"])
    with (step.folder / "predictions.csv").open() as file:
        rows = list(csv.DictReader(file))
    told = np.array([["malignant", "benign"].index(row["prediction"]) for row in rows])
    assert len(rows) == len(truth) == result.prediction_rows
    score = result.metrics["test"]["accuracy"]
    assert score.value == pytest.approx((told == truth).mean())
    assert 0.9 < score.low < score.value <= score.high
    assert set(result.metrics) == {"test", "validation", "baseline"}  # the model is itself the simple one
    assert result.metrics["baseline"]["accuracy"].value == pytest.approx((truth == 1).mean())
    assert (result.outcome, result.metric) == ("better", "accuracy")
    assert np.sum(result.confusion) == len(truth)
    assert np.trace(result.confusion) == (told == truth).sum()
    assert [row.rows for row in result.classes] == [(truth == 0).sum(), (truth == 1).sum()]
    assert {example.row for example in result.errors} == set(np.flatnonzero(told != truth).tolist())
    assert all(example.truth == example.predicted for example in result.typical)
    json.dumps(result.model_dump(mode="json"), allow_nan=False)


def test_the_same_seed_gives_the_same_result(bench, cancer):
    first, _ = evaluated(bench, cancer)
    again, _ = evaluated(bench, cancer)
    clock = {"seconds_predicting"}
    assert first.model_dump(exclude=clock) == again.model_dump(exclude=clock)


def test_an_asked_measure_decides_and_one_that_does_not_apply_is_replaced_with_a_warning(bench, cancer):
    assert evaluated(bench, cancer, metric="roc_auc")[0].metric == "roc_auc"
    result, _ = evaluated(bench, cancer, metric="rmse")
    assert result.metric == "accuracy"
    assert result.warnings[0].kind == "metric"


def test_a_regression_is_set_beside_the_mean_and_its_errors_are_described(bench):
    run = bench.table("diabetes", DIABETES.data, DIABETES.target, list(DIABETES.feature_names))
    bench.train(run, family="linear")
    result, _ = evaluated(bench, run)
    assert result.metric == "rmse"
    assert result.metrics["test"]["rmse"].value < result.metrics["baseline"]["rmse"].value
    assert result.rivals[0].difference.high < 0  # a lower error
    assert result.outcome == "better"
    assert sum(result.residuals.counts) <= result.metrics["test"]["rmse"].n == len(result.residuals.points)
    largest = [abs(example.error) for example in result.errors]
    assert largest == sorted(largest, reverse=True)


def test_random_labels_are_no_better_than_chance(bench):
    rng = np.random.default_rng(0)
    run = bench.table("noise", rng.normal(size=(600, 5)), rng.integers(0, 2, 600), list("abcde"), ["yes", "no"])
    bench.train(run, family="linear")
    result, _ = evaluated(bench, run)
    assert result.outcome in ("no-better", "worse")
    assert "than chance" in result.verdict
    assert not result.verdict.startswith("Better")


def test_a_rare_class_that_is_ranked_but_never_predicted_is_a_mixed_outcome(bench):
    rng = np.random.default_rng(1)
    target = (rng.random(3000) < 0.06).astype(np.int64)
    values = rng.normal(size=(3000, 2)) + target[:, None] * 0.8
    run = bench.table("rare", values, target, ["a", "b"], ["common", "rare"])
    bench.train(run, family="linear", metric="accuracy")
    result, _ = evaluated(bench, run)
    assert result.outcome == "mixed"
    assert "ROC AUC" in result.verdict
    assert "imbalance" in {warning.kind for warning in result.warnings}


def test_a_single_feature_that_gives_the_target_away_is_suspected(bench):
    target = np.arange(300) % 2
    run = bench.table("leak", target[:, None] * 3.0, target, ["leaky"], ["a", "b"])
    bench.train(run, family="linear")
    result, _ = evaluated(bench, run)
    suspicion = next(warning for warning in result.warnings if warning.kind == "perfect-score")
    assert suspicion.columns == ["leaky"]
    assert result.metrics["test"]["accuracy"].low < 1.0
    assert result.errors == []


def test_few_test_rows_and_unseen_classes_are_said(bench):
    iris = sklearn.datasets.load_iris()
    run = bench.table("few", iris.data, iris.target, list("abcd"), ["s", "v", "w"], train_rows=0.9, seed=3)
    bench.train(run, family="linear")
    result, _ = evaluated(bench, run)
    assert {"few-test-rows", "rare-classes"} <= {warning.kind for warning in result.warnings}


def test_images_leave_small_pictures_of_examples(bench):
    pixels = (DIGITS.images * 15.9).astype(np.uint8)[..., None]
    run = bench.images("digits", pixels, DIGITS.target, [str(i) for i in range(10)])
    bench.train(run, family="pixels_linear", baseline=False)
    result, step = evaluated(bench, run, examples=6)
    assert len(result.typical) == 6
    test = load_split(run / "sealed", "test")
    for example in [*result.typical, *result.errors]:
        picture = Image.open(step.path(example.image))
        assert np.array_equal(np.asarray(picture), np.array(test[example.row]["image"], np.uint8)[:, :, 0])
    assert all(example.truth != example.predicted for example in result.errors)


def test_unlabelled_rows_are_what_predictions_are_for_in_the_form_of_a_sample(bench):
    run = bench.table("kaggle", CANCER.data, CANCER.target, COLUMNS, ["0", "1"], unlabelled=7)
    bench.train(run, family="linear")
    result, step = evaluated(bench, run)
    assert (result.predictions, result.prediction_rows) == ("unlabelled", 7)
    assert len((step.folder / "predictions.csv").read_text().splitlines()) == 8
    sample = "id,target\n" + "".join(f"{900 + i},0\n" for i in range(7))
    (run / "data" / "sample_submission.csv").write_text(sample)
    evaluated(bench, run)
    lines = (step.folder / "predictions.csv").read_text().splitlines()
    assert lines[0] == "id,target"
    assert [line.split(",")[0] for line in lines[1:]] == [str(900 + i) for i in range(7)]


def test_without_a_model_it_says_so(bench):
    run = bench.table("untrained", CANCER.data, CANCER.target, COLUMNS, ["a", "b"])
    with pytest.raises(DataError) as caught:
        evaluated(bench, run)
    assert caught.value.kind == "no-model"


def test_a_diverged_model_is_refused(bench):
    run = bench.table("diverged", DIABETES.data, DIABETES.target, list(DIABETES.feature_names))
    bench.train(run, family="linear")
    for file in (run / "model").glob("*.safetensors"):
        with safe_open(file, framework="numpy") as opened:
            facts = opened.metadata()
        arrays = load_file(file)
        arrays["intercept"] *= np.nan
        save_file(arrays, file, facts)
    with pytest.raises(StepFailed) as caught:
        evaluated(bench, run)
    assert caught.value.kind == "nan-predictions"


def test_the_agent_can_look_at_the_tools_without_heavy_imports():
    code = (
        "import sys; import noglue.tools.evaluate, noglue.tools.report;"
        "heavy = {'numpy', 'datasets', 'torch', 'pandas', 'jinja2', 'PIL'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
