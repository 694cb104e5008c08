"""Dictionaries, lists and tuples of arrays, as pickles and PyTorch's files hold them, to named arrays.

{"train": {"data": …, "labels": […]}, "test": …}      train/data, train/labels, …
((x, y), (x, y), (x, y))                              train, validation and test, as in `mnist.pkl`
(x, y)                                                features and labels
[(x, 3), (x, 1), …], [{"age": 3, …}, …]               a row each
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noglue.tools.readers._splits import unreadable
from noglue.tools.readers._stored import Stored, held

if TYPE_CHECKING:
    import numpy as np

_ORDERS = {2: ("train", "test"), 3: ("train", "validation", "test")}
_DEEPEST = 6
_MOST_NAMES = 10_000

Convert = Callable[[Any], "np.ndarray | None"]


def arrays(content: Any, path: Path, convert: Convert) -> Mapping[str, Stored]:
    """convert: what is an array to the format, to NumPy's. Raises DataError `unreadable` where nothing is one."""
    found: dict[str, Stored] = {}
    _into(found, "", content, convert, 0)
    if not found:
        raise unreadable(path, "it holds no arrays and no lists of numbers")
    return found


def _into(found: dict[str, Stored], name: str, value: Any, convert: Convert, depth: int) -> None:
    array = _array(value, convert)
    if array is not None:
        found[name] = held(array)
    if array is not None or depth > _DEEPEST or len(found) > _MOST_NAMES:
        return
    below = f"{name}/" if name else ""
    if isinstance(value, Mapping):
        for key, one in value.items():
            text = key.decode("latin1") if isinstance(key, bytes) else str(key)
            _into(found, f"{below}{text.replace('/', '_')}", one, convert, depth + 1)
    elif isinstance(value, list | tuple):
        for key, one in _named(value, convert):
            _into(found, f"{below}{key}", one, convert, depth + 1)


def _named(value: Any, convert: Convert) -> list[tuple[str, Any]]:
    """What the places in a tuple or the items of a list of rows stand for."""
    if len(value) in _ORDERS and all(isinstance(one, list | tuple | Mapping) and 2 <= len(one) <= 4 for one in value):
        whole = [[_array(part, convert) for part in _parts(one)] for one in value]
        if all(part is not None and part.ndim for one in whole for part in one):
            return list(zip(_ORDERS[len(value)], value, strict=True))
    parts = [_array(one, convert) for one in value] if 2 <= len(value) <= 8 else []
    if parts and all(part is not None and part.ndim for part in parts):
        lengths = [len(part) for part in parts if part is not None]
        if len(parts) == 2 and lengths[0] == lengths[1]:
            return [("x", value[0]), ("y", value[1])]
        if len(parts) == 4 and lengths[0] == lengths[2] and lengths[1] == lengths[3]:  # scikit-learn's order
            return list(zip(("x_train", "x_test", "y_train", "y_test"), value, strict=True))
        if len(parts) == 4 and lengths[0] == lengths[1] and lengths[2] == lengths[3]:
            return list(zip(("x_train", "y_train", "x_test", "y_test"), value, strict=True))
    if value and all(isinstance(one, Mapping) for one in value):
        keys = list(dict.fromkeys(key for one in value for key in one))
        return [(str(key), [one.get(key) for one in value]) for key in keys]
    if value and all(isinstance(one, list | tuple) and len(one) == 2 for one in value):
        return [("x", [one[0] for one in value]), ("y", [one[1] for one in value])]
    return []


def _parts(one: Any) -> list[Any]:
    return list(one.values()) if isinstance(one, Mapping) else list(one)


def _array(value: Any, convert: Convert) -> "np.ndarray | None":
    """Arrays, and lists of numbers, of texts or of arrays that are all alike."""
    import numpy as np

    found = convert(value)
    if found is not None or not isinstance(value, list | tuple) or not value:
        return found
    if all(isinstance(one, bool | int | float) for one in value):
        numbers = np.array(value)
        return numbers if numbers.dtype.kind in "buif" else None
    if all(isinstance(one, str | bytes) or one is None for one in value):
        return np.array([one.decode("utf-8", "replace") if isinstance(one, bytes) else one or "" for one in value])
    if all(one is None or isinstance(one, bool | int | float) for one in value):
        return np.array([np.nan if one is None else float(one) for one in value])
    if len(value) == 2 and isinstance(value, tuple):
        return None
    parts = [convert(one) for one in value]
    if all(part is None for part in parts):
        parts = [_array(one, convert) if isinstance(one, list) else None for one in value]
    if all(part is not None for part in parts) and len({part.shape for part in parts if part is not None}) == 1:
        stacked = [part for part in parts if part is not None]
        return np.stack(stacked) if len(stacked) > 8 or stacked[0].ndim else None
    return None
