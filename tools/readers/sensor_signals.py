"""Signals of several sensors, a file each: a row is one series, its numbers the steps; labels stand in files beside.

    train/Inertial Signals/total_acc_x_train.txt      7352 rows of 128 numbers, one channel of each series
    train/Inertial Signals/body_gyro_z_train.txt      the same rows, another channel
    train/y_train.txt  train/subject_train.txt        a label and a person for each row
    activity_labels.txt                               "1 WALKING"

Two files or more with as many rows and as many numbers a row, and a file with one label for each row, in the folder or
above it. `test/` is the test split. Who a row is of stays in a column of its own, so that a split never parts a person.
Source: https://archive.ics.uci.edu/dataset/240/human+activity+recognition+using+smartphones
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from noglue.tools.readers._splits import SPLIT_ORDER, split_of, unreadable
from noglue.tools.series.form import SeriesForm
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    import numpy as np

READS = "time series of sensors, one file a channel"
BESIDE = True
_ENDINGS = (".txt", ".csv", ".tsv", ".dat", "")
_FEWEST_STEPS = 16
_MOST_FILES = 400
_HEAD = 1 << 16
_LABELS = re.compile(r"(y|labels?|targets?|class(es)?|activity|activities)", re.IGNORECASE)
_WHOSE = re.compile(r"(subjects?|persons?|users?|participants?|patients?|groups?)(_?ids?)?", re.IGNORECASE)
_NAMED = re.compile(r"\s*(-?\d+)[\s,;:]+(\S.*?)\s*")
_WORDS = re.compile(r"[^\W_]+")


class Channel(NamedTuple):
    """A file of signals. name: without the word of its split."""

    path: Path
    name: str
    split: str


def sniff(files: Sequence[Path]) -> Match | None:
    """The likeliest of `readings`."""
    return next(iter(readings(files)), None)


def readings(files: Sequence[Path]) -> list[Match]:
    """By the shape of the first rows, and the names of the files beside."""
    likely = [path for path in files if path.suffix.lower() in _ENDINGS and path.is_file()]
    if not 2 <= len(likely) <= _MOST_FILES:
        return []
    channels = _channels(likely)
    if not channels:
        return []
    found: dict[str, list[Path]] = {}
    beside = {path: split for path in likely if (split := _beside(path)) is not None}
    for one in channels:
        found.setdefault(one.split, []).append(one.path)
    splits = {split: found[split] for split in SPLIT_ORDER if split in found}
    if not all(any(_is_labels(path) and where == split for path, where in beside.items()) for split in splits):
        return []
    about = [*beside, *(path for path in likely if _class_names(path))]
    names = sorted({one.name for one in channels})
    match = Match(0.9 if len(names) > 1 else 0.6, splits | {"about": about},
                  f"{len(names)} channels, a file each: {', '.join(names[:6])}",
                  labels_from=next(path.name for path in beside if _is_labels(path)))  # fmt: skip
    return [match]


def new_series(files: Sequence[Path], form: DataForm) -> Match | None:
    """New signals: a file for each of the channels that the model knows."""
    known = SeriesForm.of(form)
    if known is None or known.reader != "sensor_signals":
        return None
    named = {_bare(path): path for path in files}
    found = [named[name] for name in known.channels if name in named]
    if len(found) < len(known.channels):
        return None
    return Match(0.9, {"all": found}, "a file for each channel")


def count(match: Match) -> dict[str, int]:
    """Rows a split."""
    return {split: sum(1 for _ in _rows(Path(paths[0]))) for split, paths in match.files.items() if split != "about"}


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable` where channels differ in their rows, or a row holds something else than numbers."""
    import numpy as np

    from noglue.tools.readers import _series

    about = [Path(path) for path in match.files.get("about", ())]
    names = next((found for path in about if (found := _class_names(path))), {})
    learned = SeriesForm.of(form)
    channels = None if learned is None else learned.channels
    splits: dict[str, _series.Rows] = {}
    for split, paths in match.files.items():
        if split == "about":
            continue
        by_name = {_bare(Path(path)): Path(path) for path in paths}
        channels = sorted(by_name) if channels is None else channels
        if missing := [name for name in channels if name not in by_name]:
            raise unreadable(Path(paths[0]), f"there is no file of the channel {missing[0]} beside it")
        signals = [_matrix(by_name[name], rows) for name in channels]
        if len({one.shape for one in signals}) > 1:
            listed = ", ".join(
                f"{name} {one.shape[0]}×{one.shape[1]}" for name, one in zip(channels, signals, strict=True)
            )
            raise unreadable(by_name[channels[0]], f"the channels differ in size: {listed[:300]}")
        whole = np.stack(signals, axis=1)
        part = splits.setdefault(split, _series.Rows())
        labels = _column([path for path in about if _is_labels(path) and _beside(path) == split], len(whole), rows)
        whose = _column([path for path in about if not _is_labels(path) and _beside(path) == split], len(whole), rows)
        for place, one in enumerate(whole):
            label = None if labels is None else names.get(labels[place], labels[place])
            part.add(one, label, f"{by_name[channels[0]]}/{place}")
        if whose is not None:
            part.others["subject"] = [f"s{value}" for value in whose]
    assert channels is not None, "a match without files"
    return _series.raw(splits, form, SeriesForm(reader="sensor_signals", channels=channels))


