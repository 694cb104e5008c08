"""Labels of arrays in a file of text beside them.

images.npy (n, 28, 28)   labels.csv  index,digit     a row for each, in the order of the array or of a column of places
X.npy                    y.txt                       a label a line
x_train.npy  x_test.npy  y_train.csv  y_test.csv     one for each split
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.readers._splits import split_of

if TYPE_CHECKING:
    import pyarrow as pa

_ENDINGS = (".csv", ".tsv", ".txt")
LABEL = "label"
_LARGEST = 1 << 28
_PLACES = re.compile(r"|.*[\W_]?(index|idx|id|no|nr|row|place|position|column_1( of .*)?|unnamed: 0)", re.I)


def of(files: Sequence[Path], sizes: Mapping[str, int]) -> dict[str, Path]:
    """Split → the one file of text that has as many rows as its array. sizes: split → the array's length."""
    likely = [path for path in files if path.suffix.lower() in _ENDINGS and path.stat().st_size <= _LARGEST]
    found: dict[str, Path] = {}
    for split, size in sizes.items():
        fits = [path for path in likely if (split_of(path.stem) or "all") in (split, "all") and _rows(path) == size]
        exact = [path for path in fits if (split_of(path.stem) or "all") == split] or fits
        if len(exact) == 1:
            found[split] = exact[0]
    return found if len(set(found.values())) == len(found) else {}


def _rows(path: Path) -> int:
    found = table(path)
    return -1 if found is None else int(found.num_rows)


def table(path: Path) -> "pa.Table | None":
    """The file's columns as strings, sorted by one that counts; one without a name is the `label`."""
    import pyarrow as pa

    from noglue.tools.readers import _picture_tables

    found = _picture_tables.table(path)
    if found is None:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
        lines = [line.strip() for line in (lines[:-1] if lines and not lines[-1].strip() else lines)]
        if not lines or not all(lines) or any("," in line for line in lines):
            return None
        if len(lines) > 1 and re.fullmatch(r"[A-Za-z_]+", lines[0]) and lines[0] not in lines[1:]:
            return pa.table({lines[0]: lines[1:]})
        return pa.table({LABEL: lines})
    found = found.rename_columns([LABEL if name == path.stem else name for name in found.column_names])
    for name in found.column_names if found.num_columns > 1 else ():
        cells = found[name].to_pylist()
        places = [int(cell) for cell in cells if cell is not None and re.fullmatch(r"\d{1,9}", cell)]
        start = min(places, default=0)
        if _PLACES.fullmatch(name) and start in (0, 1) and sorted(places) == list(range(start, start + len(cells))):
            order = sorted(range(len(cells)), key=lambda row: places[row])
            return found.take(order).drop_columns([name])
    return found
