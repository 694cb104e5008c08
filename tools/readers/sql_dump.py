"""Dumps of databases as SQL: what mysqldump, `sqlite3 .dump` and pg_dump write. Parsed, never run.

    CREATE TABLE penguins (species text, mass integer);           each table is one, as in a database
    INSERT INTO penguins VALUES ('Adelie',3750),('Gentoo',5000);
    COPY public.penguins (species, mass) FROM stdin;              rows between tabs, to a line `\\.`

Columns come from the CREATE TABLE, or from the INSERT where it names them; so do the foreign keys by which a table is
also read with those that it leads to. A value that is no plain literal leaves its row out.
Source: https://dev.mysql.com/doc/refman/en/mysqldump.html, https://www.postgresql.org/docs/current/sql-copy.html
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from noglue.tools.readers import _foreign_keys, _grids
from noglue.tools.readers._cells import Filler
from noglue.tools.readers._splits import unreadable
from noglue.tools.readers._sql_text import Damaged, columns_of, identifier, rows_of, statements
from noglue.tools.spec.data_form import DataForm

READS = "dumps of databases (.sql)"
_MOST_BYTES = 1 << 30
_HEAD = 1 << 20
_NAME = r"(?:[`\"\[]?[\w$ -]+[`\"\]]?\.)*(?:`[^`]+`|\"(?:[^\"]|\"\")+\"|\[[^\]]+\]|[\w$]+)"
_CREATE = re.compile(rf"\s*create\s+(?:temporary\s+)?table\s+(?:if\s+not\s+exists\s+)?({_NAME})\s*\(", re.I)
_INSERT = re.compile(
    rf"\s*(?:insert|replace)(?:\s+(?:or\s+\w+|ignore|delayed|low_priority))*\s+into\s+({_NAME})\s*"
    r"(\((?:[^()]|\([^)]*\))*\))?\s*(?:overriding\s+\w+\s+value\s+)?values\s*", re.I,
)  # fmt: skip
_COPY = re.compile(rf"\s*copy\s+({_NAME})\s*(\([^)]*\))?\s*from\s+stdin", re.I)
_DATA = re.compile(rb"\b(insert\s+into|replace\s+into|insert\s+or\s+\w+\s+into|copy\s+[^;]*\bfrom\s+stdin)\b", re.I)


@dataclass
class _Table:
    rows: Filler = field(default_factory=Filler)
    bad: dict[int, str] = field(default_factory=dict)
    keys: list[tuple[str, str, str]] = field(default_factory=list)
    primary: str = ""


def _likely(files: Sequence[Path]) -> list[Path]:
    """By ending, and by rows of data in the first megabyte."""
    return [path for path in files if path.suffix.lower() in (".sql", ".dump") and _holds_rows(path)]


def _holds_rows(path: Path) -> bool:
    with path.open("rb") as file:
        return _DATA.search(file.read(_HEAD)) is not None


def _load(path: Path, form: DataForm | None) -> dict[str, _grids.Grid]:
    """Raises DataError `unreadable`, naming the line where a dump breaks off."""
    from noglue.tools.readers._encoding import encoding_of

    if path.stat().st_size > _MOST_BYTES:
        raise unreadable(path, "it is a dump of more than 1 GB; give its tables as CSV")
    content = path.read_bytes()
    text = content.decode(encoding_of(content[: 1 << 17]), "replace").removeprefix("\ufeff")
    try:
        tables = _tables(text)
    except Damaged as error:
        raise unreadable(path, f"line {error.line:,}: {error}") from error
    keys = [
        _foreign_keys.Key(name, column, other, theirs or tables[other].primary)
        for name, table in tables.items()
        for column, other, theirs in table.keys
        if other in tables and (theirs or tables[other].primary)
    ]
    found = {
        name: _grids.Grid(table.rows.names, table.rows.columns(), bad=table.bad)
        for name, table in tables.items()
        if table.rows.count
    }
    return _foreign_keys.with_joins(found, keys)


def _tables(text: str) -> dict[str, _Table]:
    tables: dict[str, _Table] = {}
    backslash = "`" in text[:_HEAD] or bool(re.search(r"mysql|mariadb", text[:2000], re.I))
    for line, statement in statements(text, backslash):
        if found := _CREATE.match(statement):
            made = columns_of(statement[found.end() :])
            table = tables.setdefault(identifier(found[1]), _Table())
            table.rows.names, table.keys, table.primary = made.names, made.keys, made.primary
        elif found := _INSERT.match(statement):
            table = tables.setdefault(identifier(found[1]), _Table())
            named = [identifier(name) for name in found[2][1:-1].split(",")] if found[2] else []
            _add(table, named, rows_of(statement, found.end(), line, backslash))
        elif found := _COPY.match(statement):
            table = tables.setdefault(identifier(found[1]), _Table())
            named = [identifier(name) for name in found[2][1:-1].split(",")] if found[2] else []
            _add(table, named, _copied(statement))
    return tables


def _add(table: _Table, named: list[str], rows: "Iterator[list[str] | str]") -> None:
    """Rows under the names that they bring, in the table's own order. A string says why a row could not be read."""
    for row in rows:
        if not table.rows.names:
            table.rows.names = named or [f"column_{place + 1}" for place in range(len(row))]
        names = named or table.rows.names
        if isinstance(row, str) or len(row) != len(names) or not set(names) <= set(table.rows.names):
            why = row if isinstance(row, str) else f"it has {len(row)} values instead of {len(names)}"
            table.bad[table.rows.count] = why
            table.rows.row([])
            continue
        if names == table.rows.names:
            table.rows.row(row)
        else:
            cells = dict(zip(names, row, strict=True))
            table.rows.row([cells.get(name, "") for name in table.rows.names])


def _copied(statement: str) -> "Iterator[list[str] | str]":
    """The lines of a COPY, which follow in the statement."""
    escapes = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}

    def plain(cell: str) -> str:
        if cell == r"\N":
            return ""
        return re.sub(r"\\(.)", lambda found: escapes.get(found[1], found[1]), cell) if "\\" in cell else cell

    for line in statement.split("\n")[1:]:
        if line:
            yield [plain(cell) for cell in line.rstrip("\r").split("\t")]


_READER = _grids.GridReader(_likely, _load, 0.8, most=20)
sniff, readings, count, read = _READER.sniff, _READER.readings, _READER.count, _READER.read
