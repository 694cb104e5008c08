"""How a delimited text file is written: encoding, delimiter, quotes, header, comments.

Each candidate delimiter is judged by how even the rows come out and how clean the cells, the idea of van den Burg,
Nazábal & Sutton, "Wrangling messy CSV files by detecting row and type patterns" (2019), https://arxiv.org/abs/1811.11242.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from noglue.tools.readers import _layout
from noglue.tools.readers._header import counts_line, is_header, unique_names
from noglue.tools.spec.data_form import DataForm
from noglue.tools.values.missing_words import is_missing
from noglue.tools.values.number_text import is_number
from noglue.tools.values.text_values import apply

_DELIMITERS = (",", "\t", ";", "|", " ")
_COMMENTS = ("#", "|", "%", "//", "@")
_ENCODINGS = (
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "gb18030",
    "big5",
    "shift_jis",
    "euc_jp",
    "euc_kr",
)
_MOST_ROWS = 1000
_MOST_COMMENTS = 0.1  # of the lines, where they stand among the rows
_MOST_NOTES = 30  # rows above a header
_NO_DELIMITER, _NO_QUOTE = "\x1f", "\x1e"  # of a file of one column: characters that no text holds
_TWO_NUMBERS = re.compile(r"\d+( \d+)+")
_LONG_RUN = re.compile(r"\s*\[*\s*(\d[\d.e+-]*\s+){15,}(\d[\d.e+-]*)?\s*\]*\s*")  # the pixels of an image in one cell
_MARKED_RUN = re.compile(r"[\[(\s]*(-?\d[\d.e+-]*[\s,;|\[\]()]+){15,}(-?\d[\d.e+-]*)?[\])\s]*")  # with other marks

Row = tuple[int, int, list[str]]  # first line, line after the last, cells


@dataclass(frozen=True)
class Dialect:
    """`start`: bytes before the first row of data, counted in UTF-8 without a byte-order mark.

    delimiter: one character; a space stands for any run of white space.
    rewrite: must go through Python first (not UTF-8, NUL bytes, lone carriage returns, runs of white space).
    names: one a column, made up where there is no header; heading: as they are written. sample: the first rows of data.
    target, classes: where the header itself tells them (scikit-learn's bundled files).
    short: rows may end early, what is not there being missing. columns: where each begins, of a fixed width. mend: a
    comma with a blank behind it separates nothing.
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


def detect(head: bytes, whole: bool, form: DataForm | None = None) -> Dialect | None:
    """The dialect of a file that begins with `head` (`whole`: that is all of it); None where it is no table of text.

    form: of the table that the file's columns are known from; a header is then one that names some of them.
    """
    encoding = encoding_of(head)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head, final=whole).removeprefix("\ufeff")
    odd = sum(character < " " and character not in "\t\n\r\f\0" for character in text)
    if not text.strip() or odd > len(text) / 100 or text.count("\0") > len(text) / 10:
        return None
    rewrite = encoding != "utf-8" or "\0" in text or ("\r" in text and "\n" not in text)
    text = text.replace("\0", "")
    if "\n" not in text:
        text = text.replace("\r", "\n")
    if not whole and "\n" in text:
        text = text[: text.rindex("\n") + 1]
    lines = io.StringIO(text, newline="").readlines()
    quote = _quote(text)
    known = _Known(form) if form is not None else None
    alone = known.alone(lines) if known is not None else None
    if alone is not None:
        start = len("".join(lines[: alone.line]).encode())
        return Dialect(
            encoding, _NO_DELIMITER, _line_quote(lines), rewrite, None, alone.header, start, alone.names, alone.body
        )
    tried = {mark: _rows(lines, mark, quote) for mark in _DELIMITERS}
    delimiter = (known and known.delimiter(tried)) or _delimiter(tried)
    rows = tried[delimiter]
    if not rows:
        return None
    columns = _layout.aligned(lines[:_MOST_ROWS]) if delimiter == " " else None
    if columns is not None:
        rows = [(place, place + 1, _layout.cut(line, columns)) for place, line in enumerate(lines[:_MOST_ROWS])]
        rows, quote = [row for row in rows if any(row[2])], _NO_QUOTE
    width = _width([cells for _, _, cells in rows])
    mend = delimiter == "," and _layout.needs_mending([cells for _, _, cells in rows], width)
    if mend:
        rows = [(first, last, _layout.mended(cells, width)) for first, last, cells in rows]
    comment, rows = _without_comments(rows, delimiter)
    top = _top(rows, known)
    start = len("".join(lines[: top.line]).encode())
    rewrite = rewrite or delimiter == " " or top.short or mend
    return Dialect(encoding, delimiter, quote, rewrite, comment, top.header, start, top.names, top.body,
                   top.names[-1] if top.classes else None, top.classes, top.short, top.heading,
                   columns or (), mend)  # fmt: skip


