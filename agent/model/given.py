"""What a model is given in Python, as what its process is asked: rows of a table, pixels, or the bytes of files.

    >>> given(pd.DataFrame({"age": [31]}), schema)        Given(head={"form": "table"}, blobs=[…], form=Form("pandas"))
    >>> given({"age": 31}, schema)                        one row: the answer is one value
    >>> given("new.csv", schema)                          a file

How the answer comes back is told by `form` (`agent/model/returned.py`). Contents that are no rows: `contents.py`.
"""

import math
import numbers
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from noglue.agent.model.returned import Form, FormKind
from noglue.tools.resident.messages import Blob
from noglue.tools.spec import modalities
from noglue.tools.spec.errors import BadUsage, DataError, Kind
from noglue.tools.spec.schema import Schema

MOST_BYTES = 4 << 30  # of files that are sent to the model at once
MOST_LISTED = 20
WHOLE = 1e15  # whole numbers below it are written without an exponent
_FRAMES: dict[str, FormKind] = {"pandas": "pandas", "polars": "polars", "pyarrow": "arrow"}


@dataclass(frozen=True)
class Given:
    """head: of the question. rows: how many; None where only reading the files tells. files: they were paths."""

    head: dict[str, Any]
    blobs: Sequence[Blob]
    form: Form
    rows: int | None = None
    files: list[str] = field(default_factory=list)


