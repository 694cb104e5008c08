"""Delimited text to Arrow tables of strings, by pyarrow's parser; what it can't take goes through Python first."""

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from noglue.tools.readers._dialect import Dialect, detect
from noglue.tools.readers._drawn import Draw
from noglue.tools.readers._header import named_twice
from noglue.tools.readers._splits import unreadable
from noglue.tools.readers._table_foot import feet_of
from noglue.tools.readers._text_streams import BLOCK, DAMAGE, open_bytes, skip, utf8
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.errors import DataError, Kind

_SAMPLE = 1 << 17
_LONGEST_LINE = 1 << 26
_MOST_COLUMNS = 100_000
_MOST_KEPT = 5


def dialect_of(path: Path, form: DataForm | None = None) -> Dialect | None:
    """None where the file is not a table of text, or can't be opened. form: see `detect`."""
    try:
        with open_bytes(path) as file:
            head = file.read(_SAMPLE)
            while head.count(b"\n") < 3 and len(head) < _LONGEST_LINE and (more := file.read(len(head))):
                head += more
            whole = not file.read(1)
    except DAMAGE:
        return None
    first = head[: head.find(b"\n") if b"\n" in head else len(head)]
    if (columns := 1 + max(map(first.count, (b",", b";", b"\t", b"|")))) > _MOST_COLUMNS:
        if not {".csv", ".tsv"} & {suffix.lower() for suffix in path.suffixes}:
            return None  # a long text without lines
        message = f"{path.name} has {columns:,} columns; at most {_MOST_COLUMNS:,} can be learned from."
        raise DataError(Kind.TOO_WIDE, message, hint="Give fewer columns, or turn rows and columns round.")
    return detect(head, whole, form)


def count_rows(path: Path, dialect: Dialect) -> int:
    """Rows of data, ragged ones included: line ends outside quotes that do not end a blank line."""
    if dialect.rewrite or dialect.comment or dialect.escape:
        return int(strings(path, dialect)[0].num_rows)
    quote, count, open_quotes, before, unfinished = ord(dialect.quote), 0, 0, b"\n\n", b""
    with open_bytes(path) as file:
        heading = _heading(file, dialect)
        skip(file, dialect.start)
        while block := file.read(BLOCK):
            if block.count(b"\r") > block.count(b"\r\n") + block.endswith(b"\r"):
                return int(strings(path, dialect).table.num_rows)  # lone carriage returns end lines, or stand in cells
            data = np.frombuffer(before + block, np.uint8)
            quotes = np.flatnonzero(data[2:] == quote)
            ends = np.flatnonzero(data[2:] == 10)
            outside = (np.searchsorted(quotes, ends) + open_quotes) % 2 == 0
            blank = (data[ends + 1] == 10) | ((data[ends + 1] == 13) & (data[ends] == 10))
            count += int(np.count_nonzero(outside & ~blank))
            open_quotes += len(quotes)
            before = (before + block)[-2:]
            if heading:
                end = block.rfind(b"\n") + 1
                count -= len(re.findall(heading, unfinished + block[:end]))
                unfinished = block[end:] if end else unfinished + block
        count -= len(re.findall(heading, unfinished)) if heading else 0
    return count + (before[-1:] != b"\n")


def _heading(file: IO[bytes], dialect: Dialect) -> bytes:
    """What finds the header's line where it stands again, as a pattern; nothing where there is no header."""
    line = file.read(dialect.start).rstrip(b"\r\n").rsplit(b"\n", 1)[-1] if dialect.heading else b""
    return rb"(?mi)^(?:\xef\xbb\xbf)?" + re.escape(line.removeprefix(codecs.BOM_UTF8)) + rb"\r?$" if line else b""


class Strings(NamedTuple):
    """The table of a file. lost: rows of data that had to be left out, by reason; told: the same and others, in words.

    problems: of rows that kept their place, all null, why they could not be read.
    """

    table: pa.Table
    notes: list[str]
    lost: dict[str, int]
    problems: dict[int, str] = {}  # noqa: RUF012


