"""What `noglue predict` says beside the answers, where it is asked for: columns between them and `problem`.

    --intervals 0.9     lower, upper of a number; set of a class         (`interval_columns.py`)
    --explain           because: what speaks most for the answer, and against it, the weightiest first
    either              unlike: why an input is unlike the training rows; empty where it is not

    >>> beside = Beside.of(run / "model", schema, model, threshold, intervals=0.9, explain=True)
    >>> beside.names
    ['lower', 'upper', 'because', 'unlike']
    >>> beside.cells(batch, predicted, step)["because"][0].as_py()
    'bmi 31.2 +21.4; s5 5.1 +9.8; age 19 -3.1'

How many inputs are unlike the training rows is told in any case. What is said in `because` is in the target's unit, of
classes in points of the answer's probability.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from noglue.tools.evaluation.decision_threshold import Threshold, answers
from noglue.tools.evaluation.explained import Because, Reason
from noglue.tools.evaluation.wording import number
from noglue.tools.explanation import background
from noglue.tools.explanation.likeness import Likeness
from noglue.tools.modelstore import interval_columns
from noglue.tools.modelstore.inputs import Batch
from noglue.tools.modelstore.interval_columns import Promise
from noglue.tools.spec import modalities
from noglue.tools.spec.errors import BadUsage, Kind
from noglue.tools.spec.modalities import Explaining
from noglue.tools.spec.protocols import Predictor
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    import datasets

BECAUSE, UNLIKE = "because", "unlike"
MOST_REASONS = 5


class _Known(NamedTuple):
    """The inputs of a batch that have an answer: rows, their places in the batch, the class of each; that of all."""

    rows: "datasets.Dataset"
    places: np.ndarray
    answered: np.ndarray | None
    all_answered: np.ndarray | None


@dataclass
class Beside:
    """said: what is to be known of these columns, in words. strange: how many inputs are unlike the training rows.

    shared, silent: how many have reasons that several parts share, and no reasons at all.
    """

    schema: Schema
    model: Predictor
    threshold: Threshold | None
    promise: Promise | None = None
    explaining: Explaining | None = None
    training: pa.Table | None = None
    likeness: Likeness | None = None
    said: list[str] = field(default_factory=list)
    strange: int = 0
    first: str = ""
    explained: int = 0
    shared: int = 0
    silent: int = 0

    @classmethod
    def of(
        cls,
        folder: Path,
        schema: Schema,
        model: Predictor,
        threshold: Threshold | None,
        intervals: float | None = None,
        explain: bool = False,
    ) -> "Beside":
        """Raises BadUsage `intervals` for more than the model can promise, `explain` where nothing explains it."""
        found = cls(schema, model, threshold, likeness=Likeness.load(folder))
        if intervals is not None:
            found.promise = interval_columns.load(folder, schema, intervals)
            found.said.append(found.promise.said)
        if explain:
            how = modalities.load(schema.modality).explaining
            found.explaining = None if how is None or schema.predicts is None else how()
            if found.explaining is not None and found.explaining.BACKGROUND:
                found.training = background.load(folder, schema)
            if found.explaining is None or (found.explaining.BACKGROUND and found.training is None):
                raise BadUsage(
                    Kind.EXPLAIN,
                    "This model can't say why: it keeps no training rows to compare an input with.",
                    hint="Train it again, or leave --explain out.",
                )
        return found

    @property
    def names(self) -> list[str]:
        """The columns."""
        names = [] if self.promise is None else self.promise.names
        names = names if self.explaining is None else [*names, BECAUSE]
        return [*names, UNLIKE] if names else []

    def cells(self, batch: Batch, predicted: np.ndarray, step: Step) -> dict[str, pa.Array]:
        """predicted: (n, k) or (n,), NaN where an input could not be read."""
        one = self._known(batch, predicted)
        found = {} if self.promise is None else self.promise.columns(predicted, one.all_answered)
        if self.explaining is not None:
            found[BECAUSE] = _placed(self._because(one.rows, one.answered, step), one.places, len(predicted))
        unlike = self._unlike(one.rows, [batch.names[place] for place in one.places])
        return found | ({UNLIKE: _placed(unlike, one.places, len(predicted))} if self.names else {})

    def about(self, total: int) -> list[str]:
        """What is to be known of its columns once all inputs are done."""
        found = list(self.said)
        if self.shared:
            some = "one input" if self.shared == 1 else f"{self.shared:,} of the {total:,} inputs"
            found.append(f"In {some} no single part is missed: there they are left out one after the other.")
        if self.silent:
            some = "One input has" if self.silent == 1 else f"{self.silent:,} of the {total:,} inputs have"
            found.append(f"{some} no reason: leaving out a part does not change the answer.")
        return found

    def ending(self, total: int) -> list[str]:
        """The same, and how many inputs are unlike the training rows."""
        if not self.strange:
            return self.about(total)
        some = "One input is" if self.strange == 1 else f"{self.strange:,} of the {total:,} inputs are"
        ends = f"{some} unlike what the model learned from ({self.first}): its answers there are unreliable."
        return [*self.about(total), ends]

    def reasons(self, batch: Batch, predicted: np.ndarray) -> "list[Because | None]":
        """Why each input has its answer, whole; None where it has none. predicted: as of `cells`."""
        known = self._known(batch, predicted)
        whole: list[Because | None] = [None] * len(predicted)
        told = self._explained(known.rows, known.answered, lambda done: None) if len(known.rows) else []
        for place, one in zip(known.places.tolist(), told, strict=True):
            whole[place] = one
        return whole

    def _known(self, batch: Batch, predicted: np.ndarray) -> "_Known":
        answered = None
        if self.schema.classes is not None:
            answered = answers(np.nan_to_num(predicted), self.schema, self.threshold)
        known = np.isfinite(predicted).reshape(len(predicted), -1).all(axis=1)[batch.readable]
        places = batch.readable[known]
        rows = batch.rows if known.all() else batch.rows.select(np.flatnonzero(known))
        return _Known(rows, places, None if answered is None else answered[places], answered)

    def _explained(
        self, rows: "datasets.Dataset", answered: np.ndarray | None, progress: Callable[[int], None]
    ) -> list[Because]:
        assert self.explaining is not None, "asked for"
        found: list[Because] = self.explaining.because(
            self.model, rows, self.schema, self.training, answered, progress, None
        )
        return found

    def _because(self, rows: "datasets.Dataset", answered: np.ndarray | None, step: Step) -> list[str]:
        if not len(rows):
            return []
        before = self.explained

        def progress(done: int) -> None:
            self.explained = before + done
            step.progress("explain", self.explained, unit="inputs")

        told = self._explained(rows, answered, progress)
        if before == 0:
            self.said.append(self._in_which_unit(told[0]))
        self.shared += sum(one.shared for one in told)
        self.silent += sum(not one.reasons for one in told)
        return [self._written(one) for one in told]

    def _in_which_unit(self, one: Because) -> str:
        """What the amounts are."""
        if one.base is None:
            lost = "of the answer's probability is lost" if self.schema.classes is not None else "of the answer is lost"
            points = ", in points" if self.schema.classes is not None else ""
            return f"because: how much {lost} without each part of the input{points}."
        if self.schema.classes is None:
            return f"because: what each column adds to {number(one.base)}, the average prediction."
        return "because: what each column adds to the answer's mean probability, in points."

    def _written(self, one: Because) -> str:
        return "; ".join(self._reason(reason) for reason in one.reasons[:MOST_REASONS])

    def _reason(self, reason: Reason) -> str:
        amount = f"{100 * abs(reason.amount):.1f}" if self.schema.classes is not None else number(abs(reason.amount))
        value = f" {reason.value}" if reason.value else ""
        return f"{reason.name}{value} {'+' if reason.amount > 0 else '-'}{amount}"

    def _unlike(self, rows: "datasets.Dataset", names: list[str | int]) -> list[str]:
        if self.likeness is None or not len(rows):
            return [""] * len(rows)
        found = self.likeness.unlike(rows, self.schema)
        for name, why in zip(names, found, strict=True):
            if why:
                self.first = self.first or f"the first, {name}: {why}"
                self.strange += 1
        return found


def _placed(cells: list[str], places: np.ndarray, count: int) -> pa.Array:
    """Text, null where an input could not be read."""
    whole: list[str | None] = [None] * count
    for place, cell in zip(places.tolist(), cells, strict=True):
        whole[place] = cell
    return pa.array(whole, pa.string())
