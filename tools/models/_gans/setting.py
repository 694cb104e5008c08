"""What a family designs its networks for, and what may be asked of it.

>>> Setting.of(size=Size(height=28, width=28, channels=1), classes=10, width=32, gpu=False).canvas.base
(7, 7)
>>> Options.of(Settings(options={"pixels": 48})).pixels
48
>>> Canvas.of(height=30, width=20, channels=3).tall     # two rows of padding
32

The canvas is the rectangle that a generator paints on: the images' size, rounded up to what the networks can halve.
"""

from typing import Literal

import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from torch.nn import functional

from noglue.tools.spec.errors import Kind, StepFailed
from noglue.tools.spec.protocols import Settings
from noglue.tools.training.pixels import Size

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


Minibatch = Literal["none", "stddev", "discrimination"]  # see conditioning.py


class Options(BaseModel):
    """`Settings.options` of a GAN. pixels, width: None where the device and the time decide. flips: whether
    images may be mirrored, None where their classes' names and they themselves decide."""

    model_config = ConfigDict(extra="forbid")

    pixels: int | None = Field(None, ge=8, le=128)
    width: int | None = Field(None, ge=1, le=4096)
    minibatch: Minibatch = "none"
    flips: bool | None = None
    checkpoint_seconds: float = Field(60.0, ge=0)

    @classmethod
    def of(cls, settings: Settings) -> "Options":
        """Raises StepFailed `bad-setting`, naming what can't be used and why."""
        for name, value, least in (("epochs", settings.epochs, 1), ("batch_size", settings.batch_size, 2)):
            if value is not None and value < least:
                raise _bad(name, value, f"it should be {least} or more")
        if settings.learning_rate is not None and not 0 < settings.learning_rate < 1:
            raise _bad("learning_rate", settings.learning_rate, "it should be more than 0 and less than 1")
        try:
            return cls.model_validate(settings.options)
        except ValidationError as error:
            wrong = error.errors()[0]
            name = str(wrong["loc"][0])
            if name not in cls.model_fields:
                raise _bad(name, wrong["input"], f"there are only {', '.join(cls.model_fields)}") from None
            raise _bad(name, wrong["input"], wrong["msg"]) from None


def _bad(name: str, value: object, why: str) -> StepFailed:
    return StepFailed(Kind.BAD_SETTING, f"A GAN can't be trained with {name} = {value!r}: {why}.",
                      hint="Change that setting, or leave it out.", setting=name)  # fmt: skip


class Setting(BaseModel):
    """classes: 0 without labels. width: of the networks, one of the family's own. few: fewer examples than a
    discriminator could learn by heart, so that more augmentation is due. minibatch: how the discriminator looks at the
    spread within a batch, if it does.
    """

    canvas: Canvas
    classes: int
    width: int
    gpu: bool
    few: bool = False
    minibatch: Minibatch = "none"

    @classmethod
    def of(
        cls, size: Size, classes: int, width: int, gpu: bool, few: bool = False, minibatch: Minibatch = "none"
    ) -> "Setting":
        canvas = Canvas.of(size.height, size.width, size.channels)
        return cls(canvas=canvas, classes=classes, width=width, gpu=gpu, few=few, minibatch=minibatch)
