"""What tables tell of the pictures beside them: every column of every table that names pictures, joined by picture.

id,breed                                  file_name,age,sex                    image,MEL,NV
000bec180eb18c7604dcecc8fe0dba07,pug      train/001.png,31,f                   SKIN_1,0,1

A table tells of the pictures of its own split alone, be it that of its folder or of its name, so that `train/1.png`
never gets the label of `test/1.png`. Of several rows for a picture the majority counts.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.readers import _label_columns
from noglue.tools.readers._label_columns import LabelColumns
from noglue.tools.readers._picture_tables import BOXES, ENDINGS, Part, part
from noglue.tools.readers._splits import split_of

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_TABLES = 40
_FEW = 0.1  # of the pictures that another table names


def parts(files: Sequence[Path], pictures: Sequence[Path], splits: Mapping[Path, str]) -> list[Part]:
    """The tables among `files` that name enough of the pictures and say something of each, and what these lead to."""
    from noglue.tools.readers import _matlab_labels, _picture_joins

    likely = [path for path in files if path.suffix.lower() in ENDINGS and "submission" not in path.stem.lower()]
    likely.sort(
        key=lambda path: (bool(BOXES.search(path.stem)), len(path.parts))
    )  # of very many those of the classes go
    found = [one for path in likely[:_MOST_TABLES] if (one := part(path, pictures, splits)) is not None]
    found = _of_pictures(found) or _matlab_labels.parts(files, pictures)
    return _picture_joins.extended(found, likely, pictures, splits)


def _of_pictures(found: list[Part]) -> list[Part]:
    """Without tables whose few codes are the numbers of pictures by chance: `11 is cat` beside `11.jpg`.

    Another table names all of these pictures, and many more.
    """
    named = {one.path: frozenset(one.places[one.places >= 0].tolist()) for one in found}
    return [
        one
        for one in found
        if not any(named[one.path] < others and len(named[one.path]) < _FEW * len(others) for others in named.values())
    ]


def read(about: Sequence[Path], pictures: Sequence[Path], splits: Mapping[Path, str]) -> LabelColumns:
    """Everything that the tables tell of `pictures`, in their order."""
    return joined(parts(about, pictures, splits), pictures, splits)


def joined(tables: Sequence[Part], pictures: Sequence[Path], splits: Mapping[Path, str]) -> LabelColumns:
    """The same, of tables that were read before."""
    import pyarrow as pa

    from noglue.tools.values.cells import typed

    notes: list[str] = []
    named = np.zeros(len(pictures), bool)
    columns: dict[str, pa.ChunkedArray] = {}
    for one in tables:
        rows = _rows_of(one, len(pictures), notes)
        notes += [one.note] if one.note else []
        named |= rows.max(axis=1, initial=-1) >= 0
        for name in one.columns.column_names:
            _join(columns, name, _one_each(one.columns[name], rows), one.path)
    found = typed({"all": pa.table(columns)}).tables["all"] if columns else pa.table({})
    labels_ = LabelColumns(found, named, _splits(tables, found, pictures, splits), notes=notes)
    _label_columns.made_of_one_hot(labels_)
    _label_columns.add_tags(labels_)
    labels_.target = labels_.target or _label_columns.likeliest(labels_.columns)
    return labels_


def _rows_of(one: Part, count: int, notes: list[str]) -> np.ndarray:
    """int64 (count, k): the rows of each picture, -1 behind the last. Notes where some picture has several."""
    there = np.flatnonzero(one.places >= 0)
    order = there[np.argsort(one.places[there], kind="stable")]
    owners = one.places[order]
    firsts = np.searchsorted(owners, owners)
    nth = np.arange(len(owners)) - firsts
    rows = np.full((count, int(nth.max(initial=0)) + 1), -1, np.int64)
    rows[owners, nth] = order
    several = int((rows[:, 1:] >= 0).any(axis=1).sum())
    if several:
        notes.append(f"{one.path.name} has several rows for {several:,} files; where they disagree the majority counts")
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


def _join(columns: "dict[str, pa.ChunkedArray]", name: str, column: "pa.ChunkedArray", table: Path) -> None:
    """Tables of different pictures fill one column; of one that says otherwise of the same picture it is another."""
    import pyarrow.compute as pc

    before = columns.get(name)
    if before is None:
        columns[name] = column
        return
    differ = pc.sum(pc.not_equal(before, column).cast("int64")).as_py() or 0
    if differ:
        columns[f"{name} ({table.name})"] = column
    else:
        columns[name] = pc.coalesce(before, column)


def _splits(
    parts: Sequence[Part], columns: "pa.Table", pictures: Sequence[Path], splits: Mapping[Path, str]
) -> dict[Path, str]:
    """What the tables' names, else a column of theirs, tell of the splits, where the folders tell nothing."""
    if any(splits[path] != "all" for path in pictures):
        return {}
    named = {one.path: split for one in parts if (split := split_of(one.path.stem))}
    if "train" in named.values() and len(set(named.values())) > 1:
        return {
            pictures[place]: named[one.path]
            for one in parts
            if one.path in named
            for place in one.places[one.places >= 0]
        }
    for name in columns.column_names:
        values = [None if value is None else str(value) for value in columns[name].to_pylist()]
        if _label_columns.SPLIT.fullmatch(name) and (meaning := _label_columns.split_values(name, values)):
            return {path: meaning[value] for path, value in zip(pictures, values, strict=True) if value in meaning}
    return {}
