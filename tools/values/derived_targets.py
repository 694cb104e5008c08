"""A target made of its column: `price` above 300,000 becomes the classes no and yes, or its logarithm is learned.

>>> classes(pa.chunked_array([[250.0, None, 400.0]]), Derived(op="above", value=300.0), "price").to_pylist()
['no', None, 'yes']
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.requested import Condition, Derived
from noglue.tools.values.conditions_hold import holds
from noglue.tools.values.labels import values

if TYPE_CHECKING:
    import datasets

    from noglue.tools.spec.protocols import Predictor

YES, NO = "yes", "no"
_OPERATORS = {"above": ">", "at least": ">=", "below": "<", "at most": "<=", "equals": "="}


def in_words(target: str, derived: Derived) -> str:
    """In words: `whether price is above 300000, as asked`."""
    if derived.op == "log":
        return f"the logarithm of {target}, as asked; predictions and scores are of {target} itself"
    value = f"{derived.value:g}" if isinstance(derived.value, float) else derived.value
    verb = "" if derived.op == "equals" else "is "
    return f"whether {target} {verb}{derived.op} {value}, as asked"


def classes(column: pa.ChunkedArray, derived: Derived, target: str) -> pa.ChunkedArray:
    """`yes` and `no` for each row, null where the column's cell is missing. Raises DataError `wrong-type`."""
    condition = Condition.model_construct(column=target, op=_OPERATORS[derived.op], value=derived.value)
    fulfilled = holds(condition, column)
    there = holds(Condition(column=target, op="present"), column)
    return pa.chunked_array([pa.array(np.where(fulfilled, YES, NO), mask=~there)])


def logarithm(column: pa.ChunkedArray, target: str) -> tuple[np.ndarray, float]:
    """float64 (n,): log(y + shift), and the shift: 1 where there are zeros, else 0.

    Raises DataError `no-logarithm` for negative values, `not-numeric`.
    """
    numbers = values(column, target)
    least = np.nanmin(numbers) if np.isfinite(numbers).any() else 1.0
    if least < 0:
        raise DataError(
            Kind.NO_LOGARITHM,
            f"The target {target!r} has values below zero (down to {least:g}), which have no logarithm.",
            hint="Predict the column itself, or leave those rows out.",
        )
    shift = 1.0 if least == 0 else 0.0
    return np.log(numbers + shift), shift


def own_unit(numbers: np.ndarray, derived: Derived | None) -> np.ndarray:
    """What was learned as a logarithm in the target's own unit again; anything else as it is."""
    if derived is None or derived.op != "log":
        return numbers
    shift = derived.value if isinstance(derived.value, float) else 0.0
    return np.asarray(np.exp(numbers) - shift)


@dataclass(frozen=True)
class InOwnUnit:
    """A model that learned the target's logarithm; it predicts the target itself."""

    model: "Predictor"
    derived: Derived

    def predict(self, rows: "datasets.Dataset", progress: Callable[[int, int], None] | None = None) -> np.ndarray:
        """float64 (n,)"""
        return own_unit(self.model.predict(rows, progress), self.derived)
