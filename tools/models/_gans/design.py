"""What a family decides: its two networks, their losses, and the rules that they train by.

Design(generator, discriminator, latent=64, Rules(RELATIVISTIC, penalty="zero-centred", weight=(1.0, 0.1)))

Logits are float (n,): high where the discriminator takes an image for real.

relativistic    Jolicoeur-Martineau 2018, arXiv:1807.00734; paired as in R3GAN, Huang et al. 2024, arXiv:2501.05441
logistic        Goodfellow et al. 2014, arXiv:1406.2661, the generator's loss of its section 3
hinge           Lim & Ye 2017, arXiv:1705.02894; Miyato et al. 2018, arXiv:1802.05957
wasserstein     Arjovsky et al. 2017, arXiv:1701.07875
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import nn
from torch.nn.functional import relu, softplus

MOST_STRENGTH = 0.4  # of an augmentation: from one half on it may leak (training_images.py)
Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class Losses:
    """discriminator(real, fake), generator(real, fake) → scalar.

    collapsed: the discriminator's loss under which it has won, so that the generator learns nothing any more; None for
    losses without a floor.
    """

    discriminator: Loss
    generator: Loss
    collapsed: float | None = 0.02


RELATIVISTIC = Losses(
    discriminator=lambda real, fake: softplus(fake - real).mean(),
    generator=lambda real, fake: softplus(real - fake).mean(),
)
LOGISTIC = Losses(
    discriminator=lambda real, fake: softplus(-real).mean() + softplus(fake).mean(),
    generator=lambda real, fake: softplus(-fake).mean(),
)
HINGE = Losses(
    discriminator=lambda real, fake: relu(1 - real).mean() + relu(1 + fake).mean(),
    generator=lambda real, fake: -fake.mean(),
)
WASSERSTEIN = Losses(
    discriminator=lambda real, fake: fake.mean() - real.mean(),
    generator=lambda real, fake: -fake.mean(),
    collapsed=None,
)


@dataclass(frozen=True)
class Rules:
    """penalty: `zero-centred` (R1 + R2) or `unit` (WGAN-GP); weight: its factor at the beginning and at the end of the
    training; penalty_interval: in how many steps it is computed once (its weight is multiplied by that, as in
    StyleGAN2).

    joint_batch: the discriminator sees real and generated examples in one batch; apart where it looks at the batch as a
    whole (batch norm, minibatch features). batch: examples a step, on a CPU and on a GPU. enough: steps that networks
    should get before wider ones are worth their time. n_critic: discriminator steps for one of the generator.
    simultaneous: both players move by the gradients of one batch. rates: learning rates of generator and discriminator;
    final_lr_factor: the factor that they end at. betas: Adam's. average: half-life in images of the running average of
    the generator's weights, which is what generates; at most a twentieth of the images seen. augment: strength of the
    augmentation at the end of its ramp, at most `MOST_STRENGTH`.
    """

    losses: Losses
    penalty: Literal["zero-centred", "unit"] | None = None
    weight: tuple[float, float] = (0.0, 0.0)
    penalty_interval: int = 1
    joint_batch: bool = True
    batch: tuple[int, int] = (64, 256)
    enough: int = 6_000
    n_critic: int = 1
    simultaneous: bool = False
    rates: tuple[float, float] = (2e-4, 2e-4)
    final_lr_factor: float = 0.1
    betas: tuple[float, float] = (0.0, 0.99)
    average: float = 20_000
    augment: float = 0.0


@dataclass
class Design:
    """generator: (latents (n, latent), labels (n,) or None) → images in -1…1. discriminator: (images, labels) → (n,).

    settings: what is worth telling of the networks.
    """

    generator: nn.Module
    discriminator: nn.Module
    latent: int
    rules: Rules
    settings: dict[str, object] = field(default_factory=dict)
