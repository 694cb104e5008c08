"""What `noglue predict` says beside the answers, where it is asked for: columns between them and `problem`.

--intervals 0.9     lower, upper of a number; set of a class         (`interval_columns.py`)

>>> beside = Beside.of(parts, schema, intervals=0.9)
>>> beside.names                          # of several targets each has its own: `yield: lower`, …
['lower', 'upper']
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from noglue.tools.evaluation.decision_threshold import answers
from noglue.tools.modelstore import interval_columns
from noglue.tools.modelstore.inputs import Batch
from noglue.tools.modelstore.interval_columns import Promise
from noglue.tools.modelstore.several_models import Part
from noglue.tools.modelstore.several_predictions import target_columns
from noglue.tools.spec.schema import Schema


@dataclass
class Beside:
    """parts: what stands before the names of a target's columns, its model and what that promises. said: what is to be
    known of these columns."""

    parts: list[tuple[str, Part, Promise | None]]
    said: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, parts: Sequence[Part], schema: Schema, intervals: float | None) -> "Beside":
        """Raises BadUsage `intervals` for more than the models can promise."""
        titles = [f"{name}: " for name in target_columns(schema)] or [""]
        promises = [
            None if intervals is None else interval_columns.load(one.folder, one.schema, intervals) for one in parts
        ]
        said = [f"{title}{one.said}" for title, one in zip(titles, promises, strict=True) if one is not None]
        return cls(list(zip(titles, parts, promises, strict=True)), said)

    @property
    def names(self) -> list[str]:
        return [f"{title}{name}" for title, _, promise in self.parts if promise is not None for name in promise.names]

    def cells(self, batch: Batch, predicted: Sequence[np.ndarray]) -> dict[str, pa.Array]:
        """predicted: of each target (n, k) or (n,), NaN where an input could not be read."""
        found: dict[str, pa.Array] = {}
        for (title, part, promise), values in zip(self.parts, predicted, strict=True):
            if promise is None:
                continue
            answered = None
            if part.schema.classes is not None:
                answered = answers(np.nan_to_num(values), part.schema, part.threshold)
            found |= {f"{title}{name}": cells for name, cells in promise.columns(values, answered).items()}
        return found
