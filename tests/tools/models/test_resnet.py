import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file

from noglue.tools.models import pixels_linear, resnet
from noglue.tools.spec.errors import BudgetSpent, DataError, StepFailed
from noglue.tools.spec.protocols import Settings
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Note, Progress, Step
from tests.tools.models._image_data import array_rows, coloured, digits, file_rows, png, prepared
from tests.tools.models._killed import same_weights, train, train_and_kill

DIGITS = [str(number) for number in range(10)]
COLOURS = ["red sky", "blue sky"]
PROGRAM = "tests.tools.models._image_data"


def step_in(folder: Path, events: list[Progress | Note] | None = None, **more: object) -> Step:
    folder.mkdir(parents=True, exist_ok=True)
    return Step(folder=folder, run=folder, emit=(events if events is not None else []).append, **more)


@pytest.fixture(scope="module")
def digits_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("digits")
    pixels, labels = digits(900)
    train, validation = (
        array_rows(pixels[:500], labels[:500], DIGITS),
        array_rows(pixels[500:600], labels[500:600], DIGITS),
    )
    prepared(run, train, validation, DIGITS)
    return run


@pytest.fixture(scope="module")
def colour_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("colours")
    pixels, labels = coloured(160)
    train, validation = array_rows(pixels[:128], labels[:128], COLOURS), array_rows(pixels[128:], labels[128:], COLOURS)
    schema = prepared(run, train, validation, COLOURS)
    resnet.train(run / "data", run / "model", schema, Settings(epochs=8), step_in(run / "step"))
    return run


def test_learns_digits_and_tells_how(digits_run: Path, tmp_path: Path) -> None:
    events: list[Progress | Note] = []
    schema = Schema.load(digits_run / "data")
    step = step_in(tmp_path, events, seed=3)
    trained = resnet.train(digits_run / "data", tmp_path / "model", schema, Settings(epochs=8), step)
    pixels, labels = digits(900)
    probabilities = resnet.load(tmp_path / "model", "cpu").predict(array_rows(pixels[600:]))
    assert probabilities.dtype == np.float32
    assert probabilities.shape == (300, 10)
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(300), abs=1e-5)
    assert (probabilities.argmax(axis=1) == labels[600:]).mean() > 0.93
    assert trained.validation["accuracy"] > 0.93
    assert trained.history[-1]["epoch"] == 8
    assert trained.stopped == "the schedule ended"
    assert any("not mirrored" in note for note in trained.notes)
    assert any("temperature" in note for note in trained.notes)
    told = [event for event in events if isinstance(event, Progress) and event.stage == "epoch"]
    assert {"loss", "validation", "seconds_left"} <= told[-1].facts.keys()
    assert sorted(file.name for file in (tmp_path / "model").iterdir()) == ["config.json", "weights.safetensors"]
    assert not list(tmp_path.glob("training*"))


def test_a_linear_baseline_learns_digits(digits_run: Path, tmp_path: Path) -> None:
    schema = Schema.load(digits_run / "data")
    trained = pixels_linear.train(digits_run / "data", tmp_path / "model", schema, Settings(), step_in(tmp_path))
    pixels, labels = digits(900)
    probabilities = pixels_linear.load(tmp_path / "model", "cpu").predict(array_rows(pixels[600:]))
    assert (probabilities.argmax(axis=1) == labels[600:]).mean() > 0.88
    assert trained.validation["accuracy"] > 0.75
    assert (trained.stopped, trained.finished) == ("converged", True)


