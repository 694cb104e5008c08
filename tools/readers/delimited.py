"""Tables of text: CSV, TSV and whatever else is separated by commas, tabs, semicolons, bars or white space.

    train.csv  test.csv  sample_submission.csv   splits by name; without the target, `test` holds unlabelled rows
    adult.data  adult.test  adult.names          UCI's way: no header, column names told in `.names`
    part-0.csv  part-1.csv                       one table in several files of the same columns

Encoding, delimiter, quotes, header, comments and decimal mark are found by `_dialect.py`; `?`, `NA`, `-`, … are missing
values; columns become numbers, booleans and dates by `tools/core/text_values.py`, over all splits alike.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from tools.core.form import DataForm
from tools.core.images import EXTENSIONS
from tools.core.protocols import Match, Raw

if TYPE_CHECKING:
    import pyarrow as pa

    from tools.readers._dialect import Dialect

READS = "CSV, TSV and other delimited text"
_LIKELY = {
    ".csv": 0.8, ".tsv": 0.8, ".tab": 0.75, ".psv": 0.75, ".ssv": 0.75, ".data": 0.7, ".test": 0.6, ".train": 0.6,
    ".dat": 0.6, ".all-data": 0.6, ".txt": 0.5,
}  # fmt: skip
_PACKED = (".gz", ".bz2", ".xz")
_MOST_FILES = 200


def sniff(files: Sequence[Path]) -> Match | None:
    """By ending, then by the beginning of at most 200 files."""
    from tools.readers import _table_files

    likely = [path for path in files if _suffix(path) in _LIKELY and not path.name.startswith(".")][:_MOST_FILES]
    found = _table_files.arrange(likely, files)
    if found is None:
        return None
    chosen, why = found
    tables = [path for split, paths in chosen.items() if split != "about" for path in paths]
    confidence = max(_LIKELY[_suffix(path)] for path in tables)
    pictures = sum(path.suffix.lower() in EXTENSIONS for path in files)
    if pictures > 10 * len(tables):
        confidence *= 0.4
    return Match(confidence, chosen, why)


def count(match: Match) -> dict[str, int]:
    """Rows of data, by counting lines."""
    from tools.readers._text_tables import count_rows

    return {
        split: sum(count_rows(path, dialect) for path, dialect in _dialects(paths))
        for split, paths in match.files.items()
        if split != "about"
    }


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """All splits, with one type a column. Ragged rows are left out and reported in `skipped`."""
    import pyarrow as pa

    from tools.readers import _table_files
    from tools.readers._text_tables import strings

    tables: dict[str, pa.Table] = {}
    skipped: list[str] = []
    first: Dialect | None = None
    for split in _table_files.order(match.files):
        parts, left = [], rows
        for path, dialect in _dialects(match.files[split]):
            first = first or dialect
            part, told = strings(path, dialect, left)
            parts.append(_trimmed(part) if dialect.padded else part)
            skipped += told
            left = None if left is None else left - part.num_rows
            if left is not None and left <= 0:
                break
        tables[split] = pa.concat_tables(parts, promote_options="default")
    assert first is not None
    target, classes = first.target, first.classes
    about = [Path(path) for path in match.files.get("about", [])]
    if not first.header:
        tables, named = _table_files.named(tables, about)
        target = named or target
    target = _table_files.target(tables, about) or target
    tables = _table_files.harmonised(tables)
    typed, strays = _typed(tables, first.decimal)
    return Raw("table", typed, target, classes, None, skipped + strays)


def _typed(tables: "dict[str, pa.Table]", decimal: str) -> "tuple[dict[str, pa.Table], list[str]]":
    """Each column of all splits as one, on all cores, so that the splits come out with the same types."""
    import pyarrow as pa

    from tools.core.text_values import Parsed, parse

    names = list(dict.fromkeys(name for table in tables.values() for name in table.column_names))

    def work(name: str) -> Parsed:
        having = [table[name] for table in tables.values() if name in table.column_names]
        return parse(pa.chunked_array([chunk for column in having for chunk in column.chunks], pa.string()), decimal)

    parsed: dict[str, Parsed] = {}
    with ThreadPoolExecutor() as pool:
        parsed = dict(zip(names, pool.map(work, names), strict=True))
    done: dict[str, pa.Table] = {}
    start = dict.fromkeys(names, 0)
    for split, table in tables.items():
        columns = {}
        for name in table.column_names:
            columns[name] = parsed[name].column.slice(start[name], table.num_rows)
            start[name] += table.num_rows
        done[split] = pa.table(columns)
    strays = [
        f"column {name!r}: {found.count:,} values that do not fit the others ({', '.join(map(repr, found.strays))}) "
        "are read as missing"
        for name, found in parsed.items()
        if found.count
    ]
    return done, strays


def _trimmed(table: "pa.Table") -> "pa.Table":
    """Cells without the blanks around them, and missing where nothing but a missing-token remains."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from tools.core.text_values import MISSING

    tokens = pa.array(MISSING)
    columns = [pc.utf8_trim_whitespace(column) for column in table.columns]
    columns = [pc.if_else(pc.is_in(column, tokens), pa.scalar(None, pa.string()), column) for column in columns]
    return pa.table(columns, names=table.column_names)


def _dialects(paths: Sequence[Path]) -> "list[tuple[Path, Dialect]]":
    from tools.readers._splits import unreadable
    from tools.readers._text_tables import dialect_of

    found = []
    for path in map(Path, paths):
        dialect = dialect_of(path)
        if dialect is None:
            raise unreadable(path, "it is empty, damaged, or not a table of text")
        found.append((path, dialect))
    return found


def _suffix(path: Path) -> str:
    packed = path.suffix.lower() in _PACKED
    return (path.with_suffix("") if packed else path).suffix.lower()
