"""Weka's ARFF: names and kinds of columns on top, rows separated by commas below; sparse rows in braces.

    @relation iris
    @attribute width numeric          @attribute class {setosa, 'I. virginica'}
    @data
    5.1,setosa                        {0 5.1, 1 setosa}

Source: https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/
"""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from noglue.tools.readers import _beginnings, _grids, relational_arff
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.protocols import Match, Raw

READS = "Weka's ARFF"
_ATTRIBUTE = re.compile(r"""@attribute\s+('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\S+)\s+(.+)""", re.IGNORECASE)
_BEGINS = re.compile(rb"(?:\s*(?:%[^\n]*)?\n)*\s*@relation\s", re.IGNORECASE)
_HEAD = 1 << 14
_MOST_FILES = 50


def sniff(files: Sequence[Path]) -> Match | None:
    """The likeliest of `readings`."""
    return next(iter(readings(files)), None)


def readings(files: Sequence[Path]) -> list[Match]:
    """By ending, or by what the file begins with, comments aside."""
    strange = {path for path in _beginnings.others(files, (".arff",)) if _BEGINS.match(_beginnings.start(path, _HEAD))}
    likely = [path for path in files if path in strange or (path.suffix.lower() == ".arff" and path.name[0] != ".")]
    likely = [path for path in likely[:_MOST_FILES] if not relational_arff.is_relational(path)]
    return _grids.readings(likely, files, _load, 0.85)


def count(match: Match) -> dict[str, int]:
    """Rows of data a split."""
    return _grids.count(match, _load)


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable` where the file has no columns or no rows."""
    return _grids.read(match, _load, rows, form)


def _load(path: Path, form: DataForm | None) -> dict[str, _grids.Grid]:
    from noglue.tools.readers._encoding import encoding_of

    content = path.read_bytes()
    text = content.decode(encoding_of(content[: 1 << 17]), "replace").removeprefix("\ufeff")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("%")]
    start = next((place for place, line in enumerate(lines) if line.strip().lower() == "@data"), None)
    attributes = [_ATTRIBUTE.match(line.strip()) for line in lines[:start]]
    names = [_bare(match[1]) for match in attributes if match is not None]
    kinds = [match[2].strip() for match in attributes if match is not None]
    if start is None or not names:
        raise unreadable(path, "it has no @attribute or no @data")
    rows: list[list[str]] = []
    bad: dict[int, str] = {}
    for line in lines[start + 1 :]:
        cells = _sparse(line, kinds) if line.lstrip().startswith("{") else _cells(line)
        if len(cells) != len(names):
            bad[len(rows)] = f"it has {len(cells)} fields instead of {len(names)}"
            cells = [""] * len(names)
        rows.append(["" if cell == "?" else cell for cell in cells])
    return {"": _grids.Grid(names, rows, bad=bad)} if rows else {}


def _cells(line: str) -> list[str]:
    quote = "'" if line.count("'") >= line.count('"') else '"'
    row = next(csv.reader([line], quotechar=quote, escapechar="\\", skipinitialspace=True))
    return [cell.strip() for cell in row]


def _sparse(line: str, kinds: Sequence[str]) -> list[str]:
    """What is not written is nought, or the first of the values."""
    cells = [_bare(kind[1:-1].split(",")[0].strip()) if kind.startswith("{") else "0" for kind in kinds]
    for pair in _cells(line.strip().strip("{}")):
        place, _, value = pair.partition(" ")
        if place.isdigit() and int(place) < len(cells):
            cells[int(place)] = _bare(value.strip())
    return cells


def _bare(name: str) -> str:
    return re.sub(r"\\(.)", r"\1", name[1:-1]) if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"" else name
