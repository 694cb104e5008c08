"""Columns whose values stand in the names of folders, as Hive, Spark and pyarrow write tables in parts.

    year=2020/month=1/part-0.parquet     year 2020 and month 1 in every row of it, as numbers, where all values are some
    species=Homo%20sapiens/part-0.csv    species "Homo sapiens"
    city=__HIVE_DEFAULT_PARTITION__/…    city is missing

Only the folders right above a file count, so that none outside of the data does. A column of the file's own goes first.
Source: https://arrow.apache.org/docs/python/dataset.html#reading-partitioned-data
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    import pyarrow as pa

_FOLDER = re.compile(r"([^\W\d][\w .%-]*)=(.*)")
_FRACTION = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_NONE = "__HIVE_DEFAULT_PARTITION__"


def of(path: Path) -> dict[str, str | None]:
    """Column → value, the outermost folder's first; None where it is missing.

    >>> of(Path("sales/year=2020/city=S%C3%A3o%20Paulo/part-0.parquet"))
    {'year': '2020', 'city': 'São Paulo'}
    """
    found: list[tuple[str, str | None]] = []
    for folder in path.parents:
        match = _FOLDER.fullmatch(folder.name)
        if match is None:
            break
        found.append((unquote(match[1]), None if match[2] in (_NONE, "") else unquote(match[2])))
    return dict(reversed(found))


def with_texts(path: Path, table: "pa.Table") -> "pa.Table":
    """The table with these columns, as strings."""
    import pyarrow as pa

    return _with(path, table, dict.fromkeys(of(path), pa.string()))


def types(paths: Sequence[Path]) -> "dict[str, pa.DataType]":
    """Column → its type over all files: int64, float64 or string."""
    import pyarrow as pa

    values: dict[str, set[str]] = {}
    for path in paths:
        for name, value in of(path).items():
            values.setdefault(name, set()).update([] if value is None else [value])
    found = {}
    for name, some in values.items():
        whole = bool(some) and all(re.fullmatch(r"[+-]?\d{1,18}", value) for value in some)
        numbers = bool(some) and all(map(_FRACTION.fullmatch, some))
        found[name] = pa.int64() if whole else pa.float64() if numbers else pa.string()
    return found


def with_values(path: Path, table: "pa.Table", kinds: "Mapping[str, pa.DataType]") -> "pa.Table":
    """The table with these columns. kinds: of `types`, over all files of the table."""
    return _with(path, table, kinds)


def _with(path: Path, table: "pa.Table", kinds: "Mapping[str, pa.DataType]") -> "pa.Table":
    import pyarrow as pa

    for name, value in of(path).items():
        if name not in table.column_names:
            table = table.append_column(
                name, pa.repeat(pa.scalar(_cell(value, kinds[name]), kinds[name]), table.num_rows)
            )
    return table


def _cell(value: str | None, kind: "pa.DataType") -> int | float | str | None:
    import pyarrow as pa

    if value is None or pa.types.is_string(kind):
        return value
    return int(value) if pa.types.is_integer(kind) else float(value)