def strings(path: Path, dialect: Dialect, rows: int | None = None, keep: bool = False, share: float = 1.0) -> Strings:
    """The data as strings (empty ones null), and what had to be left out. Raises DataError `unreadable`.

    keep: rows of another length keep their place, so that each row of the file has one here. share: of the rows that
    are drawn at random, where all do not fit in memory.
    """
    encoding, block = dialect.encoding, BLOCK
    while True:
        try:
            found = _parsed(path, dialect, rows, encoding, block, keep, Draw(share))
            return _without_feet(path, found, keep) if rows is None or found.table.num_rows < rows else found
        except pa.ArrowInvalid as error:
            if "UTF8" in str(error) and encoding == "utf-8":
                encoding = "cp1252"  # the beginning was ASCII
            elif "straddling" in str(error) and block < _LONGEST_LINE:
                block = _LONGEST_LINE
            else:
                longest = f"a line of it is longer than {_LONGEST_LINE >> 20} MB"
                reason = longest if "straddling" in str(error) else str(error).strip().rstrip(".")
                raise unreadable(path, reason) from error
        except DAMAGE as error:
            raise unreadable(path, f"it is damaged ({error})") from error


def _without_feet(path: Path, found: Strings, keep: bool) -> Strings:
    """Totals and notes below the rows go; where rows keep their place, their cells do."""
    feet = {place: why for place, why in feet_of(found.table).items() if place not in found.problems}
    if not feet:
        return found
    gone = pa.array([place in feet for place in range(found.table.num_rows)])
    if keep:
        columns = [pc.if_else(gone, pa.scalar(None, pa.string()), column) for column in found.table.columns]
        return found._replace(table=pa.table(columns, names=found.table.column_names), problems=found.problems | feet)
    notes, lost = list(found.notes), dict(found.lost)
    for why, number in Counter(feet.values()).items():
        lost[f"{path.name}: {why}"] = number
        notes.append(f"{path.name}: {number} row{'s' * (number > 1)} left out as {why}")
    return found._replace(table=found.table.filter(pc.invert(gone)), notes=notes, lost=lost)


def _parsed(
    path: Path, dialect: Dialect, rows: int | None, encoding: str, block: int, keep: bool, draw: Draw
) -> Strings:
    width, refused = len(dialect.names) + dialect.closing, Refused(dialect.comment)
    with utf8(path, dialect, encoding, rows, not draw.whole) as stream:
        options = _options(dialect, width, block, refused)
        if not draw.whole:
            table = _drawn(pa.csv.open_csv(stream, *options), dialect.heading, draw)
        elif rows is None:
            table = pa.csv.read_csv(stream, *options)
        else:
            table = _first(pa.csv.open_csv(stream, *options), rows)
    missing = sum(refused.ragged.values())
    if missing and keep:
        return _kept(path, dialect, encoding)
    if missing > max(table.num_rows, 1):
        raise unreadable(path, f"{missing:,} of {missing + table.num_rows:,} rows do not have {width} fields")
    lost = {f"of another length than the {width} columns of {path.name}": missing} if missing else {}
    table, repeated = _without_headings(table, dialect.heading)
    notes = [
        *refused.ragged_in_words(width),
        *draw.told(),
        *dialect.told,
        *named_twice(dialect.heading, dialect.names),
        *refused.comments_in_words(),
    ]
    if repeated:
        again = "in one row" if repeated == 1 else f"in {repeated:,} rows"
        notes.append(f"the header is repeated {again} of the table; left out")
    return Strings(_named(table, dialect), [f"{path.name}: {note}" for note in notes], lost | draw.lost())


@dataclass
class Refused:
    """Rows that the parser hands back. comment: how a line of comment begins, of which there were `comments`. ragged:
    number of fields → rows of so many; examples: the beginning of one of each.
    """

    comment: str | None
    comments: int = 0
    ragged: Counter[int] = field(default_factory=Counter)
    examples: dict[int, str] = field(default_factory=dict)

    def __call__(self, row: "pa.csv.InvalidRow") -> str:
        if self.comment and row.text.lstrip().startswith(self.comment):
            self.comments += 1
        else:
            self.ragged[row.actual_columns] += 1
            self.examples.setdefault(row.actual_columns, row.text[:60])
        return "skip"

    def ragged_in_words(self, width: int) -> list[str]:
        told, rest = [], sum(self.ragged.values())
        for fields, rows in self.ragged.most_common(_MOST_KEPT):
            some = f"{rows:,} row{'s' if rows > 1 else ''} with {fields} field{'s' if fields > 1 else ''}"
            told.append(f"{some} instead of {width} left out (like {self.examples[fields]!r})")
            rest -= rows
        return [*told, f"{rest:,} more of yet other lengths left out"] if rest else told

    def comments_in_words(self) -> list[str]:
        lines = f"{self.comments:,} line{'s' * (self.comments > 1)}"
        return [f"{lines} that begin with {self.comment!r} left out"] if self.comments else []


