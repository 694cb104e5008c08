"""Modes in the plane: a ring of 8 and a grid of 25 narrow Gaussians, and perceptrons that learn to sample them.

Metz et al. 2017, arXiv:1611.02163, and Srivastava et al. 2017, arXiv:1705.07761, count how many modes a GAN finds so.
"""

import math
from pathlib import Path

import numpy as np
import torch
from torch import nn

from noglue.tools.metrics._distances import frechet
from noglue.tools.metrics._neighbours import prdc
from noglue.tools.models._gans.design import Design, Rules
from noglue.tools.models._gans.gan_trainer import Batch, GanTrainer, Players
from noglue.tools.models._gans.scores import mean_distance
from noglue.tools.training.machine import Machine
from noglue.tools.training.randomness import random

WIDE = 0.05  # standard deviation of a mode
LATENT, BATCH, JUDGED = 4, 256, 2000
MACHINE = Machine(torch.device("cpu"), torch.float32)

RING = torch.tensor([[math.cos(k * math.pi / 4), math.sin(k * math.pi / 4)] for k in range(8)])
GRID = torch.tensor([[x / 2, y / 2] for x in range(-2, 3) for y in range(-2, 3)])


class Points(nn.Module):
    """(latents, labels) → points; `starved`: the latents are hardly let in, so that all points come out alike."""

    def __init__(self, starved: bool) -> None:
        super().__init__()
        self.let_in = 1e-3 if starved else 1.0
        self.layers = perceptron(LATENT, 2)

    def forward(self, latents: torch.Tensor, labels: torch.Tensor | None) -> torch.Tensor:
        return self.layers(latents * self.let_in)


class Critic(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = perceptron(2, 1)

    def forward(self, points: torch.Tensor, labels: torch.Tensor | None) -> torch.Tensor:
        return self.layers(points)[:, 0]


def perceptron(inputs: int, outputs: int, width: int = 128) -> nn.Sequential:
    hidden = [nn.Linear(inputs, width), nn.LeakyReLU(0.2), nn.Linear(width, width), nn.LeakyReLU(0.2)]
    return nn.Sequential(*hidden, nn.Linear(width, outputs))


def drawn(modes: torch.Tensor, count: int, generator: torch.Generator) -> torch.Tensor:
    which = torch.randint(0, len(modes), (count,), generator=generator)
    return modes[which] + WIDE * torch.randn(count, 2, generator=generator)


def sampled(generator: nn.Module, count: int = JUDGED, seed: int = 9) -> np.ndarray:
    with torch.no_grad():
        return np.asarray(generator(torch.randn(count, LATENT, generator=random(seed)), None).numpy())


def found(points: np.ndarray, modes: torch.Tensor) -> int:
    """Modes with a hundredth of an even share of the points within four deviations."""
    apart = np.linalg.norm(points[:, None] - modes.numpy()[None], axis=2)
    near = apart.min(1) < 4 * WIDE
    counts = np.bincount(apart.argmin(1)[near], minlength=len(modes))
    return int((counts >= len(points) / len(modes) / 100).sum())


def job(
    modes: torch.Tensor,
    rules: Rules,
    folder: Path,
    steps: int,
    starved: bool = False,
    seed: int = 0,
    checkpoint_seconds: float = 60.0,
) -> GanTrainer:
    torch.manual_seed(seed)
    players = Players(Design(Points(starved), Critic(), LATENT, rules), MACHINE)
    real = drawn(modes, JUDGED, random(seed, 5)).numpy()

    def batch(number: int, strength: float) -> Batch:
        generator = random(seed, 3, number)
        latents = torch.randn(BATCH, LATENT, generator=generator)
        return Batch(drawn(modes, BATCH, generator), latents, None, lambda points: points)

    def score(generator: nn.Module) -> dict[str, float]:
        fake = sampled(generator, seed=7)
        near = prdc(real, fake)
        spread = mean_distance(fake) / mean_distance(real)
        return {"fd_own": frechet(real, fake), "precision": near["precision"], "coverage": near["coverage"],
                "spread": spread}  # fmt: skip

    return GanTrainer(
        players=players,
        batch=batch,
        score=score,
        show=lambda generator, step: None,
        rows=10_000,
        batch_size=BATCH,
        steps=steps,
        validate_every=200,
        checkpoint=folder / "training.safetensors",
        fingerprint=f"{len(modes)} modes, seed {seed}",
        checkpoint_seconds=checkpoint_seconds,
    )
