"""The step `generate`: plain arrays from a real generator, the same images for the same seed."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from noglue.tools import generate, predict, train
from noglue.tools.generation.sampling import find_label
from noglue.tools.spec.errors import BadUsage, DataError
from noglue.tools.spec.step import Step
from tests.tools.generators import NAMES, learned
from tests.tools.preparing import Run


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return learned(tmp_path_factory.mktemp("digits") / "run")


def made(run: Path, folder: Path, seed: int = 0, **args: object) -> tuple[np.ndarray, np.ndarray]:
    folder.mkdir(parents=True, exist_ok=True)
    step = Step(folder=folder, run=run, seed=seed)
    result = generate.run(generate.Args.model_validate(args), step)
    pixels = np.fromfile(step.path(result.pixels), np.uint8)
    labels = np.fromfile(step.path(result.labels), "<i8") if result.labels else np.zeros(0)
    return pixels.reshape(result.count, result.height, result.width, result.channels), labels


def test_a_seed_decides_every_image_whatever_the_count(digits: Path, tmp_path: Path) -> None:
    few, few_labels = made(digits, tmp_path / "few", seed=7, count=10)
    many, many_labels = made(digits, tmp_path / "many", seed=7, count=150)
    assert (few == many[:10]).all()
    assert (few_labels == many_labels[:10]).all()
    other, _ = made(digits, tmp_path / "other", seed=8, count=10)
    assert not any((one == two).all() for one, two in zip(few, other, strict=True))
    assert len({image.tobytes() for image in many}) == 150, "no piece repeats another"


def test_labels_are_drawn_as_in_training_and_are_those_of_the_images(digits: Path, tmp_path: Path) -> None:
    pixels, labels = made(digits, tmp_path / "all", count=2000)
    assert (np.bincount(labels, minlength=10) > 120).all()
    from tests.tools.models._image_data import digits as real

    images, truth = real()
    means = np.stack([images[truth == one].mean(axis=0) for one in range(10)]).reshape(10, -1)
    away = ((pixels.reshape(len(pixels), 1, -1) - means) ** 2).sum(axis=2)
    assert (away.argmin(axis=1) == labels).mean() > 0.75


def test_one_class_alone(digits: Path, tmp_path: Path) -> None:
    _, labels = made(digits, tmp_path / "threes", count=70, label="Three")
    assert (labels == 3).all()
    assert len(labels) == 70


def test_a_generator_that_learned_without_labels(tmp_path: Path) -> None:
    run = learned(tmp_path / "run", names=None)
    pixels, labels = made(run, tmp_path / "out", count=3)
    assert pixels.shape == (3, 8, 8, 1)
    assert labels.size == 0
    with pytest.raises(BadUsage, match="without classes"):
        made(run, tmp_path / "out", count=3, label="three")


@pytest.mark.parametrize(("asked", "close"), [("thre", ["three"]), ("sevn", ["seven"]), ("cat", [])])
def test_a_class_that_is_not_there_is_refused_with_the_names(asked: str, close: list[str]) -> None:
    with pytest.raises(BadUsage) as caught:
        find_label(asked, NAMES)
    assert caught.value.data["close"] == close
    assert "nine/neuf" in caught.value.hint


def test_names_that_differ_by_case_alone_are_told_apart() -> None:
    assert [find_label(name, ["a", "A", "b"]) for name in ("a", "A", "B")] == [0, 1, 2]


def test_a_classifier_does_not_generate_and_a_generator_does_not_predict(digits: Path, tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.prepare("builtin:iris")
    train.run(train.Args(family="linear", baseline=False), run.step("train"))
    with pytest.raises(BadUsage, match="it classifies"):
        made(run.folder, tmp_path / "out", count=1)
    given = predict.Given(as_given="x", path="x")
    with pytest.raises(BadUsage, match="it generates"):
        predict.run(predict.Args(inputs=[given]), Step(folder=tmp_path / "out", run=digits))


def test_no_model(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        made(tmp_path, tmp_path / "out", count=1)
    assert caught.value.kind == "no-model"


FULL = """
import resource, signal, sys
from pathlib import Path
from noglue.tools import generate
from noglue.tools.spec.errors import StepFailed
from noglue.tools.spec.step import Step
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
try:
    generate.run(generate.Args(count=200), Step(folder=Path(sys.argv[2]), run=Path(sys.argv[1])))
except StepFailed as error:
    print(error.kind)
"""


def test_a_disk_that_takes_no_more(digits: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-c", FULL, str(digits), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "output\n", done.stderr
