"""Augmentation of a whole batch at once, on its device; what a picture shows is never changed.

>>> Augmentation(shift=2, flip=True)(images, mirrored, torch.Generator().manual_seed(0)).shape
torch.Size([512, 3, 32, 32])
"""

from dataclasses import dataclass

import torch
from torch.nn import functional


@dataclass(frozen=True)
class Augmentation:
    """shift: pixels up, down, left or right, the edge mirrored. flip: left and right swapped in every other epoch
    ("alternating flip" of arXiv:2404.00498: no image is seen the same way twice running). cutout: side of the square
    that is blanked (arXiv:1708.04552), 0 for none.
    """

    shift: int
    flip: bool
    cutout: int = 0

    def __call__(self, images: torch.Tensor, mirrored: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """images: float (n, c, h, w), normalised. mirrored: bool (n,), which ones to flip. generator: of the CPU."""
        if self.flip:
            images = torch.where(mirrored.to(images.device)[:, None, None, None], images.flip(-1), images)
        if self.shift:
            images = shifted(images, self.shift, generator)
        if self.cutout:
            images = blanked(images, self.cutout, generator)
        return images


def shifted(images: torch.Tensor, most: int, generator: torch.Generator) -> torch.Tensor:
    """Each image moved by its own -most…most pixels both ways."""
    count, _, height, width = images.shape
    padded = functional.pad(images, (most, most, most, most), mode="reflect")
    moves = torch.randint(0, 2 * most + 1, (2, count), generator=generator).to(images.device)
    rows = (moves[0, :, None] + torch.arange(height, device=images.device))[:, :, None]
    columns = (moves[1, :, None] + torch.arange(width, device=images.device))[:, None, :]
    which = torch.arange(count, device=images.device)[:, None, None]
    return padded.permute(0, 2, 3, 1)[which, rows, columns].permute(0, 3, 1, 2)


def blanked(images: torch.Tensor, side: int, generator: torch.Generator) -> torch.Tensor:
    """A square of `side` pixels set to the mean (0) in each image; it may reach over the edge."""
    count, _, height, width = images.shape
    top = torch.randint(-side // 2, height - side // 2, (count, 1, 1, 1), generator=generator).to(images.device)
    left = torch.randint(-side // 2, width - side // 2, (count, 1, 1, 1), generator=generator).to(images.device)
    y = torch.arange(height, device=images.device)[None, None, :, None]
    x = torch.arange(width, device=images.device)[None, None, None, :]
    inside = (y >= top) & (y < top + side) & (x >= left) & (x < left + side)
    return images.masked_fill(inside, 0.0)
