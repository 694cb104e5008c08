"""The process in which written code runs: `python -P -m …written_code_process reader.py '{"folder": …}'`.

Calls `read(folder)`, takes at most `rows` of its rows, writes `out/rows.parquet` in batches and `out/reported.json`:
`{"rows": 1797, "columns": […], "distinct": {…}}`, or `{"error": "KeyError: 'x'"}`. Images, as encoded bytes or arrays,
become the Hugging Face layout `struct<bytes, path>`, which the parquet reader knows.
"""

import io
import json
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

BATCH = 1_000
IMAGE = "image"


class Wrong(Exception):
    """What the code gave is no data set; `str()` says why."""


def main() -> None:
    code, task = Path(sys.argv[1]), json.loads(sys.argv[2])
    out = Path(task["out"])
    try:
        reported = convert(rows_of(code, Path(task["folder"])), out / "rows.parquet", task["rows"])
    except Exception as error:
        reported = {"error": str(error) if isinstance(error, Wrong) else f"{type(error).__name__}: {error}"}
    (out / "reported.json").write_text(json.dumps(reported), encoding="utf-8")


def rows_of(code: Path, folder: Path) -> Iterable[Any]:
    """What the code's `read` gives."""
    names: dict[str, Any] = {"__name__": "reader"}
    exec(compile(code.read_text(encoding="utf-8"), str(code), "exec"), names)
    found = names["read"](folder)
    if hasattr(found, "to_dict") and hasattr(found, "columns"):  # a pandas table
        found = found.to_dict("records")
    if not isinstance(found, Iterable):
        raise Wrong(f"read gave {type(found).__name__}, no rows")
    return found


def convert(rows: Iterable[Any], path: Path, most: int | None) -> dict[str, Any]:
    """Write the rows, at most so many. Raises Wrong for rows that differ in their columns or types."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer, count = None, 0
    columns: list[str] = []
    seen: dict[str, set[Any]] = {}
    try:
        for batch in _batches(islice(rows, most)):
            columns = columns or list(batch[0])
            table = _table(batch, columns, count, None if writer is None else writer.schema)
            writer = writer or pq.ParquetWriter(path, table.schema)
            writer.write_table(table)
            count += len(batch)
            for name in columns:
                if name != IMAGE and len(seen.setdefault(name, set())) <= BATCH:
                    seen[name].update(table[name].to_pylist())
    except pa.ArrowException as error:
        raise Wrong(f"its rows fit no table: {error}") from error
    finally:
        if writer is not None:
            writer.close()
    distinct = {name: len(values - {None}) for name, values in seen.items()}
    return {"rows": count, "columns": columns, "distinct": distinct}


def _batches(rows: Iterable[Any]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        if not isinstance(row, dict) or not row:
            raise Wrong(f"a row is {type(row).__name__}, no dict of columns")
        batch.append({str(name): value for name, value in row.items()})
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _table(batch: list[dict[str, Any]], columns: list[str], before: int, schema: Any) -> Any:
    """The batch as Arrow. Raises Wrong where a row has other columns or a column holds two kinds of value."""
    import pyarrow as pa

    for place, row in enumerate(batch):
        if set(row) != set(columns):
            raise Wrong(f"row {before + place} has the columns {', '.join(row)}, the first {', '.join(columns)}")
    data = {name: [_plain(name, row[name]) for row in batch] for name in columns}
    if schema is not None:
        return pa.Table.from_pydict(data, schema=schema)
    table = pa.Table.from_pydict(data)
    # A column that holds nothing yet becomes text, since a later row may hold some.
    fields = [field.with_type(pa.string()) if pa.types.is_null(field.type) else field for field in table.schema]
    return table.cast(pa.schema(fields))


def _plain(name: str, value: Any) -> Any:
    """numpy's numbers as Python's, images as the parquet reader knows them."""
    if name == IMAGE:
        return {"bytes": _encoded(value), "path": None}
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:
        value = value.item()
    if (
        value is not None
        and not isinstance(value, str | int | float | bool | bytes)
        and not hasattr(value, "isoformat")
    ):
        raise Wrong(f"column {name!r} holds {type(value).__name__}; it may hold str, int, float, bool or None")
    return value


def _encoded(value: Any) -> bytes:
    """Bytes as they are, arrays of pixels as PNG."""
    if isinstance(value, bytes):
        return value
    import numpy as np
    from PIL import Image

    pixels = np.asarray(value)
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3):
        raise Wrong("an image is bytes, or a uint8 array of height × width (× channels)")
    buffer = io.BytesIO()
    Image.fromarray(pixels[..., 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels).save(buffer, "PNG")
    return buffer.getvalue()


if __name__ == "__main__":
    main()
