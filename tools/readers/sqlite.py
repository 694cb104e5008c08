"""SQLite databases: each table is one and a reading of its own, and so is a table with those that its keys lead to.

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

READS = "SQLite databases"
_ENDINGS = (".db", ".sqlite", ".sqlite3", ".db3", ".s3db")
_MAGIC = b"SQLite format 3\0"


def _likely(files: Sequence[Path]) -> list[Path]:
    """By first bytes."""
    return [path for path in _beginnings.of(files, _ENDINGS, _MAGIC) if _is_database(path)]


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def _load(path: Path, form: DataForm | None) -> dict[str, _grids.Grid]:
    """Raises DataError `unreadable` for a damaged database."""
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
                table = _grids.Grid.of(names, cursor, form)
                if len(table):
                    found[str(name)] = table
            keys = [key for name in found for key in _keys(base, name)]
    except sqlite3.DatabaseError as error:
        raise unreadable(path, f"it is a damaged database ({error})") from error
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


def _quoted(path: Path) -> str:
    from urllib.parse import quote

    return quote(str(path.absolute()))


_READER = _grids.GridReader(_likely, _load, 0.85, most=20)
sniff, readings, count, read = _READER.sniff, _READER.readings, _READER.count, _READER.read
