"""Folders of time series: each file one series, its columns the channels and its rows the steps.

    walking/001.csv  running/002.csv           class folders, split folders above or below them
    recordings/001.csv …  targets.csv          a table beside them that names the files
    walking_01.txt  running_02.txt             classes in the file names
    user1/sitting/a.csv  user2/sitting/b.csv   folders of persons, who then stay on one side of the split

    001.csv:  time,x,y,z
              0.00,0.1,9.8,0.3

All files have the same columns of numbers, and may have as many rows as they like. A reading for every place that
labels may come from, as for texts. `.npy` files of one series each are read alike.
Source: https://archive.ics.uci.edu/dataset/366 (AReM), https://archive.ics.uci.edu/dataset/287 (activity by wearer)
"""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from noglue.tools.readers import _file_labels, _folders
from noglue.tools.series.form import SeriesForm
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    from noglue.tools.readers._sequences import OneSeries

READS = "folders of files that are one time series each"
BESIDE = True
_ENDINGS = (".csv", ".tsv", ".txt", ".dat", ".npy")
_FEWEST = 6  # files
_PROBED = 24  # files that are read to see what they are
_RARE = 200  # files of unusual names that are looked at one by one
_FEW = 4  # files a class, below which they are rather parts of one table
_WITHIN = 0.9  # of those probed that are series of the same channels
_DATES = re.compile(r"(19|20)\d\d([-_ ]?\d\d?)*|\d\d?|q[1-4]", re.IGNORECASE)  # folders that tell when, not what
_WHOSE = re.compile(r"([^\W\d]+)[\W_]*\d+")


def sniff(files: Sequence[Path]) -> Match | None:
    """The likeliest of `readings`."""
    return next(iter(readings(files)), None)


def readings(files: Sequence[Path]) -> list[Match]:
    """By the names of the files, and the content of some of them."""
    likely = [path for path in files if takes(path)]
    if len(likely) < _FEWEST or 2 * len(likely) < len(files):
        return []
    rows = _alike(likely)
    if len(rows) < _FEWEST or not _are_series(rows):
        return []
    made = _file_labels.ways(files, rows, takes, f"{len(rows):,} series, one a file", 0.9)
    used = {str(path) for path in rows}
    ignored = {str(path): "another table, of other columns" for path in likely if str(path) not in used}
    return [_weighed(one, ignored) for one in made if one.reading["labels"] != "none"]


def _weighed(match: Match, ignored: dict[str, str]) -> Match:
    """Folders of years and months, and of two or three files, are parts of one table rather than classes."""
    about = {str(path) for path in match.files.get("about", ())}
    told = Counter(_file_labels.labels(match, takes).values()) if match.reading["labels"] != "table" else Counter()
    parts = bool(told) and (all(_DATES.fullmatch(label) for label in told) or median(told.values()) < _FEW)
    left = {path: why for path, why in ignored.items() if path not in about}
    return Match(0.4 if parts else match.confidence, match.files, match.why, match.reading, match.labels_from,
                 match.coverage, left)  # fmt: skip


def takes(path: Path) -> bool:
    """By its ending."""
    return path.suffix.lower() in _ENDINGS and not _folders.hidden(path.name)


