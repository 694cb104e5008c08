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

from noglue.tools.readers import _beginnings, _grids
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.protocols import Match, Raw

READS = "tables of Stata and SAS (.dta, .sas7bdat, .xpt)"
_ENDINGS = (".dta", ".sas7bdat", ".xpt")
_SAS = bytes(12) + bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011")
_TRANSPORT = b"HEADER RECORD*******LI"
_MOST_FILES = 20


def sniff(files: Sequence[Path]) -> Match | None:
    """The likeliest of `readings`."""
    return next(iter(readings(files)), None)


def readings(files: Sequence[Path]) -> list[Match]:
    """By first bytes, or by an ending that a damaged file still has."""
    likely = _beginnings.of(files, _ENDINGS, b"<stata_dta>", _SAS, _TRANSPORT)
    return _grids.readings(likely[:_MOST_FILES], files, _load, 0.85)


def count(match: Match) -> dict[str, int]:
    """Rows a split."""
    return _grids.count(match, _load)


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable` for a damaged file."""
    return _grids.read(match, _load, rows, form)


def _load(path: Path, form: DataForm | None) -> dict[str, _grids.Grid]:
    import struct

    import pandas as pd

    ending, begins = path.suffix.lower(), _beginnings.start(path, len(_SAS))
    if begins.startswith(_TRANSPORT) or ending == ".xpt":
        return _transport(path)
    try:
        table: Any = (
            pd.read_sas(path, format="sas7bdat", encoding="utf-8")
            if begins == _SAS or ending == ".sas7bdat"
            else pd.read_stata(path)
        )
    except (struct.error, EOFError, ValueError, OSError, KeyError, NotImplementedError, UnicodeDecodeError) as error:
        raise unreadable(path, f"it is damaged, or of a version that is not known ({error})") from error
    columns = [[_cell(value) for value in table[name].astype(object)] for name in table.columns]
    rows = [list(row) for row in zip(*columns, strict=True)]
    return {"": _grids.Grid([str(name) for name in table.columns], rows)} if rows else {}


def _transport(path: Path) -> dict[str, _grids.Grid]:
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
    columns = [[_cell(value) for value in table[name].astype(object)] for name in table.columns]
    rows = [list(row) for row in zip(*columns, strict=True)]
    return {"": _grids.Grid([str(name) for name in table.columns], rows)} if rows else {}


def _cell(value: Any) -> str:
    import pandas as pd

    if value is None or pd.isna(value):
        return ""
    return _grids.cell(
        value.to_pydatetime() if isinstance(value, pd.Timestamp) else getattr(value, "item", lambda: value)()
    )
