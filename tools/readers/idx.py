"""IDX, the format of MNIST: big-endian arrays with a header of sizes, gzip-compressed or not.

    train-images-idx3-ubyte.gz   00 00 08 03 | 0000ea60 0000001c 0000001c | 60000×28×28 bytes
    train-labels-idx1-ubyte.gz   00 00 08 01 | 0000ea60 | 60000 bytes
    t10k-images-idx3-ubyte.gz    t10k-labels-idx1-ubyte.gz

Names with dots (`train-images.idx3-ubyte`), `test` for `t10k`, EMNIST's prefixes and a lone pair are read too. Which
file holds labels is told by its number of dimensions. EMNIST's images are stored transposed and are turned upright;
its `-mapping.txt` names the classes.
Source: http://yann.lecun.com/exdb/mnist/ (header), https://arxiv.org/abs/1702.05373 (EMNIST).
"""

import gzip
import math
import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from noglue.tools.readers._splits import SPLIT_ORDER, split_of, unreadable
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    import numpy as np

READS = "IDX (MNIST)"
DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_PREFERRED = "balanced"  # of EMNIST's six sets in one archive
_ROLE_WORDS = (
    r"train|test|t10k|val|valid|validation|images?|labels?|x|y|features?|targets?|(idx\d?)?|(\dd?)?ubyte|emnist|gz"
)
_DEFLATE_RATIO = 1100  # zlib packs no more than 1032 bytes into one


def sniff(files: Sequence[Path]) -> Match | None:
    """Files that start with an IDX header, grouped by what their names have besides split and role."""
    headers = {path: header for path in files if _likely(path) and (header := _header(path))}
    groups: dict[str, dict[str, list[Path]]] = {}
    for path in _once(headers):
        groups.setdefault(_group(path), {}).setdefault(split_of(path.name) or "all", []).append(path)
    if not groups:
        return None
    chosen = _PREFERRED if _PREFERRED in groups else max(groups, key=lambda name: (len(groups[name]), name))
    group = groups[chosen]
    order = [split for split in SPLIT_ORDER if split in group]
    found = {split: sorted(group[split], key=lambda path: -len(headers[path][1])) for split in order}
    mapping = [path for path in files if path.name.endswith("-mapping.txt") and chosen in path.name]
    others = sorted(set(groups) - {chosen})
    why = f"IDX headers; {', '.join(path.name for paths in found.values() for path in paths)}"
    why += f" (chosen before {', '.join(others)})" if others else ""
    pairs = any(len(paths) == 2 for paths in found.values())
    return Match(0.95 if pairs else 0.8, found | ({"about": mapping[:1]} if mapping else {}), why)


