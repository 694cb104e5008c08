"""The page: whole, self-contained, escaped, and right for each kind of task."""

import json
import re

import numpy as np
import pytest
import sklearn.datasets
from bs4 import BeautifulSoup

from noglue.tools import evaluate, report

CANCER = sklearn.datasets.load_breast_cancer()
DIABETES = sklearn.datasets.load_diabetes()
DIGITS = sklearn.datasets.load_digits()
HOSTILE = ["<script>alert(1)</script>", "a|b *c* [d](http://evil.example)", "двойной ☂", "x" * 500]


def written(bench, run, found, trained=None, **more):
    """The report's page, parsed, and its Markdown."""
    prepared = {"schema": json.loads((run / "data/schema.json").read_text())}
    trained = None if trained is None else trained.model_dump(mode="json")
    found = None if found is None else found.model_dump(mode="json")
    args = report.Args(prepared=prepared, trained=trained, evaluated=found, **more)
    step = bench.step(run, "report")
    result = report.run(args, step)
    assert result.bytes == (step.folder / "report.html").stat().st_size
    page = (step.folder / "report.html").read_text(encoding="utf-8")
    return BeautifulSoup(page, "html.parser"), page, (step.folder / "report.md").read_text(encoding="utf-8")


def scored(bench, run):
    return evaluate.run(evaluate.Args(), bench.step(run, "evaluate"))


@pytest.fixture(scope="module")
def cancer(bench):
    run = bench.table(
        "cancer-report", CANCER.data, CANCER.target, [f"f{i}" for i in range(30)], ["malignant", "benign"]
    )
    trained = bench.train(run, family="boosted_trees", settings={"epochs": 40})
    return run, trained, scored(bench, run)


@pytest.fixture(scope="module")
def digits(bench):
    run = bench.images(
        "digits-report", (DIGITS.images * 15).astype(np.uint8)[..., None], DIGITS.target, list("0123456789")
    )
    trained = bench.train(run, family="pixels_linear", baseline=False)
    return run, trained, scored(bench, run)


def test_a_classification_has_every_part(bench, cancer):
    run, trained, found = cancer
    origin = {"source": "x", "url": "http://example.org/a.zip", "bytes": 1234567, "sha256": "ab" * 32, "cached": True}
    page, _, text = written(
        bench, run, found, trained,
        task={"paragraph": "Tell the tumours apart", "goal": "classify"}, origins=[origin],
        seconds={"train": 2.5}, planner="rules",
    )  # fmt: skip
    assert page.h1.text == "Tell the tumours apart"
    ids = {section["id"] for section in page.find_all("section")}
    assert ids >= {"scores", "confusion", "classes", "calibration", "examples", "data", "model", "judged", "predict"}
    assert "residuals" not in ids
    value = f"{100 * found.metrics['test']['accuracy'].value:.1f} %"
    assert page.select_one(".answer strong").text == value
    assert value in text
    assert found.verdict in page.text
    assert "noglue predict cancer-report rows.csv --out predictions.csv --proba" in page.text
    assert "ab" * 32 in page.text
    assert "1.2 MB" in text


def test_the_page_is_self_contained_and_accessible(bench, digits):
    run, trained, found = digits
    page, source, _ = written(bench, run, found, trained)
    assert not page.find_all(["script", "link", "iframe", "object"])
    assert all(image["src"].startswith("data:image/png;base64,") and image["alt"] for image in page.find_all("img"))
    assert len(page.find_all("img")) == len(found.typical) + len(found.errors) + len(found.explained.because)
    assert not re.findall(r"(?:src|href)=[\"']?(?:https?:)?//", source)
    assert "url(" not in source
    assert "prefers-color-scheme: dark" in source
    assert all(cell.get("scope") for cell in page.find_all("th"))
    assert all(chart["aria-label"] for chart in page.find_all("svg"))
    assert page.html["lang"] == "en"
    assert page.find("table", class_="matrix") is not None


def test_a_regression_shows_residuals_and_no_classes(bench):
    run = bench.table("diabetes-report", DIABETES.data, DIABETES.target, list(DIABETES.feature_names))
    trained = bench.train(run, family="linear")
    page, _, text = written(bench, run, scored(bench, run), trained)
    ids = {section["id"] for section in page.find_all("section")}
    assert "residuals" in ids
    assert not ids & {"confusion", "classes", "calibration"}
    assert len(page.select("#residuals svg")) == 2
    assert "How far off" in text
    assert "--proba" not in page.text


