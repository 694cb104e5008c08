"""How an image network is trained, chosen from the data's size and shape and the device.

    >>> Recipe.choose(rows=45_000, classes=10, size=Size(height=32, width=32, channels=3), flip=True, gpu=False)
    Recipe(widths=[32, 128, 256], convolutions=2, epochs=8, …)

Where the figures come from, and what was tried and left: docs/recipes/image-classifier.md.
"""

import math
from typing import Any

from pydantic import BaseModel

from noglue.tools.spec.protocols import Settings
from noglue.tools.training.pixels import Size
from noglue.tools.training.residual import Shape, stages

WIDTHS = {False: [32, 128, 256], True: [128, 384, 384]}  # filters of the last three stages: CPU, GPU
SMALL_FIRST = 64  # filters of the first stage where two or fewer are enough
EPOCHS = {False: 8, True: 16}  # for 50,000 images


class Recipe(BaseModel):
    """epochs: the length when time is not limited; most_epochs: at most so many when there is a budget for more.

    rate: Muon's learning rate for filters. head: the last layer's, as a factor of it. smoothing: of the labels.
    reduced: factor on the images' sides for the first `reduced_until` of the schedule,
    which saves nearly half its time.
    """

    widths: list[int]
    convolutions: int
    patch: int
    whitening: int
    epochs: int
    most_epochs: int
    batch_size: int
    rate: float = 0.24
    head: float = 2.8
    smoothing: float = 0.2
    shift: int = 2
    flip: bool = False
    cutout: int = 0
    reduced: float = 1.0
    reduced_until: float = 0.75

    @classmethod
    def choose(cls, rows: int, classes: int, size: Size, flip: bool, gpu: bool) -> "Recipe":
        colour, small = size.channels == 3, min(size.height, size.width)
        epochs = round(min(150, max(4, EPOCHS[gpu] * (50_000 / rows) ** 0.25, 12_000 / rows)))
        return cls(
            widths=_widths(stages(size.height, size.width), gpu),
            convolutions=3 if gpu else 2,
            patch=2 if colour else 3,
            whitening=24 if colour else 16,
            epochs=epochs,
            most_epochs=epochs * 4 if rows >= 10_000 else epochs,
            batch_size=_batch(rows, 1024 if gpu else 512),
            head=2.8 if classes > 1 else 0.1,
            smoothing=0.2 if classes < 100 else 0.1,
            shift=max(1, round(small / 16)),
            flip=flip,
            reduced=0.75 if small >= 28 else 1.0,
            cutout=3 * small // 8 if epochs >= 24 and small >= 24 else 0,
        )

    def adjusted(self, settings: Settings) -> "Recipe":
        """With what the planner states instead. options: `width`, a factor on the number of filters; `augment`, False:
        images are learned from as they are, not moved and not cut out.
        """
        change: dict[str, Any] = {}
        if settings.epochs is not None:
            change["epochs"] = change["most_epochs"] = settings.epochs
        if settings.batch_size is not None:
            change["batch_size"] = settings.batch_size
        if settings.learning_rate is not None:
            change["rate"] = settings.learning_rate
        factor = float(settings.options.get("width", 1))
        if factor != 1:
            change["widths"] = [max(16, round(width * factor / 16) * 16) for width in self.widths]
        if not settings.options.get("augment", True):
            change |= {"shift": 0, "cutout": 0, "flip": False}
        return self.model_copy(update=change)

    def shape(self, size: Size, outputs: int) -> Shape:
        return Shape(
            channels=size.channels,
            height=size.height,
            width=size.width,
            outputs=outputs,
            widths=self.widths,
            convolutions=self.convolutions,
            patch=self.patch,
            whitening=self.whitening,
        )

    def rates(self) -> dict[str, float]:
        """Parameter name's end → learning rate, for what Muon does not train."""
        return {"bias": self.rate * 0.22, "head.weight": self.rate * self.head}


def _widths(count: int, gpu: bool) -> list[int]:
    """On a processor the first stage, on the largest maps, takes most of the time, unless the pictures are small."""
    last = WIDTHS[gpu]
    if count < len(last):
        return [max(SMALL_FIRST, last[0]), *last[1:count]]
    return [*[max(32, last[0] // 2)] * (count > len(last)), *last, *([last[-1]] * count)][:count]


def _batch(rows: int, most: int) -> int:
    """A power of two: about sixteen batches an epoch in small sets, `most` in large ones."""
    return int(min(most, max(16, 2 ** math.floor(math.log2(max(1, rows) / 16)))))