@pytest.mark.parametrize("family", [resnet, pixels_linear])
def test_values_are_learned_too(family, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    random = np.random.default_rng(0)
    brightness = random.uniform(50, 200, 260)
    pixels = (brightness[:, None, None, None] + random.normal(0, 20, (260, 16, 16, 1))).clip(0, 255).astype(np.uint8)
    values = brightness * 1000 + 5e6
    schema = prepared(
        tmp_path, array_rows(pixels[:200], values[:200]), array_rows(pixels[200:230], values[200:230]), None
    )
    trained = family.train(tmp_path / "data", tmp_path / "model", schema, Settings(epochs=10), step_in(tmp_path / "s"))
    predicted = family.load(tmp_path / "model", "cpu").predict(array_rows(pixels[230:]))
    assert predicted.dtype == np.float64
    assert np.abs(predicted - values[230:]).mean() < 0.5 * values.std()
    assert set(trained.validation) == {"rmse"}


def test_the_same_seed_gives_the_same_weights(colour_run: Path, tmp_path: Path) -> None:
    schema = Schema.load(colour_run / "data")
    resnet.train(colour_run / "data", tmp_path / "model", schema, Settings(epochs=8), step_in(tmp_path / "step"))
    first, second = (load_file(run / "model" / "weights.safetensors") for run in (colour_run, tmp_path))
    assert all(bool((first[name] == second[name]).all()) for name in first)


def test_colours_are_told_in_other_sizes_and_modes(colour_run: Path) -> None:
    predictor = resnet.load(colour_run / "model", "cpu")
    pixels, labels = coloured(12, seed=5)
    large = array_rows(pixels.repeat(3, axis=1).repeat(2, axis=2))
    assert (predictor.predict(large).argmax(axis=1) == labels).all()
    opaque = np.concatenate([pixels, np.full((12, 24, 20, 1), 255, np.uint8)], axis=-1)
    assert (predictor.predict(array_rows(opaque)).argmax(axis=1) == labels).all()
    modes = ["RGB", "RGBA"] * 6
    files = [
        png(image, (20 + 4 * n, 24 + 3 * n), mode) for n, (image, mode) in enumerate(zip(pixels, modes, strict=True))
    ]
    assert (predictor.predict(file_rows(files)).argmax(axis=1) == labels).all()
    grey = array_rows(pixels[..., :1])
    assert predictor.predict(grey).shape == (12, 2)


def test_files_of_varied_sizes_are_trained_on(tmp_path: Path) -> None:
    pixels, labels = coloured(120)
    files = [png(image, (16 + n % 9, 24 + n % 5), "RGB") for n, image in enumerate(pixels)]
    train, validation = file_rows(files[:90], labels[:90], COLOURS), file_rows(files[90:], labels[90:], COLOURS)
    schema = prepared(tmp_path, train, validation, COLOURS)
    trained = resnet.train(
        tmp_path / "data", tmp_path / "model", schema, Settings(epochs=3), step_in(tmp_path / "step")
    )
    assert trained.validation["accuracy"] > 0.9
    assert json.loads((tmp_path / "model" / "config.json").read_text())["size"]["channels"] == 3


def test_the_model_folder_alone_predicts(colour_run: Path, tmp_path: Path) -> None:
    shutil.copytree(colour_run / "model", tmp_path / "elsewhere")
    pixels, labels = coloured(6, seed=9)
    array_rows(pixels).save_to_disk(str(tmp_path / "rows"))
    program = (
        "import datasets; from pathlib import Path; from noglue.tools.models import resnet;"
        "rows = datasets.load_from_disk('rows');"
        "print(resnet.load(Path('elsewhere'), 'cpu').predict(rows).argmax(axis=1).tolist())"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True, env={}
    )
    assert json.loads(done.stdout) == labels.tolist()


def test_a_killed_training_goes_on_to_the_same_weights(colour_run: Path, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    for run in (whole, broken):
        shutil.copytree(colour_run / "data", run / "data")
    train(PROGRAM, whole, "8")
    train_and_kill(PROGRAM, broken, "8")
    assert "continuing from step" in train(PROGRAM, broken, "8")
    assert same_weights(whole, broken)
    assert (whole / "model" / "config.json").read_bytes() == (broken / "model" / "config.json").read_bytes()


def test_a_hopeless_learning_rate_is_told(colour_run: Path, tmp_path: Path) -> None:
    events: list[Progress | Note] = []
    schema = Schema.load(colour_run / "data")
    settings = Settings(epochs=4, learning_rate=1e36)
    with pytest.raises(StepFailed) as failure:
        resnet.train(colour_run / "data", tmp_path / "model", schema, settings, step_in(tmp_path, events))
    assert failure.value.kind == "diverged"
    assert sum("learning rate" in event.message for event in events if isinstance(event, Note)) == 3


def test_no_time_at_all_is_told(colour_run: Path, tmp_path: Path) -> None:
    schema = Schema.load(colour_run / "data")
    step = step_in(tmp_path, deadline=time.monotonic() + 0.3)
    with pytest.raises(BudgetSpent):
        resnet.train(colour_run / "data", tmp_path / "model", schema, Settings(), step)


def test_what_is_no_image_is_named(colour_run: Path) -> None:
    with pytest.raises(DataError, match="number 1") as failure:
        resnet.load(colour_run / "model", "cpu").predict(file_rows([png(coloured(1)[0][0], (9, 9), "RGB"), b"text"]))
    assert failure.value.kind == "unreadable"


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    for family in (resnet, pixels_linear):
        with pytest.raises(DataError):
            family.load(tmp_path, "cpu")


def test_one_image_is_too_few(tmp_path: Path) -> None:
    pixels, labels = coloured(1)
    rows = array_rows(pixels, labels, COLOURS)
    schema = prepared(tmp_path, rows, rows, COLOURS)
    with pytest.raises(DataError) as failure:
        resnet.train(tmp_path / "data", tmp_path / "model", schema, Settings(), step_in(tmp_path / "step"))
    assert failure.value.kind == "too-few-rows"


def test_tables_do_not_suit(colour_run: Path) -> None:
    schema = Schema.load(colour_run / "data")
    assert resnet.suits(schema) > pixels_linear.suits(schema) > 0
    assert resnet.suits(schema.model_copy(update={"modality": "table"})) == 0
    assert resnet.suits(schema.model_copy(update={"target": None})) == 0
