"""Labels of arrays in a file of text beside them: `X_train.npy` and `y_train.csv`, `images.npy` and `labels.txt`.

cat                 id,label            One value a line, or columns of which those that number the rows are none.
dog                 0,cat
"""

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.readers._splits import unreadable
from noglue.tools.readers._stored import Stored, held, told

if TYPE_CHECKING:
    import numpy as np

_MOST_BYTES = 64 << 20
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")


def likely(path: Path) -> bool:
    """By the name alone: it tells labels, and nothing else."""
    if path.suffix.lower() not in (".csv", ".txt", ".tsv"):
        return False
    found = told([path.stem])
    return found.role == "labels"


def load(path: Path) -> Mapping[str, Stored]:
    """Its columns by their names, "" where it has one without. Raises DataError `unreadable`."""
    if path.stat().st_size > _MOST_BYTES:
        raise unreadable(path, "it is too large for a list of labels")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, f"it is no text in UTF-8 ({error})") from error
    mark = "\t" if path.suffix.lower() == ".tsv" or "\t" in text[:1000] else ","
    try:
        rows = [row for row in csv.reader(text.splitlines(), delimiter=mark) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise unreadable(path, f"it is no table ({error})") from error
    width = len(rows[0]) if rows else 0
    if not width or any(len(row) != width for row in rows):
        raise unreadable(path, "its lines are not of one length")
    header = _is_header(rows)
    names = [cell.strip() for cell in rows.pop(0)] if header else [""] if width == 1 else [str(n) for n in range(width)]
    columns = {name: _values([row[place].strip() for row in rows]) for place, name in enumerate(names)}
    kept = {name: values for name, values in columns.items() if width == 1 or not _counts(values)}
    return {name if width > 1 else "": held(values) for name, values in kept.items()}


def _is_header(rows: list[list[str]]) -> bool:
    """A first line that is called a label, or of words above numbers."""
    first, others = rows[0], rows[1:100]
    if any(told([cell]).role == "labels" for cell in first if cell.strip()):
        return True
    return bool(others) and any(
        not _NUMBER.fullmatch(cell) and all(_NUMBER.fullmatch(row[place]) for row in others)
        for place, cell in enumerate(first)
    )


def _values(cells: list[str]) -> "np.ndarray":
    import numpy as np

    if not cells or not all(_NUMBER.fullmatch(cell) for cell in cells):
        return np.array(cells, dtype=str)
    numbers = np.array(cells, np.float64)
    whole = bool((numbers == np.rint(numbers)).all()) and not any("." in cell for cell in cells)
    return numbers.astype(np.int64) if whole and np.abs(numbers).max() < 2**53 else numbers


def _counts(values: "np.ndarray") -> bool:
    """0, 1, 2, … or 1, 2, 3, …: the numbers of the rows."""
    import numpy as np

    return (
        values.dtype.kind == "i"
        and len(values) > 2
        and bool(np.array_equal(values - values[0], np.arange(len(values))) and values[0] in (0, 1))
    )
