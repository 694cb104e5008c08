"""Text whose columns stand under each other, and rows in which a comma of the text was not quoted.

species  island       mass        Adelie    Torgersen I        MALE      blank cells, and blanks in cells
text,sentiment                    well, it broke at once,neg             one cell more than there are columns
"""

import re
from collections.abc import Sequence

import numpy as np

_RULE = re.compile(r"(?:[+|]*[-=_]{3,}[\s+|]*)+")
Columns = tuple[int, ...]  # where each begins
_FEWEST_LINES = 3
_UNEVEN = 0.02  # of the rows, that split at blanks do not have a cell for each name
_MENDED = 0.9  # of the rows that are too long, to be taken for rows with a comma in their text


def aligned(lines: Sequence[str]) -> Columns | None:
    """Where columns begin that are blank between each other in all lines; None where splitting at blanks does as well.

    What stands under no name belongs to the column before it, as does a name's second word over an empty column.
    """
    some = [line.rstrip("\r\n") for line in lines if line.strip()]
    if len(some) < _FEWEST_LINES or any("\t" in line for line in some):
        return None
    counts = [len(line.split()) for line in some]
    uneven = sum(count != counts[0] for count in counts) > _UNEVEN * len(some)
    if not uneven or (len(set(counts[1:])) == 1 and counts[1] == counts[0] + 1):
        return None
    width = max(map(len, some))
    filled = np.array([[character != " " for character in line.ljust(width)] for line in some], dtype=bool)
    occupied = [bool(filled[:, place].any()) for place in range(width)]
    starts = [place for place in range(width) if occupied[place] and (place == 0 or not occupied[place - 1])]
    ends = [*starts[1:], width]
    kept: list[int] = []
    carried = False  # the column before has a name, and nothing under it
    for start, end in zip(starts, ends, strict=True):
        named, below = bool(filled[0, start:end].any()), bool(filled[1:, start:end].any())
        apart = some[0][:start].rstrip() != some[0][: start - 1]  # more than one blank after the name before
        if not kept or (named and not carried and (below or apart)) or (named and carried and apart):
            kept.append(start)
        carried = named and not below and start == kept[-1]
    return tuple(kept) if len(kept) > 1 else None


def is_rule(line: str) -> bool:
    """A line of dashes, as programs draw it between names and rows: `-------  -----`."""
    return _RULE.fullmatch(line.strip()) is not None


def cut(line: str, columns: Columns) -> list[str]:
    """The cells of a line; one too many where a cell runs on into the next column."""
    bare = line.rstrip("\r\n")
    cells = [bare[start:end].strip() for start, end in zip(columns, [*columns[1:], None], strict=True)]
    runs_on = any(start < len(bare) and bare[start - 1] != " " != bare[start] for start in columns[1:])
    return [*cells, ""] if runs_on else cells


def mended(cells: list[str], width: int) -> list[str]:
    """A row that is too long, its cells that begin with a blank put back to the one before; else as it is."""
    if len(cells) <= width:
        return cells
    whole: list[str] = []
    for cell in cells:
        if whole and cell.startswith(" "):
            whole[-1] += f",{cell}"
        else:
            whole.append(cell)
    return whole if len(whole) == width else cells


def needs_mending(rows: Sequence[list[str]], width: int) -> bool:
    """Whether commas with a blank behind separate nothing: no proper row has such a cell, and long rows then fit."""
    long = [row for row in rows if len(row) > width]
    even = [row for row in rows if len(row) == width]
    if not long or any(cell.startswith(" ") and cell.strip() for row in even for cell in row[1:]):
        return False
    return sum(len(mended(row, width)) == width for row in long) >= _MENDED * len(long)
