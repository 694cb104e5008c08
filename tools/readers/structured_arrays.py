"""NumPy's structured arrays, whose fields have names: a `.npy` that holds a table, or several of them in a `.npz`.

    iris.npy    [('sepal_length', '<f8'), …, ('species', '<U12')]  (150,)      a column a field
    iris.npz    train (120,)   test (30,)                                      a table each, splits by their names
    pets.npy    [('size', [('mass', '<f4'), ('height', '<f4')]), ('bill', '<f4', (2,))]   size.mass, size.height, bill.0

Records (`np.recarray`) are written the same way. Fields of Python objects are pickles, and are refused.
Source: https://numpy.org/doc/stable/user/basics.rec.html
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.readers import _cells, _grids, npz
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm

if TYPE_CHECKING:
    import numpy as np

READS = "NumPy's arrays with named fields (.npy, .npz)"
_MOST_COLUMNS = 10_000


def _likely(files: Sequence[Path]) -> list[Path]:
    """By the headers of NumPy's files."""
    return [path for path in files if npz.is_numpy(path) and npz.is_structured(path)]


def _load(path: Path, form: DataForm | None) -> dict[str, _grids.Grid]:
    """Raises DataError `unreadable`, or `unsafe-pickle` for fields of Python objects."""
    found = {name: one for name, one in npz.load(path).items() if one.kind == "V" and one.vector}
    tables = {name: _grid(path, one.values.reshape(-1), form) for name, one in found.items()}
    return tables if len(tables) != 1 else {"": next(iter(tables.values()))}


def _grid(path: Path, records: "np.ndarray", form: DataForm | None) -> _grids.Grid:
    """records: (n,) of a structured type."""
    columns = _columns(path, records, "")
    forms = form.cells if form is not None else {}
    return _grids.Grid(list(columns), [_cells.column(values, forms.get(name)) for name, values in columns.items()])


def _columns(path: Path, records: "np.ndarray", before: str) -> dict[str, list[object]]:
    """Cells by column, fields in fields as `a.b`, those of several values as `a.0`."""
    found: dict[str, list[object]] = {}
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
            found[column] = [_plain(value) for value in wide[:, place].tolist()]
    return found


def _plain(value: object) -> object:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


_READER = _grids.GridReader(_likely, _load, 0.88)
sniff, readings, count, read = _READER.sniff, _READER.readings, _READER.count, _READER.read
