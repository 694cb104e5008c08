"""How a GAN's networks know of the class: what the generator is given, and how the discriminator comes to a logit.

>>> given = ConditionalInput(latent=64, classes=10)
>>> given(latents, labels).shape, given.length
(torch.Size([32, 128]), 128)
>>> Head(features=256, classes=10, minibatch="stddev")(x, labels).shape      # x: (64, 256)
torch.Size([64])
"""

import math

import torch
from torch import nn


class ConditionalInput(nn.Module):
    """(latents (n, latent), labels (n,) or None) → (n, length).

    A class's vector begins with a length of about 1, beside √latent of the latent, as the one-hot labels of Mirza &
    Osindero 2014 (arXiv:1411.1784) do. As long as the latent, it drowns it from the first steps: each class is soon
    painted in one perfect way, whatever the latent (docs/recipes/gan.md).
    """

    def __init__(self, latent: int, classes: int) -> None:
        super().__init__()
        self.embed = nn.Embedding(classes, latent) if classes else None
        self.length = latent * 2 if classes else latent
        if self.embed is not None:
            nn.init.normal_(self.embed.weight, std=1 / math.sqrt(latent))

    def forward(self, latents: torch.Tensor, labels: torch.Tensor | None) -> torch.Tensor:
        return latents if self.embed is None else torch.cat([latents, self.embed(labels)], dim=1)


KERNELS, DEPTH = 16, 8


class Head(nn.Module):
    """minibatch: `none`; `stddev` (Karras et al. 2018, arXiv:1710.10196): the mean spread within the batch is one more
    feature; `discrimination` (Salimans et al. 2016, arXiv:1606.03498): learned distances to the batch's other examples.

    Classes by projection (Miyato & Koyama 2018, arXiv:1802.05637).
    """

    def __init__(self, features: int, classes: int, minibatch: str = "none") -> None:
        super().__init__()
        more = {"none": 0, "stddev": 1, "discrimination": KERNELS}[minibatch]
        self.kernels = nn.Linear(features, KERNELS * DEPTH, bias=False) if minibatch == "discrimination" else None
        self.stddev = minibatch == "stddev"
        self.linear = nn.Linear(features + more, 1)
        nn.init.normal_(self.linear.weight, std=1 / math.sqrt(features))
        nn.init.zeros_(self.linear.bias)
        self.embed = nn.Embedding(classes, features) if classes else None
        if self.embed is not None:
            nn.init.normal_(self.embed.weight, std=1 / math.sqrt(features))

    def forward(self, x: torch.Tensor, labels: torch.Tensor | None) -> torch.Tensor:
        """x: (n, features), labels: (n,) → logits (n,)."""
        seen = x
        if self.stddev:
            spread = (x.float().var(0, correction=0) + 1e-8).sqrt().mean()
            seen = torch.cat([x, spread.to(x.dtype).expand(len(x), 1)], 1)
        if self.kernels is not None:
            seen = torch.cat([x, self._closeness(x)], 1)
        logits: torch.Tensor = self.linear(seen)[:, 0]
        if self.embed is not None:
            logits = logits + (x * self.embed(labels)).sum(1)
        return logits

    def _closeness(self, x: torch.Tensor) -> torch.Tensor:
        """(n, kernels): how near the others lie, by each kernel."""
        assert self.kernels is not None
        rows = self.kernels(x).float().view(len(x), KERNELS, DEPTH)
        apart = (rows[:, None] - rows[None]).abs().sum(3)
        return (torch.exp(-apart).sum(1) - 1).to(x.dtype)
