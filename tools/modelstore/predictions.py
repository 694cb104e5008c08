"""`predictions.csv`: one row per input, in input order.

    input,prediction,confidence           input,prediction,confidence,cat,dog     (proba)
    pets/a.png,cat,0.981230               pets/a.png,cat,0.981230,0.981230,0.018770
    pets/broken.png,,                     pets/broken.png,,,,

    input,id,prediction,confidence        columns of the input that were to be kept stand behind `input`
    input,prediction,confidence,truth     of a run's test rows
    input,cluster,distance                what a goal has of each row instead (`columns` in `tools/spec/goals.py`)

Of several targets see `several_predictions.py`; a list of arrays, one a target, then stands for the predictions.

`input` is the file's path as given or the row number from 0 (of a run's own rows: `tools/preparation/row_origin.py`);
`confidence` the probability of the class answered, mostly the largest, empty for a regression. A row of NaN stands for
an input that could not be read: its cells stay empty. What `predict` writes has a last column `problem`: why an input
has no prediction, or what is to be known of one, in words.
"""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TextIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.evaluation.decision_threshold import Threshold, answers
from noglue.tools.modelstore import several_predictions
from noglue.tools.spec import goals
from noglue.tools.spec.schema import Schema

PROBLEM = "problem"
TRUTH = "truth"
FIXED = ("input", "prediction", "confidence", PROBLEM)
DECIMALS = 6  # of a probability; float32 has no more to say
ROWS_AT_ONCE = 65_536


Predicted = np.ndarray | Sequence[np.ndarray]
Deciding = Threshold | None | Sequence[Threshold | None]


def write_predictions(
    path: Path,
    inputs: Sequence[str | int],
    predicted: Predicted,
    schema: Schema,
    proba: bool = False,
    sample: Path | None = None,
    identifiers: Sequence[str] | None = None,
    threshold: Deciding = None,
    beside: Mapping[str, pa.Array] | None = None,
) -> None:
    """Write the predictions of `inputs` to `path`.

    predicted: class probabilities (n, k), or values (n,). sample: a `sample_submission.csv` whose form the file takes
    instead (see `submission.py`), its rows matched by `identifiers`, or by order. threshold: of the answers. beside:
    further columns behind the answers.
    """
    if sample is not None:
        from noglue.tools.modelstore import submission

        each, thresholds = _each(predicted, threshold)
        if schema.targets:
            table = submission.of_several(each, sample, schema, identifiers, thresholds)
        else:
            table = submission.submission(each[0], sample, schema, identifiers, thresholds[0])
        with path.open("w", encoding="utf-8", newline="") as file:
            write_csv(table, file, header=True)
        return
    with PredictionWriter(path, schema, proba, threshold=threshold, beside=list(beside or {})) as writer:
        writer.write(inputs, predicted, beside=beside)


