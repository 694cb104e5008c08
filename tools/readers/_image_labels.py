"""What tables tell of the pictures beside them: every column of every table that names pictures, joined by picture.

id,breed                                  file_name,age,sex                    image,MEL,NV
000bec180eb18c7604dcecc8fe0dba07,pug      train/001.png,31,f                   SKIN_1,0,1

A table tells of the pictures of its own split alone, be it that of its folder or of its name, so that `train/1.png`
never gets the label of `test/1.png`. Of several rows for a picture the majority counts.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tools.readers._picture_names import PictureNames
from tools.readers._splits import MOST_CLASSES, split_of

if TYPE_CHECKING:
    import pyarrow as pa

_LABEL = re.compile(
    r"(.*[_ ])?(labels?|class(es)?|category|target|breed|species|diagnosis|class_?(name|id|label))|y", re.I
)
_SPLIT = re.compile(r"(.*[_ ])?(split|partition|subset|set|usage|phase|is_?(?:train|test|training))", re.I)
_ASIDE = re.compile(
    r"(.*[_ ])?(fold|folds|rater|annotator|reader|reviewer|width|height|w|h|x\d?|y\d?|[xy]_?(min|max|\d)|roi.*|url|path"
    r"|source|licen[cs]e|patient.*|subject.*|lesion_id|index|id|bbox.*)", re.I,
)  # fmt: skip
_BOXES = re.compile(r"box|landmark|keypoint", re.I)
_ENDINGS = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson")
_MOST_TABLES = 40
_SAMPLE = 300
CLASS = "label"  # what the column is called that columns of one class each are made into


@dataclass
class Told:
    """columns: one value a picture, in their order, null where no table tells. named: bool (n,), which are named.

    splits: each picture's, where the tables tell. target: the column that is most likely meant, if one is.
    tags: columns of which several may hold of one picture. notes: what was decided, in words.
    """

    columns: "pa.Table"
    named: np.ndarray
    splits: dict[Path, str] = field(default_factory=dict)
    target: str | None = None
    tags: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Part:
    """A table's rows: which picture each names (-1: none), and its other columns."""

    path: Path
    places: np.ndarray
    columns: "pa.Table"


def tables(files: Sequence[Path], pictures: Sequence[Path], splits: Mapping[Path, str]) -> list[Path]:
    """The tables among `files` that name enough of the pictures and say something of each."""
    likely = [path for path in files if path.suffix.lower() in _ENDINGS and "submission" not in path.stem.lower()]
    return [path for path in likely[:_MOST_TABLES] if _part(path, pictures, splits) is not None]


def read(about: Sequence[Path], pictures: Sequence[Path], splits: Mapping[Path, str]) -> Told:
    """Everything that the tables tell of `pictures`, in their order."""
    import pyarrow as pa

    from tools.core.cells import typed

    parts = [part for path in about if (part := _part(path, pictures, splits)) is not None]
    notes: list[str] = []
    named = np.zeros(len(pictures), bool)
    joined: dict[str, pa.ChunkedArray] = {}
    for part in parts:
        rows = _rows_of(part, len(pictures), notes)
        named |= rows.max(axis=1, initial=-1) >= 0
        for name in part.columns.column_names:
            _join(joined, name, _one_each(part.columns[name], rows), part.path)
    found = typed({"all": pa.table(joined)}).tables["all"] if joined else pa.table({})
    told = Told(found, named, _splits(parts, found, pictures, splits), notes=notes)
    _one_hot(told)
    told.target = told.target or _likeliest(told.columns, told.tags)
    return told


# ---- one table ---------------------------------------------------------------------------------------------------


