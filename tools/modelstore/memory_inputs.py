"""Inputs that a program has in memory, as the files that hold the same would be read.

    >>> found = of_table(pa.table({"age": [31.0, None], "city": ["Oslo", "oslo"]}), schema)
    >>> found = of_pixels([np.zeros((28, 28), np.uint8)], schema)

Both are then taken like files: `inputs.batches(found, schema)`.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.modelstore import table_inputs
from noglue.tools.modelstore.image_inputs import png
from noglue.tools.modelstore.inputs import Found, Source
from noglue.tools.pictures import bit_depth
from noglue.tools.readers._arrays import images
from noglue.tools.spec.data_form import PixelScale, Strays
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.profiles import Column
from noglue.tools.spec.protocols import Match, Raw
from noglue.tools.spec.schema import Schema
from noglue.tools.values import cells, conform
from noglue.tools.values.text_values import strays_in_words

MEMORY = Source("", Match(1.0, {}, "given in memory"), "all")
CHANNELS = (1, 3, 4)
MOST_UNKNOWN = 1_000  # values that are looked at
MOST_SHOWN = 5  # cells that can't be read


def of_table(table: pa.Table, schema: Schema) -> Found:
    """Rows with the model's columns. Text is read by the form that was learned of its column, as a file's cells are.

    Raises DataError `wrong-type` where most cells of a column are something else.
    """
    raw = cells.settled(Raw("table", {"all": table}), schema.form)
    found = _found(raw)
    found.strays += [*table_inputs.strays(raw, schema), *raw.notes, *_unread(raw.splits["all"], schema)]
    return found


def _unread(table: pa.Table, schema: Schema) -> list[str]:
    """Of columns that come as text, and are none, the cells that can't be read and count as missing; in words."""
    found = []
    there = conform.match_names(table.column_names, [column.name for column in schema.features])
    for column in schema.features:
        kind = conform.arrow_type(column)
        if column.name in there and column.kind == "category" and column.values:
            found += _unknown(table.column(there[column.name]), column)
        given = table.column(there[column.name]) if column.name in there else None
        if given is None or not pa.types.is_string(given.type) or pa.types.is_string(kind):
            continue
        lost = pc.and_(pc.is_valid(given), pc.is_null(conform.cast(given, column)))
        if count := pc.sum(lost).as_py():
            examples = given.filter(lost).slice(0, MOST_SHOWN).to_pylist()
            found.append(strays_in_words(column.name, Strays(count=count, kind=column.kind, examples=examples)))
    return found


def _unknown(cells: pa.ChunkedArray, column: Column) -> list[str]:
    """In words, that not one cell is a word that the model has met; nothing where some are, or all are missing."""
    said = {
        str(value).strip().casefold()
        for value in cells.unique().slice(0, MOST_UNKNOWN).to_pylist()
        if value is not None
    }
    if not said or said & {value.strip().casefold() for value in column.values}:
        return []
    some, known = (", ".join(sorted(many)[:MOST_SHOWN]) for many in (said, column.values))
    return [f"No value of {column.name} is one that the model knows: {some} (it learned {known}, …)"]


def of_pixels(pictures: Sequence[np.ndarray], schema: Schema) -> Found:
    """Pictures as arrays (height, width) or (height, width, channels), of 8 bits or of the model's scale of values.

    Raises DataError `wrong-kind` for arrays that are no pictures.
    """
    scale = None if schema.form is None else schema.form.pixels
    whole = [_picture(one) for one in pictures]
    cut = sum(bit_depth.beyond(one[None], scale) for one in whole)
    dim = scale is not None and bool(whole) and all(_is_dim(one, scale) for one in whole)
    ready = [bit_depth.to_bytes(one, scale) for one in whole]
    if len({one.shape for one in ready}) == 1:
        column, shape = images(np.stack(ready))
        raw = Raw("image", {"all": pa.table({"image": column})}, image=shape)
    else:
        raw = Raw("image", {"all": pa.table({"image": pa.array([png(one) for one in ready], pa.binary())})})
    found = _found(raw)
    found.cut = cut
    if dim and scale is not None:
        known = f"{scale.low:g}…{scale.high:g}"
        found.strays.append(f"All values lie within a sixteenth of {known}, the scale that the model learned from")
    return found


def _is_dim(picture: np.ndarray, scale: PixelScale) -> bool:
    high = float(np.nanmax(picture)) if np.isfinite(picture).any() else scale.low
    return picture.dtype != np.uint8 and high - scale.low <= (scale.high - scale.low) / 16


def _found(raw: Raw) -> Found:
    table = raw.splits["all"]
    return Found(tables=[table], raws=[raw], sources=[MEMORY], problems=[raw.problems.get("all", {})])


def _picture(array: np.ndarray) -> np.ndarray:
    """(height, width, channels). Raises DataError."""
    whole = array[:, :, None] if array.ndim == 2 else array
    if whole.ndim != 3 or whole.shape[2] not in CHANNELS or not whole.size or whole.dtype.kind not in "buif":
        raise DataError(
            Kind.WRONG_KIND,
            f"An array of {array.dtype} of shape {array.shape} is no picture.",
            hint="Pictures are arrays (height, width) or (height, width, channels) with 1, 3 or 4 channels.",
        )
    return whole
