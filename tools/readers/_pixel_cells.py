"""Tables that hold an image a row, its pixels in one cell: `emotion,pixels,Usage` of FER-2013.

    3,70 80 82 72 58 …,Training        48 × 48 numbers of 0…255 with blanks between, rows from the top, then the split

A square of numbers is a grey image, three squares are a coloured one whose channels lie side by side.
Source: https://www.kaggle.com/c/challenges-in-representation-learning-facial-expression-recognition-challenge/data
"""

import math
from collections import Counter
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tools.core import cells
from tools.core.errors import DataError
from tools.core.form import CellForm, DataForm
from tools.core.profiles import ImageShape
from tools.core.protocols import Raw
from tools.readers._arrays import images
from tools.readers._splits import split_of

_SMALLEST = 8  # pixels a side
_AT_ONCE = 2000
_PROBED = 100
_MOST = 0.8  # of the first cells hold pixels
_LEADERBOARDS = {"publictest": "validation", "privatetest": "test"}


def read(tables: Mapping[str, pa.Table], skipped: list[str], form: DataForm | None = None) -> Raw | None:
    """None where no column holds pixels. Raises DataError `unreadable` for new rows (`form`) that hold others."""
    name = _pixel_column(tables)
    if name is None:
        return None
    made, lost = dict[str, pa.Table](), 0
    size = _size(next(iter(tables.values()))[name])
    shape = _shape(size)
    assert shape is not None, "a column of pixels of no shape"
    for split, table in tables.items():
        pixels, good = _pixels(table[name], size)
        lost += len(good) - int(good.sum())
        others = table.drop_columns([name]).filter(pa.array(good))
        made[split] = others.add_column(0, "image", images(pixels.reshape(-1, *_sides(shape)))[0])
    if lost and form is not None:
        raise DataError(
            "unreadable", f"{lost} of the cells of {name} can't be read as pixels.", hint="Mend those rows."
        )
    skipped += (
        [f"column {name!r}: {lost:,} cells that are not {shape.height}×{shape.width} pixels; rows left out"]
        if lost
        else []
    )
    typed = cells.typed({split: table.drop_columns(["image"]) for split, table in made.items()})
    made = {split: table.add_column(0, "image", made[split]["image"]) for split, table in typed.tables.items()}
    if form is not None:
        return Raw("image", made, None, None, shape, skipped)
    made = _by_usage(made)
    labels = [column for column in next(iter(made.values())).column_names if column != "image"]
    known = DataForm(cells={name: CellForm(kind="text"), **typed.forms})
    return Raw("image", made, labels[0] if len(labels) == 1 else None, None, shape, skipped, known)


def _pixel_column(tables: Mapping[str, pa.Table]) -> str | None:
    """The one column whose cells hold equally many numbers, a square of them or three."""
    table = next(iter(tables.values())).slice(0, _PROBED)
    found = []
    for name, column in zip(table.column_names, table.columns, strict=True):
        size = _size(column)
        there = len(column) - column.null_count
        if _shape(size) is not None and (pc.sum(_hold(column, size)).as_py() or 0) > _MOST * there:
            found.append(name)
    return found[0] if len(found) == 1 else None


def _size(column: pa.ChunkedArray) -> int:
    """How many words most of the first cells hold."""
    sizes = Counter(len(cell.split()) for cell in column.slice(0, _PROBED).to_pylist() if cell)
    return sizes.most_common(1)[0][0] if sizes else 0


def _shape(size: int) -> ImageShape | None:
    for channels in (1, 3):
        side = math.isqrt(size // channels)
        if side >= _SMALLEST and side * side * channels == size:
            return ImageShape(height=side, width=side, channels=channels)
    return None


def _sides(shape: ImageShape) -> tuple[int, int, int]:
    return shape.height, shape.width, shape.channels


def _hold(column: pa.ChunkedArray, size: int) -> pa.ChunkedArray:
    """bool: whole numbers of at most three digits, `size` of them."""
    bare = pc.utf8_trim_whitespace(column)
    shaped = pc.match_substring_regex(bare, r"^(?:\d{1,3} )+\d{1,3}$")
    return pc.and_(shaped, pc.equal(pc.count_substring(bare, " "), size - 1))


def _pixels(column: pa.ChunkedArray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """uint8 (n, size) of the cells that hold pixels, and bool: which those are."""
    good = pc.fill_null(_hold(column, size), False).to_numpy()
    parts = []
    for start in range(0, len(column), _AT_ONCE):
        part = column.slice(start, _AT_ONCE).filter(pa.array(good[start : start + _AT_ONCE]))
        numbers = np.fromstring(" ".join(part.to_pylist()), np.int16, sep=" ").reshape(-1, size)
        fits = (numbers <= 255).all(axis=1)
        good[start : start + _AT_ONCE][good[start : start + _AT_ONCE]] = fits
        parts.append(numbers[fits].astype(np.uint8))
    return np.concatenate(parts), good


def _by_usage(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """The splits that a column names (`Training`, `PublicTest`, `PrivateTest`)."""
    if list(tables) != ["all"]:
        return tables
    table = tables["all"]
    for name in table.column_names:
        if not pa.types.is_string(table[name].type) or table[name].null_count:
            continue
        values = table[name].unique().to_pylist()
        splits = {value: _LEADERBOARDS.get(value.lower()) or split_of(value) for value in values}
        if "train" in splits.values() and len(set(splits.values())) > 1 and None not in splits.values():
            wanted = list(dict.fromkeys(split for split in splits.values() if split))
            rest = table.drop_columns([name])
            return {
                split: rest.filter(
                    pc.is_in(table[name], pa.array([value for value in values if splits[value] == split]))
                )
                for split in wanted
            }
    return tables