def _part(path: Path, pictures: Sequence[Path], splits: Mapping[Path, str]) -> _Part | None:
    """The table, if one of its columns names pictures and another says something of them."""
    sample = _table(path, _SAMPLE)
    if sample is None or sample.num_columns < 2 or not sample.num_rows:
        return None
    for among in _scopes(path, pictures, splits):
        names = PictureNames(pictures, among)
        rates = {name: _rate(sample[name].to_pylist(), names) for name in sample.column_names}
        chosen = max(rates, key=lambda name: rates[name])
        table = _table(path) if rates[chosen][0] > 0 else None
        if table is None:
            continue
        numbers = _rate(sample[chosen].to_pylist(), names, numbers=False)[0] < 0.5
        places = _places(table[chosen].to_pylist(), names, numbers)
        hits = len(np.unique(places[places >= 0]))
        most = len(among) if among is not None else len(pictures)
        if hits < 2 or (hits < 0.2 * table.num_rows and hits < 0.3 * most) or hits < 0.02 * most:
            continue
        others = [name for name in table.column_names if name != chosen and not _same(sample, name, chosen, names)]
        if others:
            return _Part(path, places, table.select(others))
    return None


def _places(cells: Sequence[str | None], names: PictureNames, numbers: bool) -> np.ndarray:
    """int64 (n,): the picture that each cell names, -1 where none."""
    found = [names.find(cell, numbers) for cell in cells]
    return np.array([-1 if place is None else place for place in found], np.int64)


def _same(sample: "pa.Table", name: str, chosen: str, names: PictureNames) -> bool:
    """Whether a column names the same pictures once more, such as the number beside the file."""
    one = _places(sample[name].to_pylist(), names, True)
    other = _places(sample[chosen].to_pylist(), names, True)
    return bool(((one == other) & (one >= 0)).mean() >= 0.8)


def _rate(cells: Sequence[str | None], names: PictureNames, numbers: bool = True) -> tuple[float, int]:
    """The share of cells that name a picture, and how many pictures they name."""
    plain = [names.find(cell) for cell in cells]
    if numbers and sum(place is not None for place in plain) < 0.5 * len(cells):
        plain = [names.find(cell, numbers=True) for cell in cells]
        distinct = {place for place in plain if place is not None}
        if len(distinct) < 0.3 * len(cells):  # small numbers fit anything
            plain = [names.find(cell) for cell in cells]
    there = [place for place in plain if place is not None]
    return round(len(there) / max(1, len(cells)), 1), len(set(there))


def _scopes(path: Path, pictures: Sequence[Path], splits: Mapping[Path, str]) -> list[list[int] | None]:
    """Which pictures a table may tell of: those of its folder, those of the split that its name tells, or all."""
    prefix = f"{path.parent}/"
    below = [place for place, picture in enumerate(pictures) if str(picture).startswith(prefix)]
    split = split_of(path.stem)
    same = [place for place in below if splits[pictures[place]] == split]
    if 0 < len(below) < len(pictures):
        return [same, below] if 0 < len(same) < len(below) else [below]
    everywhere = [place for place, picture in enumerate(pictures) if splits[picture] == split]
    if 0 < len(everywhere) < len(pictures):
        return [everywhere]
    return [None]


def _table(path: Path, rows: int | None = None) -> "pa.Table | None":
    """A table of text as strings, blank cells null; None where the file is none."""
    import pyarrow as pa

    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return _json_lines(path, rows)
    from tools.core.errors import DataError
    from tools.readers._text_tables import dialect_of, strings

    dialect = dialect_of(path)
    if dialect is None or len(dialect.names) < 2:
        return None
    if not dialect.header and _BOXES.search(path.stem):
        return None
    try:
        found = strings(path, dialect, rows).table
    except DataError:
        return None
    names = [_column_name(name, path, dialect.header) for name in found.column_names]
    return pa.table(dict(zip(names, found.columns, strict=True)))


def _column_name(name: str, path: Path, header: bool) -> str:
    """`image` and `path` are the pictures' own; a made-up name says which table it is of."""
    if not header:
        return f"{name} of {path.name}"
    return f"{name} (column)" if name in ("image", "path") else name.strip()


