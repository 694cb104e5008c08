"""DuckDB databases: each table is one and a reading of its own, and so is a table with those that its keys lead to.

    shop.duckdb: orders, customers        orders; customers; orders with customers, by the foreign key

The file is opened for reading alone, without extensions and without access to any other file; views are not run.
Source: https://duckdb.org/docs/stable/internals/storage
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from noglue.tools.readers import _foreign_keys, _grids
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm

READS = "DuckDB databases (.duckdb, .ddb, .db)"
_ENDINGS = (".duckdb", ".ddb", ".db", "")
_MAGIC = b"DUCK"  # after a checksum of eight bytes
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "allow_unsigned_extensions": "false",
    "allow_community_extensions": "false",
    "memory_limit": "1GB",
    "threads": "2",
}


def _likely(files: Sequence[Path]) -> list[Path]:
    """By ending and first bytes."""
    return [path for path in files if path.suffix.lower() in _ENDINGS and path.is_file() and _is_database(path)]


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(12)[8:] == _MAGIC


def _load(path: Path, form: DataForm | None) -> dict[str, _grids.Grid]:
    """Raises DataError `unreadable` for a damaged database, or one of a version that is not known."""
    try:
        import duckdb
    except ImportError as error:
        raise unreadable(path, "DuckDB's files are read by duckdb, which is not installed",
                         "pip install 'noglue[formats]' installs it.") from error  # fmt: skip
    found: dict[str, _grids.Grid] = {}
    try:
        with closing(duckdb.connect(str(path.absolute()), read_only=True, config=_CONFIG)) as base:
            listed = base.execute(
                "select schema_name, table_name from duckdb_tables() where not internal and database_name = "
                "current_database() order by 1, 2"
            ).fetchall()
            for schema, name in listed:
                cursor = base.execute(f"select * from {_quoted(schema)}.{_quoted(name)}")
                names = [str(column[0]) for column in cursor.description or []]
                table = _grids.Grid.of(names, _rows(cursor), form)
                if len(table):
                    found[str(name)] = table
            keys = _keys(base)
    except duckdb.Error as error:
        raise unreadable(path, f"it is a damaged database, or of another version ({_first(error)})") from error
    return _foreign_keys.with_joins(found, keys)


def _keys(base: Any) -> list[_foreign_keys.Key]:
    listed = base.execute(
        "select table_name, constraint_column_names, referenced_table, referenced_column_names "
        "from duckdb_constraints() where constraint_type = 'FOREIGN KEY'"
    ).fetchall()
    return [_foreign_keys.Key(*map(str, (table, mine[0], other, theirs[0])))
            for table, mine, other, theirs in listed if other and len(mine) == len(theirs) == 1]  # fmt: skip


def _rows(cursor: Any) -> Iterator[list[Any]]:
    """Without lists and records, which have no place in a cell."""
    while some := cursor.fetchmany(10_000):
        for row in some:
            yield [None if isinstance(value, list | dict) else value for value in row]


def _quoted(name: str) -> str:
    return '"' + str(name).replace('"', '""') + '"'


def _first(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:150]


_READER = _grids.GridReader(_likely, _load, 0.85, most=20)
sniff, readings, count, read = _READER.sniff, _READER.readings, _READER.count, _READER.read
