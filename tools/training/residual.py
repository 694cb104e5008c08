"""A small residual network for images of any size, made for few epochs.

    >>> shape = Shape(channels=3, height=32, width=32, outputs=10, widths=[64, 128, 256])
    >>> Residual(shape)(torch.zeros(8, 3, 32, 32)).shape
    torch.Size([8, 10])

After the CIFAR-10 speed records: David Page's "How to train your ResNet" (2018) and Keller Jordan's "94% on CIFAR-10
in 3.29 seconds on a single GPU" (arXiv:2404.00498). From them: a first layer that whitens patches and is fitted on
training images instead of learned, pooling early in each stage so that most work is done on small maps, batch norm
without a scale, filters that begin as the identity, a maximum over the last map, and a head whose output is scaled
down. The pooling comes before batch norm and activation, which are then a quarter of the work.
"""

import itertools
import math

import torch
from pydantic import BaseModel
from torch import nn
from torch.nn import functional

SMALLEST = 16  # shorter sides are doubled until they have this many pixels


class Shape(BaseModel):
    """What it takes to build the network. Images come as (n, channels, height, width), normalised.

    outputs: classes, or 1 for a value. widths: filters of each stage. convolutions: in each stage.
    patch, whitening: side and number of the first layer's filters.
    """

    channels: int
    height: int
    width: int
    outputs: int
    widths: list[int]
    convolutions: int = 2
    patch: int = 2
    whitening: int = 24

    def enlarged(self) -> int:
        """By how much images are enlarged first, so that the stages have something to pool."""
        return 1 << max(0, math.ceil(math.log2(SMALLEST / min(self.height, self.width))))

    def operations(self) -> float:
        """Floating-point operations of one image's forward pass, convolutions alone."""
        sides = [side * self.enlarged() - self.patch + 1 for side in (self.height, self.width)]
        total = 2.0 * self.channels * self.patch**2 * self.whitening * sides[0] * sides[1]
        for inputs, outputs in itertools.pairwise([self.whitening, *self.widths]):
            total += 18.0 * inputs * outputs * sides[0] * sides[1]
            sides = [side // 2 for side in sides]
            total += 18.0 * (self.convolutions - 1) * outputs**2 * sides[0] * sides[1]
        return total


def stages(height: int, width: int) -> int:
    """How many stages bring the shorter side down to about 3 pixels: 2 for 16, 3 for 28 and 32, 4 for 64."""
    return max(1, round(math.log2(max(SMALLEST, min(height, width))) - 2))


class Stage(nn.Module):
    """Convolution, halving, batch norm, activation; then residual convolutions at that size."""

    def __init__(self, inputs: int, outputs: int, convolutions: int) -> None:
        super().__init__()
        self.first = _convolution(inputs, outputs)
        self.first_norm = _norm(outputs)
        self.others = nn.ModuleList(_convolution(outputs, outputs) for _ in range(convolutions - 1))
        self.norms = nn.ModuleList(_norm(outputs) for _ in range(convolutions - 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = functional.gelu(self.first_norm(functional.max_pool2d(self.first(x), 2)))
        for number, (convolution, norm) in enumerate(zip(self.others, self.norms, strict=True)):
            y = functional.gelu(norm(convolution(x)))
            x = x + y if number == 1 else y
        return x


class Residual(nn.Module):
    """float32 (n, channels, height, width) → (n, outputs) logits or standardised values."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape, self.enlarged = shape, shape.enlarged()
        self.whiten = nn.Conv2d(shape.channels, shape.whitening, shape.patch)
        self.whiten.weight.requires_grad_(False)
        widths = [shape.whitening, *shape.widths]
        self.stages = nn.Sequential(*(Stage(a, b, shape.convolutions) for a, b in itertools.pairwise(widths)))
        self.head = nn.Linear(shape.widths[-1], shape.outputs, bias=False)
        if shape.outputs > 1:
            nn.init.normal_(self.head.weight)
        else:  # a value: begin at the mean
            nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.whiten.bias) if self.whiten.bias is not None else None
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.pooled(x)) / 9  # type: ignore[no-any-return]

    def pooled(self, x: torch.Tensor) -> torch.Tensor:
        """What the head sees: (n, channels, height, width) → (n, filters of the last stage)."""
        if self.enlarged > 1:
            x = functional.interpolate(x, scale_factor=float(self.enlarged), mode="bilinear", align_corners=False)
        x = functional.gelu(self.whiten(x))
        return self.stages(x).amax((2, 3))  # type: ignore[no-any-return]


@torch.no_grad()
def fit_whitening(network: Residual, images: torch.Tensor) -> None:
    """Set the first layer to the patches' principal directions, scaled to unit variance, and their negatives.

    images: float32 (n, channels, height, width), normalised, of the train split; a few thousand are enough.
    """
    layer = network.whiten
    side, half = layer.kernel_size[0], layer.out_channels // 2
    if network.enlarged > 1:
        images = functional.interpolate(
            images, scale_factor=float(network.enlarged), mode="bilinear", align_corners=False
        )
    patches = functional.unfold(images.float(), side).transpose(1, 2).reshape(-1, images.shape[1] * side * side)
    covariance = (patches.T @ patches / len(patches)).cpu().double()
    variances, directions = torch.linalg.eigh(covariance)
    directions = directions * torch.where(directions.sum(0) < 0, -1.0, 1.0)  # eigenvectors know no sign
    chosen = directions.flip(1)[:, :half] / (variances.flip(0)[:half] + 5e-4).sqrt()
    filters = chosen.T.reshape(half, *layer.weight.shape[1:])
    layer.weight.copy_(torch.cat([filters, -filters]).to(layer.weight))


def _convolution(inputs: int, outputs: int) -> nn.Conv2d:
    """3×3, beginning with as many identity filters as there are inputs."""
    layer = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
    same = min(inputs, outputs)
    nn.init.dirac_(layer.weight.data[:same])
    return layer


def _norm(channels: int) -> nn.BatchNorm2d:
    """Without a learned scale; running statistics that follow quickly, as the training is short."""
    layer = nn.BatchNorm2d(channels, eps=1e-5, momentum=0.4)
    layer.weight.requires_grad_(False)
    return layer