def count(match: Match) -> dict[str, int]:
    """Files a split."""
    known = _file_labels.labels(match, takes)
    return {split: len(paths) for split, paths in _file_labels.parted(match, takes, known).items()}


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable` when not one file is a series."""
    from noglue.tools.readers import _sequences, _series
    from noglue.tools.readers._arrays import pick

    known = _file_labels.labels(match, takes)
    beside = _others(match)
    learned = SeriesForm.of(form)
    unusable: dict[str, str] = {}
    splits: dict[str, _series.Rows] = {}
    for split, paths in _file_labels.parted(match, takes, known).items():
        part = splits.setdefault(split, _series.Rows())
        for path in (paths[place] for place in pick(len(paths), rows)):
            try:
                one = _sequences.sequence(path, learned)
            except ValueError as error:
                unusable[str(path)] = str(error)
                continue
            learned = learned or _form(one)
            part.add(one.values, known.get(path), str(path))
            for name, cells in beside.items():
                part.others.setdefault(name, []).append(cells.get(path))
    if learned is None:
        path, why = next(iter(unusable.items()), ("the folder", "there is nothing in it"))
        raise DataError(
            Kind.UNREADABLE,
            f"None of the files is a series; {Path(path).name}: {why}.",
            hint="Check that the files were downloaded or copied whole.",
        )
    target = match.reading["column"] if match.reading.get("labels") == "table" else _series.LABEL
    return _series.raw({split: part for split, part in splits.items() if part.series}, form, learned,
                       unusable=unusable, notes=_notes(learned), target=target)  # fmt: skip


def _form(one: "OneSeries") -> SeriesForm:
    from noglue.tools.readers._series import unnamed

    return SeriesForm(reader="sequence_files", channels=one.names or unnamed(len(one.values)), aside=one.aside)


def _notes(learned: SeriesForm) -> list[str]:
    return [f"not taken for channels: {', '.join(learned.aside[:8])}"] if learned.aside else []


# ---- which files -------------------------------------------------------------------------------------------------


def _alike(likely: Sequence[Path]) -> list[Path]:
    """Those of the commonest ending that are named alike, or are of the same columns where few are."""
    ending = Counter(path.suffix.lower() for path in likely).most_common(1)[0][0]
    same = [path for path in likely if path.suffix.lower() == ending]
    patterns = Counter(_pattern(path) for path in same)
    rare = [path for path in same if patterns[_pattern(path)] < 3]
    if ending == ".npy" or not rare or len(rare) > _RARE:
        return same
    usual = [path for path in same if patterns[_pattern(path)] >= 3] or same
    columns = Counter(_columns(path) for path in usual[:: max(1, len(usual) // _PROBED)]).most_common(1)[0][0]
    others = {path for path in rare if _columns(path) != columns}
    return [path for path in same if path not in others]


def _pattern(path: Path) -> str:
    return re.sub(r"\d+", "#", path.name)


def _columns(path: Path) -> tuple[str, ...]:
    from noglue.tools.readers._text_tables import dialect_of

    try:
        dialect = dialect_of(path)
    except DataError:
        return ()
    return () if dialect is None else tuple(dialect.names)


def _are_series(rows: Sequence[Path]) -> bool:
    """Whether nearly all of some files hold as many channels of the same names, over enough steps."""
    import numpy as np

    from noglue.tools.readers._sequences import FEWEST_STEPS, sequence

    places = np.linspace(0, len(rows) - 1, min(len(rows), _PROBED)).astype(int)
    kinds: Counter[tuple[str, ...]] = Counter()
    for path in (rows[place] for place in places):
        try:
            one = sequence(path)
        except ValueError:
            continue
        text = [name for name in one.aside if name not in one.words]
        if one.values.shape[1] >= FEWEST_STEPS and len(text) <= 1:
            kinds[(str(len(one.values)), *one.names)] += 1
    return bool(kinds) and kinds.most_common(1)[0][1] >= _WITHIN * len(places)


# ---- what else is known of each -----------------------------------------------------------------------------------


def _others(match: Match) -> dict[str, dict[Path, str]]:
    """Columns beside the label: of the table that names the files, and folders called after persons or devices."""
    from noglue.tools.readers._text_tables import dialect_of

    files = [path for paths in _file_labels.members(match, takes).values() for path in paths]
    found: dict[str, dict[Path, str]] = {}
    if match.reading.get("labels") == "table":
        table = Path(match.files["about"][0])
        dialect = dialect_of(table)
        for name in [] if dialect is None else dialect.names:
            cells = _file_labels.named(table, name, files)
            if name != match.reading["column"] and len(cells) > len(files) / 2:
                found[name] = cells
    for level, labels in _file_labels.levels(files):
        begun = {whose[1].lower() if (whose := _WHOSE.fullmatch(label)) else "" for label in labels.values()}
        chosen = match.reading.get("labels") == "folder" and match.reading.get("level") == str(level)
        if len(begun) == 1 and "" not in begun and not chosen:
            found[begun.pop()] = labels
    return found
