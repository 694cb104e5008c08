"""STL-10, the binary version: pictures of 96 × 96 in planes of red, green and blue, each column by column.

    stl10_binary/   train_X.bin (5000 × 27648 bytes)   train_y.bin (5000 bytes, 1…10)   test_X.bin   test_y.bin
                    unlabeled_X.bin   class_names.txt   fold_indices.txt

Mapped into memory, rows as they are asked for. Source: https://cs.stanford.edu/~acoates/stl10/
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    import numpy as np

READS = "STL-10's binary files"
_SIDE = 96
_BYTES = 3 * _SIDE * _SIDE
_NAMES = re.compile(r"(train|test|unlabell?ed)_x\.bin", re.IGNORECASE)
FOLDS = "a list of folds of the training pictures, which is not used"


def sniff(files: Sequence[Path]) -> Match | None:
    """By the official names, with sizes of whole pictures, and as many labels."""
    found: dict[str, list[Path]] = {}
    for path in sorted(files):
        if (named := _NAMES.fullmatch(path.name)) and path.stat().st_size and path.stat().st_size % _BYTES == 0:
            split = named[1].lower()
            found["unlabelled" if split.startswith("unlab") else split] = [path]
    beside = {path.name.lower(): path for path in files if path.parent in {one.parent for (one,) in found.values()}}
    for split in ("train", "test"):
        labels = beside.get(f"{split}_y.bin")
        if split in found and labels is not None:
            found[split].append(labels)
    if not any(len(paths) == 2 for paths in found.values()):
        return None
    about = [beside["class_names.txt"]] if "class_names.txt" in beside else []
    folds = {str(beside["fold_indices.txt"]): FOLDS} if "fold_indices.txt" in beside else {}
    ordered = {split: found[split] for split in ("train", "test", "unlabelled") if split in found}
    why = f"STL-10's binary files: {', '.join(path.name for paths in ordered.values() for path in paths)}"
    return Match(0.95, ordered | ({"about": about} if about else {}), why, ignored=folds)


def count(match: Match) -> dict[str, int]:
    """Rows a split, from the sizes of the files."""
    return {split: Path(paths[0]).stat().st_size // _BYTES for split, paths in match.files.items() if split != "about"}


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Images (n, 96, 96, 3). Raises DataError `unreadable`."""
    import numpy as np
    import pyarrow as pa

    from noglue.tools.readers._arrays import images, pick
    from noglue.tools.spec.profiles import ImageShape

    names = [
        line.strip() for path in match.files.get("about", ()) for line in Path(path).read_text("utf-8").split("\n")
    ]
    splits: dict[str, pa.Table] = {}
    highest = 0
    for split, paths in match.files.items():
        if split == "about":
            continue
        planes = np.memmap(paths[0], np.uint8, "r").reshape(-1, 3, _SIDE, _SIDE)
        kept = pick(len(planes), rows)
        columns: dict[str, pa.Array] = {"image": images(planes[kept].transpose(0, 3, 2, 1))[0]}
        if len(paths) > 1:
            labels = _labels(Path(paths[1]), len(planes))[kept]
            highest = max(highest, int(labels.max(initial=0)))
            columns["label"] = pa.array(labels.astype(np.int64) - 1)
        splits[split] = pa.table(columns)
    names = [name for name in names if name]
    classes = names if len(names) >= highest else [str(number) for number in range(1, highest + 1)]
    return Raw("image", splits, "label", classes, ImageShape(height=_SIDE, width=_SIDE, channels=3))


def _labels(path: Path, count: int) -> "np.ndarray":
    import numpy as np

    labels = np.fromfile(path, np.uint8)
    if len(labels) != count or not labels.min(initial=1):
        raise unreadable(path, f"it has {len(labels):,} labels from {labels.min(initial=0)} on, of {count:,} pictures")
    return labels
