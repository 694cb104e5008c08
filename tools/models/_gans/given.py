"""What a generator is given: a latent, and beside it a short vector for the class that is asked for.

>>> given = Given(latent=64, classes=10)
>>> given(latents, labels).shape, given.length
(torch.Size([32, 128]), 128)
"""

import math

import torch
from torch import nn


class Given(nn.Module):
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
