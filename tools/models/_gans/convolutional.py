"""The plain convolutional players of the historical line (Radford et al. 2015, arXiv:1511.06434), for any canvas.

Strided 4×4 convolutions, no pooling: up from the base in the generator, down to it in the discriminator. Classes enter
the generator beside the latent and the discriminator by projection.
"""

import itertools

import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from noglue.tools.models._gans.conditioning import ConditionalInput, Head
from noglue.tools.models._gans.setting import Canvas

DEVIATION = 0.02  # of all initial weights


class Generator(nn.Module):
    """(latents (n, latent), labels (n,) or None) → (n, channels, tall, wide) in -1…1. widths: from the base upwards."""

    def __init__(self, canvas: Canvas, classes: int, latent: int, widths: list[int]) -> None:
        super().__init__()
        self.given = ConditionalInput(latent, classes)
        self.shape = (widths[0], *canvas.base)
        self.enter = nn.Linear(self.given.length, widths[0] * canvas.base[0] * canvas.base[1], bias=False)
        layers: list[nn.Module] = [nn.BatchNorm2d(widths[0]), nn.ReLU()]
        for width, larger in itertools.pairwise(widths):
            layers += [nn.ConvTranspose2d(width, larger, 4, 2, 1, bias=False), nn.BatchNorm2d(larger), nn.ReLU()]
        layers += [nn.ConvTranspose2d(widths[-1], canvas.channels, 4, 2, 1), nn.Tanh()]
        self.layers = nn.Sequential(*layers)
        self.apply(_begin)

    def forward(self, latents: torch.Tensor, labels: torch.Tensor | None) -> torch.Tensor:
        x = self.enter(self.given(latents, labels)).view(-1, *self.shape)
        return self.layers(x.contiguous(memory_format=torch.channels_last))  # type: ignore[no-any-return]


class Discriminator(nn.Module):
    """(images, labels) → logits (n,). norm: `batch` (but for the first layer), `spectral` or `none`."""

    def __init__(self, canvas: Canvas, classes: int, widths: list[int], norm: str, minibatch: str = "none") -> None:
        super().__init__()
        sizes = [canvas.channels, *widths[::-1]]
        layers: list[nn.Module] = []
        for number, (inputs, outputs) in enumerate(itertools.pairwise(sizes)):
            convolution = nn.Conv2d(inputs, outputs, 4, 2, 1)
            _begin(convolution)
            layers.append(spectral_norm(convolution) if norm == "spectral" else convolution)
            if norm == "batch" and number:
                layers.append(nn.BatchNorm2d(outputs))
            layers.append(nn.LeakyReLU(0.2))
        self.layers = nn.Sequential(*layers)
        self.head = Head(widths[0] * canvas.base[0] * canvas.base[1], classes, minibatch)
        if norm == "spectral":
            spectral_norm(self.head.linear)

    def forward(self, images: torch.Tensor, labels: torch.Tensor | None) -> torch.Tensor:
        x = self.layers(images.contiguous(memory_format=torch.channels_last))
        return self.head(x.flatten(1), labels)  # type: ignore[no-any-return]


def widths_of(canvas: Canvas, top: int) -> list[int]:
    """Filters of each stage, from the base to half the canvas: doubled at every halving, at most eight times `top`."""
    return [min(top * 2 ** (canvas.halvings - 1 - number), 8 * top) for number in range(canvas.halvings)]


def _begin(layer: nn.Module) -> None:
    if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
        nn.init.normal_(layer.weight, std=DEVIATION)
