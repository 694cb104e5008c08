"""What the two players are told to lower. Logits are float (n,): high where the discriminator takes an image for real.

relativistic    Jolicoeur-Martineau 2018, arXiv:1807.00734; paired as in R3GAN, Huang et al. 2024, arXiv:2501.05441
logistic        Goodfellow et al. 2014, arXiv:1406.2661, the generator's loss of its section 3
hinge           Lim & Ye 2017, arXiv:1705.02894; Miyato et al. 2018, arXiv:1802.05957
wasserstein     Arjovsky et al. 2017, arXiv:1701.07875
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.nn.functional import relu, softplus

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
