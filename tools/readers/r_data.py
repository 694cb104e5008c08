"""R's data frames: `.rds` with one object, `.rda` and `.RData` with several by name. Read by rdata, never run.

    RDX3\\nX\\n…   penguins (a data frame), notes (no table)        one table: penguins

Factors come out as their levels, NA as missing, dates as dates; each data frame of a file is a table. What is no data
frame is left aside and told.
Source: https://cran.r-project.org/doc/manuals/r-release/R-ints.html#Serialization-Formats
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from noglue.tools.readers import _cells, _grids
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm

READS = "data frames of R (.rds, .rda, .RData)"
_ENDINGS = (".rds", ".rda", ".rdata")
_PLAIN = (b"RDX2\n", b"RDX3\n", b"RDA2\n", b"RDA3\n", b"X\n", b"A\n")
_MOST_BYTES = 1 << 30  # unpacked


def _likely(files: Sequence[Path]) -> list[Path]:
    """By ending."""
    return [path for path in files if path.suffix.lower() in _ENDINGS and not path.name.startswith(".")]


def _load(path: Path, form: DataForm | None) -> dict[str, _grids.Grid]:
    """Raises DataError `unreadable` for a damaged file, or one without a data frame."""
    try:
        import rdata
    except ImportError as error:
        raise unreadable(path, "R's files are read by rdata, which is not installed",
                         "pip install 'noglue[formats]' installs it.") from error  # fmt: skip
    import warnings

    content = _unpacked(path)
    try:
        with warnings.catch_warnings():  # of classes that have no part in a data frame
            warnings.simplefilter("ignore")
            parsed = rdata.parser.parse_data(content, extension=None)
            whole = rdata.conversion.convert(parsed, constructor_dict=_constructors())
    except Exception as error:  # a stranger's bytes break it in any of its places
        if isinstance(error, MemoryError):
            raise
        reason = (str(error).splitlines() or [type(error).__name__])[0][:150]
        raise unreadable(path, f"it is damaged, or no file of R ({type(error).__name__}: {reason})") from error
    named: Mapping[str, Any] = whole if isinstance(whole, dict) and _is_workspace(content) else {"": whole}
    frames = {str(name): frame for name, frame in named.items() if _is_frame(frame)}
    others = [str(name) for name in named if str(name) not in frames and name]
    found = {name: _grid(frame, others, form) for name, frame in frames.items() if len(frame)}
    return found if len(found) != 1 else {"": next(iter(found.values()))}


def _is_workspace(content: bytes) -> bool:
    return content.startswith((b"RDX", b"RDA"))


def _unpacked(path: Path) -> bytes:
    """The bytes inside of gzip, bzip2 or xz, by what the file begins with, at most 1 GB."""
    import bz2
    import gzip
    import lzma
    import zlib

    with path.open("rb") as file:
        head = file.read(6)
    opener: Any = {b"\x1f\x8b": gzip.open, b"BZ": bz2.open, b"\xfd7": lzma.open}.get(head[:2], open)
    try:
        with opener(path, "rb") as file:
            content: bytes = file.read(_MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise unreadable(path, f"it is damaged ({error})") from error
    if len(content) > _MOST_BYTES:
        raise unreadable(path, "unpacked it is larger than 1 GB; save its tables as CSV")
    if not content.startswith(_PLAIN):
        raise unreadable(path, "it does not begin as files of R do")
    return content


def _constructors() -> dict[Any, Any]:
    """Those of rdata, and days, moments and the words of factors as such."""
    from rdata.conversion import DEFAULT_CLASS_MAP

    return {**DEFAULT_CLASS_MAP, "Date": _days, "POSIXct": _moments, "factor": _levels, "ordered": _levels}


def _levels(values: Any, attributes: Mapping[str, Any]) -> list[str | None]:
    """Codes from 1; NA is R's smallest number, and 0 in files that other programs wrote."""
    levels = [str(level) for level in attributes["levels"]]
    return [levels[int(code) - 1] if code is not None and code > 0 else None for code in values.tolist()]


def _days(values: Any, _: Mapping[str, Any]) -> list[str | None]:
    first = datetime(1970, 1, 1)
    return [None if value != value else str((first + timedelta(days=float(value))).date()) for value in values]


def _moments(values: Any, _: Mapping[str, Any]) -> list[str | None]:
    first = datetime(1970, 1, 1, tzinfo=UTC)
    return [None if value != value else (first + timedelta(seconds=float(value))).strftime("%Y-%m-%d %H:%M:%S")
            for value in values]  # fmt: skip


def _is_frame(value: Any) -> bool:
    import pandas as pd

    return isinstance(value, pd.DataFrame)


def _grid(frame: Any, others: Sequence[str], form: DataForm | None) -> _grids.Grid:
    """A data frame's columns; its row names are a column where they are words, as R's own are mostly numbers."""
    names = [str(name) for name in frame.columns]
    forms = form.cells if form is not None else {}
    columns = [_cells.column(_cells.plain(frame[name]), forms.get(str(name))) for name in frame.columns]
    rows = list(frame.index)
    if rows and all(isinstance(one, str) for one in rows) and not all(str(one).isdigit() for one in rows):
        names, columns = ["row_name", *names], [_cells.column(rows), *columns]
    notes = [f"{', '.join(others[:5])}: no data frame, left aside"] if others else []
    return _grids.Grid(names, columns, notes=notes)


_READER = _grids.GridReader(_likely, _load, 0.85, most=20)
sniff, readings, count, read = _READER.sniff, _READER.readings, _READER.count, _READER.read
