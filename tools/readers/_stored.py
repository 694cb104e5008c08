"""Arrays of files, known by their headers; and what their names tell: the split, the role, the data set.

x_train            train, features          train/labels.npy     train, labels
kmnist-test-imgs   test, features, kmnist   coarse_labels        labels, if none are called just that
list_classes       names of the classes     subject_id           another column
"""

import math
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from noglue.tools.readers._splits import split_of

if TYPE_CHECKING:
    import numpy as np

_FEATURES = (
    r"x|xs|images?|imgs?|pictures?|pics?|photos?|faces|data|features?|feats?|feas?|inputs?|pixels|samples|patterns|vectors"
    r"|texts?|arr_?0"
)
_LABELS = r"y|ys|labels?|lbls?|targets?|class|classes|outputs?|gnd|ground_?truth|truth|arr_?1"
_CLASS_NAMES = (
    r"(list_)?(of_)?classes|(list_of_)?(class|label|target|category|fine_label)_?names?|categories|label_list"
)
_COLUMN_NAMES = r"(feature|column|col|attribute|variable|var|field)_?names?|columns|attributes|feature_list"
_NOISE = {"set", "orig", "original", "array", "arrays", "npy", "npz", "of", "idx", "ubyte"}
_SHORT = {"tr": "train", "te": "test", "ts": "test", "va": "validation"}

Take = Callable[["np.ndarray | None", int], "np.ndarray"]


@dataclass(frozen=True)
class Stored:
    """An array that was not read yet. kind: NumPy's letter, `U` for text. take: rows (all where None) along an axis,
    which comes first in what it gives; text as `str`."""

    shape: tuple[int, ...]
    kind: str
    width: int
    take: Take

    @property
    def vector(self) -> bool:
        """One value a row: (n,), (n, 1) and (1, n) as MATLAB has them, (n, 1, 1, 1)."""
        return bool(self.shape) and math.prod(self.shape) == max(self.shape)

    @property
    def values(self) -> "np.ndarray":
        return self.take(None, 0)


def held(values: "np.ndarray") -> Stored:
    """An array in memory, or one that is mapped into it."""
    import numpy as np

    def take(rows: "np.ndarray | None", axis: int) -> "np.ndarray":
        part = np.moveaxis(values, axis, 0)
        part = part if rows is None else part[rows]
        return texts(part) if part.dtype.kind in "OSU" else np.asarray(part)

    kind = "U" if values.dtype.kind in "OSU" else values.dtype.kind
    return Stored(values.shape, kind, values.dtype.itemsize, take)


def texts(values: "np.ndarray") -> "np.ndarray":
    """Bytes and objects as text."""
    import numpy as np

    flat = [one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in values.reshape(-1)]
    return np.array(flat, dtype=str).reshape(values.shape) if values.dtype.kind != "U" else values


def together(parts: Sequence[Stored]) -> Stored:
    """Shards, one after the other."""
    import numpy as np

    if len(parts) == 1:
        return parts[0]
    ends = np.cumsum([part.shape[0] for part in parts])

    def take(rows: "np.ndarray | None", axis: int) -> "np.ndarray":
        found, start = [], 0
        for part, end in zip(parts, ends, strict=True):
            inside = None if rows is None else rows[(rows >= start) & (rows < end)] - start
            found.append(part.take(inside, 0))
            start = int(end)
        return np.moveaxis(np.concatenate(found), axis, 0)

    return Stored((int(ends[-1]), *parts[0].shape[1:]), parts[0].kind, parts[0].width, take)


# ---- names -------------------------------------------------------------------------------------------------------


class Told(NamedTuple):
    """What a name tells. role: `features`, `labels`, `classes`, `columns` or None; exact: it is nothing but that.

    shard: the numbers in the name. own: the array's name without its split.
    """

    split: str
    role: str | None
    exact: bool
    shard: tuple[int, ...]
    own: str