def top_of(cells: list[list[str]], form: DataForm | None = None) -> "_Top":
    """The header of a table whose cells are known, as a sheet's are, and the rows below it. All rows are of one width.

    `line`: the place of the first row of data.
    """
    known = _Known(form) if form is not None and form.cells else None
    return _top([(place, place + 1, row) for place, row in enumerate(cells)], known)


def split_spaces(line: str) -> list[str]:
    """`18.0  8  "ford torino"` → three cells."""
    return [cell[1:-1] if cell[0] == '"' else cell for cell in re.findall(r'"[^"]*"|\S+', line)]


@dataclass(frozen=True)
class _Top:
    """Where the data starts, and what stands above it."""

    line: int
    header: bool
    names: list[str]
    body: list[list[str]]
    classes: list[str] | None = None
    short: bool = False
    heading: list[str] = field(default_factory=list)


class _Known:
    """A table that was read before: its columns' names, and the values that some of them have."""

    def __init__(self, form: DataForm) -> None:
        self.names = {_plain(name) for name in (form.names or form.cells)}
        self.cells, self.headless = form.cells, form.names is not None
        self.levels = {level for cells in form.cells.values() for level in cells.levels}
        features = [name for name in form.names or form.cells if name != form.target]
        self.only = features[0] if len(features) == 1 and features[0] in form.cells else None
        self.answers = set(form.cells[form.target].levels) if form.target in form.cells else set()

    def named(self, cells: Sequence[str]) -> bool:
        """Whether a row holds names of columns, half of its cells at least."""
        return 2 * sum(_plain(cell) in self.names for cell in cells) >= len(cells) > 0

    def delimiter(self, tried: dict[str, list[Row]]) -> str | None:
        """The one by which the first row falls into most names of columns."""
        found = {mark: len(rows[0][2]) for mark, rows in tried.items() if rows and self.named(rows[0][2])}
        return max(found, key=lambda mark: found[mark]) if found and max(found.values()) > 1 else None

    def alone(self, lines: list[str]) -> "_Top | None":
        """A file of one column, a cell a line: under its name, or of the one feature that there was."""
        filled = [(place, line.strip()) for place, line in enumerate(lines) if line.strip()]
        place, first = filled[0]
        name = first.strip("\"'")
        if _plain(name) in self.names:
            return _Top(place + 1, True, [name], [[line] for _, line in filled[1:_MOST_ROWS]])
        lines = [line for _, line in filled[:_MOST_ROWS]]
        cut = [list(csv.reader(lines[:20], delimiter=mark)) for mark in _DELIMITERS[:4]]
        if self.only is None or any(map(self._holds_more, cut)):
            return None
        fits = self._fits(lines)
        if sum(fits) < len(fits) / 2:
            return None
        under = not fits[0]  # another name than in training
        return _Top(place + under, under, [self.only], [[line] for line in lines[under:]])

    def _holds_more(self, rows: list[list[str]]) -> bool:
        """Whether rows have several cells, under names or with the answers among them."""
        names = len(rows[0]) > 1 and all(re.fullmatch(r"[^\W\d]\w*", cell.strip()) for cell in rows[0])
        answered = any({cell.strip() for cell in row} & self.answers for row in rows if len(row) > 1)
        return self.named(rows[0]) or answered or (names and all(len(row) == len(rows[0]) for row in rows))

    def _fits(self, lines: list[str]) -> list[bool]:
        """Which lines are cells of the one feature."""
        assert self.only is not None
        form = self.cells[self.only]
        if form.kind == "text":
            return [True] * len(lines)
        read = apply(pa.chunked_array([[line.strip("\"'") for line in lines]]), form).column
        return [there or is_missing(line) for there, line in zip(read.is_valid().to_pylist(), lines, strict=True)]

    def is_data(self, cells: Sequence[str]) -> bool:
        """Whether a first row holds values that the table's columns had, or numbers, and so is no header."""
        return any(cell.strip() in self.levels or is_number(cell) for cell in cells if not is_missing(cell))


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold() or name.strip()


