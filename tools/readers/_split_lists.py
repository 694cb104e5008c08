"""Lists of the pictures of each split, whatever else tells of them.

train.txt  val.txt  test.txt            a name a line, with or without ending, folder, class or number beside it
TrainImages.txt  TestImages.txt         trainval.txt  test.txt         train_val_list.txt  test_list.txt
train1.txt  val1.txt  test1.txt         one of several ways to divide them: the first is taken
cat_train.txt  cat_val.txt  train.txt   lists of single classes beside the plain ones
train.csv  test.csv                     tables with a column that names the pictures
"""

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from noglue.tools.readers import _folders
from noglue.tools.readers._picture_names import PictureNames
from noglue.tools.readers._splits import split_of

_ENDINGS = (".txt", ".lst", ".csv", ".tsv", "")
_LARGEST, _MOST = 1 << 26, 400  # bytes of a list; lists looked at
_BOTH = re.compile(r"train_?val", re.I)
_SPLIT_WORD = re.compile(r"train(?:ing)?|trn|test(?:ing)?|tst|val(?:id(?:ation)?)?|dev|eval", re.I)
_NAMED, _COVERED, _TWICE = 0.8, 0.5, 0.01  # of a list's lines; of the pictures; of the pictures, in two lists
_FIELDS, _PROBED = 5, 50  # fields of a line that may name the picture; lines by which it is found

Lists = dict[Path, dict[Path, str]]


def lists(files: Sequence[Path], pictures: Sequence[Path], rest: bool = False) -> Lists:
    """List → picture → split, of the plainest group of lists that tells a training split and another.

    Empty unless nearly every line names a picture, no picture stands in two of them, and most of the pictures in one.
    rest: lists of test and validation alone will do, which leave the others for training.
    """
    groups = _groups(files, rest)
    names = PictureNames(pictures) if groups else None
    for kind in sorted(groups, key=lambda kind: (len(kind), _folders.natural(kind))):
        found: Lists = {}
        for path, split in groups[kind].items():
            assert names is not None
            there = _there(path, names)
            if there:
                found[path] = {pictures[place]: split for place in there}
        named = [picture for one in found.values() for picture in one]
        once = len(named) - len(set(named)) <= _TWICE * len(pictures)
        splits = {split for one in found.values() for split in one.values()}
        if once and len(set(named)) >= _COVERED * len(pictures) and "train" in splits and len(splits) > 1:
            return found
        if rest and once and "test" in splits and "train" not in splits:
            return found
    return {}


def _groups(files: Sequence[Path], rest: bool) -> dict[str, dict[Path, str]]:
    """What is left of the names without the words of splits → list → its split."""
    groups: dict[str, dict[Path, str]] = {}
    for path in [path for path in files if path.suffix.lower() in _ENDINGS][:_MOST]:
        split = _split(path.stem)
        if split is not None and path.stat().st_size <= _LARGEST:
            kind = re.sub(r"[\W_]+", "", _SPLIT_WORD.sub("", path.stem)).lower()
            groups.setdefault(f"{path.parent}/{kind}{path.suffix}", {})[path] = split
    for kind, group in groups.items():
        plain = {split for path, split in group.items() if not _BOTH.search(path.stem)}
        if "train" in plain:  # trainval beside train and val says the same again
            groups[kind] = {path: split for path, split in group.items() if not _BOTH.search(path.stem)}
    return {kind: group for kind, group in groups.items() if _divides(set(group.values()), rest)}


def _divides(splits: set[str], rest: bool) -> bool:
    return ("train" in splits and len(splits) > 1) or (rest and "test" in splits)


def _split(stem: str) -> str | None:
    return "train" if _BOTH.search(stem) else split_of(stem) or _folders.split_named(stem)[0]


def _there(path: Path, names: PictureNames) -> list[int]:
    """The pictures that a list names, by the field that names most; none where too few lines name any."""
    with path.open(encoding="utf-8", errors="replace") as file:
        first = list(islice((line for line in file if line.strip()), _PROBED))
    if not first:
        return []
    hits = {field: len({place for line in first if (place := _named(line, field, names)) is not None})
            for field in range(-1, _FIELDS)}  # fmt: skip
    best = max(hits, key=lambda field: (hits[field], -field))
    if hits[best] < min(2, len(first)):
        return []
    with path.open(encoding="utf-8", errors="replace") as file:
        places = [_named(line, best, names) for line in file if line.strip()]
    found = [place for place in places if place is not None]
    return found if len(set(found)) >= max(1, _NAMED * (len(places) - 1)) else []


def _named(line: str, field: int, names: PictureNames) -> int | None:
    """field: which of the line's, -1 for all of it."""
    if field < 0:
        return names.find(line.strip())
    fields = re.split(r"[,;\t ]+", line.strip())
    return names.find(fields[field].strip("\"'")) if len(fields) > field else None


def of(reading: Mapping[str, str], about: Sequence[Path], pictures: Sequence[Path]) -> dict[Path, str]:
    """What the lists of a reading say of its pictures."""
    if reading.get("splits") != "lists":
        return {}
    told = {path: split for one in lists(about, pictures, rest=True).values() for path, split in one.items()}
    left = {} if "train" in told.values() else dict.fromkeys(pictures, "train")
    return left | told
