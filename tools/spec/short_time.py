"""That a training had too little time to try several kinds of model, as a fact that goes with its model.

>>> ShortTime(had=1.2, needs=4.1).budget(10)        # of a run that had 10 s in all
'30s'
"""

import math

from pydantic import BaseModel

UNIT, MINUTE, MINUTES_FROM = 30.0, 60.0, 120.0  # seconds: a budget is a multiple of the first, a long one of the second


class ShortTime(BaseModel):
    """had: seconds that the training had. needs: about how many other kinds of model take, on so busy a machine."""

    had: float
    needs: float

    def in_words(self) -> str:
        """Of a sentence what comes after its subject, the training.

        >>> ShortTime(had=0.3, needs=4.1).in_words()
        'had less than a second, where trying other kinds of model takes about 4 s'
        """
        had = "less than a second" if self.had < 1 else f"{self.had:.0f} s"
        return f"had {had}, where trying other kinds of model takes about {max(1.0, self.needs):.0f} s"

    def budget(self, given: float) -> str:
        """As `--budget` takes it: what a run that was given so many seconds needs for the training to have its time."""
        wanted = given + max(0.0, self.needs - self.had)
        if wanted > MINUTES_FROM:
            return f"{math.ceil(wanted / MINUTE)}m"
        return f"{math.ceil(wanted / UNIT) * UNIT:.0f}s"
