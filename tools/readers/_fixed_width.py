"""Columns of fixed width without any blank between them, where a file beside the table says where each begins.

    t.dat    AdelieTorgersen39.118.7      layout.csv   name,start,end        t.names   species 6
             GentooBiscoe   46.113.2                   species,1,6                     island 9
                                                       island,7,15                     bill 4

Starts count from 1, as in code books; a width alone follows the column before.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from noglue.tools.readers._dialect import Dialect
from noglue.tools.readers._layout import cut

_LARGEST = 1 << 18
_MOST_FILES = 50
_FEWEST = 2
_OPEN = 1000  # of the last column, where nothing tells its end
_NO_QUOTE = "\x1e"
_ENDINGS = (".names", ".info", ".txt", ".csv", ".tsv", ".dct", ".layout", ".fmt", ".spec", ".md", ".dic")
_START = ("start", "begin", "from", "startpos", "startposition", "column", "pos", "position", "von", "offset")
_END = ("end", "to", "stop", "bis")
_WIDTH = ("width", "length", "len", "size", "breite", "laenge")
_NAME = ("name", "variable", "field", "columnname", "fieldname", "attribute", "feature", "column", "varname")
_TO = r"\s*(?:-|–|to|:)\s*"
_SPAN = re.compile(rf"(?:@?(\d+){_TO}(\d+)\s+(\w\S*)|(\w\S*)\s+\$?\s*@?(\d+){_TO}(\d+)).*")


class Layout(NamedTuple):
    """starts: from 0. width: of a whole line."""

    names: list[str]
    starts: tuple[int, ...]
    width: int


def beside(files: Sequence[Path], tables: Sequence[Path]) -> Path | None:
    """The file that tells where the columns of these tables begin, whose lines are as long as it says."""
    folders = {path.parent for path in tables}
    likely = [path for path in files if path.parent in folders and path not in tables
              and path.suffix.lower() in _ENDINGS and path.stat().st_size <= _LARGEST]  # fmt: skip
    for path in likely[:_MOST_FILES]:
        layout = layout_of(path)
        if layout is not None and _is_as_wide(tables[0], layout):
            return path
    return None


def layout_of(path: Path) -> Layout | None:
    """None where the file tells no layout."""
    text = path.read_text(encoding="utf-8", errors="replace")[:_LARGEST]
    return _of_table(text) or _of_lines(text)


def by(dialect: Dialect, names: Sequence[str], starts: Sequence[int]) -> Dialect:
    """The dialect of such a table: nothing but lines that are cut."""
    sample = [cut(" ".join(row), tuple(starts))[: len(names)] for row in dialect.sample]
    return replace(dialect, delimiter=" ", quote=_NO_QUOTE, rewrite=True, comment=None, header=False, start=0,
                   heading=[], names=list(names), sample=sample, columns=tuple(starts), tight=True, short=False,
                   mend=False, escape=None, told=[])  # fmt: skip


def _is_as_wide(path: Path, layout: Layout) -> bool:
    with path.open("rb") as file:
        lines = [line.rstrip(b"\r\n") for line in file.read(1 << 16).split(b"\n")[:-1] or [b""]]
    filled = [len(line) for line in lines if line.strip()]
    return bool(filled) and layout.starts[-1] < max(filled) <= layout.width


def _of_table(text: str) -> Layout | None:
    """A table of names with starts, ends or widths."""
    for mark in (",", "\t", ";", "|"):
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark) if any(row)]
        if len(rows) <= _FEWEST or len(rows[0]) < 2 or any(len(row) != len(rows[0]) for row in rows):
            continue
        heads = [re.sub(r"[\W_]+", "", cell).lower() for cell in rows[0]]
        numeric = {place: all(row[place].strip().isdigit() for row in rows[1:]) for place in range(len(heads))}
        found = {
            kind: next((place for place, head in enumerate(heads) if head in words and numeric[place] is number), None)
            for kind, words, number in (("name", _NAME, False), ("start", _START, True), ("end", _END, True),
                                        ("width", _WIDTH, True))
        }  # fmt: skip
        if found["name"] is not None and (found["start"] is not None or found["width"] is not None):
            return _made([row[found["name"]].strip() for row in rows[1:]], _numbers(rows, found))
    return None


def _numbers(rows: Sequence[Sequence[str]], found: Mapping[str, int | None]) -> dict[str, list[int]]:
    return {kind: [int(row[place]) for row in rows[1:]] for kind, place in found.items()
            if kind != "name" and place is not None}  # fmt: skip


def _of_lines(text: str) -> Layout | None:
    """`species 6`, `species 1-6` or `1-6 species`, a line each; a Fortran or SAS letter may stand in front."""
    lines = [line.strip().rstrip(",;") for line in text.splitlines() if line.strip() and not line.startswith("#")]
    spans = [_SPAN.fullmatch(line) for line in lines]
    if len(lines) >= _FEWEST and all(spans):
        parts = [(one[3] or one[4], int(one[1] or one[5]), int(one[2] or one[6])) for one in spans if one]
        return _made([name for name, _, _ in parts], {"start": [one for _, one, _ in parts],
                                                      "end": [one for _, _, one in parts]})  # fmt: skip
    widths = [re.fullmatch(r"([^\W\d]\S*)\s+[$AIFaif]?(\d+)(?:\.\d*)?", line) for line in lines]
    if len(lines) >= _FEWEST and all(widths):
        return _made([one[1] for one in widths if one], {"width": [int(one[2]) for one in widths if one]})
    return None


def _made(names: list[str], numbers: Mapping[str, list[int]]) -> Layout | None:
    if "start" in numbers:
        first = 0 if numbers["start"][0] == 0 else 1
        starts = [one - first for one in numbers["start"]]
        ends = numbers.get("end") or [one + width for one, width in zip(starts, numbers.get("width", []), strict=False)]
        width = ends[-1] + 1 if ends else starts[-1] + _OPEN
    else:
        starts = [sum(numbers["width"][:place]) for place in range(len(names))]
        width = sum(numbers["width"])
    rising = starts[0] >= 0 and all(one < two for one, two in pairwise(starts))
    return Layout(names, tuple(starts), width) if rising and len(set(names)) == len(names) else None