def given(what: Any, schema: Schema, names: Sequence[str] | None = None) -> Given:
    """names: of the columns of an array; None: the model's own, in its order.

    Raises BadUsage `argument` for what can't be given to this model, DataError `not-found`.
    """
    kind = modalities.load(schema.modality)
    from noglue.agent.model import contents

    found = contents.of(what, schema)
    if found is not None:
        return found
    if is_path(what):
        return files([what], Form("list"))
    if isinstance(what, Sequence) and what and all(is_path(one) for one in what):
        return files(what, Form("list"))
    if kind.content:
        raise refused(what, schema)
    try:
        table, form = tabular(what, schema, names)
    except (pa.ArrowException, TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:
        why = f"{type(error).__name__}: {error}"[:200]
        raise BadUsage(Kind.ARGUMENT, f"These can't be read as rows: {why}.", hint="Give a data frame.") from error
    return Given({"form": "table"}, [stream(table)], form, int(table.num_rows))


def tabular(what: Any, schema: Schema, names: Sequence[str] | None = None) -> tuple[pa.Table, Form]:
    """Rows of any kind as an Arrow table. Raises BadUsage."""
    module = type(what).__module__.partition(".")[0]
    if module == "pandas" and hasattr(what, "to_frame"):  # a Series
        return of_pandas(what.to_frame().T.infer_objects()), Form("one")
    if hasattr(what, "columns") and module in _FRAMES:
        return tabular_frame(what, schema), Form(_FRAMES[module], getattr(what, "index", None))
    if isinstance(what, pa.RecordBatch):
        return plain(pa.Table.from_batches([what])), Form("arrow")
    if isinstance(what, Mapping):
        one = not any(map(_is_many, what.values()))
        return (_of_rows([what], schema), Form("one")) if one else (_of_columns(what, schema), Form("list"))
    if isinstance(what, Sequence) and not isinstance(what, str | bytes) and what:
        if all(isinstance(row, Mapping) for row in what):
            return _of_rows(what, schema), Form("list")
        return _of_array(what, schema, names, Form("list"))
    if hasattr(what, "__array__"):
        return _of_array(what, schema, names, Form("array"))
    raise refused(what, schema)


def tabular_frame(frame: Any, schema: Schema | None = None) -> pa.Table:
    """A data frame of pandas, polars or Arrow as an Arrow table. schema: of the model that is asked, if one is."""
    if isinstance(frame, pa.Table):
        return plain(frame)
    if type(frame).__module__.partition(".")[0] == "polars":
        return plain((frame.collect() if hasattr(frame, "collect") else frame).to_arrow())
    return of_pandas(frame if hasattr(frame, "columns") else frame.to_frame(), schema)


def of_pandas(frame: Any, schema: Schema | None = None) -> pa.Table:
    """Columns of mixed types become text. Raises BadUsage for two columns of one name."""
    names = [str(name) for name in frame.columns]
    _must_differ(names)
    columns = [_column(frame.iloc[:, place], _decimal(schema, name)) for place, name in enumerate(names)]
    return plain(pa.table(dict(zip(names, columns, strict=True))))


def _must_differ(names: Sequence[str]) -> None:
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise BadUsage(Kind.ARGUMENT, f"Two columns are called {twice!r}.", hint="Rename one of them.")


def _decimal(schema: Schema | None, name: str) -> str:
    """The decimal mark of a column of text, in which a number among words is written."""
    form = None if schema is None or schema.form is None else schema.form.cells.get(name)
    return "." if form is None else form.decimal


def _as_text(cell: Any, decimal: str) -> str | None:
    """As the column's files have it: a whole number without a point, a fraction with the column's own mark."""
    if cell is None or type(cell).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(cell, bool) or not isinstance(cell, numbers.Real | Decimal):
        return str(cell)
    value = float(cell)
    if math.isnan(value):
        return None
    return str(int(value)) if abs(value) < WHOLE and value.is_integer() else str(cell).replace(".", decimal)


def plain(table: pa.Table) -> pa.Table:
    """Without dictionaries, views and large offsets. Raises BadUsage for two columns of one name."""
    _must_differ(table.column_names)
    return pa.table({name: _plain(table.column(name)) for name in table.column_names})


def stream(table: pa.Table) -> Blob:
    """The table as an Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return memoryview(sink.getvalue())


def files(paths: Sequence[Any], form: Form) -> Given:
    """The bytes of files, by their names. Raises DataError `not-found`, BadUsage for more than can be sent at once."""
    names = [os.fspath(path) for path in paths]
    total, blobs = 0, []
    for name in names:
        path = Path(name).expanduser()
        if not path.is_file():
            raise DataError(
                Kind.NOT_FOUND,
                f"There is no file {name}.",
                hint="Check the path; it is relative to the working directory.",
            )
        total += path.stat().st_size
        if total > MOST_BYTES:
            raise BadUsage(
                Kind.ARGUMENT, f"The files hold more than {MOST_BYTES >> 30} GB.", hint="Give fewer at once."
            )
        blobs.append(path.read_bytes())
    return Given({"form": "files", "names": names}, blobs, form, files=names)


def is_path(what: Any) -> bool:
    return isinstance(what, str | os.PathLike)


def refused(what: Any, schema: Schema) -> BadUsage:
    """What is no input of this model."""
    kind = modalities.load(schema.modality)
    rows = "rows: a data frame, a dict, a list of dicts"
    takes = f"{kind.plural}, as paths, bytes or arrays" if kind.content else rows
    return BadUsage(
        Kind.ARGUMENT,
        f"{type(what).__name__} {str(what)[:60]!r} is not something this model takes.",
        hint=f"It takes {takes}, or the path of a file.",
    )


def _of_rows(rows: Sequence[Mapping[Any, Any]], schema: Schema) -> pa.Table:
    """A dict a row; what one of them lacks is missing in it."""
    names = dict.fromkeys(name for row in rows for name in row)
    made = {str(name): _cells([row.get(name) for row in rows], _decimal(schema, str(name))) for name in names}
    return plain(pa.table(made))


def _of_columns(columns: Mapping[Any, Any], schema: Schema) -> pa.Table:
    """A list of cells a column; Series and dicts of cells by their index. Raises BadUsage for what is neither, and
    where they differ in length.
    """
    if not all(map(_is_many, columns.values())):
        single = next(str(name) for name, cells in columns.items() if not _is_many(cells))
        raise BadUsage(
            Kind.ARGUMENT,
            f"{single} is a single value, and others are lists.",
            hint="Give each column the same number of cells.",
        )
    if any(
        isinstance(cells, Mapping) or (hasattr(cells, "index") and hasattr(cells, "to_frame"))
        for cells in columns.values()
    ):
        import pandas as pd

        return of_pandas(pd.DataFrame(columns), schema)
    made = {str(name): list(cells) for name, cells in columns.items()}
    if len({len(cells) for cells in made.values()}) > 1:
        lengths = ", ".join(f"{name} {len(cells):,}" for name, cells in list(made.items())[:MOST_LISTED])
        raise BadUsage(
            Kind.ARGUMENT, f"The columns differ in length: {lengths}.", hint="Give each the same number of cells."
        )
    return plain(pa.table({name: _cells(cells, _decimal(schema, name)) for name, cells in made.items()}))


def _cells(cells: list[Any], decimal: str) -> pa.Array:
    """Cells of mixed types become text."""
    try:
        return pa.array(cells, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return pa.array([_as_text(cell, decimal) for cell in cells], pa.string())


def _of_array(what: Any, schema: Schema, names: Sequence[str] | None, form: Form) -> tuple[pa.Table, Form]:
    """Columns by their places: (n, k), or (k,) for one row."""
    import numpy as np
    import pandas as pd

    try:
        whole = np.asarray(what, object if isinstance(what, Sequence) else None)
    except ValueError:
        raise refused(what, schema) from None
    wanted = list(names) if names is not None else [column.name for column in schema.features]
    if whole.ndim == 1 and whole.shape == (len(wanted),):
        whole, form = whole[None], Form("one")
    if whole.ndim != 2 or whole.shape[1] != len(wanted):
        more = ", …" if len(wanted) > MOST_LISTED else ""
        raise BadUsage(
            Kind.ARGUMENT,
            f"An array of shape {whole.shape} does not have the model's {len(wanted)} columns.",
            hint=f"They are, in this order: {', '.join(wanted[:MOST_LISTED])}{more}. A data frame names them.",
        )
    return of_pandas(pd.DataFrame(whole, columns=wanted).infer_objects(), schema), form


def _column(series: Any, decimal: str) -> pa.ChunkedArray | pa.Array:
    if type(series.dtype).__name__ == "PeriodDtype":
        series = series.dt.to_timestamp()
    try:
        return pa.Array.from_pandas(series)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        missing = series.isna()
        cells = [None if no else _as_text(cell, decimal) for cell, no in zip(series, missing, strict=True)]
        return pa.array(cells, pa.string())


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _plain(column.cast(kind.value_type))
    if pa.types.is_large_string(kind) or kind == pa.string_view():
        return column.cast(pa.string())
    if pa.types.is_decimal(kind):
        return column.cast(pa.float64())
    return column


def _is_many(cell: Any) -> bool:
    """Whether it is a column's cells, and not one cell."""
    if isinstance(cell, str | bytes):
        return False
    return isinstance(cell, list | tuple | Mapping) or getattr(cell, "ndim", 0) == 1 or isinstance(cell, pa.Array)
