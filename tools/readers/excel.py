"""Excel workbooks: `.xlsx`, `.xlsm`, and `.xls` of Excel 97. Every sheet that holds a table is one.

Notes above a header and totals below the rows are left out; a cell over several rows or columns counts for each.

    penguins.xlsx            one table           sales.xlsx: 2023, 2024    sheets of the same columns: one table
    train.xlsx  test.xlsx    splits by name      shop.xlsx: orders, pets   two tables, two readings

Cells count by what was last computed of them. Source: ECMA-376, https://openpyxl.readthedocs.io
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from noglue.tools.readers import _beginnings, _grids, _zipped
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm

READS = "Excel workbooks (.xlsx, .xls)"
_ENDINGS = (".xlsx", ".xlsm", ".xls", ".xlsb")
_MERGED = 1 << 25  # bytes unpacked, of books that are small enough to be held whole
_TITLE = 0.8  # of a sheet's columns, that a cell over them all is no name of any


def _likely(files: Sequence[Path]) -> list[Path]:
    """By ending, or by what lies in them; workbooks are small enough to be opened for it."""
    return _beginnings.zips_of(files, _ENDINGS, "xl/workbook.xml")


def tables(path: Path, form: DataForm | None = None) -> dict[str, _grids.Grid]:
    """Sheet → its table. Raises DataError `unreadable`."""
    found = {name: _grids.grid(rows, form) for name, rows in _sheets(path, path.stat().st_mtime_ns)}
    return {name: one for name, one in found.items() if one is not None}


@lru_cache(maxsize=4)
def _sheets(path: Path, _when: int) -> list[tuple[str, list[tuple[object, ...]]]]:
    """Sheet → rows of values. Raises DataError `unreadable`."""
    import warnings
    import zlib
    from zipfile import BadZipFile, ZipFile

    import openpyxl

    if path.suffix.lower() == ".xls" and _beginnings.start(path, 2) != b"PK":
        return _old_sheets(path)
    try:
        with warnings.catch_warnings():  # of styles and validations that have no part in the values
            warnings.simplefilter("ignore")
            with ZipFile(path) as archive:
                _zipped.check(path, archive)
                if "xl/workbook.bin" in archive.namelist():
                    raise unreadable(path, "it is a binary workbook (.xlsb), which nothing here reads",
                                     "Open it in Excel or LibreOffice and save it as .xlsx or .csv.")  # fmt: skip
                whole = sum(member.file_size for member in archive.infolist()) <= _MERGED
            file = path.open("rb")  # a name of another ending would be refused
            try:
                book = openpyxl.load_workbook(file, read_only=not whole, data_only=True)
                return [(sheet.title, _values(sheet)) for sheet in book.worksheets]
            finally:
                file.close()
    except (BadZipFile, KeyError, ValueError, OSError, EOFError, TypeError, AttributeError, IndexError, SyntaxError,
            zlib.error) as error:  # fmt: skip
        reason = "it is locked by a password, or no workbook" if _is_ole(path) else f"it is damaged ({error})"
        raise unreadable(path, reason) from error


def _values(sheet: Any) -> list[tuple[object, ...]]:
    """The rows; of a small book cells over several rows or columns in each of these, but for titles."""
    rows = list(sheet.iter_rows(values_only=True))
    merged = list(getattr(sheet, "merged_cells", ()))
    if not merged or not rows:
        return rows
    cells = [list(row) for row in rows]
    top, left = sheet.min_row, sheet.min_column
    for area in merged:
        if area.max_col - area.min_col + 1 >= max(2, _TITLE * len(cells[0])):
            continue
        value = cells[area.min_row - top][area.min_col - left]
        for row in cells[area.min_row - top : area.max_row - top + 1]:
            row[area.min_col - left : area.max_col - left + 1] = [value] * (area.max_col - area.min_col + 1)
    return [tuple(row) for row in cells]


def _old_sheets(path: Path) -> list[tuple[str, list[tuple[object, ...]]]]:
    """Of Excel 97: days are numbers, which the book's own count of days makes dates again."""
    import struct

    import xlrd

    def value(cell: Any) -> object:
        if cell.ctype == xlrd.XL_CELL_DATE:
            return xlrd.xldate_as_datetime(cell.value, book.datemode)
        if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR):
            return None
        return bool(cell.value) if cell.ctype == xlrd.XL_CELL_BOOLEAN else cell.value

    try:
        book: Any = xlrd.open_workbook(str(path), on_demand=False)
        return [
            (sheet.name, [tuple(value(cell) for cell in sheet.row(place)) for place in range(sheet.nrows)])
            for sheet in book.sheets()
        ]
    except (xlrd.XLRDError, struct.error, ValueError, AssertionError, IndexError, KeyError, OSError) as error:
        raise unreadable(path, f"it is no workbook of Excel 97, or damaged ({error})") from error


def _is_ole(path: Path) -> bool:
    """An encrypted workbook is wrapped in the container of Excel 97."""
    with path.open("rb") as file:
        return file.read(4) == b"\xd0\xcf\x11\xe0"


_READER = _grids.GridReader(_likely, tables, 0.8)
sniff, readings, count, read = _READER.sniff, _READER.readings, _READER.count, _READER.read