def _options(
    dialect: Dialect, width: int, block: int, refused: Refused
) -> tuple["pa.csv.ReadOptions", "pa.csv.ParseOptions", "pa.csv.ConvertOptions"]:
    """Every cell as text, under its place as name; an empty one is missing. block: bytes parsed at once."""
    places = [f"{place}" for place in range(width)]
    parsing = pa.csv.ParseOptions(
        delimiter="\t" if dialect.delimiter == " " else dialect.delimiter,
        quote_char=dialect.quote,
        escape_char=dialect.escape or False,
        newlines_in_values=True,
        ignore_empty_lines=True,
        invalid_row_handler=refused,
    )
    converting = pa.csv.ConvertOptions(
        column_types=dict.fromkeys(places, pa.string()), null_values=[""], strings_can_be_null=True
    )
    return pa.csv.ReadOptions(column_names=places, block_size=block), parsing, converting


def _named(table: pa.Table, dialect: Dialect) -> pa.Table:
    """The table under its names; what stands behind a closing delimiter after all is a column of its own."""
    if dialect.closing and table.column(table.num_columns - 1).null_count == table.num_rows:
        table = table.remove_column(table.num_columns - 1)
    behind = [f"column_{place + 1}" for place in range(len(dialect.names), table.num_columns)]
    return table.rename_columns([*dialect.names, *behind])


def _kept(path: Path, dialect: Dialect, encoding: str) -> Strings:
    """Every row in its place, those of another length all null."""
    with utf8(path, dialect, encoding, None) as stream:
        text = io.TextIOWrapper(io.BytesIO(stream.read()), "utf-8", "replace", newline="")
    mark, width = "\t" if dialect.delimiter == " " else dialect.delimiter, len(dialect.names) + dialect.closing
    heading = [name.strip().lower() for name in dialect.heading]
    found: list[list[str]] = []
    problems: dict[int, str] = {}
    csv.field_size_limit(1 << 24)
    for row in csv.reader(text, delimiter=mark, quotechar=dialect.quote, escapechar=dialect.escape):
        comment = dialect.comment and row and row[0].lstrip().startswith(dialect.comment) and len(row) != width
        if not row or comment or [cell.strip().lower() for cell in row] == heading:
            continue
        if len(row) != width:
            problems[len(found)] = f"it has {len(row)} field{'s' * (len(row) != 1)} instead of {width}"
        found.append(row if len(row) == width else [""] * width)
    columns = [pa.array([cell or None for cell in cells], pa.string()) for cells in zip(*found, strict=True)]
    return Strings(_named(pa.table(columns, names=[f"{place}" for place in range(width)]), dialect), [], {}, problems)


def _without_headings(table: pa.Table, heading: list[str]) -> tuple[pa.Table, int]:
    """Files that were put together as they are bring their headers along, with byte-order mark or in another case."""
    again = None
    for column, name in zip(table.columns, heading, strict=False):
        bare = pc.utf8_lower(pc.utf8_trim_whitespace(pc.utf8_ltrim(column, "\ufeff")))
        same = pc.fill_null(pc.equal(bare, name.strip().lower()), not name.strip())
        again = same if again is None else pc.and_(again, same)
        if not pc.any(again).as_py():
            return table, 0
    if again is None:
        return table, 0
    return table.filter(pc.invert(again)), int(pc.sum(again).as_py())


def _drawn(reader: "pa.csv.CSVStreamingReader", heading: list[str], draw: Draw) -> pa.Table:
    """Some of the rows, a few megabytes of text at a time; headers that stand again are none of them."""
    parts = [draw.some(_without_headings(pa.Table.from_batches([batch]), heading)[0]) for batch in reader]
    return pa.concat_tables(parts) if parts else reader.schema.empty_table()


def _first(reader: "pa.csv.CSVStreamingReader", rows: int) -> pa.Table:
    batches, got = [], 0
    for batch in reader:
        batches.append(batch)
        got += batch.num_rows
        if got >= rows:
            break
    return pa.Table.from_batches(batches, reader.schema).slice(0, rows)
