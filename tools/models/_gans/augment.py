"""Augmentation that real and generated images go through alike, differentiable, so that the generator never paints it.

    >>> augment = Augmentation(translate=0.125, cutout=0.4, colour=0.3, flip=True)
    >>> augment(images, strength=0.5, generator=random).shape
    torch.Size([64, 3, 32, 32])

Zhao et al. 2020 (DiffAugment, arXiv:2006.10738). Each image gets each change with probability `strength` below 1, so
that unchanged images are seen too and nothing leaks into the samples (Karras et al. 2020, arXiv:2006.06676).
"""

from dataclasses import dataclass

import torch

MOST = 0.8  # of `strength`: from there on augmentations begin to leak


@dataclass(frozen=True)
class Augmentation:
    """translate, cutout: share of a side, at most and exactly. colour: brightness, contrast. flip: left and right."""

    translate: float = 0.125
    cutout: float = 0.4
    colour: float = 0.0
    flip: bool = False

    def __call__(self, images: torch.Tensor, strength: float, generator: torch.Generator) -> torch.Tensor:
        """images: float (n, c, h, w) in -1…1. strength: 0…1; at 0 they are returned as they are, but for flips."""
        if self.flip:
            images = torch.where(_chosen(images, 0.5, generator), images.flip(-1), images)
        strength = min(strength, MOST)
        if strength <= 0:
            return images
        if self.colour:
            images = recoloured(images, self.colour, _chosen(images, strength, generator), generator)
        if self.translate:
            images = translated(images, self.translate, _chosen(images, strength, generator), generator)
        if self.cutout:
            images = cut(images, self.cutout, _chosen(images, strength, generator), generator)
        return images


def _chosen(images: torch.Tensor, probability: float, generator: torch.Generator) -> torch.Tensor:
    """bool (n, 1, 1, 1)."""
    return (torch.rand(len(images), 1, 1, 1, generator=generator) < probability).to(images.device)


def recoloured(images: torch.Tensor, most: float, chosen: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Brighter or darker by up to `most` of the range, contrast by the factor 1 ± `most`."""
    shift, factor = (
        (torch.rand(len(images), 1, 1, 1, generator=generator) * 2 - 1).to(images.device) * most for _ in range(2)
    )
    mean = images.mean((1, 2, 3), keepdim=True)
    return torch.where(chosen, (images - mean) * (1 + factor) + mean + shift, images)


def translated(images: torch.Tensor, share: float, chosen: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Moved by up to `share` of the sides; what comes in at the edge repeats it."""
    count, _, height, width = images.shape
    down, right = max(1, round(height * share)), max(1, round(width * share))
    rows = torch.randint(-down, down + 1, (count, 1), generator=generator).to(images.device) * chosen[:, :, 0, 0]
    columns = torch.randint(-right, right + 1, (count, 1), generator=generator).to(images.device) * chosen[:, :, 0, 0]
    y = (torch.arange(height, device=images.device) + rows).clamp(0, height - 1)[:, :, None]
    x = (torch.arange(width, device=images.device) + columns).clamp(0, width - 1)[:, None, :]
    which = torch.arange(count, device=images.device)[:, None, None]
    return images.permute(0, 2, 3, 1)[which, y, x].permute(0, 3, 1, 2)


def cut(images: torch.Tensor, share: float, chosen: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """A rectangle of `share` of the sides set to 0 (mid-grey); it may reach over the edge."""
    count, _, height, width = images.shape
    tall, wide = max(1, round(height * share)), max(1, round(width * share))
    top = torch.randint(-tall // 2, height - tall // 2, (count, 1, 1, 1), generator=generator).to(images.device)
    left = torch.randint(-wide // 2, width - wide // 2, (count, 1, 1, 1), generator=generator).to(images.device)
    y = torch.arange(height, device=images.device)[None, None, :, None]
    x = torch.arange(width, device=images.device)[None, None, None, :]
    inside = (y >= top) & (y < top + tall) & (x >= left) & (x < left + wide)
    return images.masked_fill(inside & chosen, 0.0)
