"""EfficientNet-Lite0: 16 inverted residual blocks of depthwise convolutions, 4.7 million parameters, no attention.

    >>> network = pretrained()                            # with the published ImageNet weights
    >>> network(normalised(uint8_images))                 # (n, h, w, 3) → what the classifier saw, float32 (n, 1280)
    >>> network.classify(normalised(uint8_images))        # ImageNet's logits, (n, 1000)

Network: https://arxiv.org/abs/1905.11946, without squeeze-and-excitation and with ReLU6, as
https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite has it: inputs (x − 127)/128,
TensorFlow's "same" padding, batch norm with eps 1e-3.
"""

import itertools
from collections.abc import Iterator, Mapping

import torch
from torch import nn
from torch.nn import functional

from noglue.tools.pretrained import depthwise, pictures

FEATURES = 1280
CLASSES = 1000
STEM = 32
STAGES = (  # blocks, kernel, stride of the first, factor of expansion, filters
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
MEAN, SPREAD = 127.0, 128.0
EPSILON, MOMENTUM = 1e-3, 0.01
SIX = 0x40C0  # the bits of 6 as a bfloat16


def normalised(pixels: torch.Tensor) -> torch.Tensor:
    """uint8 or float (n, h, w, 3) in 0…255 → float32 (n, 3, h, w), its memory in channels_last order."""
    return ((pixels.float() - MEAN) / SPREAD).permute(0, 3, 1, 2)


def relu6(x: torch.Tensor) -> torch.Tensor:
    """Numbers cut off below 0 and above 6; in place where nothing is learned."""
    if torch.is_grad_enabled():
        return functional.relu6(x)
    if x.dtype is torch.bfloat16:  # of numbers of 0 and more the bits have the numbers' own order: four times quicker
        x.view(torch.int16).clamp_(0, SIX)
        return x
    return x.clamp_(0, 6)


class Convolution(nn.Module):
    """Convolution, batch norm, ReLU6 where `active`; padded as TensorFlow does it: more at the bottom and the right.

    `fold` makes convolution and batch norm one, which is a third quicker; then the statistics stay as they are. So they
    do in training further (`eval`), where the two are one for each step, and learn as two.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1, active: bool = True):
        super().__init__()
        self.kernel, self.stride, self.active = kernel, stride, active
        self.padding = (kernel - 1) // 2 if stride == 1 else 0
        self.filters = nn.Conv2d(inputs, outputs, kernel, stride, self.padding, groups=groups, bias=False)
        self.norm: nn.BatchNorm2d | None = nn.BatchNorm2d(outputs, eps=EPSILON, momentum=MOMENTUM)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.stride > 1:
            sides = [self._missing(side) for side in (x.shape[3], x.shape[2])]
            x = functional.pad(x, [part for side in sides for part in (side // 2, side - side // 2)])
        x = self._convolved(x)
        return relu6(x) if self.active else x

    def _convolved(self, x: torch.Tensor) -> torch.Tensor:
        norm, groups = self.norm, self.filters.groups
        if norm is None:
            return self.filters(x)  # type: ignore[no-any-return]
        if norm.training:
            return norm(self.filters(x))  # type: ignore[no-any-return]
        weight, bias = self._as_one()
        if groups > 1:
            return depthwise.convolved(x, weight, bias, self.stride, self.padding)
        if self.kernel == 1 and x.device.type == "cpu":  # a product of matrices, whose way back is twice as quick
            return functional.linear(x.permute(0, 2, 3, 1), weight.flatten(1), bias).permute(0, 3, 1, 2)
        return functional.conv2d(x, weight, bias, self.stride, self.padding)

    def _as_one(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Weight and bias of the convolution with its batch norm, whose statistics stand still."""
        norm = self.norm
        assert norm is not None
        assert norm.running_var is not None
        assert norm.running_mean is not None
        scale = norm.weight / (norm.running_var + norm.eps).sqrt()
        return self.filters.weight * scale[:, None, None, None], norm.bias - norm.running_mean * scale

    def _missing(self, side: int) -> int:
        return max(0, (-(-side // self.stride) - 1) * self.stride + self.kernel - side)

    @torch.no_grad()
    def fold(self) -> None:
        if self.norm is None:
            return
        old, (weight, bias) = self.filters, self._as_one()
        new = nn.Conv2d(
            old.in_channels, old.out_channels, self.kernel, self.stride, self.padding, groups=old.groups, device="meta"
        )
        new.weight, new.bias = nn.Parameter(weight), nn.Parameter(bias)
        self.filters, self.norm = new, None


class Block(nn.Module):
    """Inverted residual: a wide depthwise convolution between two 1×1 ones, its input added where the shapes agree."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = inputs * expansion
        self.expand = Convolution(inputs, wide, 1) if expansion > 1 else None
        self.depthwise = Convolution(wide, wide, kernel, stride, groups=wide)
        self.project = Convolution(wide, outputs, 1, active=False)
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = x if self.expand is None else self.expand(x)
        y = self.project(self.depthwise(y))
        return x + y if self.adds else y


class EfficientNetLite0(nn.Module):
    """float32 (n, 3, h, w) of any size from about 24 pixels on, `normalised` → features (n, 1280)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = Convolution(3, STEM, 3, stride=2)
        blocks, inputs = [], STEM
        for count, kernel, stride, expansion, outputs in STAGES:
            for number in range(count):
                blocks.append(Block(inputs, outputs, kernel, stride if number == 0 else 1, expansion))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.top = Convolution(inputs, FEATURES, 1)
        self.classifier: nn.Linear | None = nn.Linear(FEATURES, CLASSES)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.upper(self.lower(x, 0), 0)

    def lower(self, x: torch.Tensor, blocks: int) -> torch.Tensor:
        """What stem and first blocks make of pictures: (n, c, h', w'); 40 channels at an eighth of the side after 5."""
        return self.blocks[:blocks](self.stem(x))  # type: ignore[no-any-return]

    def upper(self, maps: torch.Tensor, blocks: int) -> torch.Tensor:
        """The features (n, 1280) from what `lower` gave with so many blocks."""
        return self.top(self.blocks[blocks:](maps)).mean((2, 3))  # type: ignore[no-any-return]

    def classify(self, x: torch.Tensor) -> torch.Tensor:
        """ImageNet's logits (n, 1000), until the classifier is taken off."""
        assert self.classifier is not None
        return self.classifier(self.forward(x))  # type: ignore[no-any-return]

    def folded(self) -> "EfficientNetLite0":
        """This network with every batch norm folded into its convolution, in place."""
        for part in self.modules():
            if isinstance(part, Convolution):
                part.fold()
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        return self

    def headless(self) -> "EfficientNetLite0":
        """This network without ImageNet's classifier."""
        self.classifier = None
        return self

    def layers(self) -> list[nn.Module]:
        """From the input to the output: the stem, each block, the top."""
        return [self.stem, *self.blocks, self.top]


def pretrained() -> EfficientNetLite0:
    """With the published weights, to predict. Raises WeightsMissing."""
    network = EfficientNetLite0()
    network.load_state_dict(dict(renamed(pictures.weights(), network)))
    return network.eval()


def renamed(weights: Mapping[str, torch.Tensor], network: nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    """The published tensors stand in the order in which the network computes, and so do ours."""
    own = list(network.state_dict())
    for (name, tensor), ours in itertools.zip_longest(weights.items(), own):
        if name is None or ours is None or tensor.shape != network.state_dict()[ours].shape:
            raise pictures.WeightsMissing(f"the weights of {pictures.PACKAGE} are of another network ({name})")
        yield ours, tensor
