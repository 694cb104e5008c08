"""A page of test rows to look at: some that are right, taken at random, and the worst errors."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from noglue.tools.evaluation.findings import Example
from noglue.tools.evaluation.wording import cut, number
from noglue.tools.spec.schema import Schema

if TYPE_CHECKING:
    import datasets

SIDE = 96  # pixels of an example's longer side at most
MOST_VALUES = 12
LONGEST = 300  # characters of a value


def chosen_rows(
    schema: Schema, truth: np.ndarray, predicted: np.ndarray, told: np.ndarray, seed: int, most: int
) -> tuple[list[int], list[int]]:
    """Row numbers: random ones (among the right ones, for classes), and the worst errors, worst first.

    told: the class that each row is answered with.
    """
    if schema.predicts == "values":
        error = np.abs(predicted - truth)
        good = np.arange(len(truth))
    else:
        wrong = told != truth
        error = np.where(wrong, predicted[np.arange(len(told)), told], 0.0)  # how sure it was of the wrong answer
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
    told: np.ndarray,
    folder: Path,
) -> list[Example]:
    """The chosen rows as examples. Images are written to `folder` as PNG; `image` is the file's name in it."""
    if not chosen:
        return []
    taken = rows.select(chosen)
    pictures = _pictures(taken, schema, chosen, folder)
    values = _values(taken, schema)
    classes = schema.classes
    found = []
    for place, row in enumerate(chosen):
        facts: dict[str, Any] = {"row": row, "image": pictures[place], "values": values[place]}
        if classes is None:
            facts |= {"truth": _text(float(truth[row])), "predicted": _text(float(predicted[row]))}
            facts["error"] = float(predicted[row] - truth[row])
        else:
            facts |= {"truth": classes[truth[row]], "predicted": classes[int(told[row])]}
            facts["confidence"] = float(predicted[row, told[row]])
            facts["given_truth"] = float(predicted[row, truth[row]])
        found.append(Example(**facts))
    return found


def _pictures(taken: "datasets.Dataset", schema: Schema, chosen: list[int], folder: Path) -> list[str | None]:
    if schema.modality != "image":
        return [None] * len(chosen)
    from PIL import Image

    from noglue.tools.data.arrays import image_array

    folder.mkdir(exist_ok=True)
    names: list[str | None] = []
    fixed = hasattr(taken.features["image"], "shape")
    whole = image_array(taken) if fixed else None
    for place, row in enumerate(chosen):
        if whole is not None:
            picture = Image.fromarray(_drawable(whole[place]))
        else:
            picture = taken[place]["image"].convert("RGB")
        if max(picture.size) > SIDE:
            picture.thumbnail((SIDE, SIDE))
        name = f"{row:07d}.png"
        picture.save(folder / name)
        names.append(name)
    return names


def _drawable(pixels: np.ndarray) -> np.ndarray:
    """uint8 (height, width, channels) as grey, RGB or RGBA; of other channel counts the first is shown."""
    return pixels if pixels.shape[2] in (3, 4) else pixels[:, :, 0]


def _values(taken: "datasets.Dataset", schema: Schema) -> list[dict[str, str]]:
    shown = [column.name for column in schema.features if column.kind != "image" and column.name in taken.column_names]
    if schema.modality == "image" or not shown:
        return [{} for _ in range(len(taken))]
    rows = taken.select_columns(shown[:MOST_VALUES])
    return [{name: _text(value) for name, value in rows[i].items()} for i in range(len(rows))]


def _text(value: Any) -> str:
    """A cell for a person: `missing`, four digits, or at most 300 characters."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "missing"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else number(value)
    return cut(str(value), LONGEST)
