"""Time series of one channel in the UCR archive's text form: a label, then the values, one series a line, no header.

    Coffee_TRAIN.tsv  Coffee_TEST.tsv        1	-0.518	-0.484	-0.505	…
    Coffee_TRAIN.txt  Coffee_TEST.txt        the same with blanks, or with commas

Known by the pair of names and by neighbouring values that go together; a table of other features is left to be one.
Shorter series end in `NaN`. Source: https://www.cs.ucr.edu/~eamonn/time_series_data_2018/
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.readers._splits import in_order, unreadable
from noglue.tools.series.form import SeriesForm
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    import numpy as np

READS = "time series in the UCR archive's text form"
BESIDE = True
_NAME = re.compile(r"(.+)_(TRAIN|TEST)", re.IGNORECASE)
_ENDINGS = (".tsv", ".txt", ".csv", "")
_FEWEST_STEPS = 12
_MOST_LABELS = 100
_TOGETHER = 0.5  # correlation of neighbouring values, in the middle series
_PROBED = 200  # series


def sniff(files: Sequence[Path]) -> Match | None:
    """The likeliest of `readings`."""
    return next(iter(readings(files)), None)


def readings(files: Sequence[Path]) -> list[Match]:
    """By names, then by the first rows."""
    sets: dict[tuple[Path, str, str], dict[str, list[Path]]] = {}
    for path in files:
        named = _NAME.fullmatch(path.stem if path.suffix.lower() in _ENDINGS else "")
        if named is not None:
            key = (path.parent, named[1], path.suffix.lower())
            sets.setdefault(key, {}).setdefault(named[2].lower(), []).append(path)
    found: list[Match] = []
    for (_, name, _), splits in sorted(sets.items()):
        if set(splits) == {"train", "test"} and _is_series(splits["train"][0]) and _is_series(splits["test"][0]):
            listed = ", ".join(path.name for paths in in_order(splits).values() for path in paths)
            why = f"{listed}: the series of {name}, labels first"
            found.append(Match(0.9 * 0.97 ** len(found), in_order(splits), why,
                               labels_from="the first value of each line"))  # fmt: skip
    return found


def new_series(files: Sequence[Path], form: DataForm) -> Match | None:
    """New series of this form, with their labels or without."""
    known = SeriesForm.of(form)
    if known is None or known.reader != "wide_series":
        return None
    fitting = [path for path in files if path.suffix.lower() in _ENDINGS and _width(path) >= _FEWEST_STEPS]
    return Match(0.9, {"all": fitting}, "series of one channel, one a line") if fitting else None


def count(match: Match) -> dict[str, int]:
    """Lines a split."""
    return {split: sum(len(_lines(Path(path))) for path in paths) for split, paths in match.files.items()}


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable` for a line that is no series where the form is to be learned.

    New lines may lack the label: where they have one value less than those learned from, or no whole number first.
    """
    from noglue.tools.readers import _series

    learned = SeriesForm.of(form)
    splits: dict[str, _series.Rows] = {}
    for split, paths in match.files.items():
        part = splits.setdefault(split, _series.Rows())
        for path in map(Path, paths):
            lines = _lines(path)
            first = learned is None or _labels_first(lines)
            for number, line in enumerate(lines if rows is None else lines[:rows], 1):
                try:
                    values = _values(line)
                except ValueError as error:
                    part.spoil(f"{path.name}, line {number}: {error}", f"{path}/{number}", 1)
                    continue
                label = _label(float(values[0])) if first else None
                part.add(_shorn(values[1:] if first else values)[None], label, f"{path}/{number}")
    if not any(part.series for part in splits.values()):
        raise unreadable(Path(next(iter(match.files.values()))[0]), "there is no series in it")
    form_ = learned or SeriesForm(reader="wide_series", channels=_series.unnamed(1))
    return _series.raw(splits, form, form_)


def _is_series(path: Path) -> bool:
    import numpy as np

    try:
        lines = _lines(path)[:_PROBED]
        rows = [_values(line) for line in lines]
    except (ValueError, OSError, DataError):
        return False
    if (
        len(rows) < 2
        or len({len(row) for row in rows}) != 1
        or len(rows[0]) <= _FEWEST_STEPS
        or not _labels_first(lines)
    ):
        return False
    alike = [
        np.corrcoef(one[:-1], one[1:])[0, 1]
        for row in rows
        if len(one := _shorn(row[1:])) > 2 and np.ptp(one[:-1]) > 0 and np.ptp(one[1:]) > 0
    ]
    return bool(alike) and float(np.nanmedian(alike)) >= _TOGETHER


def _labels_first(lines: Sequence[str]) -> bool:
    firsts = {line.replace(",", " ").split(maxsplit=1)[0] for line in lines[:_PROBED]}
    try:
        whole = all(float(value).is_integer() for value in firsts)
    except ValueError:
        return False
    return whole and len(firsts) <= min(_MOST_LABELS, max(2, len(lines) // 2 + 1))


def _width(path: Path) -> int:
    try:
        lines = _lines(path)
        return len(_values(lines[0])) if lines else 0
    except (ValueError, OSError):
        return 0


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]


def _values(line: str) -> "np.ndarray":
    import numpy as np

    return np.array(line.replace(",", " ").split(), np.float32)


def _shorn(values: "np.ndarray") -> "np.ndarray":
    """Without the missing values at its end."""
    import numpy as np

    known = np.flatnonzero(np.isfinite(values))
    shorn: np.ndarray = values[: known[-1] + 1] if len(known) else values[:0]
    return shorn


def _label(value: float) -> str:
    return str(int(value)) if value.is_integer() else str(value)
