"""What is said of each row where several targets are predicted, as columns of `predictions.csv`.

    input,prediction,confidence,yield,hardness               a column each; `prediction` is all of them, as JSON
    0,"{""yield"": 4.1, ""hardness"": ""soft""}",0.91,4.1,soft

    input,prediction,confidence                              labels: those that fit, joined as the data have them
    0,red;round,0.87
    1,,0.95                                                  none fits

`confidence` is that of the least sure of the classes or labels, empty where all are numbers. With `proba` a column each
of `hardness: soft` and so on stands behind these, and of labels one each, with the probability that it fits. A row
that can't be read has empty cells, which of labels only `problem` tells from a row that none fits.
"""

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from noglue.tools.spec.schema import Schema

if TYPE_CHECKING:
    from noglue.tools.evaluation.decision_threshold import Threshold

Cells = Callable[
    [np.ndarray, Schema, bool, "Threshold | None"], dict[str, pa.Array]
]  # `prediction`, `confidence` of one target
FIXED = ("input", "prediction", "confidence", "truth", "problem")


def columns(
    predicted: Sequence[np.ndarray],
    schema: Schema,
    proba: bool,
    thresholds: Sequence["Threshold | None"],
    cells: Cells,
) -> dict[str, pa.Array]:
    """Name → values. predicted: of each target, as its model gives it, NaN where a row could not be read."""
    views = [schema.of(one) for one in schema.targets]
    tables = [
        cells(values, view, proba, threshold)
        for values, view, threshold in zip(predicted, views, thresholds, strict=True)
    ]
    sure = [table["confidence"].to_pylist() for table in tables]
    least = [min((one for one in row if one is not None), default=None) for row in zip(*sure, strict=True)]
    found: dict[str, pa.Array] = {
        "prediction": joined([table["prediction"] for table in tables], schema),
        "confidence": pa.array(least, pa.float64()),
    }
    called = target_columns(schema)
    if schema.labels is None:
        found |= {name: table["prediction"] for name, table in zip(called, tables, strict=True)}
    for table, name, view in zip(tables, called, views, strict=True) if proba else ():
        found |= {title: table[place] for title, place in _shares(name, view, schema).items()}
    return found


def joined(answers: Sequence[pa.Array], schema: Schema) -> pa.Array:
    """All answers of a row in one cell. answers: of each target."""
    rows = zip(*(each.to_pylist() for each in answers), strict=True)
    told = [_labels(row, schema) if schema.labels is not None else _json(row, schema) for row in rows]
    return pa.array(told, pa.string())


def names(schema: Schema, proba: bool) -> list[str]:
    """The columns behind `input`."""
    own = list(target_columns(schema)) if schema.labels is None else []
    shares = [
        title
        for name, one in zip(target_columns(schema), schema.targets, strict=True)
        for title in _shares(name, schema.of(one), schema)
    ]
    return ["prediction", "confidence", *own, *(shares if proba else [])]


def target_columns(schema: Schema) -> list[str]:
    """What the targets' columns are called; one that is called like a fixed column gets `target ` before its name."""
    return [f"target {one.name}" if one.name in FIXED else one.name for one in schema.targets]


def _shares(name: str, view: Schema, schema: Schema) -> dict[str, str]:
    """The columns of probabilities: title → the column of the target's own table. A label has one, of that it fits."""
    from noglue.tools.modelstore.predictions import class_columns

    places = dict(zip(view.classes or [], class_columns(view), strict=True))
    if schema.labels is not None:
        return {name: places[str(view.positive)]}
    return {f"{name}: {one}": place for one, place in places.items()}


def _labels(row: Sequence[object], schema: Schema) -> str | None:
    assert schema.labels is not None, "these are labels"
    if all(value is None for value in row):
        return None
    fitting = [one.name for one, value in zip(schema.targets, row, strict=True) if value == one.positive]
    return schema.labels.separator.join(fitting)


def _json(row: Sequence[object], schema: Schema) -> str | None:
    if all(value is None for value in row):
        return None
    return json.dumps(dict(zip((one.name for one in schema.targets), row, strict=True)), ensure_ascii=False)
