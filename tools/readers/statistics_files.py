"""Tables of statistical programs: Stata's `.dta`, and SAS's `.sas7bdat` and `.xpt`. Read by pandas.

    penguins.dta     begins "<stata_dta><header>" since Stata 13
    heart.sas7bdat   begins with twelve bytes of nought and c2 ea 81 60
    heart.xpt        begins "HEADER RECORD*******LIBRARY HEADER"

Values that have labels in the file come out as these: `1` → `female`.
Source: https://pandas.pydata.org/docs/reference/api/pandas.read_stata.html
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from noglue.tools.readers import _cells, _grids
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm

READS = "tables of Stata and SAS (.dta, .sas7bdat, .xpt)"
_ENDINGS = (".dta", ".sas7bdat", ".xpt")


def _likely(files: Sequence[Path]) -> list[Path]:
    """By ending."""
    return [path for path in files if path.suffix.lower() in _ENDINGS and not path.name.startswith(".")]


def _load(path: Path, form: DataForm | None) -> dict[str, _grids.Grid]:
    """Raises DataError `unreadable` for a damaged file."""
    import struct

    import pandas as pd

    if path.suffix.lower() == ".xpt" and _is_of_version_8(path):
        return _transport(path, form)
    try:
        table: Any = pd.read_stata(path) if path.suffix.lower() == ".dta" else pd.read_sas(path, encoding="utf-8")
    except (struct.error, EOFError, ValueError, OSError, KeyError, NotImplementedError, UnicodeDecodeError) as error:
        raise unreadable(path, f"it is damaged, or of a version that is not known ({error})") from error
    return _grid(table, form)


def _is_of_version_8(path: Path) -> bool:
    """A transport file with names longer than eight letters, which pandas does not read."""
    with path.open("rb") as file:
        return file.read(40).startswith(b"HEADER RECORD*******LIBV8")


def _transport(path: Path, form: DataForm | None) -> dict[str, _grids.Grid]:
    try:
        import pyreadstat
    except ImportError as error:
        raise unreadable(path, "SAS's transport files of version 8 are read by pyreadstat, which is not installed",
                         "pip install 'noglue[formats]' installs it.") from error  # fmt: skip
    try:
        table, _ = pyreadstat.read_xport(str(path))
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, OSError, ValueError, OverflowError) as error:
        raise unreadable(path, f"it is damaged ({error})") from error
    return _grid(table, form)


def _grid(table: Any, form: DataForm | None) -> dict[str, _grids.Grid]:
    """A data frame as the only table of its file."""
    forms = form.cells if form is not None else {}
    columns = [_cells.column(_cells.plain(table[name]), forms.get(str(name))) for name in table.columns]
    return {"": _grids.Grid([str(name) for name in table.columns], columns)} if len(table) else {}


_READER = _grids.GridReader(_likely, _load, 0.85, most=20)
sniff, readings, count, read = _READER.sniff, _READER.readings, _READER.count, _READER.read
