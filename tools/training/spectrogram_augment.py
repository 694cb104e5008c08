"""Augmentation of spectrograms: shifted in time, bands and moments hidden, two mixed into one.

    >>> augment = SpectrogramAugmentation(shift=6, bands=8, moments=12)
    >>> augment(pictures, mirrored, torch.Generator().manual_seed(0)).shape
    torch.Size([64, 1, 119, 64])

Pictures are (n, 1, moments, bands), normalised. Time shift and hidden bands and moments as SpecAugment has them (Park
et al. 2019, arXiv:1904.08779), without its warping; mixing as in mixup (Zhang et al. 2018, arXiv:1710.09412).
"""

from dataclasses import dataclass

import torch

MIXED_ALPHA = 0.3  # of the Beta distribution that shares are drawn from


@dataclass(frozen=True)
class SpectrogramAugmentation:
    """shift: moments to and fro, at most; what comes in is silence. bands, moments: hidden at most, a stretch."""

    shift: int
    bands: int
    moments: int

    @classmethod
    def of(cls, moments: int, bands: int) -> "SpectrogramAugmentation":
        return cls(shift=max(1, moments // 10), bands=max(1, bands // 8), moments=max(1, moments // 10))

    def __call__(self, pictures: torch.Tensor, mirrored: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """`mirrored` is not looked at: a sound is never played backwards."""
        moved = _moved(pictures, self.shift, generator)
        return _hidden(_hidden(moved, self.moments, 2, generator), self.bands, 3, generator)


def _moved(pictures: torch.Tensor, most: int, generator: torch.Generator) -> torch.Tensor:
    """Each by its own -most…most moments."""
    count, _, moments, _ = pictures.shape
    moves = torch.randint(-most, most + 1, (count, 1), generator=generator).to(pictures.device)
    places = torch.arange(moments, device=pictures.device)[None, :] - moves
    there = (places >= 0) & (places < moments)
    which = torch.arange(count, device=pictures.device)[:, None]
    found = pictures[which, :, places.clamp(0, moments - 1)].permute(0, 2, 1, 3)
    silence = pictures.amin((1, 2, 3))[:, None, None, None]
    return torch.where(there[:, None, :, None], found, silence)


def _hidden(pictures: torch.Tensor, most: int, axis: int, generator: torch.Generator) -> torch.Tensor:
    """A stretch of at most `most` of the axis set to the mean (0) in each."""
    count, size = len(pictures), pictures.shape[axis]
    width = torch.randint(0, most + 1, (count,), generator=generator)
    start = (torch.rand(count, generator=generator) * (size - width + 1)).long()
    places = torch.arange(size)
    inside = (places >= start[:, None]) & (places < (start + width)[:, None])
    shape = [count, 1, 1, 1]
    shape[axis] = size
    return pictures.masked_fill(inside.view(shape).to(pictures.device), 0.0)


def mixed(pictures: torch.Tensor, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor, float]:
    """Each with another one; which one, int64 (n,), and the share of the first, 0.5…1."""
    order = torch.randperm(len(pictures), generator=generator)
    one, other = (torch._standard_gamma(torch.full((1,), MIXED_ALPHA), generator=generator).item() for _ in range(2))
    share = max(one, other) / max(1e-9, one + other)
    return share * pictures + (1 - share) * pictures[order.to(pictures.device)], order, share
