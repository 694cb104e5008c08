"""CIFAR-10 and CIFAR-100, the binary version: rows of one or two label bytes and 3072 bytes of red, green, blue planes.

    cifar-10-batches-bin/   data_batch_1.bin … 5   test_batch.bin   batches.meta.txt            <label><pixels>
    cifar-100-binary/       train.bin   test.bin   fine_label_names.txt   coarse_label_names.txt  <coarse><fine><pixels>

CIFAR-100's target is called `fine_label`, the column of the wider classes `coarse_label`.
Source: https://www.cs.toronto.edu/~kriz/cifar.html
"""

import re
from collections.abc import Sequence
from pathlib import Path

from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.protocols import Match, Raw

READS = "CIFAR's binary batches"
_PIXELS = 3072
_ABOUT = ("batches.meta.txt", "fine_label_names.txt", "coarse_label_names.txt")


def sniff(files: Sequence[Path]) -> Match | None:
    """By the official names, with sizes of whole rows."""
    found: dict[str, list[Path]] = {}
    for path in sorted(files):
        name = path.name.lower()
        if not re.fullmatch(r"(data_batch_\d+|test_batch|train|test)\.bin", name):
            continue
        size = path.stat().st_size
        if size and any(size % (_PIXELS + labels) == 0 for labels in (1, 2)):
            found.setdefault("test" if name.startswith("test") else "train", []).append(path)
    if not found:
        return None
    ordered = {split: found[split] for split in ("train", "test") if split in found}
    about = [path for path in files if path.name in _ABOUT]
    why = f"CIFAR's binary batches: {', '.join(path.name for paths in ordered.values() for path in paths)}"
    return Match(0.95 if about else 0.85, ordered | ({"about": about} if about else {}), why)


def count(match: Match) -> dict[str, int]:
    """Rows a split, from the sizes of the files."""
    width = _PIXELS + _label_bytes(match)
    files = {split: paths for split, paths in match.files.items() if split != "about"}
    return {split: sum(Path(path).stat().st_size for path in paths) // width for split, paths in files.items()}


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Images (n, 32, 32, 3). Raises DataError `unreadable` on a file that does not hold whole rows."""
    import numpy as np
    import pyarrow as pa

    from noglue.tools.readers._arrays import images, pick
    from noglue.tools.readers._splits import unreadable
    from noglue.tools.spec.profiles import ImageShape

    label_bytes = _label_bytes(match)
    names = {path.name: _lines(path) for path in map(Path, match.files.get("about", ()))}
    class_names = names.get("fine_label_names.txt") or names.get("batches.meta.txt") or []
    wide = names.get("coarse_label_names.txt") or []
    target = "fine_label" if label_bytes == 2 else "label"
    splits: dict[str, pa.Table] = {}
    highest = -1
    for split, paths in match.files.items():
        if split == "about":
            continue
        parts = []
        for path in map(Path, paths):
            flat = np.fromfile(path, np.uint8)
            if flat.size == 0 or flat.size % (_PIXELS + label_bytes):
                raise unreadable(path, f"its {flat.size:,} bytes are not whole rows of {_PIXELS + label_bytes}")
            parts.append(flat.reshape(-1, _PIXELS + label_bytes))
        whole = np.concatenate(parts)
        whole = whole if rows is None else whole[pick(len(whole), rows)]
        column, _ = images(whole[:, label_bytes:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
        labels = whole[:, label_bytes - 1].astype(np.int64)
        columns = {"image": column, target: pa.array(labels)}
        if label_bytes == 2:
            columns["coarse_label"] = pa.array([wide[n] if n < len(wide) else str(n) for n in whole[:, 0].tolist()])
        splits[split] = pa.table(columns)
        highest = max(highest, int(labels.max()))
    classes = class_names if len(class_names) > highest else [str(place) for place in range(highest + 1)]
    return Raw("image", splits, target, classes, ImageShape(height=32, width=32, channels=3))


def _label_bytes(match: Match) -> int:
    """1 in CIFAR-10, 2 in CIFAR-100; by the names, and by the sizes where the names leave it open."""
    paths = [Path(path) for split, paths in match.files.items() if split != "about" for path in paths]
    sizes = [path.stat().st_size for path in paths]
    fits = [labels for labels in (1, 2) if all(size % (_PIXELS + labels) == 0 for size in sizes)]
    likely = 1 if any("batch" in path.name for path in paths) else 2
    return likely if likely in fits or not fits else fits[0]


def _lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
