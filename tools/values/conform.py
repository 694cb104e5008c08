"""New rows into the form that a model was trained on: the schema's columns, in its order, of its types.

    >>> conform_table(pa.table({"age": ["31", "x"], "spare": [1, 2]}), schema.features)     # age (number), sex
    DataError: The columns sex are missing …

Extra columns are passed over; a missing one is tolerated where training met missing values in it. Numbers are float64,
booleans bool, categories and text string, dates timestamp in microseconds; what can't be read as such is missing.
"""

import copy
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.spec import modalities
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.profiles import Column
from noglue.tools.spec.schema import Schema
from noglue.tools.values import labels

if TYPE_CHECKING:
    import datasets

MOST_LOST = 0.5  # of a column's filled cells may turn out to be of another type
ENCODED = "encoded"  # `Column.dtype` of images that stay files; `uint8` for an `Array3D`


def features_of(schema: Schema, target: bool = True) -> "datasets.Features":
    """The `datasets.Features` of a split: the schema's columns, then the target."""
    import datasets

    kinds = {"number": "float64", "boolean": "bool", "date": "timestamp[us]"}
    kind = modalities.load(schema.modality)
    features: dict[str, object] = {}
    for column in schema.features:
        if kind.feature is not None and column.name == kind.content:
            features[column.name] = kind.feature(schema, column)
        else:
            features[column.name] = datasets.Value(kinds.get(column.kind, "string"))
    for one in [schema.of(each) for each in schema.targets] or [schema] if target else []:
        if one.target is not None:
            named = one.classes is not None
            features[one.target] = datasets.ClassLabel(names=one.classes) if named else datasets.Value("float64")
    return datasets.Features(features)


def dataset(table: pa.Table, features: "datasets.Features") -> "datasets.Dataset":
    """An Arrow table in memory as a `datasets.Dataset`, its columns cast where their storage differs."""
    return Shape.of(features).filled(table)


@dataclass(frozen=True)
class Shape:
    """A data set without rows, of which others are made: to make one anew takes milliseconds, most of them for its
    description alone."""

    empty: "datasets.Dataset"
    schema: pa.Schema

    @classmethod
    def of(cls, features: "datasets.Features") -> "Shape":
        import datasets
        from datasets.fingerprint import generate_random_fingerprint

        schema = features.arrow_schema
        info = datasets.DatasetInfo(features=features)
        # Without a fingerprint given, the whole table would be hashed for one; nothing here is cached by it.
        made = datasets.Dataset(schema.empty_table(), info=info, fingerprint=generate_random_fingerprint())
        return cls(made, made.data.schema)

    def filled(self, table: pa.Table) -> "datasets.Dataset":
        """With these rows; columns are taken by their names."""
        from datasets.fingerprint import generate_random_fingerprint
        from datasets.table import InMemoryTable

        columns = [
            table.column(field.name)
            if table.column(field.name).type == field.type
            else table.column(field.name).cast(field.type)
            for field in self.schema
        ]
        made = copy.copy(self.empty)
        made._data = InMemoryTable(pa.table(columns, schema=self.schema))
        made._fingerprint = generate_random_fingerprint()
        return made


def conform_table(table: pa.Table, features: list[Column]) -> pa.Table:
    """Rows of a table whose columns of text have been read (`cells.settled`), with the features alone.

    Raises DataError `missing-columns`, `wrong-type`.
    """
    found = match_names(table.column_names, [column.name for column in features])
    lost = [column for column in features if column.name not in found]
    if [column for column in lost if not column.missing] or 2 * len(lost) > len(features):
        names = ", ".join(column.name for column in lost[:20])
        raise DataError(
            Kind.MISSING_COLUMNS,
            f"The columns {names} are missing; there are {', '.join(table.column_names[:30])}.",
            hint="Give a table with the columns that the model was trained on.",
            columns=[column.name for column in lost],
        )
    arrays = {
        column.name: cast(table.column(found[column.name]), column)
        if column.name in found
        else pa.nulls(table.num_rows, arrow_type(column))
        for column in features
    }
    return pa.table(arrays) if arrays else table.select([])


def match_names(names: list[str], wanted: list[str]) -> dict[str, str]:
    """wanted → the table's own spelling: the same name, else the only one alike but for case and punctuation."""

    def plain(name: str) -> str:
        return re.sub(r"[\W_]+", "", name).casefold()

    there = set(names)
    found = {name: name for name in wanted if name in there}
    if len(found) == len(wanted):
        return found
    spare: dict[str, list[str]] = {}
    for name in names:
        if name not in found:
            spare.setdefault(plain(name), []).append(name)
    for name in wanted:
        alike = spare.get(plain(name), [])
        if name not in found and len(alike) == 1:
            found[name] = alike[0]
    return found


def arrow_type(column: Column) -> pa.DataType:
    kinds = {"number": pa.float64(), "boolean": pa.bool_(), "date": pa.timestamp("us")}
    return kinds.get(column.kind, pa.string())


def cast(column: pa.ChunkedArray, wanted: Column) -> pa.ChunkedArray:
    """One column's values as the schema has them. Raises DataError `wrong-type` when most are something else."""
    column = labels.plain(column)
    target = arrow_type(wanted)
    filled = len(column) - column.null_count
    if column.type == target and not pa.types.is_floating(target):
        return column
    if column.type == target:
        return _finite(column)
    try:
        result = column.cast(target) if not _is_text(column.type) or target == pa.string() else _parsed(column, wanted)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        result = _parsed(column.cast(pa.string()) if not pa.types.is_nested(column.type) else column, wanted)
    left = len(result) - result.null_count
    if filled and left < (1 - MOST_LOST) * filled:
        raise wrong_type(wanted, next(str(value) for value in column.to_pylist() if value is not None))
    return _finite(result) if pa.types.is_floating(target) else result


def wrong_type(wanted: Column, example: str) -> DataError:
    return DataError(
        Kind.WRONG_TYPE,
        f"Column {wanted.name!r} should hold {wanted.kind}s, but most of its values, like {example!r}, are not.",
        hint="Check that the table has the same columns, in the same form, as the training data.",
        column=wanted.name,
    )


def _parsed(column: pa.ChunkedArray, wanted: Column) -> pa.ChunkedArray:
    """Text → number, boolean or date, null where it is none."""
    import pandas as pd

    if pa.types.is_nested(column.type):
        return pa.chunked_array([pa.nulls(len(column), arrow_type(wanted))])
    texts = column.to_pandas().str.strip()
    if wanted.kind == "number":
        numbers = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
        return pa.chunked_array([pa.array(numbers, mask=np.isnan(numbers))])
    if wanted.kind == "boolean":
        words = {"true": True, "yes": True, "1": True, "t": True, "y": True, "1.0": True}
        words |= {"false": False, "no": False, "0": False, "f": False, "n": False, "0.0": False}
        found = [None if text is None else words.get(text.lower()) for text in column.to_pylist()]
        return pa.chunked_array([pa.array(found, pa.bool_())])
    moments = pd.to_datetime(texts, errors="coerce", format="mixed", utc=True).dt.tz_localize(None)
    return pa.chunked_array([pa.Array.from_pandas(moments.astype("datetime64[us]"))])


def _finite(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Infinite and NaN are missing; the column itself, uncopied, where there are none."""
    if pc.all(pc.is_finite(column)).as_py() in (True, None):
        return column
    return pc.if_else(pc.is_finite(column), column, pa.scalar(None, column.type))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