def _json_lines(path: Path, rows: int | None) -> "pa.Table | None":
    import pyarrow as pa

    with path.open(encoding="utf-8", errors="replace") as file:
        lines = [line for _, line in zip(range(rows or 1 << 40), file, strict=False) if line.strip()]
    try:
        found = [json.loads(line) for line in lines]
    except ValueError:
        return None
    if not found or not all(isinstance(row, dict) for row in found):
        return None
    names = list(dict.fromkeys(name for row in found for name in row))
    flat = {name: [row.get(name) for row in found] for name in names}
    cells = {
        name: [None if value is None or isinstance(value, dict | list) else str(value) for value in values]
        for name, values in flat.items()
    }
    called = {name: _column_name(name, path, True) for name in cells}
    return pa.table({called[name]: pa.array(values, pa.string()) for name, values in cells.items()})


# ---- tables together ---------------------------------------------------------------------------------------------


def _rows_of(part: _Part, count: int, notes: list[str]) -> np.ndarray:
    """int64 (count, k): the rows of each picture, -1 behind the last. Notes where some picture has several."""
    there = np.flatnonzero(part.places >= 0)
    order = there[np.argsort(part.places[there], kind="stable")]
    owners = part.places[order]
    firsts = np.searchsorted(owners, owners)
    nth = np.arange(len(owners)) - firsts
    rows = np.full((count, int(nth.max(initial=0)) + 1), -1, np.int64)
    rows[owners, nth] = order
    several = int((rows[:, 1:] >= 0).any(axis=1).sum())
    if several:
        notes.append(
            f"{part.path.name} has several rows for {several:,} pictures; where they disagree the majority counts"
        )
    return rows


def _one_each(column: "pa.ChunkedArray", rows: np.ndarray) -> "pa.ChunkedArray":
    """One value a picture: that of its row; of several the commonest, null where two are equally common."""
    import pyarrow as pa

    flat = column.combine_chunks()
    single = rows.shape[1] == 1
    firsts = flat.take(pa.array(rows[:, 0], mask=rows[:, 0] < 0))
    if single:
        return pa.chunked_array([firsts])
    values, cells = firsts.to_pylist(), flat.to_pylist()
    for picture in np.flatnonzero(rows[:, 1] >= 0):
        votes = Counter(cells[row] for row in rows[picture] if row >= 0 and cells[row] is not None).most_common(2)
        values[picture] = None if not votes or (len(votes) > 1 and votes[0][1] == votes[1][1]) else votes[0][0]
    return pa.chunked_array([pa.array(values, flat.type)])


def _join(joined: "dict[str, pa.ChunkedArray]", name: str, column: "pa.ChunkedArray", table: Path) -> None:
    """Tables of different pictures fill one column; of one that says otherwise of the same picture it is another."""
    import pyarrow.compute as pc

    before = joined.get(name)
    if before is None:
        joined[name] = column
        return
    differ = pc.sum(pc.not_equal(before, column).cast("int64")).as_py() or 0
    if differ:
        joined[f"{name} ({table.name})"] = column
    else:
        joined[name] = pc.coalesce(before, column)


def _splits(
    parts: Sequence[_Part], columns: "pa.Table", pictures: Sequence[Path], splits: Mapping[Path, str]
) -> dict[Path, str]:
    """What the tables' names, else a column of theirs, tell of the splits, where the folders tell nothing."""
    if any(splits[path] != "all" for path in pictures):
        return {}
    named = {part.path: split for part in parts if (split := split_of(part.path.stem))}
    if "train" in named.values() and len(set(named.values())) > 1:
        return {
            pictures[place]: named[part.path]
            for part in parts
            if part.path in named
            for place in part.places[part.places >= 0]
        }
    for name in columns.column_names:
        values = [None if value is None else str(value) for value in columns[name].to_pylist()]
        if _SPLIT.fullmatch(name) and (meaning := split_values(name, values)):
            return {path: meaning[value] for path, value in zip(pictures, values, strict=True) if value in meaning}
    return {}