def count(match: Match) -> dict[str, int]:
    """Rows a split, from the headers."""
    return {split: _sizes(paths[0])[1][0] for split, paths in match.files.items() if split != "about"}


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Images (n, height, width[, channels]) or vectors (n, width), with labels where there are any."""
    import numpy as np
    import pyarrow as pa

    from noglue.tools.readers._arrays import images, labels, pick, to_bytes

    features: dict[str, np.ndarray] = {}
    labels_by_split: dict[str, np.ndarray] = {}
    for split, paths in match.files.items():
        if split == "about":
            continue
        features[split], truth = _pair(paths)
        if truth is not None:
            labels_by_split[split] = truth
    emnist = any("emnist" in path.name.lower() for paths in match.files.values() for path in paths)
    numbered, classes = labels(labels_by_split) if labels_by_split else ({}, None)
    if classes and match.files.get("about"):
        classes = _mapped(classes, match.files["about"][0])
    flat = any(part.ndim == 2 for part in features.values())
    scaled = None if flat else to_bytes(features, form)
    features = features if scaled is None else scaled.pixels
    splits, shape = {}, None
    for split, part in features.items():
        chosen = pick(len(part), rows)
        if flat:
            columns = {f"x{place}": pa.array(part[chosen, place].astype(np.float64)) for place in range(part.shape[1])}
        else:
            pixels = part[chosen] if part.ndim == 4 else part[chosen][..., None]
            column, shape = images(pixels.transpose(0, 2, 1, 3) if emnist else pixels)
            columns = {"image": column}
        if split in numbered:
            columns["label"] = pa.array(numbered[split][chosen])
        labelled = split in numbered or (not numbered and split != "all")
        splits[split if labelled else "unlabelled"] = pa.table(columns)
    target = "label" if numbered else None
    if scaled is None:
        return Raw("table", splits, target, classes)
    return Raw("image", splits, target, classes, shape, scaled.note, DataForm(pixels=scaled.scale), cut=scaled.cut)


def _pair(paths: Sequence[Path]) -> "tuple[np.ndarray, np.ndarray | None]":
    """The features and, where there are two files, the labels. QMNIST keeps the class first of eight numbers."""
    if len(paths) > 2:
        raise unreadable(paths[0], f"{len(paths)} IDX files claim the same split")
    arrays = sorted((_array(path) for path in paths), key=lambda part: -part.ndim)
    if arrays[0].ndim not in (2, 3, 4):
        raise unreadable(paths[0], f"it has {arrays[0].ndim} dimension(s), where images have three and tables two")
    if len(arrays) == 1:
        return arrays[0], None
    truth = arrays[1] if arrays[1].ndim == 1 else arrays[1][:, 0]
    if len(truth) != len(arrays[0]):
        raise unreadable(paths[0], f"it holds {len(arrays[0])} rows, and {paths[1].name} {len(truth)}")
    return arrays[0], truth


def _array(path: Path) -> "np.ndarray":
    import numpy as np

    dtype, sizes, start = _sizes(path)
    width = np.dtype(dtype).itemsize
    bytes_ = math.prod(sizes) * width
    limit = path.stat().st_size * (_DEFLATE_RATIO if _gzipped(path) else 1)
    if bytes_ > limit:
        raise unreadable(path, f"its header promises {bytes_:,} bytes, more than the file can hold")
    values = np.empty(bytes_ // width, dtype)
    room = values.view(np.uint8)
    done = 0
    try:
        with _open(path) as file:
            file.read(start)
            while done < bytes_ and (got := file.readinto(room[done:])):  # type: ignore[attr-defined]
                done += got
    except (EOFError, OSError, zlib.error) as error:
        raise unreadable(path, f"it is damaged ({error})") from error
    if done < bytes_:
        raise unreadable(path, f"it ends after {done:,} of {bytes_:,} bytes")
    return values.reshape(sizes).astype(values.dtype.newbyteorder("="), copy=False)


def _sizes(path: Path) -> tuple[str, tuple[int, ...], int]:
    found = _header(path)
    if found is None:
        raise unreadable(path, "it does not start with an IDX header")
    return found


def _header(path: Path) -> tuple[str, tuple[int, ...], int] | None:
    """NumPy's name of the type, the sizes, and where the data starts; None when this is not IDX."""
    try:
        with _open(path) as file:
            start = file.read(4)
            if len(start) < 4 or start[:2] != b"\0\0" or start[2] not in DTYPES or not 1 <= start[3] <= 4:
                return None
            raw = file.read(4 * start[3])
    except (EOFError, OSError, zlib.error):
        return None
    if len(raw) < 4 * start[3]:
        return None
    sizes = tuple(int.from_bytes(raw[place : place + 4], "big") for place in range(0, len(raw), 4))
    return DTYPES[start[2]], sizes, 4 + len(raw)


def _open(path: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path)) if _gzipped(path) else path.open("rb")


def _gzipped(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _likely(path: Path) -> bool:
    """Cheap, by name: only these are opened."""
    name = path.name.lower().removesuffix(".gz")
    return bool(re.search(r"idx|ubyte|mnist|images|labels", name)) and path.suffix.lower() not in (
        ".png",
        ".jpg",
        ".csv",
    )


def _once(paths: "dict[Path, tuple[str, tuple[int, ...], int]]") -> list[Path]:
    """Of a file and its compressed copy, the file."""
    return [path for path in paths if path.suffix != ".gz" or path.with_suffix("") not in paths]


def _group(path: Path) -> str:
    """`emnist-letters-train-images-idx3-ubyte.gz` → `letters`; MNIST's own names → ``."""
    words = re.split(r"[-_.]+", path.name.lower())
    return "-".join(word for word in words if not re.fullmatch(_ROLE_WORDS, word))


def _mapped(classes: list[str], mapping: Path) -> list[str]:
    """EMNIST: `0 48` says that label 0 is the character of code 48; `1 65 97` merges two."""
    rows = [line.split() for line in mapping.read_text(encoding="ascii", errors="replace").splitlines()]
    names = {row[0]: chr(int(row[1])) for row in rows if len(row) > 1 and all(cell.isdigit() for cell in row)}
    return [names.get(name, name) for name in classes]
