"""Rows that a model is asked about, made of columns of other rows, and what it says of them in one number each.

ask = Ask(model, schema)
ask.values(table, answered)         float64 (n,): the probability of the class `answered`, or the value
"""

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from noglue.tools.spec.protocols import Predictor
from noglue.tools.spec.schema import Schema
from noglue.tools.values import conform

if TYPE_CHECKING:
    import datasets


@dataclass
class Ask:
    """A predictor of tables. rows, seconds: how many it was asked about, and how long that took."""

    model: Predictor
    schema: Schema
    rows: int = 0
    seconds: float = 0.0
    _features: "datasets.Features | None" = field(default=None, repr=False)

    def __call__(self, table: pa.Table) -> np.ndarray:
        """What the model predicts: (n, k) or (n,)."""
        if self._features is None:
            self._features = conform.features_of(self.schema, target=False)
        begun = time.monotonic()
        predicted = self.model.predict(conform.dataset(table, self._features))
        self.rows += table.num_rows
        self.seconds += time.monotonic() - begun
        return predicted

    def values(self, table: pa.Table, answered: np.ndarray | None) -> np.ndarray:
        """float64 (n,). answered: the class of each row, int64 (n,); None of values."""
        predicted = self(table)
        if answered is not None:
            predicted = predicted[np.arange(len(predicted)), answered]
        return np.asarray(predicted, np.float64)

    @property
    def each(self) -> float:
        """Seconds that one row takes, as far as known."""
        return self.seconds / self.rows if self.rows else 0.0


class Clock:
    """So many seconds."""

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        return self.end - time.monotonic()

    def part(self, share: float) -> "Clock":
        """A share of what is left."""
        return Clock(max(0.0, self.left) * share)


def features_table(rows: "datasets.Dataset", schema: Schema) -> pa.Table:
    """The columns that the model may use, as Arrow has them; a selection of rows is honoured."""
    from noglue.tools.data.arrays import arrow_column

    return pa.table({column.name: arrow_column(rows, column.name) for column in schema.features})
