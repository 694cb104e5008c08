"""The two networks: a discriminator that tells the classes, and a generator of images that are none of them.

>>> critic = Critic(Plan(height=28, width=28, channels=1, classes=10))
>>> logits, features = critic(images)                     # float32 (n, 1, 28, 28) in -1…1
>>> logits.shape, features.shape
(torch.Size([64, 10]), torch.Size([64, 2048]))
"""

import itertools
import math

import torch
from pydantic import BaseModel
from torch import nn
from torch.nn import functional

SMALLEST = 4  # pixels that the shorter side is halved down to, about
SLOPE = 0.2


class Plan(BaseModel):
    """Of both networks. height, width, channels: of the images; factor: on the number of filters.

    noise: deviation of the noise on the images, where pixels lie in -1…1. dropout: share of the feature maps that are
    left out before the head, and half of it before.
    """

    height: int
    width: int
    channels: int
    classes: int
    factor: float = 1.0
    noise: float = 0.3
    dropout: float = 0.5
    latent: int = 100

    def layers(self) -> list[tuple[int, int]]:
        """Filters and stride of each convolution."""
        halvings = max(1, round(math.log2(min(self.height, self.width) / SMALLEST)))
        widths = [(32, 2 if halvings > 1 else 1), *[(64, 2)] * (halvings - 2), (64, 1), (128, 2)]
        return [(max(8, round(filters * self.factor)), stride) for filters, stride in widths]

    def sizes(self) -> list[tuple[int, int]]:
        """Height and width of the map after each convolution."""
        found, height, width = [], self.height, self.width
        for _, stride in self.layers():
            height, width = -(-height // stride), -(-width // stride)
            found.append((height, width))
        return found

    def operations(self) -> float:
        """Floating-point, of one image's way through the discriminator."""
        inputs, total = self.channels, 0
        for number, ((filters, _), (height, width)) in enumerate(zip(self.layers(), self.sizes(), strict=True)):
            total += 2 * inputs * filters * _side(number) ** 2 * height * width
            inputs = filters
        return float(total)


class Critic(nn.Module):
    """Images (n, channels, height, width) → logits (n, classes), and the features that the generator has to match.

    The class "made by the generator" has no logit of its own: it is always 0 (Salimans et al. 2016, section 5).
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        inputs, layers = plan.channels, list[Normed]()
        for number, (filters, stride) in enumerate(plan.layers()):
            layers.append(Normed(inputs, filters, _side(number), stride, math.sqrt(2.0)))
            inputs = filters
        self.layers = nn.ModuleList(layers)
        height, width = plan.sizes()[-1]
        self.head = Normed(inputs * height * width, plan.classes, None, 1, 1.0)

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x = images + self.plan.noise * torch.randn_like(images) if self.training else images
        for number, layer in enumerate(self.layers):
            if number == len(self.layers) - 2:
                x = functional.dropout2d(x, self.plan.dropout / 2, self.training)
            x = functional.leaky_relu(layer(x), SLOPE)
        features = x.flatten(1)
        return self.head(functional.dropout2d(x, self.plan.dropout, self.training).flatten(1)), features


class Normed(nn.Module):
    """A convolution (or, without a `side`, a linear layer) by weight norm: each filter's length is learned apart.

    Salimans & Kingma 2016, arXiv:1602.07868. Batch norm would tie the images of a batch, and labelled, unlabelled and
    generated ones are not alike.
    """

    def __init__(self, inputs: int, outputs: int, side: int | None, stride: int, gain: float) -> None:
        super().__init__()
        self.side, self.stride = side, stride
        self.direction = nn.Parameter(torch.randn(outputs, inputs, *([side, side] if side else [])) * 0.05)
        self.length = nn.Parameter(torch.full((outputs,), gain))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        factor = self.length / self.direction.flatten(1).norm(dim=1)
        weight = self.direction * factor.view(-1, *[1] * (self.direction.ndim - 1))
        if self.side is None:
            return functional.linear(x, weight, self.bias)
        return functional.conv2d(x, weight, self.bias, self.stride, self.side // 2)


class Maker(nn.Module):
    """Latents (n, latent) → images (n, channels, height, width) in -1…1. The paper's generator, of 500 + 500 units.

    Its samples need not be beautiful: they have to lie near the data, where no image is (Dai et al. 2017,
    arXiv:1705.09783).
    """

    def __init__(self, plan: Plan, units: int = 500) -> None:
        super().__init__()
        self.shape = (plan.channels, plan.height, plan.width)
        sizes, layers = [plan.latent, units, units], list[nn.Module]()
        for inputs, outputs in itertools.pairwise(sizes):
            layers += [nn.Linear(inputs, outputs, bias=False), nn.BatchNorm1d(outputs), nn.Softplus()]
        self.layers = nn.Sequential(*layers, nn.Linear(units, math.prod(self.shape)))

    def forward(self, latents: torch.Tensor) -> torch.Tensor:
        return torch.tanh(self.layers(latents).float()).view(-1, *self.shape)


def _side(number: int) -> int:
    return 5 if number == 0 else 3