def split_values(name: str, values: Sequence[str | None]) -> dict[str, str]:
    """What each value of a column of splits means: names, or 0, 1, 2 for train, validation, test."""
    counts = Counter(value for value in values if value is not None)
    if not 2 <= len(counts) <= 4:
        return {}
    told = {value: split for value in counts if (split := split_of(value))}
    if len(told) == len(counts):
        return told if "train" in told.values() and len(set(told.values())) > 1 else {}
    flag = re.search(r"is_?(train|test)", name, re.I)
    plain = {value: value.casefold().removesuffix(".0") for value in counts}
    if flag and set(plain.values()) <= {"0", "1", "true", "false"}:
        own, other = ("train", "test") if flag[1].lower() == "train" else ("test", "train")
        return {value: own if text in ("1", "true") else other for value, text in plain.items()}
    if set(plain.values()) in ({"0", "1", "2"}, {"0", "1"}) and plain[counts.most_common(1)[0][0]] == "0":
        meaning = {"0": "train", "1": "validation" if len(counts) == 3 else "test", "2": "test"}
        return {value: meaning[text] for value, text in plain.items()}
    return {}


# ---- which column is meant ---------------------------------------------------------------------------------------


def _one_hot(told: Told) -> None:
    """Neighbouring columns of 0 and 1, one of which holds of each picture, become one column of classes."""
    import pyarrow as pa

    names = list(told.columns.column_names)
    for run in _binary_runs(told.columns, names):
        block = np.stack([found for name in run if (found := _zeros_and_ones(told.columns[name])) is not None], axis=1)
        filled = block[told.named & (block >= 0).all(axis=1)]
        if not len(filled) or len(run) < 2:
            continue
        if (filled.sum(axis=1) == 1).mean() >= 0.98 and (filled.sum(axis=0) > 0).all():
            held = (block >= 0).all(axis=1) & (block.sum(axis=1) == 1)
            classes = [
                run[int(place)].strip() if there else None
                for place, there in zip(block.argmax(axis=1), held, strict=True)
            ]
            name = CLASS if CLASS not in names else "class of " + ", ".join(run[:3])
            told.columns = told.columns.append_column(name, pa.chunked_array([pa.array(classes, pa.string())]))
            told.target = told.target or name
            told.notes.append(f"The columns {', '.join(run[:12])} stand for one class each and were made into one")
        elif len(run) > 2 or (filled.sum(axis=1) > 1).any():
            told.tags += run


def _binary_runs(columns: "pa.Table", names: Sequence[str]) -> list[list[str]]:
    runs: list[list[str]] = [[]]
    for name in names:
        if not _SPLIT.fullmatch(name) and not _ASIDE.fullmatch(name) and _zeros_and_ones(columns[name]) is not None:
            runs[-1].append(name)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _zeros_and_ones(column: "pa.ChunkedArray") -> "np.ndarray | None":
    """int64 (n,) of 0, 1 and -1 where it is missing; None where there are other values, or one alone."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_boolean(column.type)):
        return None
    kinds = set(pc.unique(column.drop_null()).to_pylist())
    if kinds not in ({0, 1}, {-1, 1}):
        return None
    values = pc.fill_null(column.cast(pa.float64()), -9).to_numpy()
    return np.where(values == -9, -1, values > 0).astype(np.int64)


def _likeliest(columns: "pa.Table", tags: Sequence[str]) -> str | None:
    """A column that is called label or class; else the one that is left when those that can't be meant are gone."""
    import pyarrow.compute as pc

    counts: dict[str, int] = {name: pc.count_distinct(columns[name]).as_py() for name in columns.column_names}
    likely = [
        name
        for name in columns.column_names
        if counts[name] > 1 and not _SPLIT.fullmatch(name) and not _ASIDE.fullmatch(name)
    ]
    called = [name for name in likely if _LABEL.fullmatch(name)]
    if called:
        few = [name for name in called if counts[name] <= MOST_CLASSES]
        return str((few or called)[0])
    return str(likely[0]) if len(likely) == 1 else None