class PredictionWriter:
    """The same file, a batch at a time, so that a long folder never lies in memory.

    >>> with PredictionWriter(Path("predictions.csv"), schema) as writer:
    ...     for names, probabilities in batches:
    ...         writer.write(names, probabilities)
    """

    def __init__(
        self,
        path: Path,
        schema: Schema,
        proba: bool = False,
        keep: Sequence[str] = (),
        threshold: Deciding = None,
        problems: bool = False,
        beside: Sequence[str] = (),
    ) -> None:
        """keep: columns of the input that `write` is given too. threshold: see `decision_threshold.py`.

        problems: with the column `problem`, for the reasons that `write` is given. beside: names of further columns
        behind the answers, `lower` and `upper` and their like, whose cells `write` is given.
        """
        self.path, self.schema, self.proba, self.problems, self.rows = path, schema, proba, problems, 0
        self.threshold, self.beside = threshold, tuple(beside)
        self._keep = kept_columns(keep, schema, proba, self.beside)
        self._file: TextIO

    def __enter__(self) -> "PredictionWriter":
        self._file = self.path.open("w", encoding="utf-8", newline="")
        problem = [PROBLEM] if self.problems else []
        answers = answer_columns(self.schema, self.proba, self.beside)
        names = [FIXED[0], *self._keep, *answers, *self.beside, *problem]
        write_csv(pa.table({name: pa.array([], pa.string()) for name in names}), self._file, header=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def write(
        self,
        inputs: Sequence[str | int],
        predicted: Predicted,
        kept: pa.Table | None = None,
        reasons: Mapping[int, str] | None = None,
        beside: Mapping[str, pa.Array] | None = None,
    ) -> None:
        """Append one batch. kept: its columns to keep. reasons: why an input, by its place, has no prediction.

        beside: of each further column the cells.
        """
        table = prediction_table(inputs, predicted, self.schema, self.proba, self.threshold, self.beside)
        for place, column in enumerate(kept.columns if kept is not None else [], 1):
            table = table.add_column(place, self._keep[place - 1], column)
        for name in self.beside:
            table = table.append_column(name, (beside or {})[name])
        if self.problems:
            problems = [_text((reasons or {}).get(place, "")) for place in range(table.num_rows)]
            table = table.append_column(PROBLEM, pa.array(problems, pa.string()))
        write_csv(table, self._file)
        self.rows += table.num_rows


def prediction_table(
    inputs: Sequence[str | int],
    predicted: Predicted,
    schema: Schema,
    proba: bool,
    threshold: Deciding = None,
    beside: Sequence[str] = (),
) -> pa.Table:
    """The rows of the file as an Arrow table. Raises ValueError when lengths or the number of classes disagree."""
    each, thresholds = _each(predicted, threshold)
    if any(len(inputs) != len(one) for one in each):
        raise ValueError(f"{len(inputs)} inputs, but {', '.join(str(len(one)) for one in each)} predictions")
    names = pa.array([_text(name) for name in inputs], pa.string())
    if schema.targets:
        return pa.table({"input": names} | several_predictions.columns(each, schema, proba, thresholds, cells))
    return pa.table({"input": names} | cells(each[0], schema, proba, thresholds[0], beside))


def true_answers(truth: Sequence[np.ndarray], schema: Schema) -> pa.Array:
    """What `prediction` would say of each row if all were right, null where that is not known.

    truth: of each target the codes, below 0 where unknown, or the values, NaN where unknown; (n,).
    """
    views = [schema.of(one) for one in schema.targets] or [schema]
    answers = [_true_answer(one, view) for one, view in zip(truth, views, strict=True)]
    return several_predictions.joined(answers, schema) if schema.targets else answers[0]


def _true_answer(truth: np.ndarray, schema: Schema) -> pa.Array:
    if schema.classes is None:
        return pa.array(truth.astype(np.float64), mask=np.isnan(truth))
    return pa.array(schema.classes, pa.string()).take(pa.array(truth.astype(np.int64), mask=truth < 0))


def _each(predicted: Predicted, threshold: Deciding) -> tuple[list[np.ndarray], list[Threshold | None]]:
    """The predictions of each target, with its threshold."""
    each = [predicted] if isinstance(predicted, np.ndarray) else list(predicted)
    given = [threshold] if threshold is None or isinstance(threshold, Threshold) else list(threshold)
    return each, given if len(given) == len(each) else [None] * len(each)


def cells(
    predicted: np.ndarray, schema: Schema, proba: bool, threshold: Threshold | None, beside: Sequence[str] = ()
) -> dict[str, pa.Array]:
    """What is said of each row of one target: name → values."""
    own = goals.load(schema.goal).columns
    if own is not None:
        unread = pa.array(np.isnan(predicted).reshape(len(predicted), -1).any(axis=1))
        return {name: pc.if_else(unread, None, values) for name, values in own(predicted, schema).items()}
    if schema.classes is None:
        values = pa.array(predicted.reshape(-1).astype(np.float64), mask=np.isnan(predicted.reshape(-1)))
        return {"prediction": values, "confidence": pa.nulls(len(values), pa.float64())}
    columns = {"prediction": class_names(predicted, schema, threshold)}
    columns["confidence"] = _rounded(_given(predicted, schema, threshold))
    if proba:
        columns |= {name: _rounded(predicted[:, i]) for i, name in enumerate(class_columns(schema, beside))}
    return columns


def _given(predicted: np.ndarray, schema: Schema, threshold: Threshold | None) -> np.ndarray:
    """The probability of the class that is answered, float64 (n,), NaN where the row is."""
    unread = np.isnan(predicted).any(axis=1)
    answered = answers(np.nan_to_num(predicted), schema, threshold)
    return np.where(unread, np.nan, predicted[np.arange(len(predicted)), answered])


def class_names(predicted: np.ndarray, schema: Schema, threshold: Threshold | None = None) -> pa.Array:
    """The class that each row is answered with, by name; null where the row is NaN."""
    classes = schema.classes or []
    if predicted.ndim != 2 or predicted.shape[1] != len(classes):
        raise ValueError(f"probabilities of shape {predicted.shape} for {len(classes)} classes")
    unread = np.isnan(predicted).any(axis=1)
    chosen = np.where(unread, 0, answers(np.nan_to_num(predicted), schema, threshold))
    return pa.array(classes, pa.string()).take(pa.array(chosen, pa.int64(), mask=unread))


def kept_columns(names: Sequence[str], schema: Schema, proba: bool, beside: Sequence[str] = ()) -> list[str]:
    """The names of columns that are kept; one that an answer's column bears gets `column ` before it."""
    taken = {*FIXED, *beside, *answer_columns(schema, proba, beside)}
    return [f"column {name}" if name in taken else name for name in names]


def answer_columns(schema: Schema, proba: bool, beside: Sequence[str] = ()) -> list[str]:
    """What is said of each row: the goal's own columns, else the answer, how sure it is, and one column a class."""
    if schema.targets:
        return several_predictions.names(schema, proba)
    own = goals.load(schema.goal).columns
    if own is not None:
        return list(own(np.zeros(0), schema))
    return [*FIXED[1:3], *(class_columns(schema, beside) if proba else [])]


def class_columns(schema: Schema, beside: Sequence[str] = ()) -> list[str]:
    """One column a class, named like it; a class called like another column gets `class ` before its name."""
    return [f"class {name}" if name in (*FIXED, *beside) else name for name in schema.classes or []]


def write_csv(table: pa.Table, file: TextIO, header: bool = False) -> None:
    """Arrow → CSV, quoted only where needed (Arrow's own writer quotes every text cell)."""
    writer = csv.writer(file, lineterminator="\n")
    if header:
        writer.writerow(table.column_names)
    for batch in table.to_batches(max_chunksize=ROWS_AT_ONCE):
        writer.writerows(zip(*(column.to_pylist() for column in batch.columns), strict=True))


def _rounded(values: np.ndarray) -> pa.Array:
    return pa.array(np.round(values.astype(np.float64), DECIMALS), mask=np.isnan(values))


def _text(name: str | int) -> str:
    """A file's name may hold bytes that are no UTF-8; they become the replacement character."""
    return str(name).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
