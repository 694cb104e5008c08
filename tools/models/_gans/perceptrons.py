"""The two multilayer perceptrons of 2014 (Goodfellow et al., arXiv:1406.2661)."""

import itertools

import torch
from torch import nn
from torch.nn import functional

from noglue.tools.models._gans.conditioning import Head
from noglue.tools.models._gans.setting import Canvas

PIECES = 3  # linear pieces of a maxout unit
DROPPED = 0.3


class Generator(nn.Module):
    """(latents (n, latent), labels (n,) or None) → (n, channels, tall, wide) in -1…1."""

    def __init__(self, canvas: Canvas, classes: int, latent: int, width: int) -> None:
        super().__init__()
        self.shape = (canvas.channels, canvas.tall, canvas.wide)
        self.classes = classes
        pixels = canvas.channels * canvas.tall * canvas.wide
        self.layers = nn.Sequential(
            nn.Linear(latent + classes, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, pixels)
        )

    def forward(self, latents: torch.Tensor, labels: torch.Tensor | None) -> torch.Tensor:
        return torch.tanh(self.layers(_beside(latents, labels, self.classes))).view(-1, *self.shape)


class Discriminator(nn.Module):
    """(images, labels) → logits (n,)."""

    def __init__(self, canvas: Canvas, classes: int, width: int, minibatch: str = "none") -> None:
        super().__init__()
        self.classes = classes
        units = max(64, width // PIECES)
        sizes = [canvas.channels * canvas.tall * canvas.wide + classes, units, units]
        self.layers = nn.ModuleList(nn.Linear(a, b * PIECES) for a, b in itertools.pairwise(sizes))
        self.head = Head(units, 0, minibatch)

    def forward(self, images: torch.Tensor, labels: torch.Tensor | None) -> torch.Tensor:
        x = _beside(images.flatten(1), labels, self.classes)
        for layer in self.layers:
            x = layer(x).unflatten(1, (-1, PIECES)).amax(2)
            x = functional.dropout(x, DROPPED, self.training)
        return self.head(x, None)  # type: ignore[no-any-return]


def _beside(x: torch.Tensor, labels: torch.Tensor | None, classes: int) -> torch.Tensor:
    """With the label as one of `classes` switches (Mirza & Osindero 2014, arXiv:1411.1784)."""
    return x if labels is None or not classes else torch.cat([x, functional.one_hot(labels, classes).to(x.dtype)], 1)
