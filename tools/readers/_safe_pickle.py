"""Read a pickle of plain containers and NumPy arrays, and nothing else.

Unpickling may call any function that the stream names. Here a name is looked up in a short list of stand-ins that only
collect numbers; anything else raises DataError `unsafe-pickle` before it is called. The pure-Python unpickler is used
because the C one allocates by sizes that the stream merely claims.

Names change with versions: NumPy 2 writes `numpy._core`, earlier ones `numpy.core`.
"""

import io
import math
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.errors import DataError, Kind

_BROKEN = (pickle.UnpicklingError, EOFError, ValueError, IndexError, KeyError, TypeError, AttributeError, MemoryError,
           OverflowError, AssertionError, RecursionError)  # fmt: skip


class _Dtype:
    """Stands in for numpy.dtype: sized numbers, booleans, texts; `O8` are items of the pickle's own."""

    def __init__(self, code: Any, *_: Any) -> None:
        self.code = _text(code)
        if self.code != "O8" and (self.code[:1] not in "biufUS" or np.dtype(self.code).hasobject):
            raise ValueError(f"arrays of type {self.code!r}")

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        order = _text(state[1])
        if self.code != "O8":
            self.code = (order if order in "<>" else "|") + self.code.lstrip("<>|=")


class _Array:
    """Stands in for numpy.ndarray; `values` is set from its state: version, shape, dtype, column order, bytes."""

    values: np.ndarray

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, dtype, columns_first, data = state
        if dtype.code == "O8":
            self.values = _items(list(data), tuple(shape))
            return
        flat = np.frombuffer(_bytes(data), dtype.code)
        if flat.size != math.prod(shape):
            raise ValueError(f"{flat.size} numbers for the shape {shape}")
        self.values = flat.reshape(shape, order="F" if columns_first else "C")


class _Dict(dict[Any, Any]):
    """Stands in for dictionaries with attributes, which are left out."""

    def __setstate__(self, state: Any) -> None:
        pass


def _items(items: list[Any], shape: tuple[int, ...]) -> np.ndarray:
    if math.prod(shape) != len(items) or not all(isinstance(one, str | bytes | int | float | None) for one in items):
        raise ValueError("an array of objects that are neither texts nor numbers")
    texts = any(isinstance(one, str | bytes) for one in items)
    plain = (
        ["" if one is None else _text(one) for one in items]
        if texts
        else [np.nan if one is None else one for one in items]
    )
    return np.array(plain).reshape(shape)


def _reconstruct(*_: Any) -> _Array:
    return _Array()


def _frombuffer(data: Any, dtype: _Dtype, shape: tuple[int, ...], order: str) -> _Array:
    """How protocol 5 writes arrays."""
    array = _Array()
    array.__setstate__((1, shape, dtype, order == "F", data))
    return array


def _scalar(dtype: _Dtype, data: Any) -> Any:
    return np.frombuffer(_bytes(data), dtype.code)[0].item()


def _encode(text: str, encoding: str) -> bytes:
    """How protocols 0 to 2 write bytes."""
    if encoding != "latin1":
        raise ValueError(f"bytes in the encoding {encoding!r}")
    return text.encode("latin1")


_ALLOWED: dict[tuple[str, str], Callable[..., Any]] = {
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Dtype,
    ("_codecs", "encode"): _encode,
    ("__builtin__", "bytes"): bytes,
    ("builtins", "bytes"): bytes,
    ("builtins", "bytearray"): bytearray,
    ("collections", "OrderedDict"): dict,
    ("sklearn.utils._bunch", "Bunch"): _Dict,
    ("sklearn.utils", "Bunch"): _Dict,
}
for _core in ("numpy.core", "numpy._core"):
    _ALLOWED[f"{_core}.multiarray", "_reconstruct"] = _reconstruct
    _ALLOWED[f"{_core}.multiarray", "scalar"] = _scalar
    _ALLOWED[f"{_core}.numeric", "_frombuffer"] = _frombuffer


class _Unpickler(pickle._Unpickler):  # the pure-Python one, see above
    def __init__(self, file: io.BytesIO, path: Path) -> None:
        super().__init__(file, encoding="bytes")
        self.path = path

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise DataError(
                Kind.UNSAFE_PICKLE,
                f"{self.path.name} is a pickle that asks for {module}.{name}, neither an array nor a container.",
                hint="It was not run. Get the data in another format, or from a place that you trust.",
                path=str(self.path),
                name=f"{module}.{name}",
            )
        return _ALLOWED[module, name]


def load(path: Path) -> Any:
    """The pickle's content, arrays as NumPy arrays, keys of dictionaries as text (Python 2 wrote bytes).

    Raises DataError `unsafe-pickle`, or `unreadable` when it is damaged.
    """
    try:
        return _plain(_Unpickler(io.BytesIO(path.read_bytes()), path).load())
    except _BROKEN as error:
        raise unreadable(path, f"it is not a whole pickle of arrays ({error})") from error


def _plain(value: Any, done: dict[int, Any] | None = None) -> Any:
    """done: what was made of each container, so that one that is held many times is one still."""
    done = {} if done is None else done
    if isinstance(value, _Array):
        return value.values
    if not isinstance(value, dict | list | tuple):
        return value
    if id(value) not in done:
        done[id(value)] = value  # a list that holds itself
        if isinstance(value, dict):
            done[id(value)] = {_text(key): _plain(item, done) for key, item in value.items()}
        elif any(isinstance(item, _Array | dict | list | tuple) for item in value):
            done[id(value)] = type(value)(_plain(item, done) for item in value)
    return done[id(value)]


def _text(value: Any) -> str:
    return value.decode("latin1") if isinstance(value, bytes) else str(value)


def _bytes(value: Any) -> bytes:
    """Python 2's strings come as bytes, and as text where the pickle is of protocol 0."""
    if isinstance(value, str):
        return value.encode("latin1")
    if not isinstance(value, bytes | bytearray):
        raise ValueError("an array without bytes")
    return bytes(value)