def _line_quote(lines: list[str]) -> str:
    """Quotes count where every line that begins with one ends with one."""
    begun = [line.strip() for line in lines if line.startswith('"')]
    return '"' if all(len(line) > 1 and line.endswith('"') for line in begun) else _NO_QUOTE


def _top(rows: list[Row], known: _Known | None = None) -> _Top:
    rows = rows[_notes([row for _, _, row in rows]) :]
    cells = [row for _, _, row in rows]
    if known is not None and known.named(cells[0]):
        body = [row for row in cells[1:] if len(row) == len(cells[0])]
        return _Top(rows[0][1], True, unique_names(cells[0]), body, heading=cells[0])
    counted = counts_line(cells)
    if counted:
        names = [f"column_{place}" for place in range(1, len(cells[1]))] + ["target"]
        return _Top(rows[0][1], False, names, [row for row in cells[1:] if len(row) == len(names)], counted)
    width = _width(cells)
    if len(cells[0]) > width and len(cells[0]) == max(map(len, cells)) and _all_names(cells[0]):
        names = unique_names(cells[0])  # rows end where nothing follows
        body = [row + [""] * (len(names) - len(row)) for row in cells[1:]]
        return _Top(rows[0][1], True, names, body, short=True)
    first = _first(cells, width)
    if first and len(cells[first - 1]) == width - 1 > 1 and not any(map(is_number, cells[first - 1])):
        first -= 1  # a header one short: R leaves out the name of the row names, others end rows with a delimiter
    body = [row for row in cells[first + 1 :] if len(row) == width]
    if len(cells[first]) < width:
        closing = all(row[-1] == "" for row in body)
        names = [*cells[first], ""] if closing else ["row", *cells[first]]
        return _Top(rows[first][1], True, unique_names(names), body)
    others = [
        row for row in body if _folded(row) != _folded(cells[first])
    ] or body  # files that were put together repeat their header
    if is_header(cells[first], others) and not (known is not None and known.headless and known.is_data(cells[first])):
        return _Top(rows[first][1], True, unique_names(cells[first]), body, heading=cells[first])
    return _Top(rows[first][0], False, unique_names([""] * width), [cells[first], *body])


def _notes(rows: list[list[str]]) -> int:
    """How many rows stand above the names of columns, filled up with empty cells as spreadsheets do: `Survey,,,`."""
    width = _width(rows)
    for place, row in enumerate(rows[:_MOST_NOTES]):
        filled = sum(bool(cell.strip()) for cell in row)
        if place and len(row) == width and _all_names(row):
            return place
        if width < 3 or filled > (width - 1 if place else width / 2):
            return 0
    return 0


def _first(rows: list[list[str]], width: int) -> int:
    """The first row of this width after which the rows stay even; before it may stand prose."""
    fits = [len(row) == width for row in rows]
    even = (place for place, fit in enumerate(fits) if fit and sum(part := fits[place : place + 10]) >= 0.8 * len(part))
    return next(even, fits.index(True))


def _all_names(cells: list[str]) -> bool:
    return len(set(cells)) == len(cells) and all(cell.strip() and not is_number(cell) for cell in cells)


def encoding_of(head: bytes) -> str:
    """The encoding of a file that begins with these bytes: by its mark, else by what can be decoded."""
    for mark, name in ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8"),
                       (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):  # fmt: skip
        if head.startswith(mark):
            return name
    even, odd = head[0:4096:2].count(0), head[1:4096:2].count(0)
    if max(even, odd) > min(len(head), 4096) * 0.3:
        return "utf-16-le" if odd > even else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return _single_byte(head)
    return "utf-8"


def _single_byte(head: bytes) -> str:
    """Western text has few bytes above 127; where they are dense it is another script, and statistics decide."""
    high = sum(byte > 127 for byte in head)
    letters = sum(chr(byte).isalpha() for byte in head if byte < 128)
    if high < letters:
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(head[: 1 << 16], cp_isolation=list(_ENCODINGS)).best()
    return best.encoding if best is not None else "cp1252"


def _quote(text: str) -> str:
    single = len(re.findall(r"(?:^|[,;\t|])\s*'[^'\n]*'\s*(?=[,;\t|]|$)", text, re.MULTILINE))
    return "'" if single > 2 and single > text.count('"') else '"'


def _rows(lines: list[str], delimiter: str, quote: str) -> list[Row]:
    """The first thousand rows that are not blank."""
    if delimiter == " ":
        split = [(place, place + 1, split_spaces(line)) for place, line in enumerate(lines[:_MOST_ROWS])]
        return [row for row in split if row[2]]
    csv.field_size_limit(1 << 24)
    reader = csv.reader(lines, delimiter=delimiter, quotechar=quote, skipinitialspace=False)
    rows, line = [], 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) or len(cells) > 1:
                rows.append((line, reader.line_num, cells))
            line = reader.line_num
            if len(rows) == _MOST_ROWS:
                break
    except csv.Error:
        return []
    return rows


