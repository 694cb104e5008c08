"""The residual backbone without normalisation of R3GAN (Huang et al. 2024, arXiv:2501.05441), for any small canvas.

Inverted bottlenecks: 1×1 up, 3×3 in groups, 1×1 down, with leaky rectifiers before the convolutions; the last one of a
block starts at zero, so that the whole network begins as a chain of resamplings (Fixup, Zhang et al. 2019,
arXiv:1901.09321). Classes enter the generator beside the latent, and the discriminator by projection (Miyato & Koyama
2018, arXiv:1802.05637).

>>> form = Form(widths=[64, 32], blocks=[1, 0], expansion=1, group=16, patch=1, strided=True)  # 28×28 on a CPU
>>> Generator(canvas, classes=10, latent=64, form=form)(latents, labels).shape
torch.Size([32, 1, 28, 28])
"""

import itertools
import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from noglue.tools.models._gans.conditioning import ConditionalInput, Head
from noglue.tools.models._gans.setting import Canvas

SLOPE = 0.2
GAIN = math.sqrt(2 / (1 + SLOPE**2))


@dataclass(frozen=True)
class Form:
    """Of both networks. widths: of the stages, the smallest stage first; one for the base and one a halving, but for
    the last `patch` halvings, which one convolution does at once. blocks: in each stage. expansion: of the width inside
    a block; group: channels that its 3×3 filters look at. strided: learned 4×4 filters change the size.
    """

    widths: list[int]
    blocks: list[int]
    expansion: int
    group: int
    patch: int
    strided: bool


class Block(nn.Module):
    """x + f(x), both (n, width, h, w)."""

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


class Strided(nn.Module):
    """Twice or half the size by one 4×4 convolution: on a CPU it learns more in a second than blocks at that size."""

    def __init__(self, inputs: int, outputs: int, larger: bool) -> None:
        super().__init__()
        kind = nn.ConvTranspose2d if larger else nn.Conv2d
        self.filters = kind(inputs, outputs, 4, 2, 1)
        _scaled(self.filters, GAIN, fan=inputs * (4 if larger else 16))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.filters(functional.leaky_relu(x, SLOPE))  # type: ignore[no-any-return]


class Generator(nn.Module):
    """(latents (n, latent), labels (n,) or None) → (n, channels, tall, wide), unbounded but trained towards -1…1."""

    def __init__(self, canvas: Canvas, classes: int, latent: int, form: Form) -> None:
        super().__init__()
        first, last = form.widths[0], form.widths[-1]
        self.shape = (first, *canvas.base)
        self.given = ConditionalInput(latent, classes)
        self.enter = nn.Linear(self.given.length, math.prod(self.shape), bias=False)
        _scaled(self.enter, 1.0)
        resample = Strided if form.strided else Resample
        stages: list[nn.Module] = []
        for smaller, width, blocks in zip([0, *form.widths], form.widths, form.blocks, strict=False):
            if smaller:
                stages.append(resample(smaller, width, larger=True))
            stages += [Block(width, form.expansion, form.group) for _ in range(blocks)]
        if form.strided:
            stages.append(nn.LeakyReLU(SLOPE))
        self.stages = nn.Sequential(*stages)
        scale = 2**form.patch
        self.leave = nn.ConvTranspose2d(last, canvas.channels, 2 * scale if scale > 1 else 3, scale,
                                        scale // 2 if scale > 1 else 1)  # fmt: skip
        _scaled(self.leave, 1.0, fan=last * (4 if scale > 1 else 9))

    def forward(self, latents: torch.Tensor, labels: torch.Tensor | None) -> torch.Tensor:
        x = self.enter(self.given(latents, labels)).view(-1, *self.shape)
        return self.leave(self.stages(x.contiguous(memory_format=torch.channels_last)))  # type: ignore[no-any-return]


class Discriminator(nn.Module):
    """(images (n, channels, tall, wide), labels (n,) or None) → logits (n,)."""

    def __init__(self, canvas: Canvas, classes: int, form: Form, minibatch: str = "none") -> None:
        super().__init__()
        first, last, scale = form.widths[0], form.widths[-1], 2**form.patch
        side = 2 * scale if scale > 1 else 3
        self.enter = nn.Conv2d(canvas.channels, last, side, scale, scale // 2 if scale > 1 else 1)
        _scaled(self.enter, 1.0)
        resample = Strided if form.strided else Resample
        stages: list[nn.Module] = []
        for (larger, width), blocks in zip(itertools.pairwise([*form.widths[::-1], 0]), form.blocks[::-1], strict=True):
            stages += [Block(larger, form.expansion, form.group) for _ in range(blocks)]
            if width:
                stages.append(resample(larger, width, larger=False))
        self.stages = nn.Sequential(*stages)
        self.basis = nn.Parameter(torch.randn(first, *canvas.base) / math.sqrt(math.prod(canvas.base)))
        self.head = Head(first, classes, minibatch)

    def forward(self, images: torch.Tensor, labels: torch.Tensor | None) -> torch.Tensor:
        x = self.stages(self.enter(images.contiguous(memory_format=torch.channels_last)))
        return self.head((x * self.basis).sum((2, 3)), labels)  # type: ignore[no-any-return]


def _scaled(layer: nn.Module, gain: float, fan: int | None = None) -> None:
    """Normal weights that keep the variance, times gain²; no bias to begin with. fan: inputs of one output."""
    weight = layer.weight
    assert isinstance(weight, torch.Tensor)
    nn.init.normal_(weight, std=gain / math.sqrt(fan or weight[0].numel()))
    if isinstance(layer.bias, torch.Tensor):
        nn.init.zeros_(layer.bias)
