"""Measurements over time: each row is one series, some channels over some steps, and is classified or measured whole.

A table with a time column is one series that goes on; it is read and learned from as a table, row by row.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noglue.tools.spec.modalities import Explaining, Inputs, ModalityPlugin, Shown
from noglue.tools.spec.profiles import Column, DataWarning, ImageShape

if TYPE_CHECKING:
    import datasets
    import numpy as np
    import pyarrow as pa

    from noglue.tools.data.row_content import Content
    from noglue.tools.spec.protocols import Raw
    from noglue.tools.spec.schema import Schema

MEASURED = 2_000  # series whose lengths are looked at


def describe(raw: "Raw", table: "pa.Table") -> tuple[ImageShape | None, list[DataWarning]]:
    """Whether they differ in length."""
    from noglue.tools.series import arrays

    if arrays.NAME not in table.column_names:
        return None, []
    found = arrays.varied(arrays.arrays(table[arrays.NAME].slice(0, MEASURED)))
    if found is None:
        return None, []
    least, median, most = found
    message = f"The series differ in length: {least:,} to {most:,} steps, {median:,} in the middle."
    return None, [DataWarning(kind="varied-size", message=message)]


def column(raw: "Raw") -> Column:
    return Column(name="series", kind="content", dtype="float32")


def contents(raw: "Raw", tables: "list[pa.Table]") -> "Content":
    from noglue.tools.preparation.gathering import joined
    from noglue.tools.series.arrays import Content

    return Content(joined(tables, "series"))


def feature(schema: "Schema", column: Column) -> Any:
    import datasets

    return datasets.Sequence(datasets.Sequence(datasets.Value("float32")))


def lengths(rows: "datasets.Dataset", schema: "Schema") -> "tuple[str, np.ndarray]":
    import numpy as np

    from noglue.tools.data.arrays import arrow_column
    from noglue.tools.series.arrays import arrays

    return "steps", np.array([series.shape[1] for series in arrays(arrow_column(rows, "series"))], np.float64)


def show(rows: "datasets.Dataset", schema: "Schema", names: Sequence[str], folder: Path) -> list[Shown]:
    """A small picture of each, its channels as lines."""
    from noglue.tools.data.arrays import arrow_column
    from noglue.tools.series.arrays import arrays
    from noglue.tools.series.drawing import draw

    folder.mkdir(exist_ok=True)
    for name, series in zip(names, arrays(arrow_column(rows, "series")), strict=True):
        draw(series, folder / f"{name}.png")
    return [Shown(f"{name}.png", {}) for name in names]


def explaining() -> Explaining:
    from noglue.tools.explanation import explain_series

    return explain_series


def inputs() -> Inputs:
    from noglue.tools.modelstore import series_inputs

    return series_inputs


MODALITY = ModalityPlugin(
    name="series",
    plural="time series",
    extra="series",
    noun="series",
    piece="series",
    example="series.csv",
    search="time series dataset",
    endings="edf ts",
    comes_as=("table",),
    own=("series", "path"),
    held_as="steps",
    rank=4,
    toy={"features": [Column(name="series", kind="content", dtype="float32")]},
    describe=describe,
    column=column,
    contents=contents,
    feature=feature,
    lengths=lengths,
    show=show,
    inputs=inputs,
    explaining=explaining,
)
