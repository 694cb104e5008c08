import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from noglue.tools import evaluate, train
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import BudgetSpent, DataError, StepFailed
from noglue.tools.spec.protocols import Settings
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Note, Progress, Step
from tests.tools.models._image_data import array_rows, digits
from tests.tools.models._image_data import prepared as image_data
from tests.tools.models._table_data import builtin, prepared

QUICK = train.Args(family="boosted_trees", settings=Settings(epochs=20))


def step_in(run: Path, seconds: float | None = None, seed: int = 0) -> tuple[Step, list[dict]]:
    events: list[Progress | Note] = []
    folder = run / "steps" / "05-train"
    folder.mkdir(parents=True, exist_ok=True)
    deadline = None if seconds is None else time.monotonic() + seconds
    return Step(folder=folder, run=run, seed=seed, deadline=deadline, emit=events.append), events


@pytest.fixture(scope="module")
def wine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run after one quick training."""
    run = tmp_path_factory.mktemp("wine")
    builtin(run, "wine")
    train.run(QUICK, step_in(run)[0])
    return run


def test_leaves_a_whole_model_beside_a_baseline(tmp_path: Path) -> None:
    builtin(tmp_path, "wine")
    step, events = step_in(tmp_path)
    result = train.run(QUICK, step)
    assert (result.path, result.family, result.baseline) == ("model", "boosted_trees", "linear")
    assert result.metric == "accuracy"
    assert result.validation["accuracy"] > 0.85
    assert result.baseline_validation["accuracy"] > 0.85
    assert result.history[0].keys() >= {"round", "loss", "validation"}
    assert "linear" in result.others
    assert {event.stage for event in events if isinstance(event, Progress)} >= {"baseline", "round"}
    model = tmp_path / "model"
    about = json.loads((model / "model.json").read_text())
    assert about["family"] == "boosted_trees"
    assert about["baseline"] == "linear"
    assert about["metric"] == "accuracy"
    assert about["seed"] == 0
    assert about["learned_from"] == ["train"]
    assert {"python", "lightgbm", "numpy"} <= about["versions"].keys()
    assert json.loads((model / "baseline" / "model.json").read_text())["family"] == "linear"
    assert Schema.load(model) == Schema.load(tmp_path / "data") == Schema.load(model / "baseline")
    test = load_split(tmp_path / "sealed", "test")
    for family, folder in ((result.family, model), ("linear", model / "baseline")):
        predicted = catalogue.load("noglue.tools.models", family).load(folder, "cpu").predict(test)
        assert (predicted.argmax(axis=1) == test["target"]).mean() > 0.85
    card = (model / "README.md").read_text()
    assert "`target`" in card
    assert "`alcohol`" in card
    assert f"{result.validation['accuracy']:.4f}" in card
    assert "noglue predict" in card


def test_the_best_suited_family_is_taken_and_the_baseline_never_set_beside_itself(tmp_path: Path) -> None:
    schema = builtin(tmp_path, "iris", most=60)
    able = train.ranked(schema)
    assert able[-1] == "linear"
    result = train.run(train.Args(settings=Settings(options={"candidates": ["discriminant"]})), step_in(tmp_path)[0])
    assert result.family == able[0] == "table_blend"
    assert result.learned_from == ["train", "validation"]
    alone = train.run(train.Args(family="linear"), step_in(tmp_path)[0])
    assert alone.baseline is None
    assert not (tmp_path / "model" / "baseline").exists(), "what an earlier training left must go"
    assert train.run(train.Args(family="boosted_trees", baseline=False), step_in(tmp_path)[0]).baseline is None


def test_an_unknown_or_unsuitable_family_names_the_others(wine: Path) -> None:
    with pytest.raises(StepFailed) as unknown:
        train.run(train.Args(family="oracle"), step_in(wine)[0])
    assert unknown.value.kind == "unknown-family"
    assert "table_blend" in unknown.value.data["others"]
    with pytest.raises(StepFailed) as unsuitable:
        train.run(train.Args(family="resnet"), step_in(wine)[0])
    assert unsuitable.value.kind == "unsuitable-family"
    assert unsuitable.value.data["family"] == "resnet"


def test_a_missing_library_is_an_error_the_planner_can_act_on(tmp_path: Path) -> None:
    """In a process of its own, where Python is told that there is no lightgbm."""
    builtin(tmp_path, "wine")
    step_in(tmp_path)
    program = f"""
