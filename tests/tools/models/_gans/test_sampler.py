"""A generator in a folder: what is saved comes back, and a sample never depends on those that are drawn with it."""

from pathlib import Path

import numpy as np
import pytest
import torch

from noglue.tools.models import dcgan, r3gan
from noglue.tools.models._gans.sampler import Config, ImageSampler, as_pixels, load, save
from noglue.tools.models._gans.setting import Setting
from noglue.tools.spec.errors import DataError
from noglue.tools.training.machine import Machine
from noglue.tools.training.pixels import Size

NAMES = ["ring", "cross", "nothing"]


def sampler(classes: list[str] | None = NAMES, height: int = 12, width: int = 20) -> ImageSampler:
    """Not trained, but painting in many shades."""
    torch.manual_seed(0)
    size = Size(height=height, width=width, channels=1)
    setting = Setting.of(size, len(classes or []), width=4, gpu=False)
    made = dcgan.design(setting)
    for tensor in made.generator.parameters():
        tensor.data.mul_(4)
    shares = [0.75, 0.25, 0.0] if classes else None
    config = Config(family="dcgan", setting=setting, latent=made.latent, classes=classes, frequencies=shares)
    return ImageSampler(made.generator, config, Machine.of("cpu"))


@pytest.mark.parametrize("count", [1, 99, 100, 101, 250])
def test_any_number_is_drawn_in_pieces(count: int) -> None:
    drawing, told = sampler(), list[tuple[int, int]]()
    out = drawing.decode(drawing.latents(count, 1), drawing.labels(count, 1), lambda *at: told.append(at))
    assert out.shape == (count, 12, 20, 1)
    assert out.dtype == np.uint8
    assert told == [(min(count, start + 100), count) for start in range(0, count, 100)]


def test_a_sample_is_the_same_whatever_is_drawn_with_it() -> None:
    drawing = sampler()
    latents, labels = drawing.latents(250, 1), drawing.labels(250, 1)
    assert labels is not None
    whole = drawing.decode(latents, labels)
    assert len(np.unique(whole)) > 50
    for count in (1, 7, 100, 101, 249):
        assert np.array_equal(drawing.decode(latents[:count], labels[:count]), whole[:count])
    elsewhere = drawing.decode(latents[95:105], labels[95:105])
    assert np.abs(elsewhere.astype(int) - whole[95:105]).max() <= 1


def test_the_seed_decides_latents_and_labels() -> None:
    drawing = sampler()
    latents, labels = drawing.latents(1000, 1), drawing.labels(1000, 1)
    assert latents.shape == (1000, drawing.latent)
    assert latents.dtype == np.float32
    assert abs(latents.mean()) < 0.02
    assert latents.std() == pytest.approx(1, abs=0.02)
    assert np.array_equal(latents, drawing.latents(1000, 1))
    assert not np.array_equal(latents, drawing.latents(1000, 2))
    assert labels is not None
    assert labels.dtype == np.int64
    assert np.array_equal(labels, np.asarray(drawing.labels(1000, 1)))
    assert not np.array_equal(labels, np.asarray(drawing.labels(1000, 2)))


def test_classes_are_drawn_as_often_as_in_training() -> None:
    labels = sampler().labels(10_000, 3)
    assert labels is not None
    assert np.abs(np.bincount(labels, minlength=3) / 10_000 - [0.75, 0.25, 0]).max() < 0.02


def test_classes_that_were_learned_must_be_asked_for() -> None:
    drawing = sampler()
    with pytest.raises(ValueError, match="labels are needed"):
        drawing.decode(drawing.latents(3, 1))
    free = sampler(None)
    assert free.labels(3, 1) is None
    assert free.decode(free.latents(3, 1)).shape == (3, 12, 20, 1)


def test_shades_are_rounded_and_cut_off_at_black_and_white() -> None:
    images = torch.tensor([-3.0, -1.0, 0.0, 0.5, 1.0, 3.0]).view(1, 1, 2, 3)
    assert as_pixels(images)[0, :, :, 0].tolist() == [[0, 0, 128], [191, 255, 255]]


@pytest.mark.parametrize("classes", [NAMES, None])
def test_what_is_saved_comes_back(tmp_path: Path, classes: list[str] | None) -> None:
    drawing = sampler(classes)
    save(tmp_path, drawing.generator, drawing.config)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["config.json", "weights.safetensors"]
    again = load(dcgan.design, tmp_path, "cpu")
    assert (again.classes, again.latent, again.config) == (classes, drawing.latent, drawing.config)
    latents, labels = drawing.latents(20, 1), drawing.labels(20, 1)
    assert np.array_equal(again.decode(latents, labels), drawing.decode(latents, labels))


@pytest.mark.parametrize("harm", ["no weights", "no config", "half the weights", "another family's", "no JSON"])
def test_a_folder_without_a_whole_generator_is_said(tmp_path: Path, harm: str) -> None:
    drawing = sampler()
    save(tmp_path, drawing.generator, drawing.config)
    weights, config = tmp_path / "weights.safetensors", tmp_path / "config.json"
    if harm == "no weights":
        weights.unlink()
    elif harm == "no config":
        config.unlink()
    elif harm == "half the weights":
        weights.write_bytes(weights.read_bytes()[: weights.stat().st_size // 2])
    elif harm == "no JSON":
        config.write_text("{", encoding="utf-8")
    design = r3gan.design if harm == "another family's" else dcgan.design
    with pytest.raises(DataError, match="holds no generator") as caught:
        load(design, tmp_path, "cpu")
    assert caught.value.kind == "unreadable"
