"""How `pseudo_labels` trains, chosen from the data's size and shape and the time.

    >>> Recipe.choose(rows=60_000, labelled=100, sides=(28, 28, 1), timed=True)
    Recipe(batch_size=96, taught=32, steps=24000, widths=[32, 64, 128], rate=0.1)

Where the figures come from, and what was tried and left: docs/recipes/pseudo-labels.md.
"""

import math
from typing import Any

from pydantic import BaseModel

from noglue.tools.models._semi.curriculum import ROUNDS
from noglue.tools.spec.protocols import Settings
from noglue.tools.training.residual import stages

STEPS, EPOCHS = 6_000, 100  # whichever is shorter, where time is not limited
LONGER = 4  # times as many where there is a budget for more


class Recipe(BaseModel):
    """batch_size: images without labels in a step. taught: those with labels, half of them in strong views.

    rate: Muon's, falling to 0 by half a cosine. widths: filters of the network's stages.
    """

    batch_size: int
    taught: int
    steps: int
    widths: list[int]
    rate: float = 0.1

    @classmethod
    def choose(cls, rows: int, labelled: int, sides: tuple[int, int, int], timed: bool) -> "Recipe":
        """sides: height, width and channels of the images. timed: whether there is a budget."""
        height, width, channels = sides
        batch = min(rows, 96, max(16, 2 ** round(math.log2(rows / 40))))
        steps = max(len(ROUNDS), min(STEPS, EPOCHS * rows // batch)) * (LONGER if timed else 1)
        first = 64 if channels == 3 else 32
        widths = [min(256, first << number) for number in range(stages(height, width))]
        return cls(batch_size=batch, taught=min(batch, 32, labelled), steps=steps, widths=widths)

    def adjusted(self, settings: Settings, rows: int) -> "Recipe":
        """With what the planner states instead; see `tools/models/pseudo_labels.py` for the options."""
        change: dict[str, Any] = {"batch_size": settings.batch_size, "rate": settings.learning_rate}
        change = {name: value for name, value in change.items() if value is not None}
        factor = float(settings.options.get("width", 1))
        change["widths"] = [max(8, round(width * factor / 8) * 8) for width in self.widths]
        found = self.model_copy(update=change)
        if settings.epochs is not None:
            found.steps = settings.epochs * max(1, rows // found.batch_size)
        return found
