"""A finished model in memory, of one target or of several, that answers batches of inputs.

    >>> answering = Answering.load(run / "model", "cpu")
    >>> for batch in inputs.batches(found, answering.schema):
    ...     predicted, unreadable = answering.answers(batch)

`noglue predict` and a model that stays in memory (`tools.resident.model_process.py`) answer through it alike.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.modelstore import load_model, several_models
from noglue.tools.modelstore.beside_each import BesideEach
from noglue.tools.modelstore.image_inputs import sifted
from noglue.tools.modelstore.several_models import Part
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Predictor
from noglue.tools.spec.schema import Schema

if TYPE_CHECKING:
    from noglue.tools.evaluation.decision_threshold import Threshold
    from noglue.tools.modelstore.inputs import Batch

NO_NUMBER = "the model gives no number"


@dataclass(frozen=True)
class Answering:
    """schema: with every target. parts: the model of each."""

    schema: Schema
    parts: list[Part]

    @classmethod
    def load(cls, folder: Path, device: str) -> "Answering":
        """folder: `model/`. Raises DataError `no-model`, BadUsage `generates`, StepFailed `unknown-family`."""
        schema = load_model.learned(folder)
        return cls(schema, several_models.parts(folder, schema, device))

    @property
    def thresholds(self) -> "list[Threshold | None]":
        """Of each target, from which probability on the answer is the positive class; None: the likeliest class."""
        return [part.threshold for part in self.parts]

    def beside(self, intervals: float | None = None, explain: bool = False) -> BesideEach:
        """What is asked for beside the answers. Raises BadUsage `intervals`, `explain`."""
        return BesideEach.of(self.parts, self.schema, intervals, explain)

    def answers(self, batch: "Batch") -> "tuple[list[np.ndarray], dict[int, str]]":
        """What the model of each target says, float (n, k) or (n,), and place → why an input has no answer.

        An input that one of the targets has no answer for has none of any: NaN in all.
        """
        found: list[np.ndarray] = []
        unreadable: dict[int, str] = {}
        for part in self.parts:
            predicted, reasons = _predict(batch, part.schema, part.model)
            found.append(predicted)
            unreadable |= reasons
        for predicted in found:
            predicted[list(unreadable)] = float("nan")
        return found, unreadable


def _predict(batch: "Batch", schema: Schema, model: Predictor) -> tuple[np.ndarray, dict[int, str]]:
    """float (n, k) or (n,): one row a name, NaN where the input could not be read; and place → reason of those."""
    shape = (len(batch.names),) if schema.classes is None else (len(batch.names), len(schema.classes))
    predicted = np.full(shape, np.nan)
    if len(batch.readable):
        try:
            predicted[batch.readable] = model.predict(batch.rows)
        except DataError as error:
            if error.kind != Kind.UNREADABLE or not batch.sources:
                raise
            left = sifted(batch)  # headers were right, pixels are not: rare, so looked for only now
            if len(left.readable) == len(batch.readable):
                raise
            return _predict(left, schema, model)
    unanswered = np.flatnonzero(~np.isfinite(predicted).reshape(len(predicted), -1).all(axis=1)).tolist()
    return predicted, dict.fromkeys(unanswered, NO_NUMBER) | batch.reasons
