"""A split in memory or on the device, and batches of it.

>>> train = Examples.of(pixels, targets, machine)
>>> train.batch(torch.tensor([4, 8])).shape, train.batch(torch.tensor([4, 8])).dtype
(torch.Size([2, 3, 32, 32]), torch.float32)
"""

from dataclasses import dataclass

import numpy as np
import torch
from pydantic import BaseModel

from noglue.tools.training.machine import Machine

MEASURED = 20_000  # images that the statistics are taken from
SHARE = 4  # a set is kept on the GPU when it takes less than one part in so many of the free memory


class Normalisation(BaseModel):
    """Per channel, of pixel values in 0…255, over the train split."""

    mean: list[float]
    deviation: list[float]

    @classmethod
    def fit(cls, pixels: np.ndarray) -> "Normalisation":
        """pixels: uint8 (n, h, w, c)."""
        some = pixels[np.linspace(0, len(pixels) - 1, min(len(pixels), MEASURED)).astype(int)]
        counts = [np.bincount(some[..., c].ravel(), minlength=256) for c in range(some.shape[-1])]
        values = np.arange(256, dtype=np.float64)
        means = [float(count @ values / count.sum()) for count in counts]
        squares = [float(count @ (values - mean) ** 2 / count.sum()) for count, mean in zip(counts, means, strict=True)]
        return cls(mean=means, deviation=[max(1.0, square**0.5) for square in squares])

    def apply(self, images: torch.Tensor) -> torch.Tensor:
        """uint8 (n, h, w, c) → float32 (n, c, h, w), its memory in channels_last order."""
        mean = torch.tensor(self.mean, device=images.device)
        deviation = torch.tensor(self.deviation, device=images.device)
        return ((images.float() - mean) / deviation).permute(0, 3, 1, 2)


@dataclass
class Examples:
    """pixels: uint8 (n, h, w, c), on the device or mapped from a file. targets: int64 or float32 (n,)."""

    pixels: np.ndarray | torch.Tensor
    targets: torch.Tensor
    normalisation: Normalisation
    machine: Machine

    @classmethod
    def of(
        cls, pixels: np.ndarray, targets: np.ndarray, machine: Machine, normalisation: Normalisation | None = None
    ) -> "Examples":
        """Without a `normalisation`, one is fitted: that is for the train split."""
        fitted = normalisation or Normalisation.fit(pixels)
        kept: np.ndarray | torch.Tensor = pixels
        if pixels.nbytes * SHARE < machine.free_bytes():
            kept = torch.from_numpy(np.array(pixels)).to(machine.device)
        return cls(kept, torch.from_numpy(targets).to(machine.device), fitted, machine)

    def __len__(self) -> int:
        return len(self.targets)

    def batch(self, rows: torch.Tensor) -> torch.Tensor:
        """Normalised images of these row numbers (a tensor of the CPU), on the device."""
        if isinstance(self.pixels, torch.Tensor):
            return self.normalisation.apply(self.pixels[rows.to(self.machine.device)])
        chosen = torch.from_numpy(self.pixels[rows.numpy()])
        return self.normalisation.apply(chosen.to(self.machine.device))
