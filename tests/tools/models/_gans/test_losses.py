"""Losses at logits whose values are known, and penalties on discriminators whose gradients are."""

import math

import pytest
import torch
from torch import nn

from noglue.tools.models._gans.design import HINGE, LOGISTIC, RELATIVISTIC, WASSERSTEIN, Design, Losses, Rules
from noglue.tools.models._gans.gan_trainer import Batch, Players, squared_gradient, unit_gradient
from noglue.tools.training.machine import Machine
from noglue.tools.training.randomness import random

REAL, FAKE = torch.tensor([2.0, 0.0]), torch.tensor([-1.0, 0.0])


def soft(x: float) -> float:
    return math.log(1 + math.exp(x))


@pytest.mark.parametrize(
    ("losses", "told", "answered"),
    [
        (RELATIVISTIC, (soft(-3) + soft(0)) / 2, (soft(3) + soft(0)) / 2),
        (LOGISTIC, (soft(-2) + soft(0)) / 2 + (soft(-1) + soft(0)) / 2, (soft(1) + soft(0)) / 2),
        (HINGE, (0 + 1) / 2 + (0 + 1) / 2, 0.5),
        (WASSERSTEIN, -0.5 - 1.0, 0.5),
    ],
    ids=["relativistic", "logistic", "hinge", "wasserstein"],
)
def test_losses_at_known_logits(losses: Losses, told: float, answered: float) -> None:
    assert float(losses.discriminator(REAL, FAKE)) == pytest.approx(told, abs=1e-6)
    assert float(losses.generator(REAL, FAKE)) == pytest.approx(answered, abs=1e-6)


def test_only_a_loss_without_a_floor_tells_no_collapse() -> None:
    assert [losses.collapsed is None for losses in (RELATIVISTIC, LOGISTIC, HINGE, WASSERSTEIN)] == [False] * 3 + [True]


# ---- penalties ---------------------------------------------------------------------------------------------------


def slope(norm: float) -> torch.Tensor:
    """Weights (12,) of that norm."""
    drawn = torch.randn(12, generator=random(1))
    return drawn / drawn.norm() * norm


class Linear(nn.Module):
    """logit = w · pixels: its gradient is w everywhere."""

    def __init__(self, norm: float) -> None:
        super().__init__()
        self.w = nn.Parameter(slope(norm))

    def forward(self, images: torch.Tensor, labels: torch.Tensor | None) -> torch.Tensor:
        return images.flatten(1) @ self.w


class Painter(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(2, 12)

    def forward(self, latents: torch.Tensor, labels: torch.Tensor | None) -> torch.Tensor:
        return self.layer(latents).view(-1, 1, 3, 4)


def images(seed: int) -> torch.Tensor:
    return torch.randn(5, 1, 3, 4, generator=random(2, seed))


def test_the_squared_gradient_of_a_linear_discriminator_is_that_of_its_weights() -> None:
    discriminator, x = Linear(norm=3.0), images(0).requires_grad_(True)
    found = squared_gradient(discriminator(x, None), x)
    assert found.shape == (5,)
    assert found.dtype == torch.float32
    assert torch.allclose(found, torch.full((5,), 9.0))
    found.mean().backward()
    assert torch.allclose(discriminator.w.grad, 2 * discriminator.w)


def test_each_image_has_its_own_squared_gradient() -> None:
    x = images(0).requires_grad_(True)
    found = squared_gradient(x.square().flatten(1).sum(1) / 2, x)
    assert torch.allclose(found, x.square().flatten(1).sum(1))


@pytest.mark.parametrize(("norm", "penalty"), [(1.0, 0.0), (3.0, 4.0), (0.5, 0.25)])
def test_a_slope_of_one_costs_nothing(norm: float, penalty: float) -> None:
    assert float(unit_gradient(Linear(norm), images(0), images(1), None).detach()) == pytest.approx(penalty, abs=1e-5)


def test_the_slope_is_measured_between_real_and_generated_images() -> None:
    seen: list[torch.Tensor] = []

    def discriminator(x: torch.Tensor, labels: torch.Tensor | None) -> torch.Tensor:
        seen.append(x.detach())
        return x.flatten(1).sum(1)

    real, fake = torch.full((200, 1, 3, 4), 3.0), torch.full((200, 1, 3, 4), 1.0)
    unit_gradient(discriminator, real, fake, None)
    assert torch.allclose(seen[0], seen[0][:, :1, :1, :1].expand_as(real)), "one place on the line for a whole image"
    assert 1 <= seen[0].min() < 1.2
    assert 2.8 < seen[0].max() <= 3


def gradient(rules: Rules, weight: float) -> torch.Tensor:
    """Of a linear discriminator of norm 3, told by these rules."""
    torch.manual_seed(0)
    players = Players(Design(Painter(), Linear(3.0), 2, rules), Machine(torch.device("cpu"), torch.float32))
    batch = Batch(images(0), torch.randn(5, 2, generator=random(3)), None, lambda x: x)
    with torch.no_grad():
        fake = players.generator(batch.latents, None)
    players.discriminate(batch, fake, weight)
    found = players.discriminator.w.grad
    assert isinstance(found, torch.Tensor)
    return found


@pytest.mark.parametrize("joint_batch", [True, False])
def test_r1_and_r2_are_half_of_the_squared_gradient_each(joint_batch: bool) -> None:
    rules = Rules(RELATIVISTIC, penalty="zero-centred", joint_batch=joint_batch)
    added = gradient(rules, 0.7) - gradient(rules, 0.0)
    halves = 2 * 0.5 * 2 * slope(3.0)  # of ½‖w‖² on real images and ½‖w‖² on generated ones
    assert torch.allclose(added, 0.7 * halves, atol=1e-5)


def test_the_unit_penalty_pulls_the_slope_to_one() -> None:
    rules = Rules(WASSERSTEIN, penalty="unit")
    added = gradient(rules, 0.7) - gradient(rules, 0.0)
    assert torch.allclose(added, 0.7 * 2 * (3.0 - 1.0) * slope(1.0), atol=1e-5)
