"""What stands beside the answers of every target (see `beside_answers.py`), each column under its target's name.

>>> BesideEach.of(parts, schema, intervals=0.9).names
['yield: lower', 'yield: upper', 'protein: lower', 'protein: upper', 'unlike']

Whether an input is unlike the training rows is said once: the features are the same for all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from noglue.tools.modelstore.beside_answers import UNLIKE, Beside
from noglue.tools.modelstore.inputs import Batch
from noglue.tools.modelstore.several_models import Part
from noglue.tools.modelstore.several_predictions import target_columns
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step


@dataclass
class BesideEach:
    """titles: what stands before the names of each target's columns, nothing where there is one target."""

    titles: list[str]
    each: list[Beside]

    @classmethod
    def of(
        cls, parts: Sequence[Part], schema: Schema, intervals: float | None = None, explain: bool = False
    ) -> "BesideEach":
        """Raises as `Beside.of` does."""
        each = [Beside.of(one.folder, one.schema, one.model, one.threshold, intervals, explain) for one in parts]
        return cls([f"{name}: " for name in target_columns(schema)] or [""], each)

    @property
    def names(self) -> list[str]:
        own = [f"{title}{name}" for title, one in zip(self.titles, self.each, strict=True)
               for name in one.names if name != UNLIKE]  # fmt: skip
        return [*own, *([UNLIKE] if own else [])]

    def cells(self, batch: Batch, predicted: Sequence[np.ndarray], step: Step) -> dict[str, pa.Array]:
        """predicted: of each target (n, k) or (n,), NaN where an input could not be read."""
        found: dict[str, pa.Array] = {}
        for title, one, values in zip(self.titles, self.each, predicted, strict=True):
            own = one.cells(batch, values, step)
            unlike = own.pop(UNLIKE, None)
            found |= {f"{title}{name}": cells for name, cells in own.items()}
            if unlike is not None:
                found.setdefault(UNLIKE, unlike)
        return found

    def ending(self, total: int) -> list[str]:
        """What is to be said once all inputs are done."""
        said = [
            f"{title}{line}" for title, one in zip(self.titles, self.each, strict=True) for line in one.about(total)
        ]
        return [*said, *self.each[0].ending(total)[len(self.each[0].about(total)) :]]
