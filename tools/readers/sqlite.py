"""SQLite data bases: each table is one and a reading of its own, and so is a table with those that its keys lead to.

    shop.db: orders, customers        orders; customers; orders with customers, by the foreign key

The file is opened for reading alone. Source: https://www.sqlite.org/fileformat2.html
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from noglue.tools.readers import _beginnings, _foreign_keys, _grids
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.protocols import Match, Raw

READS = "SQLite data bases"
_ENDINGS = (".db", ".sqlite", ".sqlite3", ".db3", ".s3db")
_MAGIC = b"SQLite format 3\0"
_MOST_FILES = 20


def sniff(files: Sequence[Path]) -> Match | None:
    """The likeliest of `readings`."""
    return next(iter(readings(files)), None)


def readings(files: Sequence[Path]) -> list[Match]:
    """By first bytes."""
    likely = [path for path in _beginnings.of(files, _ENDINGS, _MAGIC) if _is_database(path)]
    return _grids.readings(likely[:_MOST_FILES], files, _load, 0.85)


def count(match: Match) -> dict[str, int]:
    """Rows a split."""
    return _grids.count(match, _load)


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable` for a damaged data base."""
    return _grids.read(match, _load, rows, form)


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def _load(path: Path, form: DataForm | None) -> dict[str, _grids.Grid]:
    found: dict[str, _grids.Grid] = {}
    try:
        with closing(sqlite3.connect(f"file:{_quoted(path)}?mode=ro&immutable=1", uri=True)) as base:
            base.execute("pragma trusted_schema = off")  # no function is called because the schema says so
            base.execute("pragma cell_size_check = on")
            base.text_factory = lambda raw: raw.decode("utf-8", "replace")
            listed = base.execute("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
            for (name,) in listed.fetchall():
                cursor = base.execute(f"select * from {_name(name)}")
                names = [column[0] for column in cursor.description]
                rows = [[_cell(value) for value in row] for row in cursor]
                if rows and names:
                    found[str(name)] = _grids.Grid(names, rows)
            keys = [key for name in found for key in _keys(base, name)]
    except sqlite3.DatabaseError as error:
        raise unreadable(path, f"it is a damaged data base ({error})") from error
    return _foreign_keys.with_joins(found, keys)


def _keys(base: sqlite3.Connection, name: str) -> list[_foreign_keys.Key]:
    """The table's foreign keys of one column; one that names no column of the other table means its primary key."""
    listed = base.execute(f"pragma foreign_key_list({_name(name)})").fetchall()
    single = {row[0] for row in listed} - {row[0] for row in listed if row[1] > 0}
    found = []
    for number, _, other, mine, theirs, *_ in listed:
        if number in single:
            primary = [row[1] for row in base.execute(f"pragma table_info({_name(other)})") if row[5]]
            if theirs or len(primary) == 1:
                found.append(_foreign_keys.Key(name, mine, other, theirs or primary[0]))
    return found


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _cell(value: object) -> str:
    return "" if isinstance(value, bytes) else _grids.cell(value)


def _quoted(path: Path) -> str:
    from urllib.parse import quote

    return quote(str(path.absolute()))
