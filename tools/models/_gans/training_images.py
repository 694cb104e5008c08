"""A prepared data set's train images for a GAN, augmented, in batches that depend on their number alone.

>>> images = TrainingImages.read(run / "data", schema, limit=64, step=step)
>>> images.size, len(images.pixels), images.classes
(Size(height=28, width=28, channels=1), 60000, ['0', '1', …])
>>> batches = Batches(images, batch_size=32, seed=0, machine=machine)
>>> batches.batch(7, strength=0.1, canvas=canvas, latent=64).real.shape
torch.Size([32, 1, 28, 28])

Real and generated images go through the same differentiable augmentation (Zhao et al. 2020, DiffAugment,
arXiv:2006.10738), each change with a probability of at most 0.4, ramped up from 0. What changes less than half of the
images can't leak: what the discriminator sees of two different generators stays at least 1 - 2 · 0.4 as different as
they are, so that only the data's own distribution looks like the data (Karras et al. 2020, arXiv:2006.06676, need the
change to be invertible as one of distributions, which this makes of any). A flip at one half is the case in which it
does not hold: the generator may choose a side. So real images alone are flipped, and only where they are as often one
way as the other, which is measured (`sides.py`).
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from noglue.tools.data.arrays import label_array
from noglue.tools.models._gans.design import MOST_STRENGTH
from noglue.tools.models._gans.gan_trainer import Batch
from noglue.tools.models._gans.setting import Canvas
from noglue.tools.models._gans.sides import told_from_mirror
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.slowness import slowness
from noglue.tools.spec.step import Step
from noglue.tools.training.examples import Examples, Normalisation
from noglue.tools.training.flips import flip_safe
from noglue.tools.training.machine import Machine
from noglue.tools.training.pixels import Size, read, working_size
from noglue.tools.training.randomness import Order, random

LEAST = 16  # images: with fewer a generator can only copy
MOST_HASTE = 5.0  # by how much fewer images say whether they may be mirrored, on a busy machine
LABELLED = 0.5  # share of the rows that must carry a label for classes to be asked for


@dataclass
class TrainingImages:
    """pixels: uint8 (n, h, w, c). labels: int64 (n,), zeros without classes. flip: half of the real images are shown
    mirrored.
    """

    size: Size
    pixels: np.ndarray
    labels: np.ndarray
    classes: list[str] | None
    flip: bool
    notes: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, data: Path, schema: Schema, limit: int, step: Step, flips: bool | None = None) -> "TrainingImages":
        """flips: whether images may be mirrored, None: as the classes' names and the images themselves allow.

        Raises DataError `too-few-rows`, `unreadable` (naming the image).
        """
        rows, notes = load_split(data, "train"), list[str]()
        classes = schema.classes if schema.target is not None else None
        labels = np.zeros(len(rows), np.int64)
        if classes is not None:
            labels = label_array(rows, str(schema.target))
            there = labels >= 0
            if there.mean() < LABELLED:
                notes.append(f"only {there.mean():.0%} of the images have a label: learning without labels")
                classes, labels = None, np.zeros(len(rows), np.int64)
            elif not there.all():
                notes.append(f"{int((~there).sum())} images without a label are left out")
                rows, labels = rows.select(np.flatnonzero(there)), labels[there]
        if len(rows) < LEAST:
            raise DataError(
                Kind.TOO_FEW_ROWS,
                f"There are {len(rows)} images to learn from; a generator could only copy them.",
                hint=f"Give at least {LEAST}, better a thousand or more.",
                rows=len(rows),
            )
        size = working_size(rows, limit)
        if schema.image is not None and max(schema.image.height, schema.image.width) > max(size.height, size.width):
            notes.append(f"images are brought to {size.height}×{size.width} pixels")
        elif schema.image is not None and schema.image.varied:
            notes.append(f"images of different sizes are brought to {size.height}×{size.width} pixels")
        pixels = read(rows, size, step.folder / "train.pixels")
        flip, why = _may_flip(pixels, labels, classes, schema, step) if flips is None else (flips, "as asked")
        notes.append(f"images are {'' if flip else 'not '}mirrored in training: {why}")
        return cls(size, pixels, labels, classes, flip, notes)

    def frequencies(self) -> list[float] | None:
        if self.classes is None:
            return None
        counts = np.bincount(self.labels, minlength=len(self.classes))
        return [float(share) for share in counts / counts.sum()]


def _may_flip(
    pixels: np.ndarray, labels: np.ndarray, classes: list[str] | None, schema: Schema, step: Step
) -> tuple[bool, str]:
    if classes is not None:
        safe, why = flip_safe(schema)
        if not safe:
            return False, why
    haste = 1.0 if step.deadline is None else min(MOST_HASTE, slowness())
    sides = told_from_mirror(pixels, labels, classes, step.seed, haste)
    return sides.symmetric, sides.why


@dataclass(frozen=True)
class Augmentation:
    """translate, cutout: share of a side, at most and exactly. colour: brightness, contrast."""

    translate: float = 0.125
    cutout: float = 0.4
    colour: float = 0.0

    def __call__(self, images: torch.Tensor, strength: float, generator: torch.Generator) -> torch.Tensor:
        """images: float (n, c, h, w) in -1…1. strength: how likely each change is, at most `MOST_STRENGTH`."""
        strength = min(strength, MOST_STRENGTH)
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


COLOUR = 0.2  # of the range, for brightness and contrast of colour images


class Batches:
    """Shuffled epochs of the train images, with the labels that the generated ones are asked for too."""

    def __init__(self, images: TrainingImages, batch_size: int, seed: int, machine: Machine) -> None:
        self.batch_size, self.seed, self.device = batch_size, seed, machine.device
        middle = [127.5] * images.size.channels
        self.examples = Examples.of(images.pixels, images.labels, machine, Normalisation(mean=middle, deviation=middle))
        self.labelled = images.classes is not None
        self.augmentation = Augmentation(colour=COLOUR if images.size.channels == 3 else 0.0)
        self.flip = images.flip
        self.order = Order(len(self.examples), batch_size, seed)

    def batch(self, number: int, strength: float, canvas: Canvas, latent: int) -> Batch:
        """strength: of the augmentation. latent: the length of a latent vector."""
        rows = self.order.batch(*divmod(number, max(1, len(self.examples) // self.batch_size)))
        drawn = random(self.seed, 3, number)
        latents = torch.randn(len(rows), latent, generator=drawn).to(self.device)
        labels = self.examples.targets[rows.to(self.device)] if self.labelled else None
        real = self.examples.batch(rows)
        if self.flip:
            real = torch.where(_chosen(real, 0.5, drawn), real.flip(-1), real)
        real = canvas.pad(real)
        return Batch(real, latents, labels, lambda x: self.augmentation(x, strength, drawn))
