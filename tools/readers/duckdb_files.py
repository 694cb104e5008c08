"""DuckDB data bases: each table is one and a reading of its own, and so is a table with those that its keys lead to.

    shop.duckdb: orders, customers        orders; customers; orders with customers, by the foreign key

The file is opened for reading alone, without extensions and without access to any other file; views are not run.
Source: https://duckdb.org/docs/stable/internals/storage
"""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from noglue.tools.readers import _foreign_keys, _grids
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.protocols import Match, Raw

READS = "DuckDB data bases (.duckdb, .ddb, .db)"
_ENDINGS = (".duckdb", ".ddb", ".db", "")
_MAGIC = b"DUCK"  # after a checksum of eight bytes
_MOST_FILES = 20
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "allow_unsigned_extensions": "false",
    "allow_community_extensions": "false",
    "memory_limit": "1GB",
    "threads": "2",
}


def sniff(files: Sequence[Path]) -> Match | None:
    """The likeliest of `readings`."""
    return next(iter(readings(files)), None)


def readings(files: Sequence[Path]) -> list[Match]:
    """By ending and first bytes."""
    likely = [path for path in files if path.suffix.lower() in _ENDINGS and _is_database(path)]
    return _grids.readings(likely[:_MOST_FILES], files, _load, 0.85)


def count(match: Match) -> dict[str, int]:
    """Rows a split."""
    return _grids.count(match, _load)


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable` for a damaged data base, or one of a version that is not known."""
    return _grids.read(match, _load, rows, form)


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(12)[8:] == _MAGIC


def _load(path: Path, form: DataForm | None) -> dict[str, _grids.Grid]:
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
                rows: list[list[str]] = []
                while some := cursor.fetchmany(10_000):
                    rows += [[_cell(value) for value in row] for row in some]
                if rows and names:
                    found[str(name)] = _grids.Grid(names, rows)
            keys = _keys(base)
    except duckdb.Error as error:
        raise unreadable(path, f"it is a damaged data base, or of another version ({_first(error)})") from error
    return _foreign_keys.with_joins(found, keys)


def _keys(base: Any) -> list[_foreign_keys.Key]:
    listed = base.execute(
        "select table_name, constraint_column_names, referenced_table, referenced_column_names "
        "from duckdb_constraints() where constraint_type = 'FOREIGN KEY'"
    ).fetchall()
    return [_foreign_keys.Key(*map(str, (table, mine[0], other, theirs[0])))
            for table, mine, other, theirs in listed if other and len(mine) == len(theirs) == 1]  # fmt: skip


def _cell(value: Any) -> str:
    if isinstance(value, bytes | list | dict):
        return ""
    return _grids.cell(value)


def _quoted(name: str) -> str:
    return '"' + str(name).replace('"', '""') + '"'


def _first(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:150]
