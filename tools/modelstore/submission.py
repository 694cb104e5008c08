"""Predictions in the form of a competition's `sample_submission.csv`.

    PassengerId,Survived        id,SalePrice        id,Status_C,Status_D       id,target       id,yield,protein
    892,0                       1461,169277.05      15000,0.62,0.38            0,0.5           7,4.1,11.2

Same columns, same rows, same order, the same spelling of the classes. A binary sample full of fractions asks for the
probability of the second class; one column a class asks for every class's probability.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from noglue.tools.evaluation.decision_threshold import Threshold
from noglue.tools.modelstore import several_predictions
from noglue.tools.modelstore.predictions import cells, class_names
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.schema import Schema


def submission(
    predicted: np.ndarray,
    sample: Path,
    schema: Schema,
    identifiers: Sequence[str] | None = None,
    threshold: Threshold | None = None,
) -> pa.Table:
    """The sample's table, its answers replaced by ours.

    predicted: probabilities (n, k) or values (n,) in the order of the unlabelled rows; identifiers: those rows' ids.
    Raises DataError `sample-form` when the sample's rows or columns can't be told apart.
    """
    form = _read(sample)
    columns = _answers(form, schema, sample)
    order = _order(form, columns, len(predicted), identifiers, sample)
    predicted = predicted[order]
    if len(columns) > 1:
        return _replaced(form, {name: _numbers(predicted[:, i]) for i, name in enumerate(columns)})
    return _replaced(form, {columns[0]: _answered(predicted, schema, form.column(columns[0]), threshold)})


def of_several(
    predicted: Sequence[np.ndarray],
    sample: Path,
    schema: Schema,
    identifiers: Sequence[str] | None,
    thresholds: Sequence[Threshold | None],
) -> pa.Table:
    """The sample's table with a column for each target, in whatever order it has them; or the one of all labels.

    Raises DataError `sample-form` where it has neither.
    """
    form = _read(sample)
    whole = None if schema.labels is None else schema.labels.column
    if whole is not None and whole in form.column_names:
        order = _order(form, [whole], len(predicted[0]), identifiers, sample)
        joined = several_predictions.columns(predicted, schema, False, thresholds, cells)["prediction"]
        return _replaced(form, {whole: joined.take(pa.array(order))})
    columns = [one.name for one in schema.targets]
    lacking = [name for name in columns if name not in form.column_names]
    if lacking:
        raise DataError(
            Kind.SAMPLE_FORM,
            f"{sample.name} has the columns {', '.join(form.column_names[:8])}; there is none for "
            f"{', '.join(lacking[:8])}.",
            hint="Leave the sample out, and join predictions.csv by its row number.",
        )
    order = _order(form, columns, len(predicted[0]), identifiers, sample)
    views = [schema.of(one) for one in schema.targets]
    answers = {
        name: _answered(values[order], view, form.column(name), threshold)
        for name, values, view, threshold in zip(columns, predicted, views, thresholds, strict=True)
    }
    return _replaced(form, answers)


def _answered(predicted: np.ndarray, schema: Schema, written: pa.ChunkedArray, threshold: Threshold | None) -> pa.Array:
    """The answers for one column of the sample, whose own cells say in what form they are wanted."""
    if schema.classes is None:
        return _numbers(predicted.reshape(-1))
    if len(schema.classes) == 2 and _fractions(written):
        return _numbers(predicted[:, 1])
    return _spelled(class_names(predicted, schema, threshold), written)


def _numbers(values: np.ndarray) -> pa.Array:
    return pa.array(values.astype(np.float64))


def _read(sample: Path) -> pa.Table:
    """Every cell as text: an id of `007` keeps its zeros."""
    try:
        names = arrow_csv.open_csv(sample).schema.names
        types = dict.fromkeys(names, pa.string())
        return arrow_csv.read_csv(sample, convert_options=arrow_csv.ConvertOptions(column_types=types))
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(Kind.SAMPLE_FORM, f"{sample.name} can't be read as CSV: {error}") from error


def _answers(form: pa.Table, schema: Schema, sample: Path) -> list[str]:
    """The columns to fill in: the target, or one a class in the classes' order, or all but the id."""
    names = form.column_names
    if schema.target in names:
        return [str(schema.target)]
    for classes in ([*(schema.classes or [])], [f"{schema.target}_{name}" for name in schema.classes or []]):
        if classes and set(classes) <= set(names):
            return classes
    if len(names) <= 2:
        return [names[-1]]
    raise DataError(
        Kind.SAMPLE_FORM,
        f"{sample.name} has the columns {', '.join(names[:8])}; none of them is the target {schema.target!r}.",
        hint="Leave the sample out, and join predictions.csv by its row number.",
    )


def _order(
    form: pa.Table, columns: list[str], count: int, identifiers: Sequence[str] | None, sample: Path
) -> np.ndarray:
    """For each row of the sample, the number of the prediction that belongs to it."""
    others = [name for name in form.column_names if name not in columns]
    if identifiers is not None and others:
        place = {str(name): i for i, name in enumerate(identifiers)}
        found = [place.get(name, -1) for name in form.column(others[0]).to_pylist()]
        if found and min(found) >= 0:
            return np.array(found, dtype=np.int64)
    if form.num_rows != count:
        raise DataError(Kind.SAMPLE_FORM, f"{sample.name} has {form.num_rows} rows, but there are {count} predictions.")
    return np.arange(count)


def _fractions(column: pa.ChunkedArray) -> bool:
    """Whether a sample's answers are probabilities like 0.5 (a column of 0 and 1 asks for classes)."""
    try:
        values = column.cast(pa.float64()).to_numpy()
    except pa.ArrowInvalid:
        return False
    return bool(((values > 0) & (values < 1)).any() and (values <= 1).all())


def _spelled(names: pa.Array, column: pa.ChunkedArray) -> pa.Array:
    """Classes as the sample writes them: `True` where ours is `true`, `1.0` where ours is `1`."""
    written: dict[str, str] = {}
    for text in column.unique().to_pylist():
        if text is not None:
            written.setdefault(text.lower(), text)
            written.setdefault(text.lower().removesuffix(".0"), text)
    return pa.array([None if name is None else written.get(name.lower(), name) for name in names.to_pylist()])


def _replaced(form: pa.Table, answers: dict[str, pa.Array]) -> pa.Table:
    return pa.table({name: answers.get(name, form.column(name)) for name in form.column_names})
