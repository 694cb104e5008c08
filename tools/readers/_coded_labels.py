"""Tables without a header whose labels are known by what they are: codes that a file beside names, or beside texts.

train.csv  3,"title","text"        classes.txt  World \n Sports \n …           AG News: the first column
X_train.txt  y_train.txt  5        activity_labels.txt  5 STANDING             the labels apart, row by row
reviews.txt  It broke at once.<TAB>0                                           a few codes beside texts alone
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.readers import _class_names
from noglue.tools.readers._splits import MOST_CLASSES
from noglue.tools.spec.protocols import Match

if TYPE_CHECKING:
    import pyarrow as pa

    from noglue.tools.readers._dialect import Dialect

_MOST_CODES, _WORDS, _DIFFERENT = 10, 3, 0.5  # of a text: words on average; share that differ
LABEL, _MADE_UP = "label", re.compile(r"column_\d+")
PLACE, FILE = "coded", "named_by"  # of a reading: where the column stands (first, last), and the file of the names


def with_names(
    found: Sequence[Match],
    files: Sequence[Path],
    tables: "Mapping[Path, Dialect]",
    keys: Callable[[Path, str], list[str]],
) -> list[Match]:
    """The readings, those of codes with what these are called; what is told of their columns is no table then."""
    told = [_with_names(one, files, tables, keys) for one in found]
    namers = {path for one in told if FILE in one.reading for path in one.files["about"]}
    return [one for one in told if not set(_data(one)) <= namers]


def _with_names(
    match: Match,
    files: Sequence[Path],
    tables: "Mapping[Path, Dialect]",
    keys: Callable[[Path, str], list[str]],
) -> Match:
    own = _data(match)
    beside = "beside" in match.reading
    first = tables[own[0]]
    if first.header or match.reading.keys() - {"beside"}:
        return match
    others = [path for path in files if path not in own and _class_names.is_list(path)]
    narrow = [path for path in own if len(tables[path].names) == 1] if beside else own
    ways: dict[str, Path] = {}
    for where, place in {"last": -1}.items() if beside else {"first": 0, "last": -1}.items():
        codes = {code.strip() for path in narrow for code in _few(path, place, tables, keys)} if others else set()
        path, _ = _class_names.of(codes - {""}, others) or (None, {})
        if path is not None:
            ways[where] = path
    if not ways and not beside and (end := _beside_texts(own, tables)):
        return replace(match, reading={**match.reading, PLACE: end})
    if len(ways) != 1:
        return match
    (where, path), *_ = ways.items()
    about = list(dict.fromkeys([*match.files.get("about", ()), path]))
    ignored = {name: why for name, why in match.ignored.items() if Path(name) not in about}
    reading = {**match.reading, PLACE: where, FILE: path.name}
    return replace(match, files={**match.files, "about": about}, reading=reading, ignored=ignored)


def _beside_texts(paths: Sequence[Path], tables: "Mapping[Path, Dialect]") -> str:
    """Where a column of a few codes stands whose neighbours are all texts: `first`, `last`, or nothing."""
    rows = [row for path in paths for row in tables[path].sample if len(row) == len(tables[path].names)]
    columns = list(zip(*rows, strict=True)) if rows and len(rows[0]) > 1 else []
    for where, cells, others in (("first", columns[:1], columns[1:]), ("last", columns[-1:], columns[:-1])):
        counts = Counter(cell.strip() for column in cells for cell in column)
        few = 2 <= len(counts) <= _MOST_CODES and min(counts.values()) > 1 and all(map(_class_names.is_code, counts))
        if few and all(map(_are_texts, others)):
            return where
    return ""


def _are_texts(cells: Sequence[str]) -> bool:
    """Several words each, and hardly two the same."""
    words = sum(len(cell.split()) for cell in cells)
    return words >= _WORDS * len(cells) and len(set(cells)) > _DIFFERENT * len(cells)


def _few(path: Path, place: int, tables: "Mapping[Path, Dialect]", keys: Callable[[Path, str], list[str]]) -> list[str]:
    """All cells of a column whose first ones are codes; none of one of other cells."""
    some = {row[place].strip() for row in tables[path].sample if len(row) == len(tables[path].names)}
    if not some or len(some) > MOST_CLASSES or not all(map(_class_names.is_code, some)):
        return []
    return keys(path, tables[path].names[place])


def named(tables: "dict[str, pa.Table]", match: Match, notes: list[str]) -> "tuple[dict[str, pa.Table], str | None]":
    """The tables with the names in the place of the codes, and what the column is called; None without any."""
    import pyarrow as pa

    if PLACE not in match.reading:
        return tables, None
    namers = [Path(path) for path in match.files.get("about", ()) if Path(path).name == match.reading.get(FILE)]
    column = next(iter(tables.values())).column_names[0 if match.reading[PLACE] == "first" else -1]
    called = LABEL if _MADE_UP.fullmatch(column) else column
    held = {split: table for split, table in tables.items() if column in table.column_names}
    codes = {cell.strip() for table in held.values() for cell in table[column].to_pylist() if cell}
    found = _class_names.of(codes, namers) if namers else None
    names = found[1] if found else {}
    renamed = dict(tables)
    for split, table in held.items():
        cells = [cell and str(_class_names.renamed(cell, names)) for cell in table[column].to_pylist()]
        place = table.column_names.index(column)
        renamed[split] = table.set_column(place, called, pa.array(cells, pa.string()))
    if names:
        shown = ", ".join(f"{code} is {name}" for code, name in sorted(names.items())[:3])
        notes.append(f"{namers[0].name} names the classes: {shown}{', …' if len(names) > 3 else ''}")
    return renamed, called


def _data(match: Match) -> list[Path]:
    return [path for split, paths in match.files.items() if split != "about" for path in paths]