def test_hostile_names_are_shown_and_do_nothing(bench):
    rng = np.random.default_rng(0)
    target = rng.integers(0, 4, 400)
    values = rng.normal(size=(400, 2)) + target[:, None] * 0.7
    run = bench.table("hostile", values, target, ["<img src=x onerror=alert(1)>", "`${{7*7}}`"], HOSTILE)
    trained = bench.train(run, family="linear")
    page, source, text = written(bench, run, scored(bench, run), trained, task={"paragraph": "<b>bold</b> {{ 7 * 7 }}"})
    assert not page.find_all("script")
    assert page.h1.text == "<b>bold</b> {{ 7 * 7 }}"
    assert "<img src=x" not in source
    assert HOSTILE[0] in page.text
    assert "x" * 100 not in page.text
    assert "<script" not in text
    assert "\n| двойной ☂" in text or "| двойной ☂ |" in text
    rows = [line for line in text.split("mistakes")[1].split("\n## ")[0].splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {5}


def test_a_hundred_classes_show_the_weakest_first(bench):
    rng = np.random.default_rng(0)
    target = rng.permutation(np.arange(3000) % 100)
    values = rng.normal(scale=0.6, size=(3000, 2)) + np.stack([target % 10, target // 10], axis=1)
    run = bench.table("hundred", values, target, ["x", "y"], [f"class {i}" for i in range(100)])
    trained = bench.train(run, family="linear", baseline=False)
    found = scored(bench, run)
    page, _, _ = written(bench, run, found, trained)
    assert page.find("table", class_="matrix") is None
    assert len(page.select("#confusion tbody tr")) == len(found.confused) == 20
    tables = page.select("#classes table")
    assert [len(table.select("tbody tr")) for table in tables] == [20, 80]
    assert found.confusion is None


def test_the_learning_curve_keeps_losses_apart_from_scores(bench, cancer):
    run, trained, found = cancer
    history = [
        {"epoch": float(i), "loss": 1 / i, "validation": 0.9 + i / 100, "seconds": float(i)} for i in range(1, 6)
    ]
    network = trained.model_copy(update={"history": history, "metric": "accuracy", "validation": {"accuracy": 0.95}})
    page, _, _ = written(bench, run, found, network)
    captions = [caption.text for caption in page.select("#learning figcaption")]
    assert captions == ["Loss", "Validation accuracy"]
    trees = network.model_copy(update={"history": [row | {"validation": row["loss"] * 1.1} for row in history]})
    page, _, _ = written(bench, run, found, trees)
    assert [caption.text for caption in page.select("#learning figcaption")] == ["Training loss and validation loss"]
    diverged = network.model_copy(update={"history": [row | {"loss": float("nan")} for row in history]})
    page, _, _ = written(bench, run, found, diverged)
    assert [caption.text for caption in page.select("#learning figcaption")] == ["Validation accuracy"]


def test_pictures_that_are_gone_or_no_pictures_are_left_out(bench, digits):
    run, trained, found = digits
    broken = found.model_copy(deep=True)
    broken.typical[0].image = "steps/evaluate/examples/missing.png"
    (run / "no-picture.png").write_text("<svg onload=alert(1)>")
    broken.typical[1].image = "no-picture.png"
    page, source, _ = written(bench, run, broken, trained)
    assert len(page.select("#examples img")) == len(found.typical) + len(found.errors) - 2
    assert "onload" not in source


def test_the_folders_of_the_pictures_are_what_it_asks_to_read(bench, digits):
    run, _, found = digits
    prepared = {"schema": json.loads((run / "data/schema.json").read_text())}
    args = report.Args(prepared=prepared, evaluated=found.model_dump(mode="json"))
    assert args.reads() == ["steps/evaluate/examples", "steps/evaluate/why"]


def test_a_run_without_a_score_still_has_a_page(bench, cancer):
    run, _, _ = cancer
    page, _, text = written(bench, run, None)
    assert page.h1.text == "classify target"
    assert "## Where the data came from" in text


def test_what_was_asked_of_the_training_is_told(bench):
    names = [f"f{i}" for i in range(30)]
    run = bench.table("asked-report", CANCER.data[:300], CANCER.target[:300], names, ["malignant", "benign"])
    trained = bench.train(
        run,
        families=["decision_tree", "naive_bayes"],
        metric="f1",
        folds=2,
        repeats=2,
        decision={"measure": "recall", "least": 0.95, "miss": 5, "alarm": 1},
    )
    args = evaluate.Args(metric="f1", measures=["quadratic_kappa", "rmse"], top=5)
    found = evaluate.run(args, bench.step(run, "evaluate"))
    page, _, text = written(bench, run, found, trained)
    for words in (text, page.text):
        lowered = words.lower()
        assert "confusion matrix" in lowered
        assert "precision" in lowered
        assert "recall" in lowered
        assert "models that were tried" in lowered
        assert "naive bayes" in lowered
        assert "2 folds by class: f1 of benign" in lowered
        assert "2 seeds, on validation rows" in lowered
        assert "from a probability of" in lowered
        assert "cost per row" in lowered
        assert "the 5 at the top" in lowered
        assert "model size" in lowered
        assert "does not apply to such a target" in lowered
    assert found.metrics["test"].keys() >= {"f1", "quadratic_kappa"}


def test_it_says_what_matters_at_which_thresholds_and_how_sure_it_is(bench, cancer):
    run, trained, found = cancer
    page, source, text = written(bench, run, found, trained)
    ids = {section["id"] for section in page.find_all("section")}
    assert ids >= {"thresholds", "guarantee", "importance", "why", "segments"}
    assert "“benign” at every threshold" in page.select_one("#thresholds h2").text
    assert len(page.select("#thresholds svg")) == 2
    assert "(the model's)" in page.select_one("#thresholds table").text
    assert found.guarantee.text in page.text
    assert found.guarantee.text in text.replace("\\", "")
    told = page.select_one("#why").text
    assert all(f"Test row {one.row}:" in told for one in found.explained.because)
    assert "## What matters to the model" in text
    assert len(source) < 1_000_000


def test_a_regression_is_drawn_square_with_its_residuals_by_feature(bench):
    run = bench.table("diabetes-square", DIABETES.data, DIABETES.target, list(DIABETES.feature_names))
    trained = bench.train(run, family="linear", baseline=False)
    found = scored(bench, run)
    page, _, _ = written(bench, run, found, trained)
    assert page.select_one("#residuals svg.square")["viewbox"] == "0 0 400 372"
    assert len(page.select("#segments .forest")) == 4
    assert found.guarantee.widths[0] <= found.guarantee.widths[1] <= found.guarantee.widths[2]
    assert "lower" in page.select_one("#guarantee").text
    (bmi,) = [one for one in found.explained.importances if "bmi" in one.columns]
    assert bmi.worse > 0
    worst = found.explained.because[0]
    assert worst.row == found.errors[0].row
    assert f"{worst.said:.1f}"[:3] == found.errors[0].predicted[:3]
