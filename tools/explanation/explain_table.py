"""How a model of tables works, and why it says what it says of a row: the `Explaining` of tables.

because(model, rows, schema, background, answered)      → for each row its columns, the weightiest first
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from noglue.tools.evaluation.explained import Because, Reason
from noglue.tools.evaluation.wording import cut, number
from noglue.tools.explanation import explain_text
from noglue.tools.explanation.asking import Ask, features_table
from noglue.tools.explanation.contributions import OTHERS, contributions
from noglue.tools.spec.protocols import Predictor
from noglue.tools.spec.schema import Schema

if TYPE_CHECKING:
    import datasets

BACKGROUND = True
WORDED = 2  # of the weightiest columns, those of texts are told by their words
LONGEST = 40  # characters of a value


def because(
    model: Predictor,
    rows: "datasets.Dataset",
    schema: Schema,
    background: pa.Table | None,
    answered: np.ndarray | None,
    progress: Callable[[int], None],
    folder: Path | None,
) -> list[Because]:
    """Of every row what its columns add to what the model says of the background on average."""
    assert background is not None, "columns are swapped with those of other rows"
    if len(schema.features) == 1 and schema.features[0].kind == "text":
        return explain_text.because(model, rows, schema, background, answered, progress, folder)
    table = features_table(rows, schema)
    ask, texts = Ask(model, schema), {column.name for column in schema.features if column.kind == "text"}
    found = contributions(ask, table, background, answered, progress)
    told = []
    for row, (players, amounts) in enumerate(zip(found.players, found.amounts, strict=True)):
        order = np.argsort(-np.abs(amounts), kind="stable")
        reasons = [_reason(table, row, players[place], float(amounts[place])) for place in order]
        kept = [reason for reason in reasons if reason.amount]
        kind = None if answered is None else answered[row : row + 1]
        for reason in kept[:WORDED]:
            if reason.name in texts:
                reason.value = explain_text.words(ask, table.slice(row, 1), reason.name, kind) or reason.value
        told.append(Because(row=row, reasons=kept, base=float(found.base[row]), said=float(found.said[row])))
    return told


def traits(rows: "datasets.Dataset", schema: Schema) -> dict[str, np.ndarray]:
    """Numbers and dates as they are (dates in days), and what texts are like; for categories see `likeness.py`."""
    table = features_table(rows, schema)
    found = {}
    for column in schema.features:
        cells = table.column(column.name)
        if column.name == schema.time:  # new rows are of later times
            continue
        if column.kind == "number":
            found[column.name] = cells.cast(pa.float64()).to_pandas().to_numpy(np.float64)
        elif column.kind == "date":
            days = cells.to_pandas().to_numpy("datetime64[s]").astype(np.float64) / 86_400
            found[column.name] = np.where(np.abs(days) < 1e8, days, np.nan)
        elif column.kind == "text":
            told = explain_text.of_texts([str(text or "") for text in cells.to_pylist()])
            found |= {f"{name} of {column.name}": values for name, values in told.items()}
    return found


def _reason(table: pa.Table, row: int, columns: tuple[str, ...], amount: float) -> Reason:
    if len(columns) > 1:
        return Reason(name=OTHERS, amount=amount)
    return Reason(name=columns[0], value=_text(table.column(columns[0])[row].as_py()), amount=amount)


def _text(value: object) -> str:
    if value is None or value != value:
        return "missing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else number(value)
    return cut(" ".join(str(value).removesuffix(" 00:00:00").split()), LONGEST)
