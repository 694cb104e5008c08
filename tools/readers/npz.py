"""NumPy archives and arrays: `.npz`, or loose `.npy` files with the names that an archive's arrays would have.

    mnist.npz       x_train (60000, 28, 28) uint8   y_train (60000,)   x_test   y_test           (Keras)
    pathmnist.npz   train_images (n, 28, 28, 3)   train_labels (n, 1)   val_images …   test_…     (MedMNIST)
    set.npz         X (n, d)   y (n,)      or one array alone: unlabelled rows
    images.npy  labels.csv           a table or a list of labels beside loose arrays, of as many rows
    kmnist-train-imgs.npz  kmnist-train-labels.npz  train.npz  test.npz      several archives: their names count too

Arrays of (n, height, width[, channels]) or (n, channels, height, width) are images, (n, d) a table. Arrays of Python
objects are pickles and are refused. Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

import math
import re
import tokenize
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

READS = "NumPy .npz and .npy"
_FEATURES = r"x|xs|image|images|img|imgs|data|feature|features|input|inputs|pixels|samples|arr_?0"
_LABELS = r"y|ys|label|labels|target|targets|class|classes|output|outputs|arr_?1"
_ROLES = {"features": _FEATURES, "labels": _LABELS}
_BROKEN = (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error, MemoryError, NotImplementedError,
           SyntaxError, RecursionError, TypeError, OverflowError, RuntimeError, tokenize.TokenError)  # fmt: skip
_MOST_COLUMNS = 100_000


def sniff(files: Sequence[Path]) -> Match | None:
    """By ending, and the names of the arrays inside; the archive with the most bytes where there are several."""
    archives = [path for path in files if path.suffix.lower() == ".npz" and _listed(path)]
    together = sorted(archives)
    named = list(_named_arrays(together).values())
    if len(together) > 1 and len(set(named)) == len(named) and _pairs(_roles(named)):
        listed = ", ".join(path.name for path in together[:8])
        return Match(0.9, {"all": together}, f"NumPy archives that belong together: {listed}")
    if archives:
        chosen = max(archives, key=lambda path: path.stat().st_size)
        names = _listed(chosen)
        others = [path.name for path in archives if path != chosen]
        why = f"{chosen.name} holds the arrays {', '.join(names)}" + (
            f"; left out: {', '.join(others)}" if others else ""
        )
        return Match(0.9 if _roles(names) else 0.6, {"all": [chosen]}, why)
    loose = [path for path in files if path.suffix.lower() == ".npy"]
    if not loose or not (_roles([path.stem for path in loose]) or len(loose) == 1):
        return None
    found = {"all": sorted(loose)}
    why = f"NumPy arrays {', '.join(path.name for path in loose[:8])}"
    beside = _labels_beside(loose, files)
    if beside:
        named = ", ".join(path.name for path in beside.values())
        return Match(0.9, found | {"about": list(beside.values())}, f"{why}; labels in {named}", labels_from=named)
    return Match(0.8, found, why)


def _labels_beside(loose: Sequence[Path], files: Sequence[Path]) -> dict[str, Path]:
    """Split → a file of text with as many rows as its array, where no array holds labels."""
    from noglue.tools.readers import _array_labels

    roles = {path: role for path in loose if (role := _role(path.stem))} or dict.fromkeys(loose, ("all", "features"))
    if any(role == "labels" for _, role in roles.values()):
        return {}
    sizes = {split: length for path, (split, _) in roles.items() if (length := _length(path)) is not None}
    return _array_labels.of(files, sizes)


def _length(path: Path) -> int | None:
    """The rows that an array's header tells; None where it is damaged."""
    from numpy.lib import format as npy

    try:
        with path.open("rb") as file:
            major, _ = npy.read_magic(file)
            shape, _, _ = (npy.read_array_header_1_0 if major == 1 else npy.read_array_header_2_0)(file)
    except _BROKEN:
        return None
    return int(shape[0]) if shape else None