def _width(rows: list[list[str]]) -> int:
    return Counter(map(len, rows)).most_common(1)[0][0]


def _delimiter(tried: dict[str, list[Row]]) -> str:
    """The one that makes the evenest rows of the cleanest cells.

    Blanks lose against another mark that cuts a header of names from rows of the same width, or that leaves cells that
    are long runs of numbers: `emotion,pixels,Usage` over `3,0 0 24 184 182 …,Training`.
    """
    runs = [mark for mark in _DELIMITERS if _holds_runs(tried[mark], mark)]
    others = runs or [mark for mark in _DELIMITERS if mark != " " and _holds_blanks(tried[mark], tried[" "])]
    candidates = others or list(_DELIMITERS)
    return max(candidates, key=lambda mark: (_score(tried[mark], mark), -_DELIMITERS.index(mark)))


def _holds_runs(rows: list[Row], delimiter: str) -> bool:
    """Whether rows under names, as wide as these, hold an image in one cell, its pixels between other marks."""
    cells = [row for _, _, row in rows]
    width = len(cells[0]) if cells else 0
    if delimiter == " " or width < 2 or not _all_names(cells[0]) or any(map(_MARKED_RUN.fullmatch, cells[0])):
        return False
    if sum(len(row) == width for row in cells) < 0.98 * len(cells):
        return False
    return any(_MARKED_RUN.fullmatch(cell) for row in cells[1:6] for cell in row)


def _holds_blanks(rows: list[Row], by_blanks: list[Row]) -> bool:
    cells = [row for _, _, row in rows]
    width = _width(cells) if cells else 0
    if width < 2 or sum(len(row) == width for row in cells) < 0.98 * len(cells):
        return False
    if any(_LONG_RUN.fullmatch(cell) for row in cells[:5] for cell in row):
        return True
    cut = [row for _, _, row in by_blanks]
    even = _width(cut) if cut else 0
    return len(cells[0]) == width and _all_names(cells[0]) and len(cut[0]) not in (even, even - 1)


def _folded(row: list[str]) -> list[str]:
    """As headers that stand again are compared: without byte-order mark, in any case."""
    return [cell.strip().lstrip("\ufeff").lower() for cell in row]


def _score(rows: list[Row], delimiter: str) -> float:
    """0…1: how even the rows are, how clean their cells; one column alone scores next to nothing."""
    if not rows:
        return -1.0
    width = _width([cells for _, _, cells in rows])
    even = sum(len(cells) == width for _, _, cells in rows) / len(rows)
    if width == 1:
        return 0.01 * even
    cells = [cell for _, _, row in rows[:200] if len(row) == width for cell in row]
    clean = sum(_clean(cell, delimiter) for cell in cells) / len(cells)
    return even * clean * (1 - 0.3 / width)


def _clean(cell: str, delimiter: str) -> bool:
    """No other delimiter inside, other than in a number or in running text."""
    if is_number(cell) or is_number(cell, ","):
        return True
    if _TWO_NUMBERS.fullmatch(cell.strip()) and not _LONG_RUN.fullmatch(cell):
        return False  # 1,5 2,5 cut at the decimal commas
    return not any(mark in cell.strip().replace(", ", " ") for mark in _DELIMITERS[:4] if mark != delimiter)


def _aside(comments: list[Row], rows: list[Row]) -> bool:
    """Whether lines that begin with a mark are few among the rows, or stand all above them."""
    return len(comments) <= _MOST_COMMENTS * len(rows) or comments == rows[: len(comments)]


def _without_comments(rows: list[Row], delimiter: str) -> tuple[str | None, list[Row]]:
    """Lines like `# made by …` or `|1x3 Cross validator` (adult.test): a mark in front, and another width."""
    width = _width([cells for _, _, cells in rows])

    def comments(mark: str) -> list[Row]:
        return [row for row in rows if row[2][0].lstrip().startswith(mark) and len(row[2]) != width]

    found = next((mark for mark in _COMMENTS if mark != delimiter and comments(mark)), None)
    if found is None or not _aside(comments(found), rows):
        return None, rows
    dropped = {row[0] for row in comments(found)}
    return found, [row for row in rows if row[0] not in dropped]
