"""Time series in aeon's and sktime's `.ts`: lines of `@` on top, then one series a line, its channels between colons.

    @problemName Steps
    @timeStamps false
    @univariate false
    @classLabel true walk run
    @data
    0.1,0.2,?,0.4:9.8,9.7,9.9,9.8:walk
    0.3,0.1,0.2:9.6,9.9,9.8:run

`Steps_TRAIN.ts` and `Steps_TEST.ts` are the splits. Series may differ in length; `?` and `NaN` are missing values. With
`@timeStamps true` each value stands as `(when,value)`; values keep their order, and when they were is not learned from.
`@targetLabel true` says that the label is a value to regress on.
Source: https://www.aeon-toolkit.org/en/stable/examples/datasets/load_data_from_file.html
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.files.unchanging import start
from noglue.tools.readers._data_lines import lines_below
from noglue.tools.readers._splits import in_order, splits_of, unreadable
from noglue.tools.series.form import SeriesForm
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    import numpy as np

    from noglue.tools.readers._series import Rows

READS = "time series in .ts files"
_HEAD = 1 << 16
_LEAD = 64  # bytes that show whether it is worth reading more
_KEYS = ("problemname", "timestamps", "missing", "univariate", "dimensions", "dimension", "equallength", "serieslength",
         "classlabel", "targetlabel")  # fmt: skip
_PAIR = re.compile(r"\(([^()]*)\)")


def sniff(files: Sequence[Path]) -> Match | None:
    """The likeliest of `readings`."""
    return next(iter(readings(files)), None)


def readings(files: Sequence[Path]) -> list[Match]:
    """By their first lines, whatever the files are called; each problem is a reading, the largest first."""
    problems: dict[str, list[Path]] = {}
    for path in files:
        if (header := _header(path)) is not None:
            problems.setdefault(header.get("problemname", "").lower(), []).append(path)
    found: list[Match] = []
    for name, paths in sorted(problems.items(), key=lambda one: -sum(path.stat().st_size for path in one[1])):
        by_split: dict[str, list[Path]] = {}
        for path, split in splits_of(sorted(paths)).items():
            by_split.setdefault(split, []).append(path)
        listed = ", ".join(path.name for path in paths[:4])
        why = f"{listed}: the series of {name or 'one set'}"
        found.append(Match(0.95 * 0.97 ** len(found), in_order(by_split), why,
                           labels_from=listed))  # fmt: skip
    return found


def new_series(files: Sequence[Path], form: DataForm) -> Match | None:
    """New series, as one list whatever the files are called."""
    known = [path for path in files if _header(path) is not None]
    return Match(0.95, {"all": known}, "series in .ts files") if known else None


def count(match: Match) -> dict[str, int]:
    """Lines of data a split."""
    return {
        split: sum(sum(1 for _ in lines_below(Path(path))) for path in paths) for split, paths in match.files.items()
    }


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable` where a file has no series."""
    from noglue.tools.readers import _series

    splits: dict[str, Rows] = {}
    values = False
    notes: list[str] = []
    for split, paths in match.files.items():
        part = splits.setdefault(split, _series.Rows())
        for path in map(Path, paths):
            header = _header(path) or {}
            values = values or _is_true(header.get("targetlabel"))
            if _is_true(header.get("timestamps")):
                notes.append(f"{path.name}: when each value was measured is not learned from, only their order")
            if rows is not None and len(part.series) >= rows:
                break
            _read_file(path, header, part, None if rows is None else rows - len(part.series), form is not None)
    first = Path(next(iter(match.files.values()))[0])
    learned = SeriesForm.of(form)
    if learned is None:
        learned = SeriesForm(
            reader="ts_files", channels=_series.unnamed(_series.usual_channels(list(splits.values()), first))
        )
    for part in splits.values():
        for place, one in enumerate(part.series):
            if place not in part.bad and (why := _series.of_channels(one, learned)) is not None:
                part.bad[place] = _placed(part.sources[place], why) if form is None else why
    return _series.raw(splits, form, learned, notes, target="value" if values else _series.LABEL)


def _placed(source: str, why: str) -> str:
    """`…/Steps_TRAIN.ts/12` → Steps_TRAIN.ts, line 12: …"""
    place, _, number = source.rpartition("/")
    return f"{Path(place).name}, line {number}: {why}"


def _read_file(path: Path, header: dict[str, str], part: "Rows", most: int | None, keep: bool) -> None:
    labelled = _is_true(header.get("classlabel")) or _is_true(header.get("targetlabel"))
    timed = _is_true(header.get("timestamps"))
    before = len(part.series)
    for number, line in lines_below(path):
        if most is not None and len(part.series) - before >= most:
            break
        source = f"{path}/{number}"
        try:
            series, label = _parsed(line, labelled, timed)
        except ValueError as error:
            why = f"{error}"
            part.spoil(why if keep else _placed(source, why), source, 1)
            continue
        part.add(series, label, source)
    if len(part.series) == before:
        raise unreadable(path, "there are no series below @data")


def _parsed(line: str, labelled: bool, timed: bool) -> "tuple[np.ndarray, str | None]":
    """One line. Raises ValueError saying what is wrong with it."""
    from noglue.tools.series.arrays import stacked

    if timed:
        line, label = _without_times(line, labelled)
        channels = line.split(":")
    else:
        channels = line.split(":")
        label = channels.pop().strip() if labelled and len(channels) > 1 else None
    if label in ("", "?"):
        label = None
    return stacked([_numbers(channel) for channel in channels]), label


def _without_times(line: str, labelled: bool) -> tuple[str, str | None]:
    """`(when,value)` as the value alone: the part behind the last comma of each bracket. Times may hold colons."""
    end = line.rfind(")") + 1
    label = line[end:].lstrip(" :").strip() if labelled else None
    bare = _PAIR.sub(lambda pair: pair[1].rsplit(",", 1)[-1], line[:end])
    return bare, label


def _numbers(channel: str) -> "np.ndarray":
    import numpy as np

    cells = [cell.strip() for cell in channel.split(",")]
    try:
        return np.array([np.nan if cell in ("?", "") else float(cell) for cell in cells], np.float32)
    except ValueError:
        wrong = next(cell for cell in cells if not _is_number(cell))
        raise ValueError(f"{wrong[:40]!r} is no number") from None


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return cell in ("?", "")
    return True


def _is_true(value: str | None) -> bool:
    return value is not None and value.split(" ")[0].lower() == "true"


def _header(path: Path) -> dict[str, str] | None:
    """What the lines of `@` say, in small letters; None where it is no such file."""
    try:
        lead = start(path, _LEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
        if lead[:1] not in (b"@", b"#", b"%", b""):
            return None
        head = start(path, _HEAD)
    except OSError:
        return None
    found: dict[str, str] = {}
    for line in head.decode("utf-8", "replace").removeprefix("\ufeff").splitlines():
        bare = line.strip()
        if not bare or bare.startswith(("#", "%")):
            continue
        if not bare.startswith("@"):
            return None
        key, _, value = bare[1:].partition(" ")
        if key.lower() == "data":
            return found if found.keys() & {"problemname", "classlabel", "targetlabel", "univariate"} else None
        if key.lower() not in _KEYS:
            return None
        found[key.lower()] = value.strip()
    return None
