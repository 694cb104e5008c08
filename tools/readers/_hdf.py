"""The data sets of an HDF5 file as arrays, by their headers; nothing is followed out of the file.

A file may name others (external links, virtual data sets, external storage): those are left aside, as `h5py` would open
any file that is named so. What a header promises is held against the bytes that are there.
"""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noglue.tools.files.unchanging import start
from noglue.tools.readers._splits import unreadable
from noglue.tools.readers._stored import Stored, texts
from noglue.tools.spec.errors import Kind, StepFailed

if TYPE_CHECKING:
    import numpy as np

MAGIC = b"\x89HDF\r\n\x1a\n"
_STARTS = (0, 512, 1024, 2048)  # where the magic bytes may stand, behind another format's header
_MOST_PACKED = 1100  # zlib packs no more than 1032 bytes into one
_MOST_ARRAYS = 10_000
_DEEPEST = 16
_BROKEN = (OSError, ValueError, KeyError, RuntimeError, TypeError, MemoryError, OverflowError, AttributeError)


def is_hdf(path: Path) -> bool:
    try:
        return any(start(path, len(MAGIC), place) == MAGIC for place in _STARTS)
    except OSError:
        return False


def arrays(path: Path, reversed_: bool = False) -> Mapping[str, Stored]:
    """Each by the names of its groups and its own, with slashes. reversed_: the axes, as MATLAB counts them.

    Raises DataError `unreadable`, StepFailed `missing-package`.
    """
    h5py = _library()
    try:
        with h5py.File(path, "r") as file:
            _refuse_pandas(path, file)
            found = {}
            for name, one in _walk(file, h5py):
                _check(path, name, one)
                found.update(_stored(path, name, one, reversed_, h5py))
                if len(found) > _MOST_ARRAYS:
                    raise unreadable(path, f"it holds more than {_MOST_ARRAYS:,} arrays")
            return found
    except _BROKEN as error:
        raise unreadable(path, f"it is damaged or no HDF5 ({' '.join(str(error).split())[:200]})") from error


def _library() -> Any:
    try:
        import h5py
    except ModuleNotFoundError as error:
        hint = "pip install 'noglue[formats]' installs it."
        raise StepFailed(Kind.MISSING_PACKAGE, "HDF5 files need h5py, which is not installed.", hint=hint,
                         package="h5py", extra="formats") from error  # fmt: skip
    return h5py


def _walk(group: Any, h5py: Any, above: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    for name in group:
        if depth > _DEEPEST or name.startswith("#") or not isinstance(group.get(name, getlink=True), h5py.HardLink):
            continue
        one = group[name]
        if isinstance(one, h5py.Dataset):
            yield above + name, one
        elif isinstance(one, h5py.Group):
            yield from _walk(one, h5py, f"{above}{name}/", depth + 1)


def _check(path: Path, name: str, one: Any) -> None:
    if one.is_virtual or one.external:
        raise unreadable(path, f"its array {name} lies in other files, which are not followed")
    if one.shape is None:
        return
    promised = math.prod(one.shape) * one.dtype.itemsize
    kept = one.id.get_storage_size()
    if promised > _MOST_PACKED * max(kept, 1) and promised > 1 << 20:
        raise unreadable(path, f"its array {name} promises {promised:,} bytes of the {kept:,} that are there")


def _stored(path: Path, name: str, one: Any, reversed_: bool, h5py: Any) -> dict[str, Stored]:
    """A compound type is a table: one array a field."""
    if one.shape is None:
        return {}
    if one.dtype.names:
        return {f"{name}/{field}": _field(path, name, one, field) for field in one.dtype.names}
    text = h5py.check_string_dtype(one.dtype) is not None or one.dtype.kind == "S"
    kind = "U" if text else one.dtype.kind
    boolean = h5py.check_enum_dtype(one.dtype) == {"FALSE": 0, "TRUE": 1}
    shape = tuple(reversed(one.shape)) if reversed_ else tuple(one.shape)

    def take(rows: "np.ndarray | None", axis: int) -> "np.ndarray":
        import numpy as np

        with _opened(path, name) as data:
            there = data.ndim - 1 - axis if reversed_ else axis
            key = (slice(None),) * there + (slice(None) if rows is None else rows,)
            values = data[key] if data.ndim else data[()]
        values = values.T if reversed_ else values
        values = np.moveaxis(values, axis, 0) if values.ndim else values
        return texts(values) if text else values.astype(bool) if boolean else np.asarray(values)

    return {name: Stored(shape, "b" if boolean else kind, one.dtype.itemsize, take)}


def _field(path: Path, name: str, one: Any, field: str) -> Stored:
    kind = one.dtype[field].kind

    def take(rows: "np.ndarray | None", axis: int) -> "np.ndarray":
        with _opened(path, name) as data:
            values = data[field] if rows is None else data[rows][field]
        return texts(values) if values.dtype.kind in "OS" else values

    return Stored(tuple(one.shape), "U" if kind in "OS" else kind, one.dtype[field].itemsize, take)


class _opened:  # noqa: N801, read as a function
    """A data set of a file that is open as long as it is read. Raises DataError `unreadable`."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name

    def __enter__(self) -> Any:
        self.file = _library().File(self.path, "r")
        return self.file[self.name]

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self.file.close()
        if isinstance(error, _BROKEN):
            reason = " ".join(str(error).split())[:200]
            raise unreadable(self.path, f"its array {self.name} is damaged ({reason})") from error


def _refuse_pandas(path: Path, file: Any) -> None:
    """Its own objects hold pickles."""
    for name in file:
        link = file.get(name, getlink=True)
        if type(link).__name__ == "HardLink" and "pandas_type" in file[name].attrs:
            raise unreadable(
                path,
                "it is a data frame as pandas' `to_hdf` writes it, with pickles inside",
                "Save it again with `to_parquet` or `to_csv`.",
            )
