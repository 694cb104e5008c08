"""JSON: records, one a line or in a list, and the other forms that pandas writes.

    {"species": "Adelie", "mass": 3750}            .jsonl, .ndjson, or .json: one a line
    [{"species": "Adelie", …}, …]                  a list of records, or {"data": [{…}, …]}
    {"train": [{…}, …], "test": [{…}, …]}          several lists of records are several tables
    {"species": ["Adelie", …], "mass": [3750, …]}  columns; also {"species": {"0": "Adelie", …}}
    {"columns": […], "data": [[…], …]}             pandas' `split`; also `rows`
    {"status": "ok", "result": {"orders": [{…}]}}  any of them inside of what a server wraps it in
    {"17": {"species": "Adelie", …}, "18": {…}}    records by their identifiers, which become the column `key`
    {"type": "FeatureCollection", "features": […]}  GeoJSON: properties are columns, a point is its lon and lat

Records in records become columns `a.b`, short lists of numbers `x.0`, lists of words one text.
Source: https://jsonlines.org, https://pandas.pydata.org/docs/reference/api/pandas.DataFrame.to_json.html
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from noglue.tools.readers import _beginnings, _cells, _declared, _flat_records, _geojson, _grids
from noglue.tools.readers._flat_records import Record, Records
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm

READS = "JSON records and GeoJSON (.json, .jsonl, .ndjson, .geojson)"
_LINES = (".jsonl", ".ndjson", ".jsonlines")
_ENDINGS = (*_LINES, ".json", ".geojson")
_CODE = (".ipynb", ".py", ".js", ".css", ".yaml", ".yml", ".toml", ".tex", ".bib", ".names")
_BEGINS = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\{\s*"|\[\s*(?:\{\s*"|\[))')
_MOST_BYTES = 1 << 30  # of one document, which is held whole; lines are read one by one
_LONGEST_LINE = 16 << 20
_FEWEST = 2  # records
_FEWEST_KEYS = 3  # records by their identifiers, to be known for these where they lie deep
_DEEPEST = 5
_PROBED = 100  # rows by which a first one is found to hold names
_NAMES = ("columns", "header", "headers", "fields", "names", "schema")
_ROWS = ("data", "rows", "values", "records")


def _likely(files: Sequence[Path]) -> list[Path]:
    """By ending, or as the file begins; then by what it holds."""
    strange = {path for path in _beginnings.others(files, _ENDINGS) if _begins(path)}
    likely = [path for path in files if path in strange or (_ending(path) in _ENDINGS and path.name[0] != ".")]
    return [path for path in likely if not _declared.is_description(path)]


def _ending(path: Path) -> str:
    return (path.with_suffix("") if path.suffix.lower() == ".gz" else path).suffix.lower()


def _begins(path: Path) -> bool:
    """Whether a file of another ending begins as a document of JSON does."""
    return path.suffix.lower() not in _CODE and _BEGINS.match(_beginnings.start(path, 1 << 10)) is not None


def _load(path: Path, form: DataForm | None) -> dict[str, _grids.Grid]:
    """Raises DataError `unreadable` for a file that is no JSON, or holds no records."""
    least = _FEWEST if form is None else 1
    if _ending(path) in _LINES or _holds_lines(path):
        table = _flat_records.grid(_lines(path), form)
        good = len(table) - len(table.bad)
        return {"": table} if good >= least and 2 * good > len(table) else {}
    if path.stat().st_size > _MOST_BYTES:
        raise unreadable(path, "it is one document of more than 1 GB; give it as records, one a line")
    tables = {
        name: records
        for name, records in _tables(path, _text(path)).items()
        if sum(isinstance(one, dict) for one in records) >= least
    }
    several = len(tables) > 1
    return {name if several else "": _flat_records.grid(records, form) for name, records in tables.items()}


def _opened(path: Path) -> "IO[bytes]":
    from noglue.tools.readers._text_streams import open_bytes

    return open_bytes(path)


def _text(path: Path) -> str:
    try:
        with _opened(path) as file:
            return file.read().decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise unreadable(path, f"it is no text in UTF-8, or damaged ({error})") from error


def _holds_lines(path: Path) -> bool:
    """Whether the first line is a record, and more follow, as in many files that are called `.json` too."""
    with suppress(OSError, EOFError, UnicodeDecodeError), _opened(path) as file:
        first = file.readline(_LONGEST_LINE).removeprefix(b"\xef\xbb\xbf")
        return isinstance(_parsed(first), dict) and bool(file.readline(_LONGEST_LINE).strip())
    return False


def _lines(path: Path) -> Iterator[Record]:
    """One after the other. Raises DataError `unreadable` where the text breaks off, or is none."""
    number = 0
    try:
        with _opened(path) as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    record = _parsed(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
                    yield record if isinstance(record, dict) else f"line {number:,} is no record of JSON"
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise unreadable(path, f"after line {number:,} it is no text in UTF-8, or damaged ({error})") from error


def _parsed(line: bytes) -> Any:
    """None for what is no JSON. Raises UnicodeDecodeError."""
    try:
        return json.loads(line.decode("utf-8"))
    except (json.JSONDecodeError, RecursionError):
        return None


def _tables(path: Path, text: str) -> dict[str, Records]:
    """Name → records, of one document; none where it is no table.

    Raises DataError `unreadable` for a document that breaks off.
    """
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        if error.pos > 1 and text.lstrip()[:1] in ("{", "["):
            raise unreadable(path, f"line {error.lineno:,} is no JSON ({error.msg})") from error
        return {}
    except (ValueError, RecursionError):
        return {}
    if _geojson.is_collection(content):
        return {"": _geojson.records(content)}
    several = _lists(content)
    return {name: _of_document(one) for name, one in several.items()} if several else {"": _of_document(content)}


def _lists(content: Any) -> dict[str, Any]:
    """The lists of records in a document of several; nothing where it is one table."""
    content = _within(content)
    if not isinstance(content, dict) or _of_columns(content):
        return {}
    found = _of_records(content)
    return found if len(found) > 1 else {}


def _within(content: Any) -> Any:
    """What an answer of a server wraps its table in goes: `{"status": "ok", "result": {"orders": [{…}, …]}}`.

    The one entry that is a table, or holds one, at most five levels down; the document itself where it is one, or
    where several are.
    """
    for _ in range(_DEEPEST):
        if not isinstance(content, dict) or _is_table(content):
            return content
        inside = [one for one in content.values() if _holds(one, _DEEPEST)]
        if len(inside) != 1:
            return content
        content = inside[0]
    return content


def _is_table(content: Any) -> bool:
    """Whether it is one by itself, in any of the forms; of records by their first one."""
    if isinstance(content, list):
        return len(content) >= _FEWEST and (isinstance(content[0], dict) or _split_form(content) is not None)
    if not isinstance(content, dict):
        return False
    return _split_form(content) is not None or _of_columns(content) or bool(_of_records(content)) or _by_key(content)


def _holds(content: Any, deep: int) -> bool:
    inner = content.values() if isinstance(content, dict) and deep else ()
    return _is_table(content) or any(_holds(one, deep - 1) for one in inner if isinstance(one, dict | list))


def _by_key(content: Mapping[str, Any]) -> bool:
    """Records by their identifiers: several entries that are records, no tables, of mostly the same names."""
    values = list(content.values())
    if len(values) < _FEWEST_KEYS or not all(isinstance(one, dict) and one and not _is_table(one) for one in values):
        return False
    names = Counter(name for one in values for name in one)
    return sum(number >= 0.5 * len(values) for number in names.values()) >= 0.5 * len(names)


def _split_form(content: Any) -> tuple[list[str], list[Any]] | None:
    """Names of columns, and rows of cells: pandas' `split`, what services call `columns` and `rows`, and rows under
    one of names, as those of a sheet are."""

    if isinstance(content, dict):
        lists = (content[called] for called in _ROWS if called in content)
        rows = next(
            (one for one in lists if isinstance(one, list) and one and all(isinstance(r, list) for r in one)), None
        )
        names = None if rows is None else _names_within(content, max(Counter(map(len, rows)).items(), key=_often)[0])
    else:
        rows, names = content, None
    if not isinstance(rows, list) or len(rows) < _FEWEST or not all(isinstance(row, list) for row in rows):
        return None
    if names is not None:
        return names, rows
    from noglue.tools.readers._header import is_header

    texts = [[_cells.text(value) for value in row] for row in rows[:_PROBED] if len(row) == len(rows[0])]
    headed = len(texts) > _FEWEST and len(set(texts[0])) == len(texts[0]) > 1 and is_header(texts[0], texts[1:])
    return (texts[0], rows[1:]) if headed and all(isinstance(one, str) for one in rows[0]) else None


def _often(pair: tuple[int, int]) -> int:
    return pair[1]


def _names_within(content: Mapping[str, Any], width: int, deep: int = 3) -> list[str] | None:
    """As many names as there are columns: texts, or what is called `name` in descriptions of these."""
    for called in _NAMES:
        names = content.get(called)
        if isinstance(names, list) and len(names) == width > 0:
            titles = [
                one.get("name", one.get("title", one.get("id"))) if isinstance(one, dict) else one for one in names
            ]
            if all(isinstance(title, str | int | float) for title in titles):
                return [str(title) for title in titles]
    inner = [one for one in content.values() if isinstance(one, dict)] if deep else []
    return next((found for one in inner if (found := _names_within(one, width, deep - 1)) is not None), None)


def _of_records(content: Mapping[str, Any]) -> dict[str, Any]:
    """The entries that are lists of records, by their first one."""
    lists = ((str(name), one) for name, one in content.items() if isinstance(one, list))
    return {name: one for name, one in lists if one and isinstance(one[0], dict)}


def _of_document(content: Any) -> Records:
    if isinstance(content, list) and _split_form(content) is None:
        records = [one if isinstance(one, dict) else "an entry that is no record" for one in content]
        return records if 2 * sum(isinstance(one, dict) for one in records) > len(records) else []
    content = _within(content)
    split = _split_form(content)
    if split is not None:
        names, rows = split
        return [
            dict(zip(names, row, strict=True)) if len(row) == len(names) else "a row of another length than the names"
            for row in rows
        ]
    if not isinstance(content, dict):
        return _of_document(content) if isinstance(content, list) else []
    values = list(content.values())
    if _of_columns(content):
        return [dict(zip(content, row, strict=True)) for row in zip(*values, strict=True)]
    if len(values) > 1 and all(isinstance(one, dict) for one in values):
        if all(list(one) == list(values[0]) for one in values) and _scalars(values[0]) and _numbered(values[0]):
            return [{name: one[key] for name, one in content.items()} for key in values[0]]
        if _by_key(content) or all(map(_scalars, values)):
            return [{"key": key, **one} for key, one in content.items()]
    return _of_document(next(iter(_of_records(content).values()), None))  # of several: `_lists`


def _of_columns(content: Mapping[str, Any]) -> bool:
    """Lists of one length, of plain values: a table's columns."""
    values = list(content.values())
    alike = len(values) > 1 and all(isinstance(one, list) and len(one) == len(values[0]) for one in values)
    return alike and not any(isinstance(inner, dict | list) for one in values for inner in one)


def _scalars(record: Mapping[str, Any]) -> bool:
    return not any(isinstance(value, dict | list) for value in record.values())


def _numbered(record: Mapping[str, Any]) -> bool:
    """Keys 0, 1, 2, …: pandas' columns, each with its rows' numbers."""
    return all(key.isdigit() for key in record)


_READER = _grids.GridReader(_likely, _load, 0.78)
sniff, readings, count, read = _READER.sniff, _READER.readings, _READER.count, _READER.read
