"""How a delimited text file is written: encoding, delimiter, quotes, header, comments, each found by a file of its own.

>>> found = detect(b"a;b\\n1,5;x\\n2,5;y\\n", whole=True)
>>> found.encoding, found.delimiter, found.header, found.names
('utf-8', ';', True, ['a', 'b'])
"""

import codecs
import io
from dataclasses import dataclass, field

from noglue.tools.readers import _layout
from noglue.tools.readers._delimiters import (
    DELIMITERS,
    MOST_ROWS,
    delimiter_of,
    escape_of,
    quote_of,
    rare,
    rows_of,
    width_of,
    without_comments,
)
from noglue.tools.readers._encoding import encoding_of
from noglue.tools.readers._table_top import Known, Top, texts_under_a_name, top
from noglue.tools.spec.data_form import DataForm

_NO_DELIMITER, _NO_QUOTE = "\x1f", "\x1e"  # of a file of one column: characters that no text holds


@dataclass(frozen=True)
class Dialect:
    """`start`: bytes before the first row of data, counted in UTF-8 without a byte-order mark.

    delimiter: one character; a space stands for any run of white space.
    rewrite: must go through Python first (not UTF-8, NUL bytes, lone carriage returns, runs of white space).
    names: one a column, made up where there is no header; heading: as they are written. sample: the first rows of data.
    target, classes: where the header itself tells them (scikit-learn's bundled files).
    short: rows may end early, what is not there being missing. columns: where each begins, of a fixed width. mend: a
    comma with a blank behind it separates nothing. escape: what makes a mark behind it one of the text. tight: no
    blanks need stand between columns. closing: a delimiter with nothing behind it ends each row. ruled: lines of dashes
    are no rows. told: what was made of the header.
    """

    encoding: str
    delimiter: str
    quote: str
    rewrite: bool
    comment: str | None
    header: bool
    start: int
    names: list[str]
    sample: list[list[str]] = field(repr=False)
    target: str | None = None
    classes: list[str] | None = None
    short: bool = False
    heading: list[str] = field(default_factory=list)
    columns: tuple[int, ...] = ()
    mend: bool = False
    escape: str | None = None
    tight: bool = False
    ruled: bool = False
    closing: bool = False
    told: list[str] = field(default_factory=list)


def detect(head: bytes, whole: bool, form: DataForm | None = None) -> Dialect | None:
    """The dialect of a file that begins with `head` (`whole`: that is all of it); None where it is no table of text.

    form: of the table that the file's columns are known from; a header is then one that names some of them.
    """
    encoding = encoding_of(head)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head, final=whole).removeprefix("\ufeff")
    odd = sum(character < " " and character not in "\t\n\r\f\0\x01" for character in text)
    if not text.strip() or odd > len(text) / 100 or text.count("\0") > len(text) / 10:
        return None
    rewrite = encoding != "utf-8" or "\0" in text or ("\r" in text and "\n" not in text)
    text = text.replace("\0", "")
    if "\n" not in text:
        text = text.replace("\r", "\n")
    if not whole and "\n" in text:
        text = text[: text.rindex("\n") + 1]
    lines = io.StringIO(text, newline="").readlines()
    quote = quote_of(text)
    known = Known(form) if form is not None else None
    alone = known.alone(lines) if known is not None else None
    if alone is not None:
        return _of_one_column(alone, encoding, lines, rewrite)
    ruled = any(_layout.is_rule(line) for line in lines[1:4])
    plain = ["\n" if ruled and _layout.is_rule(line) else line for line in lines]
    tried = {mark: rows_of(plain, mark, quote) for mark in DELIMITERS}
    delimiter = (known and known.delimiter(tried)) or delimiter_of(tried)
    rows = tried[delimiter]
    if not rows:
        return None
    if known is None and delimiter == " " and (texts := texts_under_a_name(lines)) is not None:
        return _of_one_column(texts, encoding, lines, rewrite)
    if width_of([cells for _, _, cells in rows]) == 1 and (other := rare(lines, quote)) is not None:
        delimiter, rows = other
    escape = escape_of(text, lines, delimiter, quote)
    rows = rows_of(lines, delimiter, quote, escape) if escape else rows
    columns = _layout.aligned(plain[:MOST_ROWS]) if delimiter == " " else None
    if columns is not None:
        rows = [(place, place + 1, _layout.cut(line, columns)) for place, line in enumerate(plain[:MOST_ROWS])]
        rows, quote = [row for row in rows if any(row[2])], _NO_QUOTE
    width = width_of([cells for _, _, cells in rows])
    mend = delimiter == "," and _layout.needs_mending([cells for _, _, cells in rows], width)
    if mend:
        rows = [(first, last, _layout.mended(cells, width)) for first, last, cells in rows]
    comment, rows = without_comments(rows, delimiter)
    found = top(rows, known)
    start = len("".join(lines[: found.line]).encode())
    closing = found.header and delimiter != " " and _closing(found.names, found.body)
    names = found.names[:-1] if closing else found.names
    rewrite = rewrite or delimiter == " " or found.short or mend
    return Dialect(encoding, delimiter, quote, rewrite, comment, found.header, start, names, found.body,
                   found.names[-1] if found.classes else None, found.classes, found.short, found.heading,
                   columns or (), mend, escape, ruled=ruled, closing=closing, told=found.told)  # fmt: skip


def _of_one_column(found: Top, encoding: str, lines: list[str], rewrite: bool) -> Dialect:
    start = len("".join(lines[: found.line]).encode())
    return Dialect(encoding, _NO_DELIMITER, _line_quote(lines), rewrite, None, found.header, start, found.names,
                   found.body)  # fmt: skip


def _closing(names: list[str], body: list[list[str]]) -> bool:
    """Whether the last column has no name and no value."""
    return len(names) > 1 and names[-1] == f"column_{len(names)}" and all(not row[-1].strip() for row in body)


def _line_quote(lines: list[str]) -> str:
    """Quotes count where every line that begins with one ends with one."""
    begun = [line.strip() for line in lines if line.startswith('"')]
    return '"' if all(len(line) > 1 and line.endswith('"') for line in begun) else _NO_QUOTE
