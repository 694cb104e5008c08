"""Cells that come row after row, held as columns of text: a tenth of the memory that lists of Python's strings take.

    >>> filler = Filler(["species", "mass"])
    >>> filler.row(["Adelie", 3750.0])
    >>> [column.to_pylist() for column in filler.columns()]
    [['Adelie'], ['3750']]

A cell is text, as in a file of text. What a file holds as a number or a date is written so that no form can misread it:
`2.5`, `2024-01-05`, `2024-01-05 17:30:00`; by the form of the column, where one is known.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from noglue.tools.spec.data_form import CellForm, DataForm

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_AT_ONCE = 1 << 18  # cells that wait for their place in a column


class Filler:
    """names: of the columns; records may bring more. form: of a model that was trained, or None. count: rows so far."""

    def __init__(self, names: Sequence[str] = (), form: DataForm | None = None) -> None:
        self.names, self.count = list(names), 0
        self._forms = form.cells if form is not None else {}
        self._places = {name: place for place, name in enumerate(self.names)}
        self._waiting: list[Sequence[object]] = []
        self._batches: list[list[pa.Array]] = []

    def row(self, cells: Sequence[object]) -> None:
        """One cell a name; those that lack at the end are empty."""
        self._waiting.append(cells)
        self.count += 1
        if len(self._waiting) * max(1, len(self.names)) >= _AT_ONCE:
            self._lay_down()

    def record(self, record: Mapping[str, object]) -> None:
        """Its names are columns from now on; they were empty before."""
        for name in record:
            if name not in self._places:
                self._places[name] = len(self.names)
                self.names.append(name)
        cells: list[object] = [""] * len(self.names)
        for name, value in record.items():
            cells[self._places[name]] = value
        self.row(cells)

    def columns(self) -> "list[pa.ChunkedArray]":
        """Strings, "" where empty; one column a name."""
        import pyarrow as pa

        self._lay_down()
        found = []
        for place in range(len(self.names)):
            parts = [
                batch[place] if place < len(batch) else pa.repeat(pa.scalar("", pa.string()), len(batch[0]))
                for batch in self._batches
            ]
            found.append(pa.chunked_array(parts, pa.string()))
        return found

    def _lay_down(self) -> None:
        if not self._waiting:
            return
        self._batches.append(
            [
                _array(values, self._forms.get(name))
                for name, values in zip(self.names, _columns(self._waiting, len(self.names)), strict=True)
            ]
        )
        self._waiting = []


def column(values: Sequence[object], form: CellForm | None = None) -> "pa.ChunkedArray":
    """Of values that are at hand together, as those of a data frame are."""
    import pyarrow as pa

    parts = [_array(values[start : start + _AT_ONCE], form) for start in range(0, len(values), _AT_ONCE)]
    return pa.chunked_array(parts, pa.string())


def plain(series: "pd.Series[Any]") -> list[object]:
    """A data frame's column as Python's values, None where one is missing."""
    import pandas as pd

    values = series.astype(object).tolist()
    missing = [pd.api.types.is_scalar(value) and pd.isna(value) for value in values]
    return [None if gone else getattr(value, "item", lambda value=value: value)() for value, gone in
            zip(values, missing, strict=True)]  # fmt: skip


def text(value: object, form: CellForm | None = None) -> str:
    """A cell's text: `true`, `5`, `2.5`, `2024-01-05`; "" for none, and for bytes.

    form: of the column, known from the training: with its decimal mark, in its order of day and month.
    """
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bytes):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        written = _of_float(value)
        return written.replace(".", form.decimal) if form is not None and form.kind == "number" else written
    if isinstance(value, date):
        return _of_date(value, form)
    return str(value)


def _of_float(value: float) -> str:
    if value != value:
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _of_date(value: date, form: CellForm | None) -> str:
    day = value.strftime("%Y-%m-%d")
    if form is not None and form.kind == "date" and form.dates and _writes(form.dates[0]):
        day = value.strftime(form.dates[0])
    moment = isinstance(value, datetime) and value.time() != time()
    return f"{day} {value.strftime('%H:%M:%S')}" if moment else day


def _writes(form: str) -> bool:
    """Whether a day can be written so; days as they stand here are read whatever the form."""
    return form.startswith("%") and not any(part in form for part in ("%q", "%V")) and form != "%Y%m%d"


def _columns(rows: Sequence[Sequence[object]], count: int) -> list[tuple[object, ...]]:
    found = list(zip_longest(*rows, fillvalue=""))[:count]
    return found + [("",) * len(rows)] * (count - len(found))


def _array(values: Sequence[object], form: CellForm | None) -> "pa.Array":
    import pyarrow as pa

    kinds = set(map(type, values))
    cells = values if kinds == {str} else [text(value, form) for value in values]
    try:
        return pa.array(cells, pa.string())
    except UnicodeEncodeError:  # half of a pair, as JSON may write it
        return pa.array([str(cell).encode("utf-8", "replace").decode() for cell in cells], pa.string())
