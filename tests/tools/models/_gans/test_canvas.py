"""The canvas: the networks can halve it, little is added to the images, and what is added is cropped away."""

import pytest
import torch

from noglue.tools.models._gans.setting import Canvas


@pytest.mark.parametrize(("height", "width"), [(8, 8), (12, 20), (28, 28), (30, 20), (48, 48), (33, 65), (128, 9)])
def test_it_is_the_smallest_that_the_networks_can_halve(height: int, width: int) -> None:
    canvas = Canvas.of(height, width, 1)
    step = 2**canvas.halvings
    assert (canvas.tall, canvas.wide) == (canvas.base[0] * step, canvas.base[1] * step)
    assert 0 <= canvas.tall - height < step
    assert 0 <= canvas.wide - width < step
    assert 4 <= min(height, width) / step < 8


def test_what_is_added_repeats_the_edges_and_is_cropped_away() -> None:
    canvas = Canvas.of(30, 21, 3)
    images = torch.randn(2, 3, 30, 21)
    padded = canvas.pad(images)
    assert padded.shape == (2, 3, 32, 24) == (2, 3, canvas.tall, canvas.wide)
    assert torch.equal(canvas.crop(padded), images)
    assert torch.equal(padded[..., 30:, :21], images[..., 29:, :].expand(-1, -1, 2, -1))
    assert torch.equal(padded[..., :30, 21:], images[..., 20:].expand(-1, -1, -1, 3))


def test_images_that_fill_it_are_left_alone() -> None:
    canvas = Canvas.of(16, 24, 1)
    images = torch.randn(2, 1, 16, 24)
    assert canvas.pad(images) is images
    assert torch.equal(canvas.crop(images), images)
