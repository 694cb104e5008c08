"""What the arrangement of image files in folders tells: splits, and the folders that may stand for something.

Names alone; no file is opened but those without an ending, whose first bytes tell whether they are pictures.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from noglue.tools.files.unchanging import SeenPath, once
from noglue.tools.pictures.formats import is_picture
from noglue.tools.readers._splits import split_of

_UNPACKED = re.compile(r"/steps/\d\d-[\w-]+/files/")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+")
Takes = Callable[[str], bool]
_UNLABELLED = re.compile(r"un-?label+ed|unsup(ervised)?|(no|without)[ _-]?labels?|not[ _-]?label+ed", re.I)


@dataclass(frozen=True)
class Arrangement:
    """Pictures as their folders arrange them.

    splits: each picture's split by the folders, `all` where they tell none, `""` for one outside of the split folders.
    folders: each picture's folders below the common one, outermost first, without those that tell splits.
    """

    splits: Mapping[Path, str]
    folders: Mapping[Path, tuple[str, ...]]

    @property
    def depth(self) -> int:
        return max((len(between) for between in self.folders.values()), default=0)

    def level(self, number: int) -> dict[Path, str]:
        """Picture → the name of its folder of this level, of those that lie so deep."""
        return {path: between[number] for path, between in self.folders.items() if len(between) > number}


def walk(folder: Path, takes: Takes = is_picture) -> list[Path]:
    """Image files below a folder, sorted, or others; hidden ones and links to folders are passed over."""
    return list(once(("walk", folder, takes), lambda: [SeenPath(name) for name in sorted(_walked(str(folder), takes))]))


def _walked(folder: str, takes: Takes) -> list[str]:
    return once(("names", folder, takes), lambda: _names_below(folder, takes))


def _names_below(folder: str, takes: Takes) -> list[str]:
    found: list[str] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not hidden(name)]
        found += [path for name in names if takes(path := f"{place}{os.sep}{name}")]
    return found


def hidden(name: str) -> bool:
    """What systems leave behind: `.DS_Store`, `._x.jpg`, `__MACOSX`."""
    return name.startswith(".") or name == "__MACOSX"


def _folder(path: Path) -> str:
    return str(path).rpartition(os.sep)[0] or os.sep


def common(paths: Iterable[Path]) -> Path:
    """The deepest folder that holds all the files."""
    return Path(os.path.commonpath({_folder(path) for path in paths}))


def homes(paths: Sequence[Path]) -> list[tuple[Path, list[Path]]]:
    """Files by the place that they come from, a folder of the user's or what was unpacked for the run, each with the
    deepest folder that holds them all: nothing is told by how the run's own folders lie to the user's.
    """
    unpacked = [path for path in paths if _UNPACKED.search(str(path))]
    own = [path for path in paths if not _UNPACKED.search(str(path))] if unpacked else list(paths)
    return [(common(inside), inside) for inside in (own, unpacked) if inside]


def parts(path: Path, base: Path) -> list[str]:
    """The folders between `base` and the file, outermost first."""
    below = _folder(path)[len(str(base)) :].strip(os.sep)  # ten times as fast as Path.relative_to
    return below.split("/") if below else []


def split_named(name: str) -> tuple[str | None, str]:
    """The split that a folder's name tells, and what else it says.

    >>> split_named("trainA"), split_named("test_cats"), split_named("dogs")
    (('train', 'A'), ('test', 'cats'), (None, 'dogs'))
    """
    for word in (word for piece in _CAMEL.split(name) for word in _WORD.findall(piece)):
        if (split := split_of(word)) is not None:
            rest = name.replace(re.sub(r"\d+$", "", word) or word, "", 1)
            return split, rest.strip(" _-.")
    return None, name


def arranged(pictures: Sequence[Path]) -> Arrangement:
    """Which split each picture belongs to, and which folders it lies in besides.

    `seg_train/seg_train/sea/1.jpg`, `cat/test/2.jpg`, `trainA/3.jpg` → train, test, train; sea, cat, A.
    """
    if not pictures:
        return Arrangement({}, {})
    between = {path: parts(path, base) for base, inside in homes(pictures) for path in inside}
    deepest = max(map(len, between.values()))
    splits = dict.fromkeys(pictures, "all")
    by_level: dict[int, dict[str, tuple[str | None, str]]] = {}
    for level in range(deepest):
        counted = Counter(names[level] for names in between.values() if len(names) > level)
        names = {name: split_named(name) for name in counted}
        kinds = {split for split, _ in names.values() if split is not None}
        telling = sum(count for name, count in counted.items() if names[name][0] is not None)
        if "train" in kinds and len(kinds) > 1 and telling >= 0.5 * sum(counted.values()):
            by_level[level] = names
    for level, names in reversed(by_level.items()):  # the outermost counts
        for path, folders in between.items():
            inside = names[folders[level]][0] if len(folders) > level else None
            splits[path] = inside or ("" if splits[path] == "all" else splits[path])
    for path, folders in between.items():
        if any(map(_UNLABELLED.fullmatch, folders)) and len({tuple(one) for one in between.values()}) > 2:
            splits[path] = "unlabelled"
    rests = {level: _kept_rests(names) for level, names in by_level.items()}
    for level, names in by_level.items():
        for path, folders in between.items() if rests[level] is None else ():
            if len(folders) > level and folders[level] not in _fullest(names, between.values(), level):
                splits[path] = ""
    left = {path: tuple(_without_splits(names, by_level, rests)) for path, names in between.items()}
    return Arrangement(splits, left)


def _kept_rests(names: Mapping[str, tuple[str | None, str]]) -> bool | None:
    """Whether what the folders' names say besides the split tells kinds (`train_cats`, `train_dogs`).

    None where one split has a folder without more and others with (`train`, `train_small`): they are variants.
    """
    rests = {rest for split, rest in names.values() if split == "train"}
    if len(rests) < 2:
        return False
    return None if "" in rests else True


def _fullest(names: Mapping[str, tuple[str | None, str]], between: Iterable[list[str]], level: int) -> set[str]:
    """Of several folders for one split the one with the most pictures."""
    counts = Counter(folders[level] for folders in between if len(folders) > level)
    best: dict[str, str] = {}
    for name, (split, _) in names.items():
        if split is not None and (split not in best or counts[name] > counts[best[split]]):
            best[split] = name
    return set(best.values())


def _without_splits(
    names: list[str], by_level: Mapping[int, Mapping[str, tuple[str | None, str]]], rests: Mapping[int, bool | None]
) -> Iterable[str]:
    for level, name in enumerate(names):
        split, rest = by_level[level].get(name, (None, name)) if level in by_level else (None, name)
        if split is None:
            yield name
        elif rests[level]:
            yield rest


def compact(paths: Sequence[Path], takes: Takes = is_picture) -> list[Path]:
    """The files as few paths: a folder stands for the pictures in it, where they are all of their kind in it."""
    if len(paths) < 2:
        return list(paths)
    places = [(str(base), [str(path) for path in inside]) for base, inside in homes(paths)]
    found = [name for base, inside in places for name in _covered(base, inside, takes)]
    return [Path(name) for name in sorted(found)]


def _covered(folder: str, paths: list[str], takes: Takes) -> list[str]:
    if set(_walked(folder, takes)) == set(paths):
        return [folder]
    start = len(folder) + 1
    below: dict[str, list[str]] = {}
    for path in paths:
        below.setdefault(path[start:].partition(os.sep)[0], []).append(path)
    found: list[str] = []
    for name, inside in below.items():
        child = f"{folder}{os.sep}{name}"
        found += inside if child == inside[0] else _covered(child, inside, takes)
    return found


def natural(name: str) -> list[tuple[int, str]]:
    """Sorting key: `2` before `10`, `class_9` before `class_11`."""
    return [(int(piece), "") if piece.isdigit() else (-1, piece) for piece in re.split(r"(\d+)", name) if piece]
