"""How long and in what portions `semi_gan` learns, from the number of images.

    >>> Recipe.choose(rows=60_000, labelled=100, timed=False)
    Recipe(batch_size=64, taught=32, made=16, every=4, steps=20000, …)

Where the figures come from: docs/recipes/semi-supervised-gan.md.
"""

import math

from pydantic import BaseModel

from noglue.tools.spec.protocols import Settings

STEPS, EPOCHS = 20_000, 200  # whichever is shorter, where time is not limited
LONGER = 3  # times as many where there is a budget for more


class Recipe(BaseModel):
    """batch_size: images without labels in a step. taught: those with labels. made: generated ones, beside both.

    every: in how many steps of the critic the maker takes one. rate: Adam's, held for half of the schedule and then
    falling to 0. decay: of the average of the critic's weights. consistency: weight of agreeing with that average,
    reached after `ramp` of the schedule.
    """

    batch_size: int = 64
    taught: int = 32
    made: int = 16
    every: int = 4
    steps: int = STEPS
    rate: float = 0.003
    decay: float = 0.999
    consistency: float = 10.0
    ramp: float = 0.2
    width: float = 1.0

    @classmethod
    def choose(cls, rows: int, labelled: int, timed: bool) -> "Recipe":
        batch = min(rows, 64, max(16, 2 ** round(math.log2(rows / 40))))
        steps = max(1, min(STEPS, EPOCHS * rows // batch)) * (LONGER if timed else 1)
        return cls(batch_size=batch, taught=min(batch, 32, labelled), made=max(1, batch // 4), steps=steps)

    def adjusted(self, settings: Settings) -> "Recipe":
        """With what the planner states instead; see `tools/models/semi_gan.py` for the options."""
        stated = {"batch_size": settings.batch_size, "rate": settings.learning_rate}
        change = {name: value for name, value in stated.items() if value is not None}
        change |= {name: float(settings.options[name]) for name in ("width", "consistency") if name in settings.options}
        return self.model_copy(update=change)

    def images(self) -> int:
        """That the critic learns from in a step."""
        return self.taught + self.batch_size + self.made
