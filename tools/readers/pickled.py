"""Pickles of plain containers and NumPy arrays: dictionaries by their keys, tuples by their places, lists of rows.

    data.pkl     {"x_train": array, "y_train": [3, 1, …], …}     {"train": {"data": …, "labels": …}, "test": …}
    mnist.pkl    ((x, y), (x, y), (x, y))     train, validation and test
    pairs.pkl    [(array, 3), (array, 1), …]          rows.pkl  [{"age": 3, "sex": "f"}, …]

Nothing is run: a pickle that asks for anything else (a data frame, a model, a class) is refused before it is called.
Source: https://docs.python.org/3/library/pickle.html
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noglue.tools.files.unchanging import start
from noglue.tools.readers import _array_sets, _containers, cifar_pickled
from noglue.tools.readers._splits import unreadable
from noglue.tools.readers._stored import Stored
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    import numpy as np

READS = "pickles of arrays and plain containers"
_ENDINGS = (".pkl", ".pickle", ".pck", ".p", ".pk")
_MOST_BYTES = 8 << 30
_DOUBT = 0.7


def readings(files: Sequence[Path]) -> list[Match]:
    """By the first bytes, and an ending where they are those of old pickles."""
    return _array_sets.readings([path for path in files if _likely(path)], _load, _DOUBT, files)


def sniff(files: Sequence[Path]) -> Match | None:
    return next(iter(readings(files)), None)


def count(match: Match) -> dict[str, int]:
    """Rows a split; the pickles must be read for it."""
    return _array_sets.count(match, _load)


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable`, `unsafe-pickle`."""
    return _array_sets.read(match, _load, rows, form)


def _likely(path: Path) -> bool:
    """Protocol 2 and later begin with 80 and their number, and end with a full stop."""
    ending = path.suffix.lower()
    try:
        head = start(path, 2)
    except OSError:
        return False
    modern = len(head) == 2 and head[0] == 0x80 and 2 <= head[1] <= 5
    known = cifar_pickled.named(path) and not ending  # a reader of its own
    return (modern and ending in (*_ENDINGS, "") and not known) or (ending in _ENDINGS and head[:1] in b"(]}cl")


def _load(path: Path) -> Mapping[str, Stored]:
    told = path.stat()
    if told.st_size > _MOST_BYTES:
        raise unreadable(path, f"a pickle of {told.st_size / 1e9:.0f} GB would have to be held in memory whole")
    return _content(path, told.st_size, told.st_mtime_ns)


@lru_cache(maxsize=1)
def _content(path: Path, size: int, changed: int) -> Mapping[str, Stored]:
    """Kept from the first look to the reading. size, changed: so that another file of the name is read anew."""
    from noglue.tools.readers import _safe_pickle

    return _containers.arrays(_safe_pickle.load(path), path, _numpy)


def _numpy(value: Any) -> "np.ndarray | None":
    import numpy as np

    return value if isinstance(value, np.ndarray) else None
