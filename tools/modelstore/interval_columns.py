"""The columns of `noglue predict --intervals`: between which values, or in which set of labels, the truth lies.

    >>> promise = load(run / "model", schema, 0.9)
    >>> promise.columns(predicted, answers)
    {'lower': …, 'upper': …}                 # of classes {'set': ['cat|dog', …]}, the likeliest label first

A label with `|` or `\\` in it has a `\\` before each.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from noglue.tools.evaluation.conformal import Calibration, Guarantee
from noglue.tools.spec.errors import BadUsage, Kind
from noglue.tools.spec.schema import Schema

LOWER, UPPER, SET = "lower", "upper", "set"
BETWEEN = "|"


@dataclass(frozen=True)
class Promise:
    """said: what holds of it, in words."""

    guarantee: Guarantee
    classes: list[str] | None
    said: str

    @property
    def names(self) -> list[str]:
        return names(self.classes)

    def columns(self, predicted: np.ndarray, answers: np.ndarray | None) -> dict[str, pa.Array]:
        """predicted: (n, k) or (n,), NaN where an input has no answer; those have no set and no interval either."""
        unread = np.isnan(predicted).reshape(len(predicted), -1).any(axis=1)
        if self.classes is None or answers is None:
            low, high = self.guarantee.intervals(np.nan_to_num(predicted.reshape(-1).astype(np.float64)))
            return {LOWER: pa.array(low, mask=unread), UPPER: pa.array(high, mask=unread)}
        known = np.nan_to_num(predicted)
        inside, order = self.guarantee.sets(known, answers), np.argsort(-known, axis=1, kind="stable")
        written = [name.replace("\\", "\\\\").replace(BETWEEN, f"\\{BETWEEN}") for name in self.classes]
        sets = [
            None if no else BETWEEN.join(written[place] for place in places if row[place])
            for no, row, places in zip(unread.tolist(), inside, order.tolist(), strict=True)
        ]
        return {SET: pa.array(sets, pa.string())}


def names(classes: list[str] | None) -> list[str]:
    """The columns, of a model of classes or of values."""
    return [LOWER, UPPER] if classes is None else [SET]


def load(folder: Path, schema: Schema, level: float) -> Promise:
    """What a model's folder lets be promised. Raises BadUsage `intervals` for more than that."""
    rows = None if schema.predicts is None else Calibration.load(folder, schema.classes)
    if rows is None:
        raise BadUsage(
            Kind.INTERVALS,
            "This model can't say how sure it is: no rows were set aside for it in training.",
            hint="Train it again with more rows, or leave --intervals out.",
        )
    if level > rows.highest:
        raise BadUsage(
            Kind.INTERVALS,
            f"{len(rows.truth):,} rows were set aside to say how sure this model is, which can't promise {level:g}.",
            hint=f"Ask for less, as with --intervals {int(rows.highest * 1000) / 1000:g}.",
        )
    guarantee = Guarantee.at(rows, level)
    said = f"The truth is promised to lie inside for {100 * level:g} % of rows like those that were set aside."
    if rows.group is not None and guarantee.by == "rows":
        said += f" Rows of a new {rows.group} may be unlike them: {rows.units} values of it are too few to tell."
    elif rows.ordered:
        said += " Later rows may differ."
    return Promise(guarantee, schema.classes, said)
