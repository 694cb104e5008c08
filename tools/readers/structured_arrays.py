"""NumPy's structured arrays, whose fields have names: a `.npy` that holds a table, or several of them in a `.npz`.

    iris.npy    [('sepal_length', '<f8'), …, ('species', '<U12')]  (150,)      a column a field
    iris.npz    train (120,)   test (30,)                                      a table each, splits by their names
    pets.npy    [('size', [('mass', '<f4'), ('height', '<f4')]), ('bill', '<f4', (2,))]   size.mass, size.height, bill.0

Records (`np.recarray`) are written the same way. Fields of Python objects are pickles, and are refused.
Source: https://numpy.org/doc/stable/user/basics.rec.html
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noglue.tools.readers import _grids, npz
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    import numpy as np

READS = "NumPy's arrays with named fields (.npy, .npz)"
_MOST_FILES = 50
_MOST_COLUMNS = 10_000


def sniff(files: Sequence[Path]) -> Match | None:
    """The likeliest of `readings`."""
    return next(iter(readings(files)), None)


def readings(files: Sequence[Path]) -> list[Match]:
    """By the headers of NumPy's files."""
    likely = [path for path in files if npz.is_numpy(path) and npz.is_structured(path)]
    return _grids.readings(likely[:_MOST_FILES], files, _load, 0.88)


def count(match: Match) -> dict[str, int]:
    """Records a split."""
    return _grids.count(match, _load)


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable`, or `unsafe-pickle` for fields of Python objects."""
    return _grids.read(match, _load, rows, form)


def _load(path: Path, form: DataForm | None) -> dict[str, _grids.Grid]:
    found = {name: one for name, one in npz.load(path).items() if one.kind == "V" and one.vector}
    tables = {name: _grid(path, one.values.reshape(-1)) for name, one in found.items()}
    return tables if len(tables) != 1 else {"": next(iter(tables.values()))}


def _grid(path: Path, records: "np.ndarray") -> _grids.Grid:
    """records: (n,) of a structured type."""
    columns = _columns(path, records, "")
    rows = [list(row) for row in zip(*columns.values(), strict=True)]
    return _grids.Grid(list(columns), rows)


def _columns(path: Path, records: "np.ndarray", before: str) -> dict[str, list[str]]:
    """Cells by column, fields in fields as `a.b`, those of several values as `a.0`."""
    found: dict[str, list[str]] = {}
    for name in records.dtype.names or ():
        values = records[name]
        if values.dtype.names:
            found |= _columns(path, values, f"{before}{name}.")
            continue
        if values.dtype.kind in "cV":
            raise unreadable(path, f"its field {name} is of the type {values.dtype}, which is no column of a table")
        wide = values.reshape(len(values), -1)
        if wide.shape[1] > _MOST_COLUMNS:
            raise unreadable(path, f"its field {name} has {wide.shape[1]:,} values a row; it is no table")
        for place in range(wide.shape[1]):
            column = f"{before}{name}" if values.ndim == 1 else f"{before}{name}.{place}"
            found[column] = [_cell(value) for value in wide[:, place].tolist()]
    return found


def _cell(value: Any) -> str:
    return _grids.cell(value.decode("utf-8", "replace") if isinstance(value, bytes) else value)
