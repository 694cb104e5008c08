"""NumPy archives and arrays: `.npz`, or loose `.npy` files with the names that an archive's arrays would have.

    mnist.npz       x_train (60000, 28, 28) uint8   y_train (60000,)   x_test   y_test           (Keras)
    pathmnist.npz   train_images (n, 28, 28, 3)   train_labels (n, 1)   val_images …   test_…     (MedMNIST)
    set.npz         X (n, d)   y (n,)      or one array alone: unlabelled rows
    kmnist-train-imgs.npz  kmnist-train-labels.npz  train/X.npy  test/X.npy     several files: their names count too
    images.npy  labels.csv           a table or a list of labels beside arrays, of as many rows
    X_0.npy  X_1.npy  y_0.npy  y_1.npy     shards, joined in the order of their numbers

Arrays of (n, height, width[, channels]) or (n, channels, height, width) are images, (n, d) a table, several of (n,) one
of a column each. What is not packed is mapped into memory. Arrays of Python objects are pickles and are refused.
Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

import math
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from noglue.tools.files.unchanging import start
from noglue.tools.readers import _array_sets
from noglue.tools.readers._stored import Stored, held
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    import numpy as np

READS = "NumPy .npz and .npy"
_BROKEN = (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error, MemoryError, NotImplementedError,
           SyntaxError, RecursionError, TypeError, OverflowError, RuntimeError, tokenize.TokenError,
           struct.error)  # fmt: skip
_MOST_COLUMNS = 100_000
_MAGIC = b"\x93NUMPY"


class _Header(NamedTuple):
    shape: tuple[int, ...]
    columns_first: bool
    dtype: "np.dtype"
    start: int


def readings(files: Sequence[Path]) -> list[Match]:
    """By the first bytes, and the names of the arrays inside."""
    return _array_sets.readings(
        [path for path in files if is_numpy(path) and not is_structured(path)], load, files=files
    )


def sniff(files: Sequence[Path]) -> Match | None:
    return next(iter(readings(files)), None)


def count(match: Match) -> dict[str, int]:
    """Rows a split."""
    return _array_sets.count(match, load)


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable`, or `unsafe-pickle` for arrays of objects."""
    return _array_sets.read(match, load, rows, form)


def is_numpy(path: Path) -> bool:
    """Whether a file is an array or an archive of arrays, by its first bytes."""
    try:
        head = start(path, 6)
        if head == _MAGIC:
            return True
        if head[:4] != b"PK\x03\x04" or path.suffix.lower() in (".xlsx", ".docx", ".ods"):
            return False
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
        return bool(names) and (path.suffix.lower() == ".npz" or all(name.endswith(".npy") for name in names))
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError):
        return False


def is_structured(path: Path) -> bool:
    """Whether all its arrays have fields with names: `structured_arrays.py` reads these."""
    try:
        kinds = {one.kind for one in load(path).values()}
    except DataError:
        return False
    return kinds == {"V"}


def load(path: Path) -> Mapping[str, Stored]:
    """Its arrays by name, by the headers alone. Raises DataError `unreadable`."""
    from noglue.tools.readers import _zipped
    from noglue.tools.readers._splits import unreadable

    try:
        with path.open("rb") as file:
            if file.read(6) == _MAGIC:
                file.seek(0)
                return {"": _stored(_header(file, path.stat().st_size), path, None)}
        found = {}
        with zipfile.ZipFile(path) as archive:
            _zipped.check(path, archive)
            for member in archive.infolist():
                if member.filename.endswith(".npy"):
                    with archive.open(member) as inside:
                        header = _header(inside, member.file_size)
                    found[member.filename.removesuffix(".npy")] = _stored(header, path, member)
        return found
    except _BROKEN as error:
        raise unreadable(path, f"it is damaged or not NumPy's ({error})") from error


def _header(file: IO[bytes], size: int) -> _Header:
    """size: bytes that are there; a header that promises more raises one of `_BROKEN` before room is made for it."""
    from numpy.lib import format as npy

    major, _ = npy.read_magic(file)
    shape, columns_first, dtype = (npy.read_array_header_1_0 if major == 1 else npy.read_array_header_2_0)(file)
    if not dtype.hasobject and (
        math.prod(shape) * dtype.itemsize > size or (0 in shape and max(shape) > _MOST_COLUMNS)
    ):
        raise ValueError(f"its header promises {shape} of {dtype}, more than its {size:,} bytes can hold")
    if len(shape) == 2 and shape[1] > _MOST_COLUMNS and shape[0] != 1:
        raise ValueError(f"it has {shape[1]:,} columns; at most {_MOST_COLUMNS:,} can be learned from")
    return _Header(shape, columns_first, dtype, file.tell())


def _stored(header: _Header, path: Path, member: zipfile.ZipInfo | None) -> Stored:
    def take(rows: "np.ndarray | None", axis: int) -> "np.ndarray":
        return held(_array(header, path, member)).take(rows, axis)

    kind = "U" if header.dtype.kind in "SU" else header.dtype.kind
    return Stored(header.shape, kind, header.dtype.itemsize, take)


def _array(header: _Header, path: Path, member: zipfile.ZipInfo | None) -> "np.ndarray":
    """Mapped into memory where the bytes lie as they are, else unpacked."""
    import numpy as np
    from numpy.lib import format as npy

    from noglue.tools.readers._splits import unreadable

    if header.dtype.hasobject:
        raise DataError(
            Kind.UNSAFE_PICKLE,
            f"{path.name} holds arrays of Python objects, which are pickles; they are not read.",
            hint="Save it again with arrays of numbers.",
            path=str(path),
        )
    try:
        if member is not None and member.compress_type != zipfile.ZIP_STORED:
            with zipfile.ZipFile(path) as archive, archive.open(member) as file:
                return npy.read_array(file, allow_pickle=False)
        start = header.start + (0 if member is None else _data_of(path, member))
        order: Any = "F" if header.columns_first else "C"
        return (
            np.memmap(path, header.dtype, "r", start, header.shape, order)
            if math.prod(header.shape)
            else np.empty(header.shape, header.dtype)
        )
    except _BROKEN as error:
        raise unreadable(path, f"it is damaged or not NumPy's ({error})") from error


def _data_of(path: Path, member: zipfile.ZipInfo) -> int:
    """Where a member's bytes begin: behind a header of its own, with its name and more."""
    with path.open("rb") as file:
        file.seek(member.header_offset)
        head = file.read(30)
    if head[:4] != b"PK\x03\x04":
        raise ValueError("a member is not where the table of contents says")
    name, extra = struct.unpack("<HH", head[26:30])
    return member.header_offset + 30 + int(name) + int(extra)
