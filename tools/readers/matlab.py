"""MATLAB's .mat files, version 4 to 7 and 7.3: variables by their names, fields of a struct, cells of text.

    MATLAB 5.0 MAT-file, …    train_32x32.mat   X (32, 32, 3, 73257) uint8   y (73257, 1), 10 for the digit 0 (SVHN)
                              COIL20.mat        fea (1440, 1024)   gnd (1440, 1)
    MATLAB 7.3 MAT-file, …    HDF5 inside, with the axes in reverse

The rows are the last axis where only that has as many as there are labels. Objects (tables, strings, categoricals) are
not described by MATLAB, and are refused; `table2struct(T, 'ToScalar', true)` makes a struct of a table.
Source: https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf
"""

import math
import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noglue.tools.files.unchanging import start
from noglue.tools.readers import _array_sets, _hdf
from noglue.tools.readers._splits import unreadable
from noglue.tools.readers._stored import Stored, held
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    import numpy as np

READS = "MATLAB's .mat"
_BROKEN = (OSError, ValueError, LookupError, TypeError, EOFError, NotImplementedError, MemoryError, NameError,
           AttributeError, OverflowError, RuntimeError, RecursionError, zlib.error, struct.error)  # fmt: skip
_MOST_PACKED = 1100
_OBJECTS = ("opaque", "object", "function", "unknown")
_DEEPEST = 4


def readings(files: Sequence[Path]) -> list[Match]:
    """By the first bytes; version 4 has none of its own, so that its files are known by their ending as well."""
    return _array_sets.readings([path for path in files if _likely(path)], load, 0.8, files)


def sniff(files: Sequence[Path]) -> Match | None:
    return next(iter(readings(files)), None)


def count(match: Match) -> dict[str, int]:
    """Rows a split, by the headers."""
    return _array_sets.count(match, load)


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable`, StepFailed `missing-package` (7.3)."""
    raw = _array_sets.read(match, load, rows, form)
    house_numbers = all("32x32" in Path(path).name for path in match.files["all"])
    if house_numbers and raw.classes == [str(digit) for digit in range(1, 11)]:
        raw.classes[-1] = "0"
        raw.notes.append("SVHN's label 10 stands for the digit 0, and is called so")
    return raw


def _likely(path: Path) -> bool:
    try:
        head = start(path, 128)
    except OSError:
        return False
    if head.startswith((b"MATLAB 5.0 MAT-file", b"MATLAB 7.3 MAT-file")):
        return True
    return path.suffix.lower() == ".mat" and len(head) >= 20


def load(path: Path) -> Mapping[str, Stored]:
    """Raises DataError `unreadable`."""
    if _hdf.is_hdf(path):
        return _hdf.arrays(path, reversed_=True)
    import scipy.io

    try:
        listed = scipy.io.whosmat(path)
        found: dict[str, Stored] = {}
        for name, shape, kind in listed:
            if kind in _OBJECTS:
                raise unreadable(
                    path,
                    f"its variable {name} is an object of MATLAB's (a table, strings), which MATLAB alone reads",
                    "Save a struct instead: table2struct(T, 'ToScalar', true).",
                )
            if math.prod(shape) > _MOST_PACKED * path.stat().st_size:
                raise unreadable(path, f"its variable {name} promises {shape}, more than the file can hold")
            if kind in ("struct", "cell", "char"):
                found |= _plain(name, _variable(path, name))
            else:
                found[name] = _numbers(path, name, shape, kind)
        return found
    except _BROKEN as error:
        raise unreadable(path, f"it is damaged or not MATLAB's ({' '.join(str(error).split())[:200]})") from error


def _numbers(path: Path, name: str, shape: Sequence[int], kind: str) -> Stored:
    def take(rows: "np.ndarray | None", axis: int) -> "np.ndarray":
        try:
            return held(_dense(_variable(path, name))).take(rows, axis)
        except _BROKEN as error:
            raise unreadable(path, f"its variable {name} is damaged ({error})") from error

    letter = "b" if kind == "logical" else "f" if kind in ("double", "single", "sparse") else kind[0]
    width = 1 if kind.endswith("8") or kind == "logical" else 8
    return Stored(tuple(shape), letter, width, take)


def _variable(path: Path, name: str) -> Any:
    import scipy.io

    return scipy.io.loadmat(path, variable_names=[name], chars_as_strings=True)[name]


def _dense(value: Any) -> "np.ndarray":
    import numpy as np
    import scipy.sparse

    if not scipy.sparse.issparse(value):
        return np.asarray(value)
    if math.prod(value.shape) > 1 << 28:
        raise ValueError(f"a sparse matrix of {value.shape} is too large to be a table")
    return np.asarray(value.toarray())


def _plain(name: str, value: Any, depth: int = 0) -> dict[str, Stored]:
    """Structs by their fields, arrays of structs as a table of a column a field, cells of single values as arrays."""
    import numpy as np

    array = np.asarray(value)
    if array.dtype.names:
        found: dict[str, Stored] = {}
        for field in array.dtype.names if depth < _DEEPEST else ():
            if array.size == 1:
                found |= _plain(f"{name}/{field}", array[field].reshape(-1)[0], depth + 1)
            else:
                found |= _plain(f"{name}/{field}", array[field], depth + 1)
        return found
    if array.dtype != object:
        return {name: held(array)}
    cells = [np.asarray(cell) for cell in array.reshape(-1)]
    if all(cell.size == 1 and cell.dtype.kind in "US" for cell in cells):
        return {name: held(np.array([str(cell.reshape(-1)[0]) for cell in cells]))}
    if all(cell.size <= 1 and cell.dtype.kind in "USbiuf" for cell in cells):
        empty = any(not cell.size or cell.dtype.kind in "US" for cell in cells)
        values = [cell.reshape(-1)[0] if cell.size else "" for cell in cells]
        return {name: held(np.array([str(one) for one in values]) if empty else np.array(values))}
    if len({cell.shape for cell in cells}) == 1 and cells[0].dtype.kind in "biuf" and cells:
        return {name: held(np.stack(cells))}
    return {}
