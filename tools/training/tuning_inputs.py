"""What a network that is trained further takes in: pictures, or what its lower layers made of them, computed once.

    >>> maps = Maps(network, 5, Pictures(resolution, pixels, True, machine, seed), 2, seed, progress)
    >>> maps.batch(rows, epoch, draw).shape              # of 128 pixels a side, after 5 blocks
    torch.Size([128, 40, 16, 16])

Lower layers tell edges and textures, which ImageNet has taught them, and take most of the time: of 20,000 CIFAR-10
pictures, three epochs, the upper eleven blocks at 96 pixels learned 89.8 % in 98 s, the whole network at 64 pixels
84.3 % in 126 s (mirror images too, 2 cores, `docs/recipes/pretrained-images.md`).
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from noglue.tools.pretrained.efficientnet_lite import EfficientNetLite0, normalised
from noglue.tools.training.machine import Machine
from noglue.tools.training.pretrained_model import Resolution, sized
from noglue.tools.training.randomness import random

SMALLEST_CUT, MARGIN = 0.75, 0.125  # shares of a side: of a picture that is cut out; of its mirrored margin
PIECE = 1 << 20  # pixels that the lower layers see at a time
CHANNELS, SHRUNK = 40, 8  # of a map after five blocks: its channels; how many pixels of a side are one of its own


class Pictures:
    """Normalised pictures at the plan's size, each cut out and mirrored in its own way."""

    def __init__(self, resolution: Resolution, pixels: np.ndarray, flip: bool, machine: Machine, seed: int) -> None:
        self.resolution, self.pixels, self.machine = resolution, pixels, machine
        self.mirrored = torch.rand(len(pixels), generator=random(seed, 1)) < 0.5 if flip else None

    def batch(self, rows: torch.Tensor, epoch: int, draw: torch.Generator) -> torch.Tensor:
        """rows: int64 (n,) → float32 (n, 3, h, w)."""
        mirrored = None if self.mirrored is None else self.mirrored[rows] ^ (epoch % 2 == 1)
        return self.whole(rows, mirrored, draw)

    def whole(
        self, rows: torch.Tensor, mirrored: torch.Tensor | None = None, draw: torch.Generator | None = None
    ) -> torch.Tensor:
        """Mirrored where stated, cut out where there is a `draw`."""
        images = normalised(torch.from_numpy(self.pixels[rows.numpy()]).to(self.machine.device))
        if mirrored is not None:
            images = torch.where(mirrored[:, None, None, None].to(images.device), images.flip(-1), images)
        if draw is not None:
            images = cut_out(images, draw)
        return sized(images, self.resolution).expand(-1, 3, -1, -1)


class Maps:
    """Each picture in a few views, as its lower layers see it: whole, then mirrored, then parts of it.

    views: of each picture. progress: hears how many of all were seen, and of how many; raises where time is up.
    """

    def __init__(
        self, network: EfficientNetLite0, blocks: int, pictures: Pictures, views: int, seed: int,
        progress: Callable[[int, int], None],
    ) -> None:  # fmt: skip
        self.blocks, self.machine, self.views = blocks, pictures.machine, views
        self.seen = self._seen(network, pictures, seed, progress)

    def _seen(
        self, network: EfficientNetLite0, pictures: Pictures, seed: int, progress: Callable[[int, int], None]
    ) -> torch.Tensor:
        """bfloat16 or float32 (views, rows, h, w, channels)."""
        count, form = len(pictures.pixels), pictures.resolution
        piece, found = max(1, PIECE // form.pixels), torch.empty(0)
        with torch.inference_mode():
            for view in range(self.views):
                for start in range(0, count, piece):
                    rows = torch.arange(start, min(count, start + piece))
                    images = self._view(pictures, rows, view, seed).contiguous(memory_format=torch.channels_last)
                    with self.machine.precision():
                        maps = network.lower(images, self.blocks).to(self.machine.dtype).permute(0, 2, 3, 1)
                    if not found.numel():
                        found = maps.new_empty(self.views, count, *maps.shape[1:])
                    found[view, start : start + len(rows)] = maps
                    progress(view * count + start + len(rows), self.views * count)
        return found

    def _view(self, pictures: Pictures, rows: torch.Tensor, view: int, seed: int) -> torch.Tensor:
        mirrored = None if pictures.mirrored is None else pictures.mirrored[rows] ^ (view % 2 == 1)
        whole = view < (1 if mirrored is None else 2)
        return pictures.whole(rows, mirrored, None if whole else random(seed, 5, view, int(rows[0])))

    def batch(self, rows: torch.Tensor, epoch: int, draw: torch.Generator) -> torch.Tensor:
        """rows: int64 (n,) → (n, channels, h, w), the batch moved by a place at most."""
        maps = self.seen[(rows + epoch) % self.views, rows].permute(0, 3, 1, 2)
        return moved(maps, draw)

    def whole(self, rows: torch.Tensor) -> torch.Tensor:
        """The first view, as it is."""
        return self.seen[0, rows].permute(0, 3, 1, 2)

    @staticmethod
    def bytes_of(resolution: Resolution, machine: Machine) -> int:
        """That a view of a picture takes after five blocks."""
        places = -(-resolution.height // SHRUNK) * -(-resolution.width // SHRUNK)
        return places * CHANNELS * machine.dtype.itemsize


def moved(maps: torch.Tensor, draw: torch.Generator) -> torch.Tensor:
    """(n, c, h, w) → the same, all moved by at most one place up or down and left or right, their edges repeated."""
    height, width = maps.shape[2:]
    wider = nn.functional.pad(maps, [1, 1, 1, 1], mode="replicate")
    top, left = (int(place) for place in torch.randint(0, 3, (2,), generator=draw))
    return wider[:, :, top : top + height, left : left + width]


def cut_out(images: torch.Tensor, draw: torch.Generator) -> torch.Tensor:
    """float (n, c, h, w) → a part of each, of one size in a batch, from somewhere in it or a little beyond its edge."""
    count, _, height, width = images.shape
    margins = [min(length - 1, round(MARGIN * length / 2)) for length in (height, width)]
    padded = nn.functional.pad(images, (margins[1], margins[1], margins[0], margins[0]), mode="reflect")
    share = SMALLEST_CUT + (1 - SMALLEST_CUT) * float(torch.rand(1, generator=draw))
    sides = [max(1, round(share * length)) for length in (height, width)]
    places = []
    for length, side in zip(padded.shape[2:], sides, strict=True):
        starts = torch.randint(0, length - side + 1, (count, 1), generator=draw)
        places.append((starts + torch.arange(side)).to(images.device))
    which = torch.arange(count, device=images.device)[:, None, None]
    return padded.permute(0, 2, 3, 1)[which, places[0][:, :, None], places[1][:, None, :]].permute(0, 3, 1, 2)
