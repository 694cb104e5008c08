"""What the arrangement of image files in folders tells: splits and classes. Names alone, no file is opened."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from tools.core.images import EXTENSIONS
from tools.readers._splits import MOST_CLASSES, SPLIT_ORDER, split_of

_CAMERA = re.compile(r"img|image|dsc|dscn|photo|pic|picture|frame|train|test|val|scan|page|sample|p|i|")


def walk(folder: Path) -> list[Path]:
    """Image files below a folder, sorted; hidden ones and links to folders are passed over."""
    found: list[str] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not hidden(name)]
        found += [f"{place}{os.sep}{name}" for name in names if is_image(name)]
    return [Path(name) for name in sorted(found)]


def hidden(name: str) -> bool:
    """What systems leave behind: `.DS_Store`, `._x.jpg`, `__MACOSX`."""
    return name.startswith(".") or name == "__MACOSX"


def is_image(name: str) -> bool:
    return not hidden(name) and f".{name.rpartition('.')[2].lower()}" in EXTENSIONS


def common(paths: Iterable[Path]) -> Path:
    """The deepest folder that holds all the files."""
    return Path(os.path.commonpath({path.parent for path in paths}))


def parts(path: Path, base: Path) -> list[str]:
    """The folders between `base` and the file, outermost first."""
    below = str(path.parent)[len(str(base)) :].strip(os.sep)  # ten times as fast as Path.relative_to
    return below.split("/") if below else []


def splits(pictures: Sequence[Path]) -> dict[str, tuple[Path, list[Path]]]:
    """Split → its folder and its files, where the first folders are called train and test; else all in one.

    `seg_train/seg_train/sea/1.jpg`, `seg_test/seg_test/sea/2.jpg` → train, test. Files outside of them are left out.
    """
    base = common(pictures)
    told: dict[str, list[Path]] = {}
    for path in pictures:
        top = parts(path, base)[:1]
        told.setdefault(top[0] if top else "", []).append(path)
    named = {name: split for name in told if name and (split := split_of(name))}
    if "train" not in named.values() or len(set(named.values())) == 1:
        return {"all": (base, list(pictures))}
    found: dict[str, tuple[Path, list[Path]]] = {}
    for split in SPLIT_ORDER:
        names = [name for name in named if named[name] == split]
        if names:  # of two folders for one split (`train`, `train_small`) the fuller
            fullest = max(names, key=lambda name: len(told[name]))
            found[split] = (base / fullest, told[fullest])
    return found


def classes(paths: Sequence[Path]) -> dict[Path, str]:
    """File → the folder that stands for its class; empty where the folders do not look like classes."""
    if not paths:
        return {}
    base = common(paths)
    labels = {path: between[0] for path in paths if (between := parts(path, base))}
    kinds = set(labels.values())
    return labels if len(labels) > 0.9 * len(paths) and 2 <= len(kinds) <= MOST_CLASSES else {}


def known_classes(paths: Sequence[Path], base: Path, known: set[str]) -> dict[Path, str]:
    """File → its class folder, of those that the training split has. A split may hold one class alone."""
    found = {path: next((name for name in parts(path, base) if name in known), "") for path in paths}
    return {path: label for path, label in found.items() if label}


def prefixes(paths: Sequence[Path]) -> dict[Path, str]:
    """`cat.0.jpg`, `Abyssinian_12.jpg` → `cat`, `Abyssinian`, where a few such prefixes name all the files."""
    found = {path: match[1] for path in paths if (match := re.fullmatch(r"([^\W\d][\w -]*?)[._ -]*\d+", path.stem))}
    counts = Counter(found.values())
    if len(found) < len(paths) or not 2 <= len(counts) <= max(2, len(paths) // 5) or min(counts.values()) < 2:
        return {}
    return {} if any(_CAMERA.fullmatch(name.lower()) for name in counts) else found


def natural(name: str) -> list[tuple[int, str]]:
    """Sorting key: `2` before `10`, `class_9` before `class_11`."""
    return [(int(piece), "") if piece.isdigit() else (-1, piece) for piece in re.split(r"(\d+)", name) if piece]
