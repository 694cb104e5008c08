"""The Gaussian of the pixels: what it learns, and that it keeps the contract of a `Sampler`."""

import subprocess
import sys
from pathlib import Path

import datasets
import numpy as np
import pytest

from noglue.tools.models import pixels_gaussian
from noglue.tools.models._gaussian import GaussianSampler, fit, principal
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step
from tests.tools.models import _image_data


def prepared(run: Path, rows: datasets.Dataset, names: list[str] | None) -> Schema:
    """RUN/data as `prepare` leaves it for a generator."""
    if names is None and "label" in rows.column_names:
        rows = rows.remove_columns(["label"])
    schema = _image_data.prepared(run, rows, rows, names)
    schema = schema.model_copy(update={"goal": "generate", "target": "label" if names else None})
    schema.save(run / "data")
    return schema


def learned(run: Path, rows: datasets.Dataset, names: list[str] | None) -> tuple[GaussianSampler, Trained]:
    schema = prepared(run, rows, names)
    step = Step(folder=run, run=run, seed=3)
    trained = pixels_gaussian.train(run / "data", run / "model", schema, Settings(), step)
    return pixels_gaussian.load(run / "model", "cpu"), trained


NAMES = [str(digit) for digit in range(10)]


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> tuple[GaussianSampler, Trained, Path]:
    run = tmp_path_factory.mktemp("digits")
    sampler, trained = learned(run, _image_data.array_rows(*_image_data.digits(), NAMES), NAMES)
    return sampler, trained, run


def test_samples_have_the_means_and_spread_of_their_class(digits: tuple[GaussianSampler, Trained, Path]) -> None:
    sampler, trained, _ = digits
    assert (trained.family, sampler.classes, sampler.latent) == ("pixels_gaussian", NAMES, 64)
    assert trained.seconds < 10
    pixels, labels = _image_data.digits()
    for digit in (0, 1, 7):
        drawn = sampler.decode(sampler.latents(2000, seed=digit), np.full(2000, digit)).astype(float)
        real = pixels[labels == digit].astype(float)
        assert np.abs(drawn.mean(0) - real.mean(0)).max() < 20  # of 255; cut off at black and white
        assert 0.8 < drawn.std(0).mean() / real.std(0).mean() < 1.2
    assert np.abs(pixels[labels == 0].mean(0) - pixels[labels == 1].mean(0)).max() > 100


def test_a_sample_depends_on_its_latent_and_its_label_alone(digits: tuple[GaussianSampler, Trained, Path]) -> None:
    sampler, _, _ = digits
    latents, labels = sampler.latents(50, seed=1), sampler.labels(50, seed=1)
    assert labels is not None
    told: list[tuple[int, int]] = []
    whole = sampler.decode(latents, labels, lambda *at: told.append(at))
    assert whole.shape == (50, 8, 8, 1)
    assert whole.dtype == np.uint8
    assert told == [(50, 50)]
    assert np.array_equal(sampler.decode(latents[7:9], labels[7:9]), whole[7:9])
    assert np.array_equal(sampler.latents(50, seed=1), latents)
    assert not np.array_equal(sampler.latents(50, seed=2), latents)
    assert not np.array_equal(sampler.decode(latents[:1], (labels[:1] + 1) % 10), whole[:1])
    with pytest.raises(ValueError, match="labels are needed"):
        sampler.decode(latents)


def test_labels_come_as_often_as_in_training(tmp_path: Path) -> None:
    pixels, labels = _image_data.digits()
    few = np.concatenate([np.flatnonzero(labels == 0)[:150], np.flatnonzero(labels == 1)[:50]])
    sampler, _ = learned(tmp_path, _image_data.array_rows(pixels[few], labels[few], ["zero", "one", "two"]),
                         ["zero", "one", "two"])  # fmt: skip
    drawn = sampler.labels(10_000, seed=0)
    assert drawn is not None
    shares = np.bincount(drawn, minlength=3) / 10_000
    assert np.abs(shares - [0.75, 0.25, 0]).max() < 0.02
    empty = sampler.decode(sampler.latents(20, 0), np.full(20, 2))  # the Gaussian of all rows stands in
    assert empty.std() > 10


def test_without_labels_and_in_colour_it_works_too(tmp_path: Path) -> None:
    pixels, _ = _image_data.coloured(120)
    sampler, trained = learned(tmp_path, _image_data.array_rows(pixels), None)
    assert sampler.classes is None
    assert sampler.labels(5, 0) is None
    drawn = sampler.decode(sampler.latents(500, 0)).astype(float)
    assert drawn.shape == (500, 24, 20, 3)
    assert np.abs(drawn.mean((0, 1, 2)) - pixels.mean((0, 1, 2))).max() < 3
    assert trained.settings["rows"] == 120


def test_files_of_many_sizes_and_one_image_are_no_obstacle(tmp_path: Path) -> None:
    pixels, labels = _image_data.coloured(12)
    files = [_image_data.png(image, (90 + number, 120), "RGB") for number, image in enumerate(pixels)]
    sampler, _ = learned(tmp_path / "many", _image_data.file_rows(files, labels, ["red", "blue"]), ["red", "blue"])
    assert max(sampler.config.shape) == 64
    single, _ = learned(tmp_path / "one", _image_data.array_rows(pixels[:1]), None)
    assert np.abs(single.decode(single.latents(3, 0)).astype(int) - pixels[0]).max() <= 1


def test_classes_without_a_single_label_are_said(tmp_path: Path) -> None:
    pixels, labels = _image_data.digits(5)
    with pytest.raises(DataError) as caught:
        learned(tmp_path, _image_data.array_rows(pixels, labels * 0 - 1, NAMES), NAMES)
    assert caught.value.kind == "too-few-rows"


def test_a_folder_without_a_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        pixels_gaussian.load(tmp_path, "cpu")
    assert caught.value.kind == "unreadable"


def test_the_components_are_those_of_a_full_decomposition() -> None:
    random = np.random.default_rng(0)
    values = random.normal(size=(500, 5)) @ random.normal(size=(5, 300)) + 0.01 * random.normal(size=(500, 300))
    values = (values - values.mean(0)).astype(np.float32)
    found = principal(values, 5, seed=0)
    _, _, exact = np.linalg.svd(values, full_matrices=False)
    assert np.abs(np.abs((found * exact[:5]).sum(1)) - 1).max() < 1e-3


def test_the_same_seed_learns_the_same() -> None:
    values = np.random.default_rng(0).normal(size=(60, 200)).astype(np.float32)
    first, again = (fit(values.copy(), None, 0, seed=1) for _ in range(2))
    assert all(np.array_equal(first[name], again[name]) for name in first)


def test_drawing_needs_no_torch(digits: tuple[GaussianSampler, Trained, Path]) -> None:
    _, _, run = digits
    program = f"""
import sys
from pathlib import Path
from noglue.tools.models import pixels_gaussian
sampler = pixels_gaussian.load(Path({str(run / "model")!r}), "cpu")
assert len(sampler.decode(sampler.latents(3, 0), sampler.labels(3, 0))) == 3
sys.exit("torch" in sys.modules)
"""
    subprocess.run([sys.executable, "-P", "-c", program], check=True, timeout=60)
