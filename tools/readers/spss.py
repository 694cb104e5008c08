"""Tables of SPSS: `.sav`, compressed `.zsav` and portable `.por`. Read by pyreadstat.

    $FL2@(#) SPSS DATA FILE …        sex: 1.0 → female (by the file's labels), 9.0 → missing (as the file says)

A column comes out by its labels where all its values have one, so that a scale of which only the ends are named stays
one of numbers; what the file calls missing is missing.
Source: https://ofajardo.github.io/pyreadstat_documentation/
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noglue.tools.readers import _beginnings, _cells, _grids
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm

if TYPE_CHECKING:
    import pyarrow as pa

READS = "tables of SPSS (.sav, .zsav, .por)"
_ENDINGS = (".sav", ".zsav", ".por")
_MAGIC = (b"$FL2", b"$FL3")
_MOST_ROWS = 50_000_000


def _likely(files: Sequence[Path]) -> list[Path]:
    """By ending, or by first bytes."""
    return _beginnings.of(files, _ENDINGS, *_MAGIC)


def _load(path: Path, form: DataForm | None) -> dict[str, _grids.Grid]:
    """Raises DataError `unreadable` for a damaged file."""
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
    columns = [_column(table[name], meta.variable_value_labels.get(name, {}), form) for name in table.columns]
    return {"": _grids.Grid([str(name) for name in table.columns], columns)} if len(table) else {}


def _column(values: Any, labels: dict[Any, str], form: DataForm | None) -> "pa.ChunkedArray":
    """What its labels call them, where all values have one."""
    found = _cells.plain(values)
    named = {key: str(label).strip() for key, label in labels.items()}
    if named and all(value in named for value in found if value is not None) and len(set(named.values())) == len(named):
        return _cells.column([named.get(value) for value in found])
    return _cells.column(found, form.cells.get(str(values.name)) if form is not None else None)


_READER = _grids.GridReader(_likely, _load, 0.85, most=20)
sniff, readings, count, read = _READER.sniff, _READER.readings, _READER.count, _READER.read
