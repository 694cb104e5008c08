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
_GROWTH, _GRACE = 64, 16 << 20  # bytes of arrays for one of the file: a list that holds itself many times has more

Convert = Callable[[Any], "np.ndarray | None"]


class _Lists:
    """Lists as arrays. Raises ValueError where they would need far more room than the file has."""

    def __init__(self, convert: Convert, path: Path) -> None:
        self.convert = convert
        self.left = _GROWTH * path.stat().st_size + _GRACE

    def counted(self, found: "np.ndarray") -> "np.ndarray":
        self.left -= found.nbytes
        if self.left < 0:
            raise ValueError("its lists would unfold to far more than it is")
        return found

    def array(self, value: Any, depth: int = 0) -> "np.ndarray | None":
        """Arrays, and lists of numbers, of texts or of arrays that are all alike."""
        import numpy as np

        found = self.convert(value)
        if found is not None or not isinstance(value, list | tuple) or not value or depth > _DEEPEST:
            return found
        if all(isinstance(one, bool | int | float) for one in value):
            numbers = np.array(value)
            return self.counted(numbers) if numbers.dtype.kind in "buif" else None
        if all(isinstance(one, str | bytes) or one is None for one in value):
            texts = [one.decode("utf-8", "replace") if isinstance(one, bytes) else one or "" for one in value]
            return self.counted(np.array(texts))
        if all(one is None or isinstance(one, bool | int | float) for one in value):
            return self.counted(np.array([np.nan if one is None else float(one) for one in value]))
        if len(value) == 2 and isinstance(value, tuple):
            return None
        return self._stacked(value, depth)

    def _stacked(self, value: Any, depth: int) -> "np.ndarray | None":
        import numpy as np

        parts: list[np.ndarray] = []
        for one in value:
            part = self.convert(one)
            part = self.array(one, depth + 1) if part is None and isinstance(one, list) else part
            if part is None or not part.ndim or part.shape != (parts[0].shape if parts else part.shape):
                return None
            parts.append(self.counted(part))
        return np.stack(parts)


def arrays(content: Any, path: Path, convert: Convert) -> Mapping[str, Stored]:
    """convert: what is an array to the format, to NumPy's. Raises DataError `unreadable` where nothing is one."""
    found: dict[str, Stored] = {}
    try:
        _into(found, "", content, _Lists(convert, path), 0)
    except ValueError as error:
        raise unreadable(path, str(error)) from error
    if not found:
        raise unreadable(path, "it holds no arrays and no lists of numbers")
    return found


def _into(found: dict[str, Stored], name: str, value: Any, lists: _Lists, depth: int) -> None:
    array = lists.array(value)
    if array is not None:
        found[name] = held(array)
    if len(found) > _MOST_NAMES:
        raise ValueError(f"it holds more than {_MOST_NAMES:,} arrays")
    if array is not None or depth > _DEEPEST:
        return
    below = f"{name}/" if name else ""
    if isinstance(value, Mapping):
        for key, one in value.items():
            text = key.decode("latin1") if isinstance(key, bytes) else str(key)
            _into(found, f"{below}{text.replace('/', '_')}", one, lists, depth + 1)
    elif isinstance(value, list | tuple):
        for key, one in _named(value, lists):
            _into(found, f"{below}{key}", one, lists, depth + 1)


def _named(value: Any, lists: _Lists) -> list[tuple[str, Any]]:
    """What the places in a tuple or the items of a list of rows stand for."""
    if len(value) in _ORDERS and all(isinstance(one, list | tuple | Mapping) and 2 <= len(one) <= 4 for one in value):
        whole = [[lists.array(part) for part in _parts(one)] for one in value]
        if all(part is not None and part.ndim for one in whole for part in one):
            return list(zip(_ORDERS[len(value)], value, strict=True))
    parts = [lists.array(one) for one in value] if 2 <= len(value) <= 8 else []
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
