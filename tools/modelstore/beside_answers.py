"""What `noglue predict` says beside the answers, where it is asked for: columns between them and `problem`.

--intervals 0.9     lower, upper of a number; set of a class         (`interval_columns.py`)

>>> beside = Beside.of(run / "model", schema, threshold, intervals=0.9)
>>> beside.names
['lower', 'upper']
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from noglue.tools.evaluation.decision_threshold import Threshold, answers
from noglue.tools.modelstore import interval_columns
from noglue.tools.modelstore.inputs import Batch
from noglue.tools.modelstore.interval_columns import Promise
from noglue.tools.spec.schema import Schema


@dataclass
class Beside:
    """said: what is to be known of these columns, in words."""

    schema: Schema
    threshold: Threshold | None
    promise: Promise | None = None
    said: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, folder: Path, schema: Schema, threshold: Threshold | None, intervals: float | None) -> "Beside":
        """Raises BadUsage `intervals` for more than the model can promise."""
        found = cls(schema, threshold)
        if intervals is not None:
            found.promise = interval_columns.load(folder, schema, intervals)
            found.said.append(found.promise.said)
        return found

    @property
    def names(self) -> list[str]:
        return [] if self.promise is None else self.promise.names

    def cells(self, batch: Batch, predicted: np.ndarray) -> dict[str, pa.Array]:
        """predicted: (n, k) or (n,), NaN where an input could not be read."""
        if self.promise is None:
            return {}
        answered = None
        if self.schema.classes is not None:
            answered = answers(np.nan_to_num(predicted), self.schema, self.threshold)
        return self.promise.columns(predicted, answered)
