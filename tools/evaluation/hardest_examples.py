"""A page of test rows to look at: some that are right, taken at random, and the worst errors."""

import math
from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from noglue.tools.evaluation.findings import Example
from noglue.tools.evaluation.wording import cut, number
from noglue.tools.spec import modalities
from noglue.tools.spec.modalities import Shown
from noglue.tools.spec.schema import Schema, inputs_of

if TYPE_CHECKING:
    import datasets

MOST_VALUES = 12
LONGEST = 300  # characters of a value


def chosen_rows(
    schema: Schema, truth: np.ndarray, predicted: np.ndarray, answers: np.ndarray, seed: int, most: int
) -> tuple[list[int], list[int]]:
    """Row numbers: random ones (among the right ones, for classes), and the worst errors, worst first.

    told: the class that each row is answered with.
    """
    if schema.predicts == "values":
        error = np.abs(predicted - truth)
        good = np.arange(len(truth))
    else:
        wrong = answers != truth
        error = np.where(wrong, predicted[np.arange(len(answers)), answers], 0.0)  # how sure it was of the wrong answer
        good = np.flatnonzero(~wrong)
    worst = np.argsort(-error, kind="stable")[:most]
    typical = np.sort(np.random.default_rng(seed).permutation(good)[:most])
    return typical.tolist(), [int(row) for row in worst if error[row] > 0]


def examples(
    rows: "datasets.Dataset",
    chosen: list[int],
    schema: Schema,
    truth: np.ndarray,
    predicted: np.ndarray,
    answers: np.ndarray,
    folder: Path,
) -> list[Example]:
    """The chosen rows as examples. A picture of one is written to `folder`; `image` is the file's name in it."""
    if not chosen:
        return []
    taken = rows.select(chosen)
    show = modalities.load(schema.modality).show or _values
    shown = show(taken, schema, [f"{row:07d}" for row in chosen], folder)
    classes = schema.classes
    found, origins = [], inputs_of(rows)
    for place, row in enumerate(chosen):
        facts: dict[str, Any] = {
            "row": row,
            "input": str(origins[row]),
            "image": shown[place].image,
            "values": shown[place].values,
        }
        if classes is None:
            facts |= {"truth": _text(float(truth[row])), "predicted": _text(float(predicted[row]))}
            facts["error"] = float(predicted[row] - truth[row])
        else:
            facts |= {"truth": classes[truth[row]], "predicted": classes[int(answers[row])]}
            facts["confidence"] = float(predicted[row, answers[row]])
        found.append(Example(**facts))
    return found


def _values(taken: "datasets.Dataset", schema: Schema, names: Sequence[str], folder: Path) -> list[Shown]:
    """The first features of each row."""
    shown_names = [column.name for column in schema.features if column.name in taken.column_names]
    if not shown_names:
        return [Shown(None, {}) for _ in names]
    rows = taken.select_columns(shown_names[:MOST_VALUES])
    columns = {name: cells_text(rows[name][:]) for name in rows.column_names}
    return [Shown(None, {name: texts[row] for name, texts in columns.items()}) for row in range(len(rows))]


def cells_text(values: Sequence[Any]) -> list[str]:
    """The cells of a column for a person; of dates at midnight throughout, the day alone."""
    days = all(value.time() == time() for value in values if isinstance(value, datetime))
    return [_text(value.date() if days and isinstance(value, datetime) else value) for value in values]


def _text(value: Any) -> str:
    """A cell for a person: `missing`, four digits, or at most 300 characters."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "missing"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else number(value)
    return cut(str(value), LONGEST)
