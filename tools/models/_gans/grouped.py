"""The residual backbone without normalisation of R3GAN (Huang et al. 2024, arXiv:2501.05441), for any small canvas.

Inverted bottlenecks: 1×1 up, 3×3 in groups, 1×1 down, with leaky rectifiers before the convolutions; the last one of a
block starts at zero, so that the whole network begins as a chain of resamplings (Fixup, Zhang et al. 2019,
arXiv:1901.09321). Classes enter the generator beside the latent, and the discriminator by projection (Miyato & Koyama
2018, arXiv:1802.05637).
"""

import itertools
import math

import torch
from torch import nn
from torch.nn import functional

from tools.models._gans.canvas import Canvas
from tools.models._gans.given import Given
from tools.models._gans.head import Head

SLOPE = 0.2
GAIN = math.sqrt(2 / (1 + SLOPE**2))


class Block(nn.Module):
    """x + f(x), both (n, width, h, w). expansion: of the width inside; group: channels that a 3×3 filter looks at."""

    def __init__(self, width: int, expansion: int, group: int) -> None:
        super().__init__()
        inside = width * expansion
        self.up = nn.Conv2d(width, inside, 1, bias=False)
        groups = math.gcd(inside, max(1, inside // group))  # what a width that `group` does not divide allows
        self.mix = nn.Conv2d(inside, inside, 3, padding=1, groups=groups)
        self.down = nn.Conv2d(inside, width, 1, bias=False)
        _scaled(self.up, GAIN)
        _scaled(self.mix, GAIN)
        nn.init.zeros_(self.down.weight)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = functional.leaky_relu(self.up(x), SLOPE)
        y = functional.leaky_relu(self.mix(y), SLOPE)
        return x + self.down(y)  # type: ignore[no-any-return]


class Resample(nn.Module):
    """Twice or half the size, then another width where it changes; averages and bilinear steps let no aliases in."""

    def __init__(self, inputs: int, outputs: int, larger: bool) -> None:
        super().__init__()
        self.larger = larger
        self.width = nn.Conv2d(inputs, outputs, 1, bias=False) if inputs != outputs else nn.Identity()
        if isinstance(self.width, nn.Conv2d):
            _scaled(self.width, 1.0)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.larger:
            x = self.width(x)  # on the smaller side, where it costs a quarter
            return functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
        return self.width(functional.avg_pool2d(x, 2))  # type: ignore[no-any-return]


class Generator(nn.Module):
    """(latents (n, latent), labels (n,) or None) → (n, channels, tall, wide), unbounded but trained towards -1…1.

    widths: of the stages, the smallest first; one for the base and one a halving, but for the last `patch` halvings,
    which one transposed convolution does at once.
    """

    def __init__(self, canvas: Canvas, classes: int, latent: int, widths: list[int], blocks: int, expansion: int,
                 group: int, patch: int) -> None:  # fmt: skip
        super().__init__()
        self.base, self.first = canvas.base, widths[0]
        self.given = Given(latent, classes)
        self.enter = nn.Linear(self.given.length, widths[0] * math.prod(canvas.base), bias=False)
        _scaled(self.enter, 1.0)
        stages: list[nn.Module] = []
        for number, width in enumerate(widths):
            if number:
                stages.append(Resample(widths[number - 1], width, larger=True))
            stages += [Block(width, expansion, group) for _ in range(blocks)]
        self.stages = nn.Sequential(*stages)
        scale = 2**patch
        self.leave = nn.ConvTranspose2d(widths[-1], canvas.channels, 2 * scale if scale > 1 else 3, scale,
                                        scale // 2 if scale > 1 else 1)  # fmt: skip
        _scaled(self.leave, 1.0, fan=widths[-1] * 4 if scale > 1 else widths[-1] * 9)

    def forward(self, latents: torch.Tensor, labels: torch.Tensor | None) -> torch.Tensor:
        x = self.enter(self.given(latents, labels)).view(-1, self.first, *self.base)
        return self.leave(self.stages(x.contiguous(memory_format=torch.channels_last)))  # type: ignore[no-any-return]


class Discriminator(nn.Module):
    """(images (n, channels, tall, wide), labels (n,) or None) → logits (n,)."""

    def __init__(self, canvas: Canvas, classes: int, widths: list[int], blocks: int, expansion: int, group: int,
                 patch: int, minibatch: str = "none") -> None:  # fmt: skip
        super().__init__()
        scale = 2**patch
        side = 2 * scale if scale > 1 else 3
        self.enter = nn.Conv2d(canvas.channels, widths[-1], side, scale, scale // 2 if scale > 1 else 1)
        _scaled(self.enter, 1.0)
        stages: list[nn.Module] = []
        for larger, width in itertools.pairwise([*widths[::-1], 0]):
            stages += [Block(larger, expansion, group) for _ in range(blocks)]
            if width:
                stages.append(Resample(larger, width, larger=False))
        self.stages = nn.Sequential(*stages)
        self.basis = nn.Conv2d(widths[0], widths[0], canvas.base, groups=widths[0], bias=False)
        _scaled(self.basis, 1.0)
        self.head = Head(widths[0], classes, minibatch)

    def forward(self, images: torch.Tensor, labels: torch.Tensor | None) -> torch.Tensor:
        x = self.stages(self.enter(images.contiguous(memory_format=torch.channels_last)))
        x = self.basis(x).flatten(1)
        return self.head(x, labels)  # type: ignore[no-any-return]


def _scaled(layer: nn.Module, gain: float, fan: int | None = None) -> None:
    """Normal weights that keep the variance, times gain²; no bias to begin with. fan: inputs of one output."""
    weight = layer.weight
    assert isinstance(weight, torch.Tensor)
    nn.init.normal_(weight, std=gain / math.sqrt(fan or weight[0].numel()))
    if isinstance(layer.bias, torch.Tensor):
        nn.init.zeros_(layer.bias)
