"""How long and in what portions `semi_gan` learns, from the number of images and their size.

    >>> Recipe.choose(rows=60_000, labelled=100, size=Size(height=28, width=28, channels=1), timed=False)
    Recipe(batch_size=64, labelled=32, steps=20000, …)

Where the figures come from: docs/recipes/semi-supervised-gan.md.
"""

from pydantic import BaseModel

from tools.core.protocols import Settings
from tools.models._training.pixels import Size

STEPS, EPOCHS = 20_000, 200  # whichever is shorter, where time is not limited
LONGER = 3  # times as many where there is a budget for more


class Recipe(BaseModel):
    """batch_size: images without labels in a step, and as many generated ones. labelled: with labels.

    rate: Adam's, held for half of the schedule and then falling to 0. decay: of the average of the critic's weights.
    consistency: weight of agreeing with that average, reached after `ramp` of the schedule. shift: pixels.
    """

    batch_size: int = 64
    labelled: int = 32
    steps: int = STEPS
    rate: float = 0.003
    decay: float = 0.999
    consistency: float = 5.0
    ramp: float = 0.2
    shift: int = 2
    width: float = 1.0

    @classmethod
    def choose(cls, rows: int, labelled: int, size: Size, timed: bool) -> "Recipe":
        batch = max(2, min(64, rows))
        steps = max(1, min(STEPS, EPOCHS * rows // batch)) * (LONGER if timed else 1)
        shift = max(1, round(min(size.height, size.width) / 14))
        return cls(batch_size=batch, labelled=min(32, labelled), steps=steps, shift=shift)

    def adjusted(self, settings: Settings) -> "Recipe":
        """With what the planner states instead; see `tools/models/semi_gan.py` for the options."""
        stated = {"batch_size": settings.batch_size, "rate": settings.learning_rate}
        change = {name: value for name, value in stated.items() if value is not None}
        change |= {name: float(settings.options[name]) for name in ("width", "consistency") if name in settings.options}
        return self.model_copy(update=change)

    def images(self) -> int:
        """That the critic learns from in a step."""
        return self.labelled + 2 * self.batch_size
