"""What the arrangement of text files tells: split folders, classes below them, the beginnings of their names."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from noglue.tools.readers._folders import common, parts
from noglue.tools.readers._splits import SPLIT_ORDER, split_of

_NUMBERED = re.compile(r"text|doc|document|file|page|sample|train|test|val|i|p|")


def splits(texts: Sequence[Path]) -> dict[str, tuple[Path, list[Path]]]:
    """Split → its folder and its files, where the first folders are called train and test; else all in one.

    `seg_train/seg_train/sea/1.jpg`, `seg_test/seg_test/sea/2.jpg` → train, test. Files outside of them are left out.
    """
    base = common(texts)
    by_split: dict[str, list[Path]] = {}
    for path in texts:
        top = parts(path, base)[:1]
        by_split.setdefault(top[0] if top else "", []).append(path)
    named = {name: split for name in by_split if name and (split := split_of(name))}
    if "train" not in named.values() or len(set(named.values())) == 1:
        return {"all": (base, list(texts))}
    found: dict[str, tuple[Path, list[Path]]] = {}
    for split in SPLIT_ORDER:
        names = [name for name in named if named[name] == split]
        if names:  # of two folders for one split (`train`, `train_small`) the fuller
            fullest = max(names, key=lambda name: len(by_split[name]))
            found[split] = (base / fullest, by_split[fullest])
    return found


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
    return {} if any(_NUMBERED.fullmatch(name.lower()) for name in counts) else found