import sys
sys.modules["lightgbm"] = None
from pathlib import Path
from noglue.tools import train
from noglue.tools.spec.errors import StepFailed
from noglue.tools.spec.step import Note, Progress, Step
run = Path({str(tmp_path)!r})
try:
    train.run(train.Args(family="boosted_trees"), Step(folder=run / "steps" / "05-train", run=run))
except StepFailed as error:
    assert error.kind == "family-unavailable", error
    assert error.data["family"] == "boosted_trees", error.data
    assert {{"table_blend", "linear"}} <= set(error.data["others"]), error.data
    assert "lightgbm" in error.message
else:
    raise AssertionError("trained without lightgbm")
"""
    subprocess.run([sys.executable, "-P", "-c", program], check=True, timeout=60)
    assert not (tmp_path / "model").exists()


def test_another_goal_than_the_data_were_prepared_for(wine: Path) -> None:
    with pytest.raises(StepFailed) as wrong:
        train.run(train.Args(goal="regress"), step_in(wine)[0])
    assert wrong.value.kind == "goal-mismatch"


def test_no_time_at_all_is_a_budget_error_and_leaves_the_old_model(wine: Path) -> None:
    before = (wine / "model" / "model.json").read_text()
    with pytest.raises(BudgetSpent):
        train.run(train.Args(), step_in(wine, seconds=-1)[0])
    assert (wine / "model" / "model.json").read_text() == before


def test_where_nothing_else_is_of_use_in_time_the_simple_model_is_kept_and_the_data_are_not_blamed(
    tmp_path: Path,
) -> None:
    builtin(tmp_path, "wine")
    step, _ = step_in(tmp_path, seconds=1)
    result = train.run(train.Args(), step)
    assert (result.family, result.baseline) == ("linear", None)
    assert result.validation["accuracy"] > 0.9
    assert [(one.family, one.begun) for one in result.candidates] == [("linear", True), ("table_blend", False)]
    assert result.short is not None
    assert result.short.had < 1 < result.short.needs
    found = evaluate.run(evaluate.Args(), step_in(tmp_path)[0])
    assert "The time was short" in found.verdict


def test_enough_time_is_never_called_short(wine: Path) -> None:
    assert json.loads((wine / "model" / "model.json").read_text())["short"] is None


def test_one_class_is_a_data_error(tmp_path: Path) -> None:
    prepared(tmp_path, {"x": np.arange(30.0)}, np.zeros(30, int), ["yes", "no"])
    with pytest.raises(DataError) as only:
        train.run(train.Args(family="linear"), step_in(tmp_path)[0])
    assert only.value.kind == "one-class"
    assert "yes" in only.value.message


def test_a_baseline_that_finds_no_time_is_noted_and_gone_without(tmp_path: Path) -> None:
    """240 classes and 20 columns: a linear model can't be sure to go over a thousand rows in half of 3 s."""
    draw = np.random.default_rng(0)
    columns = {f"x{place}": draw.normal(size=3000) for place in range(20)}
    prepared(tmp_path, columns, draw.integers(0, 240, 3000), [str(kind) for kind in range(240)])
    step, events = step_in(tmp_path, seconds=3)
    result = train.run(train.Args(family="boosted_trees", settings=Settings(epochs=2)), step)
    assert result.baseline is None
    assert any("no simple model to compare with" in note for note in result.notes)
    assert any(isinstance(event, Note) for event in events)
    assert json.loads((tmp_path / "model" / "model.json").read_text())["baseline"] is None
    assert not (tmp_path / "model" / "baseline").exists()
    found = evaluate.run(evaluate.Args(), step)
    assert "baseline_model" not in found.metrics
    assert "linear" not in found.verdict + (tmp_path / "model" / "README.md").read_text()


