"""Sheets of LibreOffice and OpenOffice: `.ods`. Every sheet that holds a table is one, as in a workbook of Excel.

    <table:table-row><table:table-cell office:value-type="float" office:value="39.1"/>…

Cells count by their values, not by how they are shown. Source: OASIS OpenDocument 1.3, part 3, chapter 9
"""

import zipfile
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

from noglue.tools.readers import _beginnings, _grids, _zipped
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm

READS = "sheets of LibreOffice (.ods)"
_OTHER_DOCUMENTS = (".odt", ".odp", ".odg", ".odf", ".epub")
_MOST_BYTES = 1 << 29  # of XML
_MOST_REPEATED = 4096  # empty rows and cells that a sheet ends with are written as one that is repeated a million times
_MOST_CELLS = 50_000_000  # few bytes of XML can repeat one row without end
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def _likely(files: Sequence[Path]) -> list[Path]:
    """By ending, or by what lies in it."""
    likely = _beginnings.zips_of(files, (".ods",), "content.xml")
    return [path for path in likely if path.suffix.lower() not in _OTHER_DOCUMENTS]


def tables(path: Path, form: DataForm | None = None) -> dict[str, _grids.Grid]:
    """Sheet → its table. Raises DataError `unreadable`."""
    found = {name: _grids.grid(rows, form) for name, rows in _sheets(path, path.stat().st_mtime_ns)}
    return {name: one for name, one in found.items() if one is not None}


@lru_cache(maxsize=4)
def _sheets(path: Path, _when: int) -> list[tuple[str, list[list[object]]]]:
    try:
        with zipfile.ZipFile(path) as archive:
            _zipped.check(path, archive)
            if archive.getinfo("content.xml").file_size > _MOST_BYTES:
                raise unreadable(path, "it is larger than 500 MB; save it as CSV")
            root = ElementTree.fromstring(archive.read("content.xml"))
        return [(table.get(f"{_TABLE}name", ""), _rows(table)) for table in root.iter(f"{_TABLE}table")]
    except (zipfile.BadZipFile, KeyError, RuntimeError, OSError, ValueError, ElementTree.ParseError) as error:
        raise unreadable(path, f"it is no sheet of LibreOffice, locked, or damaged ({error})") from error


def _rows(table: ElementTree.Element) -> list[list[object]]:
    found: list[list[object]] = []
    total = 0
    for row in table.iter(f"{_TABLE}table-row"):
        cells: list[object] = []
        for cell in row:
            if cell.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                times = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
                cells += [_value(cell)] * (times if times <= _MOST_REPEATED else 1)
        times = int(row.get(f"{_TABLE}number-rows-repeated", "1"))
        times = times if any(cell is not None for cell in cells) or times <= _MOST_REPEATED else 1
        total += max(1, len(cells)) * max(1, times)
        if total > _MOST_CELLS:
            raise ValueError(f"a sheet of it claims more than {_MOST_CELLS:,} cells")
        found += [cells] * times
    return found


def _value(cell: ElementTree.Element) -> object:
    kind = cell.get(f"{_OFFICE}value-type")
    if kind in ("float", "currency", "percentage"):
        return float(cell.get(f"{_OFFICE}value", "nan"))
    if kind == "date":
        return datetime.fromisoformat(cell.get(f"{_OFFICE}date-value", ""))
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value") == "true"
    text = "\n".join("".join(part.itertext()) for part in cell.findall(f"{_TEXT}p"))
    return text or None


_READER = _grids.GridReader(_likely, tables, 0.8)
sniff, readings, count, read = _READER.sniff, _READER.readings, _READER.count, _READER.read
