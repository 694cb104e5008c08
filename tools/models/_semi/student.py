"""The network that learns, the running average that teaches and predicts, and what moves both.

>>> pair = Pair(Shape(channels=1, height=28, width=28, outputs=10, widths=[32, 64, 128]))
>>> pair.average(images).shape
torch.Size([64, 10])
"""

import copy

import torch
from torch import nn

from noglue.tools.training import checkpoint
from noglue.tools.training.muon import Muon
from noglue.tools.training.residual import Residual, Shape, fit_whitening

DECAY = 0.999  # of the average, at most


class Pair(nn.Module):
    """student: learns. average: of its weights and of batch norm's statistics, over the last tenth of the steps."""

    def __init__(self, shape: Shape, images: torch.Tensor) -> None:
        """images: float32 (n, c, h, w), normalised, for the first layer's whitening."""
        super().__init__()
        self.student = Residual(shape)
        fit_whitening(self.student, images.cpu())
        self.average = copy.deepcopy(self.student).requires_grad_(False)

    def train(self, mode: bool = True) -> "Pair":
        super().train(mode)
        self.average.eval()
        return self

    @torch.no_grad()
    def follow(self, count: int) -> None:
        """The average after `count` steps."""
        decay = min(DECAY, (1 + count) / (10 + count))
        for kept, new in zip(self.average.state_dict().values(), self.student.state_dict().values(), strict=True):
            if kept.is_floating_point():
                kept.lerp_(new, 1 - decay)


class Mover:
    """Muon for the student, then a step of the average. count: of the steps."""

    def __init__(self, pair: Pair, rate: float, dtype: torch.dtype) -> None:
        self.pair = pair
        self.muon = Muon(pair.student.named_parameters(), rate, {"bias": rate * 0.22, "head.weight": rate * 2.8}, dtype)
        self.count = torch.zeros((), dtype=torch.int64)

    def zero_grad(self) -> None:
        self.muon.zero_grad()

    def step(self, factor: float) -> None:
        """factor: on the learning rate."""
        self.count += 1
        self.muon.step(factor)
        self.pair.follow(int(self.count))

    def tensors(self) -> dict[str, torch.Tensor]:
        return {"count": self.count, **checkpoint.prefixed("muon", self.muon.tensors())}

    def restore(self, tensors: dict[str, torch.Tensor]) -> None:
        self.count = tensors["count"].clone()
        self.muon.restore(checkpoint.under("muon", tensors))
