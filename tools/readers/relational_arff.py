"""Time series of several channels in Weka's ARFF: a relational attribute holds them, a line a channel.

    @attribute steps relational
      @attribute t0 numeric            the values of one channel, in order
      @attribute t1 numeric
    @end steps
    @attribute activity {walk,run}
    @data
    '0.1,0.2\\n9.8,9.7',walk           two channels of two values

`Steps_TRAIN.arff` and `Steps_TEST.arff` are the splits. `?` is a missing value.
Source: https://waikato.github.io/weka-wiki/multi_instance_classification/
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from noglue.tools.readers._splits import in_order, splits_of, unreadable
from noglue.tools.series.form import SeriesForm
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    import numpy as np

    from noglue.tools.readers._series import Rows

READS = "time series of several channels in ARFF"
_HEAD = 1 << 20
_LONGEST_LINE = 1 << 27
_RELATIONAL = re.compile(r"(?im)^\s*@attribute\s+('[^']*'|\"[^\"]*\"|\S+)\s+relational\s*$")
_RELATION = re.compile(r"(?im)^\s*@relation\s+['\"]?([^'\"\r\n]*)")
_ROW = re.compile(r"""\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*(?:,\s*(.*?)\s*)?$""")


class _Line(NamedTuple):
    number: int
    text: str


def is_relational(path: Path) -> bool:
    """Whether a file of this ending has a relational attribute in its header."""
    return path.suffix.lower() == ".arff" and path.is_file() and _RELATIONAL.search(_head(path)) is not None


def sniff(files: Sequence[Path]) -> Match | None:
    """The likeliest of `readings`."""
    return next(iter(readings(files)), None)


def readings(files: Sequence[Path]) -> list[Match]:
    """By the header; each relation is a reading, the largest first."""
    relations: dict[str, list[Path]] = {}
    for path in filter(is_relational, files):
        named = _RELATION.search(_head(path))
        relations.setdefault(named[1].strip().lower() if named else "", []).append(path)
    found: list[Match] = []
    for name, paths in sorted(relations.items(), key=lambda one: -sum(path.stat().st_size for path in one[1])):
        by_split: dict[str, list[Path]] = {}
        for path, split in splits_of(sorted(paths)).items():
            by_split.setdefault(split, []).append(path)
        listed = ", ".join(path.name for path in paths[:4])
        why = f"{listed}: the series of {name or 'one set'}"
        found.append(Match(0.95 * 0.97 ** len(found), in_order(by_split), why, labels_from=listed))
    return found


def new_series(files: Sequence[Path], form: DataForm) -> Match | None:
    """New series, as one list whatever the files are called."""
    known = [path for path in files if is_relational(path)]
    return Match(0.95, {"all": known}, "series in ARFF") if known else None


def count(match: Match) -> dict[str, int]:
    """Rows of data a split."""
    return {split: sum(sum(1 for _ in _lines(Path(path))) for path in paths) for split, paths in match.files.items()}


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable` where a file has no series."""
    from noglue.tools.readers import _series

    splits: dict[str, Rows] = {}
    for split, paths in match.files.items():
        part = splits.setdefault(split, _series.Rows())
        for path in map(Path, paths):
            if rows is not None and len(part.series) >= rows:
                break
            _read_file(path, part, None if rows is None else rows - len(part.series))
    first = Path(next(iter(match.files.values()))[0])
    learned = SeriesForm.of(form)
    if learned is None:
        names = _series.unnamed(_series.usual_channels(list(splits.values()), first))
        learned = SeriesForm(reader="relational_arff", channels=names)
    for part in splits.values():
        for place, one in enumerate(part.series):
            if place not in part.bad and (why := _series.of_channels(one, learned)) is not None:
                part.bad[place] = why
    return _series.raw(splits, form, learned)


def _read_file(path: Path, part: "Rows", most: int | None) -> None:
    before = len(part.series)
    for line in _lines(path):
        if most is not None and len(part.series) - before >= most:
            break
        source = f"{path}/{line.number}"
        try:
            series, label = _parsed(line.text)
        except ValueError as error:
            part.spoil(f"{path.name}, line {line.number}: {error}", source, 1)
            continue
        part.add(series, label, source)
    if len(part.series) == before:
        raise unreadable(path, "there are no series below @data")


def _parsed(line: str) -> "tuple[np.ndarray, str | None]":
    """One row. Raises ValueError saying what is wrong with it."""
    import numpy as np

    from noglue.tools.series.arrays import stacked

    row = _ROW.fullmatch(line)
    if row is None:
        raise ValueError("its series is not in quotes")
    channels = [one for one in re.split(r"\\n|\n", row[1] or row[2] or "") if one.strip()]
    values = [np.array([float("nan") if one.strip() in ("?", "") else float(one) for one in channel.split(",")],
                       np.float32) for channel in channels]  # fmt: skip
    if not values:
        raise ValueError("its series is empty")
    label = (row[3] or "").strip("'\"")
    return stacked(values), None if label in ("", "?") else label


def _lines(path: Path) -> Iterator[_Line]:
    """The rows below `@data`. Raises DataError `unreadable` for one of no end."""
    below = False
    with path.open(encoding="utf-8", errors="replace") as file:
        number = 0
        while line := file.readline(_LONGEST_LINE):
            number += 1
            if len(line) == _LONGEST_LINE:
                raise unreadable(path, f"line {number} is longer than {_LONGEST_LINE:,} characters")
            text = line.strip()
            if below and text and not text.startswith("%"):
                yield _Line(number, text)
            below = below or text.lower() == "@data"


def _head(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_HEAD).decode("utf-8", "replace")