def count(match: Match) -> dict[str, int]:
    """Rows a split."""
    return {split: table.num_rows for split, table in read(match).splits.items()}


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable`, or `unsafe-pickle` for arrays of objects."""
    import pyarrow as pa

    from noglue.tools.readers._arrays import images, pick, to_bytes
    from noglue.tools.readers._splits import unreadable

    paths = [Path(path) for path in match.files["all"]]
    found = _sorted_out(_arrays(paths), paths[0])
    features = {split: pair["features"] for split, pair in found.items()}
    labels_by_split = {split: pair["labels"] for split, pair in found.items() if "labels" in pair}
    for split, truth in labels_by_split.items():
        if len(truth) != len(features[split]):
            raise unreadable(paths[0], f"it has {len(features[split])} rows and {len(truth)} labels for {split}")
    values, classes = _labels(labels_by_split, paths[0]) if labels_by_split else ({}, None)
    known = _known_beside(match, {split: len(part) for split, part in features.items()})
    flat = all(part.ndim <= 2 for part in features.values())
    scaled = None
    if not flat:
        scaled = to_bytes({split: _channels_last(part, paths[0]) for split, part in features.items()}, form)
        features = scaled.pixels
    splits: dict[str, pa.Table] = {}
    shape = None
    for split, part in features.items():
        kept = pick(len(part), rows)
        part = part if rows is None else part[kept]
        if flat:
            part = part.reshape(len(part), -1)
            columns = {f"x{place}": pa.array(_numbers(part[:, place])) for place in range(part.shape[1])}
        else:
            column, shape = images(part)
            columns = {"image": column}
        if split in values:
            columns["label"] = pa.array(values[split][kept])
        if split in known:
            told = known[split].take(kept)
            columns |= {name: told[name] for name in told.column_names if name not in columns}
        labelled = split in values or split in known
        splits[split if labelled or (not values and not known and split != "all") else "unlabelled"] = pa.table(columns)
    target = "label" if values else _likeliest(known)
    if scaled is None:
        return Raw("table", splits, target, classes)
    return Raw("image", splits, target, classes, shape, scaled.note, DataForm(pixels=scaled.scale), cut=scaled.cut)


def _known_beside(match: Match, sizes: Mapping[str, int]) -> "dict[str, pa.Table]":
    """Split → what the files of text beside the arrays tell of its rows, the columns of one type in all splits."""
    from noglue.tools.readers import _array_labels
    from noglue.tools.values.cells import typed

    about = [Path(path) for path in match.files.get("about", ())]
    found = {split: _array_labels.table(path) for split, path in _array_labels.of(about, sizes).items()}
    tables = {split: one for split, one in found.items() if one is not None}
    return typed(tables).tables if tables else {}


def _likeliest(known: "Mapping[str, pa.Table]") -> str | None:
    from noglue.tools.readers import _label_columns

    first = next(iter(known.values()), None)
    return None if first is None else _label_columns.likeliest(first)


def _role(name: str) -> tuple[str, str] | None:
    """The split and the role that an array's name tells.

    >>> _role("x_train"), _role("val_labels"), _role("Xtest"), _role("notes")
    (('train', 'features'), ('validation', 'labels'), ('test', 'features'), None)
    """
    from noglue.tools.readers._splits import split_of

    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|[-.\s]", "_", name).lower()
    spaced = re.sub(r"^([xy])(?=train|test|val)", r"\1_", spaced)
    split = split_of(spaced)
    words = [word for word in spaced.split("_") if word and split_of(word) is None and word != "set"]
    for role, pattern in _ROLES.items():
        if re.fullmatch(pattern, "_".join(words)):
            return split or "all", role
    return None


def _roles(names: Iterable[str]) -> dict[str, tuple[str, str]]:
    return {name: role for name in names if (role := _role(name))}


def _named_arrays(paths: Sequence[Path]) -> dict[tuple[Path, str], str]:
    """Each array's name: its own in a lone archive, else with the archive's, of which words that tell no role go."""
    names = {(path, name): name for path in paths for name in _listed(path)}
    if len(paths) < 2:
        return names
    alone = {path for path in paths if len(_listed(path)) == 1}
    return {(path, name): _plain_role(path.stem if path in alone else f"{path.stem}_{name}") for path, name in names}


def _plain_role(name: str) -> str:
    """`kmnist-train-imgs` → `train_imgs`: the split and the last word that tells a role."""
    from noglue.tools.readers._splits import split_of

    words = re.split(r"[^A-Za-z0-9]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name))
    telling = [word for word in words if any(re.fullmatch(pattern, word.lower()) for pattern in _ROLES.values())]
    return "_".join([*filter(None, [split_of("_".join(words))]), *(telling[-1:] or [name])])


def _pairs(roles: Mapping[str, tuple[str, str]]) -> bool:
    """Whether some split has features and labels."""
    there = set(roles.values())
    return any((split, "labels") in there for split, role in there if role == "features")


def _listed(path: Path) -> list[str]:
    """Names of the arrays in an archive; none if it is not one."""
    try:
        with zipfile.ZipFile(path) as archive:
            return [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]
    except (OSError, zipfile.BadZipFile, NotImplementedError):
        return []


def _arrays(paths: Sequence[Path]) -> "dict[str, np.ndarray]":
    """Those with a role, or the only one there is. `numpy.load` would try pickles on files that are no arrays."""
    from noglue.tools.readers import _zipped
    from noglue.tools.readers._splits import unreadable

    found: dict[str, np.ndarray] = {}
    named = _named_arrays([path for path in paths if path.suffix.lower() == ".npz"])
    for path in paths:
        try:
            if path.suffix.lower() == ".npy":
                with path.open("rb") as file:
                    found[path.stem] = _array(file, path.stat().st_size)
                continue
            names = {name: called for (of, name), called in named.items() if of == path}
            with zipfile.ZipFile(path) as archive:
                _zipped.check(path, archive)
                for name, called in names.items():
                    if _role(called) or len(names) == 1:
                        with archive.open(f"{name}.npy") as member:
                            found[called] = _array(member, archive.getinfo(f"{name}.npy").file_size)
        except _BROKEN as error:
            if "allow_pickle" in str(error) or "Object arrays" in str(error):
                raise DataError(
                    Kind.UNSAFE_PICKLE,
                    f"{path.name} holds arrays of Python objects, which are pickles; they are not read.",
                    hint="Save it again with arrays of numbers.",
                    path=str(path),
                ) from error
            raise unreadable(path, f"it is damaged or not NumPy's ({error})") from error
    return found


def _array(file: IO[bytes], size: int) -> "np.ndarray":
    """size: bytes that are there; a header that promises more raises one of `_BROKEN` before room is made for it."""
    from numpy.lib import format as npy

    major, _ = npy.read_magic(file)
    shape, _, dtype = (npy.read_array_header_1_0 if major == 1 else npy.read_array_header_2_0)(file)
    if dtype.hasobject:
        raise ValueError("Object arrays are pickles")
    if math.prod(shape) * dtype.itemsize > size or (0 in shape and max(shape) > _MOST_COLUMNS):
        raise ValueError(f"its header promises {shape} of {dtype}, more than its {size:,} bytes can hold")
    if len(shape) == 2 and shape[1] > _MOST_COLUMNS:
        raise ValueError(f"it has {shape[1]:,} columns; at most {_MOST_COLUMNS:,} can be learned from")
    file.seek(0)
    return npy.read_array(file, allow_pickle=False)


def _sorted_out(arrays: "dict[str, np.ndarray]", path: Path) -> "dict[str, dict[str, np.ndarray]]":
    """Split → role → array. Raises DataError `unreadable` where the names tell no features."""
    from noglue.tools.readers._splits import SPLIT_ORDER, unreadable

    if len(arrays) == 1 and (only := next(iter(arrays.values()))).ndim:
        arrays = {"x": only}
    pairs: dict[str, dict[str, Any]] = {}
    for name, (split, role) in _roles(list(arrays)).items():
        pairs.setdefault(split, {})[role] = arrays[name]
    found = {split: pairs[split] for split in SPLIT_ORDER if "features" in pairs.get(split, {})}
    if not found:
        hint = "Name them x_train, y_train, x_test, y_test, or X and y."
        raise unreadable(
            path,
            f"its arrays ({', '.join(_listed(path) or arrays) or 'none'}) are not named as features and labels",
            hint,
        )
    odd = {part["features"].dtype for part in found.values() if part["features"].dtype.kind not in "buif"}
    if odd:
        raise unreadable(path, f"its features are of type {odd.pop()}, not numbers")
    return found


def _labels(numbers: "dict[str, np.ndarray]", path: Path) -> "tuple[dict[str, np.ndarray], list[str] | None]":
    """Labels as numbers with class names: (n,), (n, 1) or one-hot (n, k)."""
    import numpy as np

    from noglue.tools.readers._arrays import labels
    from noglue.tools.readers._splits import unreadable

    plain: dict[str, np.ndarray] = {}
    for split, truth in numbers.items():
        if truth.ndim == 2 and truth.shape[1] > 1:
            if not (np.isin(truth, (0, 1)).all() and (truth.sum(axis=1) == 1).all()):
                raise unreadable(path, f"its labels have {truth.shape[1]} values a row, and are not one-hot")
            truth = truth.argmax(axis=1)
        if truth.dtype.kind not in "buifU" or truth.ndim > 2:
            raise unreadable(path, f"its labels are of type {truth.dtype} {truth.shape}")
        plain[split] = truth.reshape(-1)
    return labels(plain)


def _numbers(column: "np.ndarray") -> "np.ndarray":
    """int64, float64 or bool."""
    return column if column.dtype == bool else column.astype("float64" if column.dtype.kind == "f" else "int64")


def _channels_last(pixels: "np.ndarray", path: Path) -> "np.ndarray":
    from noglue.tools.readers._splits import unreadable

    if pixels.ndim == 3:
        return pixels[..., None]
    if pixels.ndim == 4 and pixels.shape[-1] in (1, 3):
        return pixels
    if pixels.ndim == 4 and pixels.shape[1] in (1, 3):
        return pixels.transpose(0, 2, 3, 1)
    if pixels.ndim == 4 and pixels.shape[-1] == 4:
        return pixels[..., :3]  # without transparency
    raise unreadable(path, f"an array of shape {pixels.shape} is neither images nor a table")
