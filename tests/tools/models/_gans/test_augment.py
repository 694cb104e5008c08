"""Augmentation: differentiable, drawn from its generator alone, and no more of it than was asked for."""

import pytest
import torch

from noglue.tools.models._gans.training_images import Augmentation, cut, recoloured, translated
from noglue.tools.training.randomness import random

WHOLE = Augmentation(translate=0.25, cutout=0.5, colour=0.3)
ALONE = {
    "translate": Augmentation(translate=0.25, cutout=0),
    "cutout": Augmentation(translate=0, cutout=0.5),
    "colour": Augmentation(translate=0, cutout=0, colour=0.3),
}


def noise(count: int = 64, channels: int = 3, height: int = 16, width: int = 16) -> torch.Tensor:
    return torch.rand(count, channels, height, width, generator=random(1)) * 2 - 1


def every(images: torch.Tensor) -> torch.Tensor:
    """All of them are chosen."""
    return torch.ones(len(images), 1, 1, 1, dtype=torch.bool)


def alike(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    """bool (n,): which images are the same."""
    return (first == second).flatten(1).all(1)


def test_without_strength_nothing_changes() -> None:
    images = noise()
    assert torch.equal(WHOLE(images, 0.0, random(2)), images)


@pytest.mark.parametrize("name", ALONE)
def test_its_gradient_is_that_of_what_it_does(name: str) -> None:
    images = noise(6, 2, 6, 5).double().requires_grad_(True)
    assert torch.autograd.gradcheck(lambda x: ALONE[name](x, 0.8, random(3)), images)
    ALONE[name](images, 0.8, random(3)).square().sum().backward()
    assert images.grad is not None
    assert (images.grad.flatten(1).abs().sum(1) > 0).all()


@pytest.mark.parametrize("name", ALONE)
def test_the_seed_decides_everything(name: str) -> None:
    images = noise()
    first, again, other = (ALONE[name](images, 0.8, random(seed)) for seed in (4, 4, 5))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert not torch.equal(first, images)


@pytest.mark.parametrize("name", ["cutout", "colour"])
@pytest.mark.parametrize(("strength", "share"), [(0.1, 0.1), (0.3, 0.3), (1.0, 0.4)])
def test_about_so_many_images_are_changed_and_always_less_than_half(name: str, strength: float, share: float) -> None:
    images = noise(2000, 1, 8, 8)
    changed = ~alike(ALONE[name](images, strength, random(6)), images)
    assert float(changed.float().mean()) == pytest.approx(share, abs=0.045)


def test_images_move_by_at_most_the_share_of_their_sides() -> None:
    images = torch.zeros(400, 1, 16, 24)
    images[:, 0, 8, 12] = 1
    moved = translated(images, 0.125, every(images), random(7))
    assert torch.equal(moved.sum((1, 2, 3)), torch.ones(400))
    rows, columns = (moved[:, 0].sum(axis).argmax(1) for axis in (2, 1))
    assert (rows.min(), rows.max()) == (8 - 2, 8 + 2)
    assert (columns.min(), columns.max()) == (12 - 3, 12 + 3)


def test_what_comes_in_repeats_the_edge() -> None:
    images = torch.arange(16.0).expand(100, 1, 16, 16)  # columns of 0 … 15
    moved = translated(images, 0.25, every(images), random(8))
    first, last = moved[:, 0, 0, 0], moved[:, 0, 0, -1]
    assert first.min() == 0
    assert last.max() == 15
    assert ((moved.diff(dim=3) == 0) | (moved.diff(dim=3) == 1)).all()


def test_the_rectangle_has_the_stated_sides_and_at_most_half_of_each_lies_outside() -> None:
    images = torch.ones(400, 2, 16, 24)
    holes = cut(images, 0.5, every(images), random(9)) == 0
    assert torch.equal(holes[:, 0], holes[:, 1])
    tall, wide = holes[:, 0].any(2).sum(1), holes[:, 0].any(1).sum(1)
    assert torch.equal(holes[:, 0].sum((1, 2)), tall * wide), "no rectangle"
    assert (tall.min(), tall.max(), wide.min(), wide.max()) == (4, 8, 6, 12)
    inside = ~(holes[:, 0, 0].any(1) | holes[:, 0, -1].any(1))
    assert inside.sum() > 100
    assert (tall[inside] == 8).all()


def test_colour_shifts_and_stretches_by_at_most_so_much() -> None:
    flat = torch.full((500, 3, 4, 4), 0.2)
    shifted = recoloured(flat, 0.3, every(flat), random(10)) - flat
    assert torch.allclose(shifted, shifted[:, :1, :1, :1].expand_as(shifted), atol=1e-6)
    assert -0.3 <= shifted.min() < -0.25
    assert 0.25 < shifted.max() <= 0.3
    images = noise(500)
    stretched = recoloured(images, 0.3, every(images), random(10)).std((1, 2, 3)) / images.std((1, 2, 3))
    assert 0.7 - 1e-5 <= stretched.min() < 0.75
    assert 1.25 < stretched.max() <= 1.3 + 1e-5


def test_grey_stays_grey() -> None:
    grey = noise(channels=1).expand(-1, 3, -1, -1)
    out = WHOLE(grey, 0.8, random(11))
    assert torch.equal(out[:, :1].expand_as(out), out)
    assert WHOLE(noise(channels=1), 0.8, random(11)).shape == (64, 1, 16, 16)


def test_images_that_were_not_chosen_stay_as_they_are() -> None:
    images = noise()
    none = ~every(images)
    for out in (
        recoloured(images, 0.3, none, random(12)),
        translated(images, 0.3, none, random(12)),
        cut(images, 0.3, none, random(12)),
    ):
        assert torch.equal(out, images)
