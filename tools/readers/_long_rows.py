"""From the rows of long tables to one series an identifier (see `long_series.py`).

    recording,time,x,y                 r0: (2, 128), the channels x and y
    r0,0.00,0.1,9.8              →     r1: (2, 97)
    …

A table in several files is one table, unless identifiers begin anew in each: then the second file's `0` is another
series than the first one's.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.readers import _series
from noglue.tools.readers._splits import splits_of, unreadable
from noglue.tools.readers._text_tables import dialect_of
from noglue.tools.readers._text_tables import strings as strings_of
from noglue.tools.spec.protocols import Match

FILE = "\x00file"  # the column that tells which file a row is of, where identifiers begin anew


def strings(path: Path, names: Sequence[str], rows: int | None = None) -> pa.Table:
    """All columns as text. Raises DataError `unreadable` where it lacks one of those named."""
    dialect = dialect_of(path)
    if dialect is None:
        raise unreadable(path, "it is empty, damaged, or not a table of text")
    table = strings_of(path, dialect, rows).table
    if missing := [name for name in names if name not in table.column_names]:
        raise unreadable(path, f"it lacks the column {missing[0]}")
    return table


def joined(paths: Sequence[Path], needed: Sequence[str], key: str, time: str) -> pa.Table:
    """The rows of all files; with a column `FILE` where their identifiers begin anew."""
    tables = [strings(path, [name for name in needed if name]) for path in paths]
    if len(paths) > 1 and _begin_anew(tables, key, time):
        tables = [table.append_column(FILE, pa.array([path.name] * table.num_rows, pa.string()))
                  for path, table in zip(paths, tables, strict=True)]  # fmt: skip
    return pa.concat_tables(tables, promote_options="default")


def _begin_anew(tables: Sequence[pa.Table], key: str, time: str) -> bool:
    """Whether one identifier has the same moment in two files; without a time, whether it stands in two files elsewhere
    than where one ends and the next begins.
    """
    if time:
        parts = [
            pa.table({"key": table[key], "time": table[time], "file": pa.array(np.full(table.num_rows, place))})
            for place, table in enumerate(tables)
        ]
        files = pa.concat_tables(parts).group_by(["key", "time"]).aggregate([("file", "count_distinct")])
        return bool(pc.any(pc.greater(files["file_count_distinct"], 1)).as_py())
    seen: set[str] = set()
    last: str | None = None
    for table in tables:
        own = pc.unique(table[key]).to_pylist()
        if seen & set(own) - ({last} if own and own[0] == last else set()):
            return True
        seen |= set(own)
        last = own[-1] if own else last
    return False


def answers(match: Match, key: str, split: str) -> dict[str, dict[str, str | None]]:
    """Column of a table of answers → identifier → answer. `y_train.csv` answers train alone: identifiers may start anew
    in the test."""
    found: dict[str, dict[str, str | None]] = {}
    paths = [Path(path) for path in match.files.get("about", ())]
    for path, own in splits_of(paths).items():
        answers = own in ("all", split) or len(match.files) == 2  # the only split, and the answers
        table = strings(path, [key])
        keys = [(value or "").strip() for value in table[key].to_pylist()]
        for name in table.column_names:
            if name != key:
                found.setdefault(name, {}).update(zip(keys, table[name].to_pylist(), strict=True) if answers else ())
    return found


def rows(
    table: pa.Table,
    typed: pa.Table,
    key: str,
    time: str,
    channels: Sequence[str],
    told: Mapping[str, Mapping[str, str | None]],
    most: int | None,
) -> _series.Rows:
    """A series for each identifier, in the order of their first rows. told: answers from a table beside them.

    Raises DataError `unreadable` where such answers don't say which file's identifiers they are for.
    """
    if told and FILE in table.column_names:
        anew = sorted(set(table[FILE].to_pylist()))
        message = (
            f"{', '.join(anew[:4])} each have series of their own under the same {key}, and the answers don't say which"
        )
        raise unreadable(Path(anew[0]), message)
    encoded = identifiers(table, key).combine_chunks().dictionary_encode()
    codes = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy(zero_copy_only=False).astype(np.int64)
    names = [str(name).strip() for name in encoded.dictionary.to_pylist()]
    when = _moments(typed[time]) if time else np.arange(len(codes))
    order = np.lexsort((when, codes))
    bounds = np.searchsorted(codes[order], np.arange(len(names) + 1))
    values = np.stack([_floats(typed[name]) for name in channels])[:, order]
    beside = [name for name in table.column_names if name not in (key, time, FILE, *channels)]
    texts = {name: table[name].combine_chunks().take(pa.array(order)) for name in beside}
    part = _series.Rows()
    constant = [name for name in beside if not told and _says_one(texts[name], bounds)]
    for place, name in enumerate(names[:most]):
        start, end = int(bounds[place]), int(bounds[place + 1])
        part.add(values[:, start:end], None, name)
        for column in constant:
            part.others.setdefault(column, []).append(texts[column][start].as_py())
        for column, values_told in told.items():
            part.others.setdefault(column, []).append(values_told.get(name))
    return part


def identifiers(table: pa.Table, key: str) -> pa.ChunkedArray:
    """string (rows,): with the file's name where identifiers begin anew in each."""
    if FILE not in table.column_names:
        return table[key]
    return pc.binary_join_element_wise(table[key], table[FILE], " in ")


def without_identifier(table: pa.Table, key: str) -> int:
    """Rows that belong to no series."""
    return int(table[key].null_count)


def _says_one(texts: pa.Array, bounds: np.ndarray) -> bool:
    """Whether a column says one thing for each identifier."""
    codes = texts.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False)
    starts = np.repeat(bounds[:-1], np.diff(bounds))
    return bool((codes[: bounds[-1]] == codes[starts]).all())


def _moments(column: pa.ChunkedArray) -> np.ndarray:
    if pa.types.is_temporal(column.type):
        return np.asarray(column.cast(pa.int64()).fill_null(0).to_numpy())
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):  # words: `0_2` would follow `0_10`
        return np.arange(len(column))
    return _floats(column)


def _floats(column: pa.ChunkedArray) -> np.ndarray:
    try:
        return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return np.full(len(column), np.nan)
