"""Tables of SPSS: `.sav`, compressed `.zsav` and portable `.por`. Read by pyreadstat.

    $FL2@(#) SPSS DATA FILE …        sex: 1.0 → female (by the file's labels), 9.0 → missing (as the file says)

A column comes out by its labels where all its values have one, so that a scale of which only the ends are named stays
one of numbers; what the file calls missing is missing.
Source: https://ofajardo.github.io/pyreadstat_documentation/
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from noglue.tools.readers import _beginnings, _grids
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.protocols import Match, Raw

READS = "tables of SPSS (.sav, .zsav, .por)"
_ENDINGS = (".sav", ".zsav", ".por")
_MAGIC = (b"$FL2", b"$FL3")
_MOST_FILES = 20
_MOST_ROWS = 50_000_000


def sniff(files: Sequence[Path]) -> Match | None:
    """The likeliest of `readings`."""
    return next(iter(readings(files)), None)


def readings(files: Sequence[Path]) -> list[Match]:
    """By ending, or by first bytes."""
    likely = _beginnings.of(files, _ENDINGS, *_MAGIC)
    return _grids.readings(likely[:_MOST_FILES], files, _load, 0.85)


def count(match: Match) -> dict[str, int]:
    """Rows a split."""
    return _grids.count(match, _load)


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable` for a damaged file."""
    return _grids.read(match, _load, rows, form)


def _load(path: Path, form: DataForm | None) -> dict[str, _grids.Grid]:
    try:
        import pyreadstat
    except ImportError as error:
        raise unreadable(path, "SPSS's files are read by pyreadstat, which is not installed",
                         "pip install 'noglue[formats]' installs it.") from error  # fmt: skip
    try:
        if path.suffix.lower() == ".por":
            table, meta = pyreadstat.read_por(str(path), row_limit=_MOST_ROWS)
        else:
            table, meta = pyreadstat.read_sav(str(path), user_missing=False, row_limit=_MOST_ROWS)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, OSError, ValueError, OverflowError, TypeError,
            MemoryError) as error:  # fmt: skip
        raise unreadable(path, f"it is damaged, locked, or no file of SPSS ({error})") from error
    columns = [_column(table[name], meta.variable_value_labels.get(name, {})) for name in table.columns]
    rows = [list(row) for row in zip(*columns, strict=True)]
    return {"": _grids.Grid([str(name) for name in table.columns], rows)} if rows else {}


def _column(values: Any, labels: dict[Any, str]) -> list[str]:
    found = [_cell(value) for value in values.astype(object)]
    named = {_cell(key): str(label).strip() for key, label in labels.items()}
    if named and all(cell in named for cell in found if cell) and len(set(named.values())) == len(named):
        return [named[cell] if cell else "" for cell in found]
    return found


def _cell(value: Any) -> str:
    import pandas as pd

    if value is None or pd.isna(value):
        return ""
    return _grids.cell(
        value.to_pydatetime() if isinstance(value, pd.Timestamp) else getattr(value, "item", lambda: value)()
    )
