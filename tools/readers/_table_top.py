"""Where a table's rows begin, and what its columns are called: notes above, headers of one row or of two.

Penguin survey,,         a note, left out          species,bill,bill        names over names:
species,mass,sex         the names                 ,length,depth            species, bill length, bill depth
,(g),                    units, told and left out  Adelie,39.1,18.7
"""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from noglue.tools.readers._delimiters import DELIMITERS, MOST_ROWS, Row, all_names, width_of
from noglue.tools.readers._header import counts_line, is_header, unique_names
from noglue.tools.readers._second_header import second_header
from noglue.tools.spec.data_form import DataForm
from noglue.tools.values.missing_words import is_missing
from noglue.tools.values.number_text import is_number
from noglue.tools.values.text_values import apply

_FEWEST_TEXTS, _EVEN, _MOSTLY_WORDS = 3, 0.8, 0.9  # of a column of texts: lines; of one length; that hold a word
_MOST_NOTES = 30  # rows above a header


@dataclass(frozen=True)
class Top:
    """Where the data starts, and what stands above it."""

    line: int
    header: bool
    names: list[str]
    body: list[list[str]]
    classes: list[str] | None = None
    short: bool = False
    heading: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


class Known:
    """A table that was read before: its columns' names, and the values that some of them have."""

    def __init__(self, form: DataForm) -> None:
        self.names = {_plain(name) for name in (form.names or form.cells)}
        self.cells, self.headless = form.cells, form.names is not None
        self.width = len(form.names or form.cells)
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

    def alone(self, lines: list[str]) -> Top | None:
        """A file of one column, a cell a line: under its name, or of the one feature that there was."""
        filled = [(place, line.strip()) for place, line in enumerate(lines) if line.strip()]
        place, first = filled[0]
        name = first.strip("\"'")
        if _plain(name) in self.names:
            return Top(place + 1, True, [name], [[line] for _, line in filled[1:MOST_ROWS]])
        lines = [line for _, line in filled[:MOST_ROWS]]
        cut = [list(csv.reader(lines[:20], delimiter=mark)) for mark in DELIMITERS[:4]]
        tabs = self.headless and {line.count("\t") for line in lines} == {self.width - 1} != {0}
        if self.only is None or tabs or any(map(self._holds_more, cut)):
            return None
        fits = self._fits(lines)
        if sum(fits) < len(fits) / 2:
            return None
        under = not fits[0]  # another name than in training
        return Top(place + under, under, [self.only], [[line] for line in lines[under:]])

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


def texts_under_a_name(lines: Sequence[str]) -> Top | None:
    """One column of texts: its name alone on a line, then lines of words, more of them here and fewer there."""
    filled = [(place, line.strip()) for place, line in enumerate(lines) if line.strip()]
    if len(filled) <= _FEWEST_TEXTS or re.fullmatch(r"[^\W\d]\w*", filled[0][1]) is None:
        return None
    texts = [line for _, line in filled[1:MOST_ROWS]]
    if sum("  " in text for text in texts) > len(texts) / 2:
        return None  # columns of fixed width under a title
    words = [text.split() for text in texts]
    wordy = sum(any(one.isalpha() for one in some) for some in words)
    even = max(Counter(map(len, words)).values())
    if even > _EVEN * len(words) or wordy < _MOSTLY_WORDS * len(words):
        return None
    return Top(filled[0][0] + 1, True, [filled[0][1]], [[text] for text in texts])


def top_of(cells: list[list[str]], form: DataForm | None = None) -> Top:
    """The header of a table whose cells are known, as a sheet's are, and the rows below it. All rows are of one width.

    `line`: the place of the first row of data.
    """
    known = Known(form) if form is not None and form.cells else None
    return top([(place, place + 1, row) for place, row in enumerate(cells)], known)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold() or name.strip()


