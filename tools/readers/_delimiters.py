"""What separates the cells of a text file, what quotes them, and which lines are comments.

    a;b;c      every candidate is judged by how even the rows come out and how clean the cells are
    1,5;2;x    a comma in a number is no delimiter

The idea is that of van den Burg, Nazábal & Sutton, "Wrangling messy CSV files by detecting row and type patterns"
(2019), https://arxiv.org/abs/1811.11242.
"""

import csv
import re
from collections import Counter

from noglue.tools.values.number_text import is_number

DELIMITERS = (",", "\t", ";", "|", " ")
RARE = ("^", "~", "\x01", "¦", "\x1e", ":")  # where none of the others cuts anything
_COMMENTS = ("#", "|", "%", "//", "@")
MOST_ROWS = 1000
_KEYED = re.compile(r"\d[\d:-]*:\w+")  # `1:Cat`, `1-25:Cat`
_MOST_COMMENTS = 0.1  # of the lines, where they stand among the rows
_EVEN, _MOSTLY = 0.98, 0.9  # of the rows, that are of one width
_FEW_NUMBERS = 0.2  # of the words of running text
_TWO_NUMBERS = re.compile(r"\d+( \d+)+")
_LONG_RUN = re.compile(r"\s*\[*\s*(\d[\d.e+-]*\s+){15,}(\d[\d.e+-]*)?\s*\]*\s*")  # the pixels of an image in one cell
_MARKED_RUN = re.compile(r"[\[(\s]*(-?\d[\d.e+-]*[\s,;|\[\]()]+){15,}(-?\d[\d.e+-]*)?[\])\s]*")  # with other marks


Row = tuple[int, int, list[str]]  # first line, line after the last, cells


def split_spaces(line: str) -> list[str]:
    """`18.0  8  "ford torino"` → three cells."""
    return [cell[1:-1] if cell[0] == '"' else cell for cell in re.findall(r'"[^"]*"|\S+', line)]


def quote_of(text: str) -> str:
    single = len(re.findall(r"(?:^|[,;\t|])\s*'[^'\n]*'\s*(?=[,;\t|]|$)", text, re.MULTILINE))
    return "'" if single > 2 and single > text.count('"') else '"'


def escape_of(text: str, lines: list[str], delimiter: str, quote: str) -> str | None:
    """A backslash, where it stands before quotes inside of cells, or before delimiters, and rows come out evener."""
    if delimiter == " " or not re.search(rf"\\[{re.escape(quote + delimiter)}]", text):
        return None
    plain, escaped = (rows_of(lines, delimiter, quote, mark) for mark in (None, "\\"))
    if not escaped:
        return None
    within = re.search(rf"\\{re.escape(quote)}(?!\s*(?:{re.escape(delimiter)}|$))", text, re.MULTILINE) is not None
    before, after = (_evenness(rows) for rows in (plain, escaped))
    return "\\" if after > before or (within and after >= before) else None


def _evenness(rows: list[Row]) -> float:
    if not rows:
        return 0.0
    width = width_of([cells for _, _, cells in rows])
    return sum(len(cells) == width > 1 for _, _, cells in rows) / len(rows)


def rows_of(lines: list[str], delimiter: str, quote: str, escape: str | None = None) -> list[Row]:
    """The first thousand rows that are not blank."""
    if delimiter == " ":
        split = [(place, place + 1, split_spaces(line)) for place, line in enumerate(lines[:MOST_ROWS])]
        return [row for row in split if row[2]]
    csv.field_size_limit(1 << 24)
    reader = csv.reader(lines, delimiter=delimiter, quotechar=quote, escapechar=escape)
    rows, line = [], 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) or len(cells) > 1:
                rows.append((line, reader.line_num, cells))
            line = reader.line_num
            if len(rows) == MOST_ROWS:
                break
    except csv.Error:
        return []
    return rows


def width_of(rows: list[list[str]]) -> int:
    return Counter(map(len, rows)).most_common(1)[0][0]


def delimiter_of(tried: dict[str, list[Row]]) -> str:
    """The one that makes the evenest rows of the cleanest cells.

    Blanks lose against another mark that cuts a header of names from rows of the same width, or that leaves cells that
    are long runs of numbers: `emotion,pixels,Usage` over `3,0 0 24 184 182 …,Training`; and against tabs that cut as
    many cells, as these are blanks too.
    """
    runs = [mark for mark in DELIMITERS if _holds_runs(tried[mark], mark)]
    others = runs or [mark for mark in DELIMITERS if mark != " " and _holds_blanks(tried[mark], tried[" "])]
    candidates = others or [mark for mark in DELIMITERS if mark != " " or not _are_tabs(tried)]
    return max(candidates, key=lambda mark: (_score(tried[mark], mark), -DELIMITERS.index(mark)))


