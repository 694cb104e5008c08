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

from noglue.tools.readers import _beginnings, _cells, _grids, relational_arff
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm

READS = "Weka's ARFF"
_ATTRIBUTE = re.compile(r"""@attribute\s+('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\S+)\s+(.+)""", re.IGNORECASE)
_HEAD = 1 << 14


def _likely(files: Sequence[Path]) -> list[Path]:
    """By ending, or by what the file begins with, comments aside."""
    strange = {path for path in _beginnings.others(files, (".arff",)) if _begins(path)}
    likely = [path for path in files if path in strange or (path.suffix.lower() == ".arff" and path.name[0] != ".")]
    return [path for path in likely if not relational_arff.is_relational(path)]


def _begins(path: Path) -> bool:
    """Whether the first line that is no comment names the relation."""
    lines = (line.strip() for line in _beginnings.start(path, _HEAD).splitlines())
    first = next((line for line in lines if line and not line.startswith(b"%")), b"")
    return first[:10].lower().startswith((b"@relation ", b"@relation\t"))


def _load(path: Path, form: DataForm | None) -> dict[str, _grids.Grid]:
    """Raises DataError `unreadable` where the file has no columns or no rows."""
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
    filler = _cells.Filler(names)
    bad: dict[int, str] = {}
    for line in lines[start + 1 :]:
        cells = _sparse(line, kinds) if line.lstrip().startswith("{") else _fields(line)
        if len(cells) != len(names):
            bad[filler.count] = f"it has {len(cells)} fields instead of {len(names)}"
            cells = []
        filler.row(["" if cell == "?" else cell for cell in cells])
    return {"": _grids.Grid(names, filler.columns(), bad=bad)} if filler.count else {}


def _fields(line: str) -> list[str]:
    quote = "'" if line.count("'") >= line.count('"') else '"'
    row = next(csv.reader([line], quotechar=quote, escapechar="\\", skipinitialspace=True))
    return [cell.strip() for cell in row]


def _sparse(line: str, kinds: Sequence[str]) -> list[str]:
    """What is not written is nought, or the first of the values."""
    cells = [_bare(kind[1:-1].split(",")[0].strip()) if kind.startswith("{") else "0" for kind in kinds]
    for pair in _fields(line.strip().strip("{}")):
        place, _, value = pair.partition(" ")
        if place.isdigit() and int(place) < len(cells):
            cells[int(place)] = _bare(value.strip())
    return cells


def _bare(name: str) -> str:
    return re.sub(r"\\(.)", r"\1", name[1:-1]) if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"" else name


_READER = _grids.GridReader(_likely, _load, 0.85)
sniff, readings, count, read = _READER.sniff, _READER.readings, _READER.count, _READER.read
