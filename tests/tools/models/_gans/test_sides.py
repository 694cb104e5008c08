"""Mirror images in training: only where they can't be told from the pictures, and of real pictures alone."""

from pathlib import Path

import numpy as np
import pytest
import torch

from noglue.tools.models._gans.setting import Canvas
from noglue.tools.models._gans.sides import told_from_mirror
from noglue.tools.models._gans.training_images import Batches, TrainingImages
from noglue.tools.spec.step import Step
from noglue.tools.training.machine import Machine
from tests.tools.models._generating_data import prepared
from tests.tools.models._image_data import array_rows

NAMES = ["shoe", "ball"]


def shoes_and_balls(count: int, left: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """uint8 (count, 12, 16, 1): L-shaped shoes, of which the share `left` points left, and round balls, anywhere."""
    random = np.random.default_rng(seed)
    pixels, labels = np.zeros((count, 12, 16, 1), np.uint8), random.integers(0, 2, count)
    y, x = np.mgrid[:12, :16]
    for number, label in enumerate(labels):
        top, start, shade = random.integers(0, 4), random.integers(0, 7), random.integers(120, 256)
        if label == 0:
            shape = ((x - start < 4) & (x >= start) & (y >= top) & (y < top + 8)) | (
                (x >= start) & (x < start + 10) & (y >= top + 5) & (y < top + 8)
            )
            shape = shape[:, ::-1] if random.random() < left else shape
        else:
            shape = (y - top - 4) ** 2 + (x - random.integers(4, 12)) ** 2 < random.integers(6, 16)
        pixels[number, ..., 0] = shape * shade
    return np.maximum(pixels, random.integers(0, 20, pixels.shape).astype(np.uint8)), labels


def test_pictures_that_face_one_way_are_told_from_their_mirror_images() -> None:
    pixels, labels = shoes_and_balls(400, left=1.0)
    found = told_from_mirror(pixels[labels == 0], labels[labels == 0], None, seed=0)
    assert not found.symmetric
    assert found.right > 0.95
    assert found.rows == len(pixels[labels == 0]) - len(pixels[labels == 0]) // 2


def test_those_that_face_either_way_as_often_are_not() -> None:
    pixels, labels = shoes_and_balls(600, left=0.5)
    found = told_from_mirror(pixels, labels, NAMES, seed=0)
    assert found.symmetric, found.why
    assert 0.4 < found.right < 0.6


def test_one_class_that_faces_one_way_among_many_that_do_not_is_found() -> None:
    few, of_few = shoes_and_balls(400, left=1.0)
    many, _ = shoes_and_balls(3000, left=0.5, seed=1)
    some = few[of_few == 0][:100]
    pixels, labels = np.concatenate([some, many]), np.repeat([0, 1], [len(some), len(many)])
    found = told_from_mirror(pixels, labels, NAMES, seed=0)
    assert not found.symmetric
    assert "of the class 'shoe'" in found.why


def read(run: Path, left: float, flips: bool | None = None) -> TrainingImages:
    pixels, labels = shoes_and_balls(1000, left)
    schema = prepared(run, array_rows(pixels, labels, NAMES), NAMES)
    return TrainingImages.read(run / "data", schema, 32, Step(folder=run, run=run), flips)


@pytest.mark.parametrize(
    ("left", "asked", "flip", "said"),
    [
        (1.0, None, False, "can be told from their mirror images"),
        (0.5, None, True, "images are mirrored in training: only"),
        (0.5, False, False, "images are not mirrored in training: as asked"),
        (1.0, True, True, "images are mirrored in training: as asked"),
    ],
)
def test_the_data_decide_unless_it_was_asked(tmp_path: Path, left: float, asked, flip: bool, said: str) -> None:
    found = read(tmp_path, left, asked)
    assert found.flip == flip
    assert said in found.notes[-1]


@pytest.mark.parametrize("left", [0.5, 1.0])
def test_only_real_images_are_mirrored_so_that_a_generator_cannot_choose_a_side(tmp_path: Path, left: float) -> None:
    images = read(tmp_path, left)
    batches = Batches(images, 200, 0, Machine(torch.device("cpu"), torch.float32))
    canvas = Canvas.of(12, 16, 1)
    batch = batches.batch(0, 0.0, canvas, 8)
    shown = ((batch.real[:, 0, :12, :16] + 1) * 127.5).round().to(torch.uint8).numpy()
    known = {image.tobytes() for image in images.pixels[..., 0]}
    as_they_are = np.mean([image.tobytes() in known for image in shown])
    assert as_they_are == 1.0 if left == 1.0 else 0.3 < as_they_are < 0.7
    fakes = torch.rand(50, 1, canvas.tall, canvas.wide) * 2 - 1
    assert torch.equal(batch.augment(fakes), fakes)
