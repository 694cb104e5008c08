"""Tables of statistical programs: Stata's `.dta` and SAS's `.sas7bdat`, read by pandas, `.xpt` by pyreadstat.

    penguins.dta     begins "<stata_dta><header>" since Stata 13
    heart.sas7bdat   begins with twelve bytes of nought and c2 ea 81 60
    heart.xpt        begins "HEADER RECORD*******LIBRARY HEADER"

Values that have labels in the file come out as these: `1` → `female`.
Source: https://pandas.pydata.org/docs/reference/api/pandas.read_stata.html
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from noglue.tools.readers import _beginnings, _cells, _grids
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm

READS = "tables of Stata and SAS (.dta, .sas7bdat, .xpt)"
_ENDINGS = (".dta", ".sas7bdat", ".xpt")
_SAS = bytes(12) + bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011")
_TRANSPORT = b"HEADER RECORD*******LI"


def _likely(files: Sequence[Path]) -> list[Path]:
    """By first bytes, or by an ending that a damaged file still has."""
    return _beginnings.of(files, _ENDINGS, b"<stata_dta>", _SAS, _TRANSPORT)


def _load(path: Path, form: DataForm | None) -> dict[str, _grids.Grid]:
    """Raises DataError `unreadable` for a damaged file."""
    import struct

    import pandas as pd

    ending, begins = path.suffix.lower(), _beginnings.start(path, len(_SAS))
    if begins.startswith(_TRANSPORT) or ending == ".xpt":
        return _transport(path, form)
    try:
        table: Any = (
            pd.read_sas(path, format="sas7bdat", encoding="utf-8")
            if begins == _SAS or ending == ".sas7bdat"
            else pd.read_stata(path)
        )
    except (struct.error, EOFError, ValueError, OSError, KeyError, NotImplementedError, UnicodeDecodeError) as error:
        raise unreadable(path, f"it is damaged, or of a version that is not known ({error})") from error
    return _grid(table, form)


def _transport(path: Path, form: DataForm | None) -> dict[str, _grids.Grid]:
    """By pyreadstat: pandas loses a last row whose text ends in blanks, reads 0 as 5e-79, and knows no long names."""
    try:
        import pyreadstat
    except ImportError as error:
        raise unreadable(path, "SAS's transport files are read by pyreadstat, which is not installed",
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
