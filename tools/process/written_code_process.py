"""Where code that nobody vouches for runs: `python -P -m …written_code_process FOLDER CONTEXT`, in its own sandbox.

Reads FOLDER/args.json (`{"args": {"roots": […], "code": "def read(folder): …", "target": "label"}}`), calls
`read(folder)` on an empty folder and then on the roots, and leaves FOLDER/rows.parquet, written in batches, and
FOLDER/reported.json: `{"rows_from_nothing": 0}`, or `{"error": "KeyError: 'x'"}`. It gives up early on what the tool
(`tools/read_with.py`) would refuse; but since the code shares this process, the tool believes none of it and looks at
the rows itself. Images, as encoded bytes or arrays, become the Hugging Face layout `struct<bytes, path>`, which the
parquet reader knows.

CONTEXT is JSON: `run` (the run's folder), to which the roots are relative.
"""

import io
import json
import os
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

BATCH = 1_000
IMAGE = "image"
FROM_NOTHING = 10  # rows that are asked for of an empty folder


class Wrong(Exception):
    """What the code gave is no data set; `str()` says why."""


def main() -> None:
    place, context = Path(sys.argv[1]), json.loads(sys.argv[2])
    args = json.loads((place / "args.json").read_text(encoding="utf-8"))["args"]
    roots = [Path(context["run"]) / root for root in args["roots"]]
    try:
        reported = read_all(place, roots, args)
    except Exception as error:
        reported = {"error": str(error) if isinstance(error, Wrong) else f"{type(error).__name__}: {error}"}
    (place / "reported.json").write_text(json.dumps(reported), encoding="utf-8")


def read_all(place: Path, roots: list[Path], args: dict[str, Any]) -> dict[str, Any]:
    """Both readings. Raises Wrong, and whatever the code does."""
    (place / "empty").mkdir(exist_ok=True)
    try:
        made = len(list(islice(rows_of(args["code"], place / "empty"), FROM_NOTHING)))
    except Exception:  # an error there is as good as none
        made = 0
    if made == 0:
        convert(rows_of(args["code"], folder_of(place, roots)), place / "rows.parquet", args.get("target"))
    return {"rows_from_nothing": made}


def folder_of(place: Path, roots: list[Path]) -> Path:
    """The one folder that the code is given: a single root itself, else one with links to all their files."""
    if len(roots) == 1 and roots[0].is_dir():
        return roots[0]
    folder = place / "in"
    for root in roots:
        below = [Path(above, name) for above, _, names in os.walk(root) for name in names] or [root]
        for file in below:  # links to files, since `rglob` does not go through links to folders
            link = folder / root.name / file.relative_to(root)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.unlink(missing_ok=True)
            link.symlink_to(file.absolute())
    return folder


def rows_of(code: str, folder: Path) -> Iterable[Any]:
    """What the code's `read` gives."""
    names: dict[str, Any] = {"__name__": "reader"}
    exec(compile(code, "reader.py", "exec"), names)
    found = names["read"](folder)
    if hasattr(found, "to_dict") and hasattr(found, "columns"):  # a pandas table
        found = found.to_dict("records")
    if not isinstance(found, Iterable):
        raise Wrong(f"read gave {type(found).__name__}, no rows")
    return found


def convert(rows: Iterable[Any], path: Path, target: str | None) -> None:
    """Write the rows. Raises Wrong for rows that differ in their columns or types, or lack the target."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer, count = None, 0
    columns: list[str] = []
    try:
        for batch in _batches(rows):
            columns = columns or list(batch[0])
            if target is not None and target not in columns:
                raise Wrong(f"its rows have no column {target!r}, only {', '.join(columns)}")
            table = _table(batch, columns, count, None if writer is None else writer.schema)
            writer = writer or pq.ParquetWriter(path, table.schema)
            writer.write_table(table)
            count += len(batch)
    except pa.ArrowException as error:
        raise Wrong(f"its rows fit no table: {error}") from error
    finally:
        if writer is not None:
            writer.close()


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
