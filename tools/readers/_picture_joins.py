"""What tables tell of pictures that they do not name: by a key in a table that does, or by the order of the lines.

images.txt  1 birds/a.jpg      image_class_labels.txt  1 17      classes.txt  17 Bobolink
labels.csv  file,class_id      classes.csv  class_id,name        people.csv   person,age
labels.txt  a label a line, as many as there are pictures, in the order of their names
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.readers import _class_names, _folders
from noglue.tools.readers._picture_tables import Part, table
from noglue.tools.readers._splits import MOST_CLASSES

if TYPE_CHECKING:
    import pyarrow as pa

NAMED = " name"  # what a column of names is called, behind that of their numbers
_ONE_A_LINE = re.compile(r"(.*[\W_])?(labels?|targets?|class(es)?|y|ground_?truth|answers?)", re.I)
_LARGEST, _MOST, _DEEPEST = 1 << 26, 40, 3  # bytes of a table; tables; tables on the way from a picture
_FOUND = 0.98  # of a column's values, that stand in the key of a table
_SAMPLE = 300


def extended(
    found: Sequence[Part], files: Sequence[Path], pictures: Sequence[Path], splits: Mapping[Path, str]
) -> list[Part]:
    """The parts, and what the other files add to them."""
    parts = list(found) or _line_by_line(files, pictures, splits)
    used = {one.path for one in parts}
    left = [path for path in files if path not in used and path.stat().st_size <= _LARGEST][:_MOST]
    named = [made for one in parts for made in _named(one, left)]
    used = {one.path for one in named}
    left = [path for path in left if path not in used and path.suffix.lower() != ".xml"] if parts else []
    tables = {path: one for path in left if (one := table(path)) is not None}
    fresh = list(parts)
    for _ in range(_DEEPEST):
        joined = [(path, made) for path in tables for one in fresh if (made := _looked_up(one, path, tables[path]))]
        fresh = list(dict(reversed(joined)).values())
        tables = {path: one for path, one in tables.items() if all(path != made.path for made in fresh)}
        parts += fresh
    return [*parts, *named]


def _looked_up(one: Part, path: Path, other: "pa.Table") -> Part | None:
    """The other columns of the table, for each row of `one`, where a column of `one` says which row of the table."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for key in other.column_names if other.num_columns >= 2 and other.num_rows > 1 else ():
        keys = other[key].drop_null()
        if len(keys) < other.num_rows or len(pc.unique(keys)) < len(keys):
            continue
        for name in one.columns.column_names:
            values = one.columns[name].drop_null()
            kinds = pc.unique(values)
            inside = pc.sum(pc.is_in(kinds, value_set=keys.combine_chunks())).as_py() or 0
            if len(kinds) < 2 or inside < _FOUND * len(kinds) or not _means(name, key, kinds, keys):
                continue
            places = pc.index_in(one.columns[name].combine_chunks(), value_set=keys.combine_chunks())
            others = [column for column in other.column_names if column != key]
            columns = {_called(column, one, path): other[column].take(places) for column in others}
            return Part(path, one.places, pa.table(columns))
    return None


def _means(name: str, key: str, kinds: "pa.Array", keys: "pa.ChunkedArray") -> bool:
    """One name, or the very same values, or codes that are no mere numbers, all of which are found."""
    plain = {re.sub(r"[\W_]+", "", one).casefold() for one in (name, key)}
    if len(plain) == 1 or len(kinds) == len(keys):
        return True
    return all(re.search(r"[^\W\d]", kind) and re.search(r"\d", kind) for kind in kinds.to_pylist())


def _called(column: str, one: Part, path: Path) -> str:
    return column if column not in one.columns.column_names else f"{column} ({path.name})"


def _named(one: Part, files: Sequence[Path]) -> list[Part]:
    """A column of names beside each column of codes that a file names."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = []
    lists = [path for path in files if path.suffix.lower() not in (".csv", ".tsv")]  # tables are looked up
    for name in one.columns.column_names:
        kinds = pc.unique(one.columns[name].drop_null()).to_pylist()
        told = _class_names.of(kinds, lists) if 2 <= len(kinds) <= MOST_CLASSES else None
        if told is not None:
            path, names = told
            cells = [
                None if cell is None else _class_names.renamed(cell, names) for cell in one.columns[name].to_pylist()
            ]
            note = f"{path.name} names the values of {name}"
            found.append(Part(path, one.places, pa.table({f"{name}{NAMED}": pa.array(cells, pa.string())}), note))
    return found


def _line_by_line(files: Sequence[Path], pictures: Sequence[Path], splits: Mapping[Path, str]) -> list[Part]:
    """Files of one label a line, as many as there are pictures beside or below them, or of their split."""
    import pyarrow as pa

    from noglue.tools.readers._splits import split_of

    found = []
    for path in files:
        if path.suffix.lower() not in (".txt", ".csv", ".tsv") or not _ONE_A_LINE.fullmatch(path.stem):
            continue
        if path.stat().st_size > _LARGEST:
            continue
        lines = [line.strip().strip('"') for line in path.read_text("utf-8", "replace").splitlines()]
        while lines and not lines[-1]:
            lines.pop()
        split = split_of(path.stem)
        inside = [n for n, picture in enumerate(pictures) if picture.is_relative_to(path.parent)]
        scopes = [inside, [n for n in range(len(pictures)) if splits[pictures[n]] == split]]
        kinds = set(lines)
        few = 2 <= len(kinds) <= max(2, len(lines) // 2) or all(re.fullmatch(r"[-+]?[\d.]+", line) for line in lines)
        for scope in scopes if few else ():
            head = len(lines) - len(scope)
            if scope and (head == 0 or (head == 1 and not any(lines[0] == line for line in lines[1:]))):
                name = lines[0] if head else path.stem
                ordered = sorted(scope, key=lambda n: _folders.natural(str(pictures[n])))
                note = f"{path.name} has one line a picture and was read in the order of the pictures' names"
                if ordered != sorted(scope, key=lambda n: str(pictures[n])):
                    note += ", 2 before 10"
                found.append(
                    Part(path, np.array(ordered, np.int64), pa.table({name: pa.array(lines[head:], pa.string())}), note)
                )
                break
    return found
