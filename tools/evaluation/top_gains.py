"""The rows that are surest to be of the positive class, or that have the largest values: `top.csv`.

    rank,row,probability,prediction,truth,age,plan
    1,214,0.981230,yes,yes,41,basic

`row` is where it came from, as `input` in predictions.csv. Beside them stand the columns that the data set has,
identifiers among them where it kept some.
"""

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.evaluation.decision_threshold import Threshold, answers
from noglue.tools.evaluation.findings import Ranked, TopRow
from noglue.tools.spec.schema import ORIGIN, Schema, inputs_of

if TYPE_CHECKING:
    import datasets

FILE = "top.csv"
MOST_SHOWN = 100  # rows kept in the result; the file has all


def top(
    rows: "datasets.Dataset",
    predicted: np.ndarray,
    truth: np.ndarray | None,
    schema: Schema,
    threshold: Threshold | None,
    most: int,
    file: Path,
) -> Ranked:
    """Writes the file. truth: None of rows without a target. Of more than two classes without a positive one, the rows
    whose answer is surest.
    """
    score, about = _score(predicted, schema)
    chosen = np.argsort(-score, kind="stable")[:most]
    answered = _answered(predicted, schema, threshold)
    shown = [
        name
        for name in rows.column_names
        if name not in (schema.target, ORIGIN) and type(rows.features[name]).__name__ == "Value"
    ]
    values = rows.select(chosen.tolist()).select_columns(shown) if shown else None
    found: list[TopRow] = []
    origins = inputs_of(rows)
    for rank, row in enumerate(chosen.tolist()):
        found.append(
            TopRow(
                rank=rank + 1,
                row=origins[row],
                score=float(score[row]),
                prediction=answered[row],
                truth=None if truth is None else _named(truth[row], schema),
                values={} if values is None else {k: _text(v) for k, v in values[rank].items()},
            )
        )
    _write(file, found, shown, "value" if schema.classes is None else "probability", truth is not None)
    return Ranked(
        of="rows to predict" if truth is None else "test rows",
        by=about,
        asked=most,
        count=len(found),
        rows=len(predicted),
        shown=found[:MOST_SHOWN],
        file=FILE,
    )


def _score(predicted: np.ndarray, schema: Schema) -> tuple[np.ndarray, str]:
    from noglue.tools.evaluation.decision_threshold import positive_of

    if schema.classes is None:
        return predicted.astype(np.float64), f"predicted {schema.target}, largest first"
    positive = positive_of(schema)
    if positive is None:
        return predicted.max(axis=1).astype(np.float64), "probability of the likeliest class"
    return predicted[:, schema.classes.index(positive)].astype(np.float64), f"probability of {positive}"


def _answered(predicted: np.ndarray, schema: Schema, threshold: Threshold | None) -> list[str]:
    if schema.classes is None:
        return [f"{value:.6g}" for value in predicted]
    return [schema.classes[place] for place in answers(predicted, schema, threshold)]


def _named(value: float, schema: Schema) -> str:
    return f"{value:.6g}" if schema.classes is None else schema.classes[int(value)]


def _text(value: object) -> str:
    return "" if value is None or value != value else f"{value:.10g}" if isinstance(value, float) else str(value)


def _write(file: Path, found: list[TopRow], shown: list[str], score: str, known: bool) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(["rank", "row", score, "prediction", *(["truth"] if known else []), *shown])
        for one in found:
            truth_cells = [one.truth] if known else []
            values = [one.values[name] for name in shown]
            writer.writerow([one.rank, one.row, f"{one.score:.6g}", one.prediction, *truth_cells, *values])
