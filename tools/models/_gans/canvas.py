"""The rectangle that a generator paints on: the images' size, rounded up to what the networks can halve.

>>> Canvas.of(height=28, width=28, channels=1)
Canvas(height=28, width=28, channels=1, base=(7, 7), halvings=2)
>>> Canvas.of(height=30, width=20, channels=3).tall     # two rows of padding
32
"""

import torch
from pydantic import BaseModel
from torch.nn import functional

SMALLEST_BASE = 4  # pixels of the shorter side, where the networks are narrowest


class Canvas(BaseModel):
    """height, width, channels: of the images. base: height and width after `halvings` halvings of the canvas."""

    height: int
    width: int
    channels: int
    base: tuple[int, int]
    halvings: int

    @classmethod
    def of(cls, height: int, width: int, channels: int) -> "Canvas":
        halvings = 1
        while min(height, width) / 2 ** (halvings + 1) >= SMALLEST_BASE:
            halvings += 1
        step = 2**halvings
        base = (-(-height // step), -(-width // step))
        return cls(height=height, width=width, channels=channels, base=base, halvings=halvings)

    @property
    def tall(self) -> int:
        return self.base[0] << self.halvings

    @property
    def wide(self) -> int:
        return self.base[1] << self.halvings

    def pad(self, images: torch.Tensor) -> torch.Tensor:
        """float (n, c, height, width) → (n, c, tall, wide), the edges repeated."""
        below, right = self.tall - self.height, self.wide - self.width
        return functional.pad(images, (0, right, 0, below), mode="replicate") if below or right else images

    def crop(self, images: torch.Tensor) -> torch.Tensor:
        return images[..., : self.height, : self.width]