# ---- files -------------------------------------------------------------------------------------------------------


def _channels(files: Sequence[Path]) -> list[Channel]:
    """The largest set of files in one folder a split that have the same shape in each, and the same names in all."""
    shapes: dict[tuple[Path, int, int], list[Path]] = {}
    for path in files:
        if (shape := _shape(path)) is not None:
            shapes.setdefault((path.parent, *shape), []).append(path)
    sets: dict[tuple[int, frozenset[str]], list[list[Path]]] = {}
    for (_, _, steps), paths in shapes.items():
        names = frozenset(map(_bare, paths))
        if len(names) == len(paths) > 1:
            sets.setdefault((steps, names), []).append(paths)
    if not sets:
        return []
    best = max(sets.values(), key=lambda one: (len(one[0]), len(one)))
    found = [Channel(path, _bare(path), _split(path)) for paths in best for path in paths]
    return found if len({(one.split, one.name) for one in found}) == len(found) else []


def _shape(path: Path) -> tuple[int, int] | None:
    """Bytes of the file, as a sign of its rows, and numbers a row; None where its first rows are no even numbers."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return None
    lines = head.decode("latin-1").splitlines()
    lines = [line for line in (lines[:-1] if len(head) == _HEAD and len(lines) > 1 else lines) if line.strip()]
    widths = {len(_split_cells(line)) for line in lines[:20]}
    if len(widths) != 1 or (width := widths.pop()) < _FEWEST_STEPS:
        return None
    try:
        [float(cell) for line in lines[:3] for cell in _split_cells(line)]
    except ValueError:
        return None
    return _count(path), width


def _count(path: Path) -> int:
    return sum(1 for _ in _rows(path))


def _split_cells(line: str) -> list[str]:
    return line.replace(",", " ").replace(";", " ").split()


def _rows(path: Path) -> "Sequence[str] | map[str]":
    with path.open(encoding="latin-1") as file:
        return [line for line in file if line.strip()]


def _matrix(path: Path, rows: int | None) -> "np.ndarray":
    import numpy as np

    lines = _rows(path)
    found = []
    for number, line in enumerate(lines if rows is None else list(lines)[:rows], 1):
        try:
            found.append(np.array(_split_cells(line), np.float32))
        except ValueError as error:
            raise unreadable(path, f"row {number} holds something else than numbers ({error})") from error
        if len(found[-1]) != len(found[0]):
            raise unreadable(path, f"row {number} has {len(found[-1])} numbers instead of {len(found[0])}")
    return np.array(found, np.float32)


def _column(paths: Sequence[Path], count: int, rows: int | None) -> list[str] | None:
    if not paths:
        return None
    values = [line.strip() for line in _rows(paths[0])]
    if (len(values) if rows is None else min(len(values), rows)) != count:
        raise unreadable(paths[0], f"it has {len(values):,} rows, and the signals beside it {count:,}")
    return values


def _split(path: Path) -> str:
    """By the file's name, else by its folders'."""
    for name in (path.stem, *(parent.name for parent in path.parents[:3])):
        if (split := split_of(name)) is not None:
            return split
    return "all"


def _bare(path: Path) -> str:
    """The name without the word of its split: `total_acc_x_train` → total_acc_x."""
    return "_".join(word for word in _WORDS.findall(path.stem) if split_of(word) is None)


def _is_labels(path: Path) -> bool:
    return _LABELS.fullmatch(_bare(path)) is not None


def _beside(path: Path) -> str | None:
    """The split of a file with one word a row, named like labels or like those whom the rows are of."""
    if not (_is_labels(path) or _WHOSE.fullmatch(_bare(path))):
        return None
    with path.open("rb") as file:
        lines = file.read(_HEAD).decode("latin-1").splitlines()[:20]
    return _split(path) if lines and all(len(line.split()) == 1 for line in lines if line.strip()) else None


def _class_names(path: Path) -> dict[str, str]:
    """`1 WALKING` in activity_labels.txt → {"1": "WALKING"}; nothing where the file is another."""
    if not re.search(r"labels?|class|activit", path.stem, re.IGNORECASE) or path.stat().st_size > _HEAD:
        return {}
    lines = [line for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    pairs = [_NAMED.fullmatch(line) for line in lines]
    return {pair[1]: pair[2] for pair in pairs if pair} if len(lines) > 1 and all(pairs) else {}