def _are_tabs(tried: dict[str, list[Row]]) -> bool:
    tabs, blanks = ([cells for _, _, cells in tried[mark]] for mark in ("\t", " "))
    if not tabs or not blanks or _evenness(tried["\t"]) < _MOSTLY:
        return False
    return width_of(tabs) >= width_of(blanks) or _are_texts(tabs)


def _are_texts(tabs: list[list[str]]) -> bool:
    """Whether two columns between tabs hold running text, whose blanks part words: `good⇥what a lovely film`.

    Not where numbers stand between the blanks, as in `18.0 8 307.0⇥"ford torino"`.
    """
    width = width_of(tabs)
    even = sum(len(row) == width for row in tabs) >= _EVEN * len(tabs)
    words = [word for row in tabs for cell in row if len(pieces := cell.split()) > 1 for word in pieces]
    return even and width == 2 and bool(words) and sum(map(is_number, words)) < _FEW_NUMBERS * len(words)


def rare(lines: list[str], quote: str) -> tuple[str, list[Row]] | None:
    """A mark that few use, where it cuts all lines as evenly as a first one of names."""
    for mark in RARE:
        rows = rows_of(lines, mark, quote)
        cells = [row for _, _, row in rows]
        if cells and len(cells[0]) > 2 and all_names(cells[0]) and _evenness(rows) >= _EVEN:
            return mark, rows
    return None


def _holds_runs(rows: list[Row], delimiter: str) -> bool:
    """Whether rows under names, as wide as these, hold an image in one cell, its pixels between other marks."""
    cells = [row for _, _, row in rows]
    width = len(cells[0]) if cells else 0
    if delimiter == " " or width < 2 or not all_names(cells[0]) or any(map(_MARKED_RUN.fullmatch, cells[0])):
        return False
    if sum(len(row) == width for row in cells) < 0.98 * len(cells):
        return False
    return any(_MARKED_RUN.fullmatch(cell) for row in cells[1:6] for cell in row)


def _holds_blanks(rows: list[Row], by_blanks: list[Row]) -> bool:
    width = width_of([row for _, _, row in rows]) if rows else 0
    first = next((place for place, row in enumerate(rows) if len(row[2]) == width), 0)  # notes stand above it
    cells = [row for _, _, row in rows[first:]]
    if width < 2 or sum(len(row) == width for row in cells) < _EVEN * len(cells):
        return False
    if any(_LONG_RUN.fullmatch(cell) for row in cells[:5] for cell in row):
        return True
    even = width_of([row for _, _, row in by_blanks]) if by_blanks else 0
    header = next((row for line, _, row in by_blanks if line == rows[first][0]), [])
    return all_names(cells[0]) and len(header) not in (even, even - 1)


def _score(rows: list[Row], delimiter: str) -> float:
    """0…1: how even the rows are, how clean their cells; one column alone scores next to nothing."""
    if not rows:
        return -1.0
    width = width_of([cells for _, _, cells in rows])
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
    return not any(mark in cell.strip().replace(", ", " ") for mark in DELIMITERS[:4] if mark != delimiter)


def _aside(comments: list[Row], rows: list[Row]) -> bool:
    """Whether lines that begin with a mark are few among the rows, or stand all above them."""
    return len(comments) <= _MOST_COMMENTS * len(rows) or comments == rows[: len(comments)]


def _is_said(cells: list[str], width: int) -> bool:
    return len(cells) != width or any(_KEYED.fullmatch(cell.strip()) for cell in cells)


def without_comments(rows: list[Row], delimiter: str) -> tuple[str | None, list[Row]]:
    """Lines like `# made by …` or `|1x3 Cross validator` (adult.test): a mark in front, and another width.

    Or cells that say what numbers mean, as no name of a column does: `#SPECIES: 1:Cat 2:Dog`.
    """
    width = width_of([cells for _, _, cells in rows])

    def comments(mark: str) -> list[Row]:
        return [row for row in rows if row[2][0].lstrip().startswith(mark) and _is_said(row[2], width)]

    found = next((mark for mark in _COMMENTS if mark != delimiter and comments(mark)), None)
    if found is None or not _aside(comments(found), rows):
        return None, rows
    dropped = {row[0] for row in comments(found)}
    return found, [row for row in rows if row[0] not in dropped]


def all_names(cells: list[str]) -> bool:
    return len(set(cells)) == len(cells) and all(cell.strip() and not is_number(cell) for cell in cells)