def told(parts: Sequence[str]) -> Told:
    """parts: folders, the file's name without its ending, the groups inside, the array's name.

    >>> tuple(told(["train", "batch_2", "X"]))
    ('train', 'features', True, (2,), 'X')
    >>> tuple(told(["fine_labels"]))
    ('all', 'labels', False, (), 'fine_labels')
    """
    plain = [_plain(part) for part in parts]
    split = next((found for part in reversed(plain) if (found := split_of(part))), None)
    split = split or next((_SHORT[word] for word in reversed(plain[-1].split("_")) if word in _SHORT), "all")
    kept = [_words(part) for part in plain]
    role, exact = next(((role, True) for words in reversed(kept) if (role := _role("_".join(words)))), (None, False))
    if role is None:
        last = [words[-1] for words in reversed(kept) if words][:1]
        role = _role(last[0]) if last and last[0] not in ("classes", "columns", "attributes") else None
    shard = tuple(int(number) for part in plain for number in re.findall(r"\d+", _without_sides(part)))
    own = next((name for part, words in zip(reversed(parts), reversed(kept), strict=True)
                if words and (name := _own(part))), parts[-1])  # fmt: skip
    return Told(split, role, exact, shard, own)


def group_of(parts: Sequence[str]) -> str:
    """Which data set of several a file belongs to: what its name and its folders have besides split, role and number.

    >>> group_of(["kmnist-train-imgs"]), group_of(["train", "X_3"])
    ('kmnist', '')
    """
    words = [word for part in parts for word in _words(_plain(part))]
    return "-".join(word for word in words if not (_role(word) or word in _SHORT))


def parts_of(paths: Sequence[Path]) -> dict[Path, list[str]]:
    """Of each file the folders below the one that all lie in, and its name without endings."""
    top = Path(os.path.commonpath([path.parent for path in paths])) if paths else Path()
    return {path: [*path.parent.relative_to(top).parts, _stem(path)] for path in paths}


def _stem(path: Path) -> str:
    return re.sub(
        r"\.(npy|npz|mat|h5|hdf5?|he5|pt|pth|pkl|pickle|pck|safetensors|gz|csv|txt|tsv)+$", "", path.name, flags=re.I
    )


def _plain(name: str) -> str:
    """`trainX`, `x-train` and `Xtrain` as `train_x`, `x_train` and `x_train`."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z0-9]+", "_", name).lower()
    return re.sub(r"^([xy])(?=(train|test|val|tr|te)(_|$))", r"\1_", spaced)


def _words(plain: str) -> list[str]:
    words = [part for word in plain.split("_") for part in re.findall(r"[a-z]+|\d+", word)]
    if re.fullmatch(r"arr_?\d", plain):
        return [plain]
    return [word for word in words if not word.isdigit() and split_of(word) is None and word not in _NOISE]


def _role(name: str) -> str | None:
    words = [word for word in name.split("_") if word not in _SHORT] if name.count("_") else [name]
    name = "_".join(words)
    for role, pattern in (("features", _FEATURES), ("labels", _LABELS), ("classes", _CLASS_NAMES),
                          ("columns", _COLUMN_NAMES)):  # fmt: skip
        if re.fullmatch(pattern, name):
            return role
    return None


def _without_sides(plain: str) -> str:
    """Without the pixels a side in `train_32x32`, which number no shard."""
    return re.sub(r"\d+x\d+", "", plain)


def _own(part: str) -> str:
    """`train_subject` → `subject`; names of other than plain letters stay as they are."""
    pieces = re.split(r"[_\-. ]", part)
    kept = [piece for piece in pieces if piece and split_of(piece) is None]
    return "_".join(kept) if 0 < len(kept) < len(pieces) else part


def known(arrays: Mapping[str, Stored]) -> str:
    return ", ".join(f"{name} {'×'.join(map(str, one.shape)) or 'a single value'}" for name, one in arrays.items())