def test_a_short_budget_leaves_a_simple_model_of_images_its_time(tmp_path: Path) -> None:
    pixels, labels = digits()
    names = [str(digit) for digit in range(10)]
    parts = [array_rows(pixels[a:b], labels[a:b], names) for a, b in ((0, 1200), (1200, 1400), (1400, 1797))]
    image_data(tmp_path, parts[0], parts[1], names)
    parts[2].save_to_disk(str(tmp_path / "sealed" / "test"))
    step, _ = step_in(tmp_path, seconds=20)
    result = train.run(train.Args(family="resnet", settings=Settings(epochs=1)), step)
    assert (result.baseline, result.stopped) == ("pixels_linear", "the schedule ended")
    assert result.baseline_validation["accuracy"] >= 0.9
    found = evaluate.run(evaluate.Args(), step)
    assert found.metrics["baseline_model"]["accuracy"].value >= 0.9


def test_a_simple_model_of_images_that_the_time_cut_short_says_so(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    rows = array_rows(draw.integers(0, 256, (300, 8, 8, 1), dtype=np.uint8), draw.integers(0, 3, 300), list("abc"))
    schema = image_data(tmp_path, rows, rows, list("abc"))
    for seconds, finished in ((None, True), (0.001, False)):
        step, _ = step_in(tmp_path, seconds)
        family = catalogue.load("noglue.tools.models", "pixels_linear")
        trained = family.train(tmp_path / "data", step.folder / "model", schema, Settings(), step)
        assert (trained.finished, trained.stopped == "converged") == (finished, finished)


def test_killed_at_any_moment_leaves_a_whole_model_or_none(tmp_path: Path) -> None:
    """Trains over an older model again and again in a child process that is killed at moments spread over its life."""
    builtin(tmp_path, "iris")
    step_in(tmp_path)
    program = f"""
from pathlib import Path
from noglue.tools import train
from noglue.tools.spec.protocols import Settings
from noglue.tools.spec.step import Note, Progress, Step
run = Path({str(tmp_path)!r})
args = train.Args(family="boosted_trees", settings=Settings(epochs=2))
print("ready", flush=True)
for seed in range(10_000):
    train.run(args, Step(folder=run / "steps" / "05-train", run=run, seed=seed))
    print(seed, flush=True)
"""
    test = load_split(tmp_path / "sealed", "test")
    draw, found = np.random.default_rng(0), []
    for _ in range(4):
        with subprocess.Popen([sys.executable, "-P", "-c", program], stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            child.stdout.readline()
            time.sleep(draw.uniform(0, 0.3))
            os.kill(child.pid, signal.SIGKILL)
        if (tmp_path / "model" / "model.json").exists():
            about = json.loads((tmp_path / "model" / "model.json").read_text())
            model = catalogue.load("noglue.tools.models", about["family"]).load(tmp_path / "model", "cpu")
            assert model.predict(test).shape == (30, 3)
            assert Schema.load(tmp_path / "model").classes
            found.append(about["seed"])
    assert found, "never saw a model"
    result = train.run(QUICK, step_in(tmp_path)[0])
    assert result.validation["accuracy"] > 0.8, "training goes on over whatever was left"


def test_a_simple_model_that_tells_the_validation_rows_better_is_the_result(tmp_path: Path) -> None:
    """A network after two steps is far behind a linear layer on the same digits; named, it is what is left."""
    pixels, labels = digits(300)
    names = [str(digit) for digit in range(10)]
    parts = [array_rows(pixels[own], labels[own], names) for own in (slice(0, 150), slice(150, 300))]
    for family in (None, "resnet"):
        run = tmp_path / str(family)
        image_data(run, parts[0], parts[1], names)
        step, _ = step_in(run)
        result = train.run(train.Args(family=family, settings=Settings(epochs=1)), step)
        assert result.family == (family or "pixels_linear")
        chosen = [one for one in result.candidates if one.chosen]
        assert [one.family for one in chosen] == [result.family]
    assert (tmp_path / "None" / "model" / "model.json").is_file()
    assert not (tmp_path / "None" / "model" / "baseline").exists()
    assert (tmp_path / "resnet" / "model" / "baseline").is_dir()
