"""The recipe of the CIFAR-10 speed records (arXiv:2404.00498, Muon form): what `airbench` does.

    >>> SIZES[94].widths, SIZES[94].epochs
    ((64, 256, 256), 8)

Beside the network, the whitening of its first layer and Muon, which `resnet` has too: a whole epoch is shifted,
mirrored (every picture in every other epoch) and cut out of on the device at once, in half precision, so that a batch
is a slice; the first layer's bias stands still after three epochs; every answer is the mean over six looks.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from noglue.tools.spec.errors import Kind, StepFailed
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step
from noglue.tools.training import image_training
from noglue.tools.training.augment import Augmentation
from noglue.tools.training.examples import Examples
from noglue.tools.training.image_training import Training
from noglue.tools.training.machine import keep_freed_memory
from noglue.tools.training.randomness import random
from noglue.tools.training.recipe import Recipe
from noglue.tools.training.test_time_views import TestTimeAugmentation

BIAS_EPOCHS = 3  # that the whitening layer's bias learns for
PIECE = 4096  # pictures that are shifted at once
EVERY = 2.0  # below this confidence: every picture gets all looks
LONG, LONGER = 60.0, 240.0  # seconds of training left from which on the next larger size is taken


@dataclass(frozen=True)
class Size:
    """widths: filters of three stages. convolutions: in each, the third one residual. cutout: a square's side."""

    widths: tuple[int, int, int]
    convolutions: int
    epochs: int
    batch_size: int
    cutout: int = 0


SIZES = {
    94: Size((64, 256, 256), 2, 8, 2000),
    95: Size((128, 384, 384), 2, 16, 1024),
    96: Size((128, 512, 512), 3, 40, 1024, cutout=12),
}


class Airbench(Training):
    """A `Training` whose batches are slices of an epoch that was augmented as a whole."""

    def recipe_for(self, rows: int, outputs: int) -> Recipe:
        size = SIZES[self._aim()]
        chosen = Recipe.choose(rows, outputs, self.size, self.flip, gpu=True)
        widths = [size.widths[0], *size.widths[1:], *size.widths[2:] * 3][: len(chosen.widths)]
        return chosen.model_copy(
            update={
                "widths": widths,
                "convolutions": size.convolutions,
                "epochs": size.epochs,
                "most_epochs": size.epochs,
                "batch_size": min(size.batch_size, max(16, rows // 8)),
                "cutout": size.cutout * min(self.size.height, self.size.width) // 32,
                "reduced": 1.0,
            }
        )

    def _aim(self) -> int:
        """As asked; else as high as the time allows, without a budget as high as it goes."""
        if (asked := self.settings.options.get("aim")) is not None:
            if asked not in SIZES:
                offer = f"Choose one of {', '.join(map(str, SIZES))}."
                raise StepFailed(Kind.ARGUMENT, f"There is no size of this network for {asked} %.", hint=offer)
            return int(asked)
        left = self.step.remaining()
        return 96 if left is None or left >= LONGER else 95 if left >= LONG else 94

    def begin(self) -> None:
        self.whole = WholeEpoch(self.train, self.augment, self.mirrored, self.machine.dtype, self.step.seed)

    def loss(self, epoch: int, index: int, fraction: float) -> torch.Tensor:
        """Of one batch; everything random in it comes from (seed, epoch)."""
        if self.network.whiten.bias is not None:
            self.network.whiten.bias.requires_grad_(epoch < BIAS_EPOCHS)
        images, taught = self.whole.batch(epoch, index, self.batch_size)
        with self.machine.precision():
            outputs = self.network(images)
        return self.target.loss(outputs, taught, self.recipe.smoothing)

    def looks(self, first: np.ndarray) -> TestTimeAugmentation:
        """All six for every picture, as in the source."""
        return TestTimeAugmentation(flip=self.flip, shift=1 if self.size.height >= 16 else 0, below=EVERY)


class WholeEpoch:
    """The pictures of one epoch in their order, augmented; kept on the device until the next epoch begins."""

    def __init__(
        self, train: Examples, augment: Augmentation, mirrored: torch.Tensor, dtype: torch.dtype, seed: int
    ) -> None:
        self.train, self.augment, self.mirrored, self.dtype, self.seed = train, augment, mirrored, dtype, seed
        self.epoch = -1

    def batch(self, epoch: int, index: int, size: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Pictures (n, c, h, w) in channels_last order, and what is taught of them (n,)."""
        if epoch != self.epoch:
            self._begin(epoch)
        part = slice(index * size, (index + 1) * size)
        return self.images[part], self.targets[part]

    def _begin(self, epoch: int) -> None:
        order = torch.randperm(len(self.train), generator=random(self.seed, 2, epoch))
        parts = []
        for start in range(0, len(order), PIECE):
            rows = order[start : start + PIECE]
            mirrored = self.mirrored[rows] ^ (epoch % 2 == 1)
            images = self.augment(self.train.batch(rows), mirrored, random(self.seed, 3, epoch, start))
            parts.append(images.to(self.dtype).contiguous(memory_format=torch.channels_last))
        self.images = torch.cat(parts)
        self.targets = self.train.targets[order.to(self.train.targets.device)]
        self.epoch = epoch


def train(family: str, data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    began = time.monotonic()
    if step.device == "cpu":
        keep_freed_memory()
    else:
        torch.backends.cudnn.benchmark = True
    return image_training.learned(Airbench(data, schema, settings, step), family, model, began)