def top(rows: list[Row], known: Known | None = None) -> Top:
    rows = rows[_notes([row for _, _, row in rows]) :]
    cells = [row for _, _, row in rows]
    if known is not None and known.named(cells[0]):
        short = len(cells) > 1 and width_of(cells[1:]) == len(cells[0]) + 1
        return _one_short(rows, 0) if short else _headed(rows, 0, known)
    counted = counts_line(cells)
    if counted:
        names = [f"column_{place}" for place in range(1, len(cells[1]))] + ["target"]
        return Top(rows[0][1], False, names, [row for row in cells[1:] if len(row) == len(names)], counted)
    width = width_of(cells)
    if len(cells[0]) > width and len(cells[0]) == max(map(len, cells)) and all_names(cells[0]):
        names = unique_names(cells[0])  # rows end where nothing follows
        body = [row + [""] * (len(names) - len(row)) for row in cells[1:]]
        return Top(rows[0][1], True, names, body, short=True)
    first = _first(cells, width)
    if first and len(cells[first - 1]) == width - 1 > 1 and not any(map(is_number, cells[first - 1])):
        first -= 1  # a header one short: R leaves out the name of the row names, others end rows with a delimiter
    if len(cells[first]) < width:
        return _one_short(rows, first)
    body = [row for row in cells[first + 1 :] if len(row) == width]
    others = [
        row for row in body if _folded(row) != _folded(cells[first])
    ] or body  # files that were put together repeat their header
    if is_header(cells[first], others) and not (known is not None and known.headless and known.is_data(cells[first])):
        return _headed(rows, first, known)
    return Top(rows[first][0], False, unique_names([""] * width), [cells[first], *body])


def _one_short(rows: list[Row], first: int) -> Top:
    """Below a header that lacks the name of the row names, in front, or of nothing, behind a closing delimiter."""
    header = rows[first][2]
    body = [row for _, _, row in rows[first + 1 :] if len(row) == len(header) + 1]
    closing = all(row[-1] == "" for row in body)
    return Top(rows[first][1], True, unique_names([*header, ""] if closing else ["row", *header]), body)


def _headed(rows: list[Row], first: int, known: Known | None) -> Top:
    """Below a header at `first`, which a second row may go on with."""
    header = rows[first][2]
    below = [row for row in rows[first + 1 :] if len(row[2]) == len(header)]
    if below:
        second = second_header(header, below[0][2], [row for _, _, row in below[1:]], known.cells if known else {})
        if second is not None:
            body = [row for _, _, row in below[1:]]
            return Top(below[0][1], True, unique_names(second.names), body, told=[second.told])
    return Top(rows[first][1], True, unique_names(header), [row for _, _, row in below], heading=header)


def _notes(rows: list[list[str]]) -> int:
    """How many rows stand above the names of columns, filled up with empty cells as spreadsheets do: `Survey,,,`."""
    width = width_of(rows)
    for place, row in enumerate(rows[:_MOST_NOTES]):
        filled = sum(bool(cell.strip()) for cell in row)
        if place and len(row) == width and (all_names(row) or _are_groups(row, rows[place + 1 : place + 2])):
            return place
        if width < 3 or filled > (width - 1 if place else width / 2):
            return 0
    return 0


def _are_groups(row: list[str], following: list[list[str]]) -> bool:
    """Whether words fill a row, some of them more than once, above a row of words: groups over the names of columns."""
    return all(
        len(line) == len(row) and all(cell.strip() and not is_number(cell) for cell in line)
        for line in [row, *following]
    )


def _first(rows: list[list[str]], width: int) -> int:
    """The first row of this width after which the rows stay even; before it may stand prose."""
    fits = [len(row) == width for row in rows]
    even = (place for place, fit in enumerate(fits) if fit and sum(part := fits[place : place + 10]) >= 0.8 * len(part))
    return next(even, fits.index(True))


def _folded(row: list[str]) -> list[str]:
    """As headers that stand again are compared: without byte-order mark, in any case."""
    return [cell.strip().lstrip("\ufeff").lower() for cell in row]
