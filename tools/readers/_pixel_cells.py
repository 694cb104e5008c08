"""Tables that hold an image a row, its pixels in one cell: `emotion,pixels,Usage` of FER-2013.

    3,70 80 82 72 58 …,Training        48 × 48 numbers of 0…255 with blanks between, rows from the top, then the split
    sad,"[[0.1, 0.5], [0.25, …"        commas, bars, semicolons, brackets and fractions as well

Of a column without a telling name only counts up to 255 are pixels. More than 8 bits are brought to 8 on the scale of
the training rows (`tools/pictures/bit_depth.py`), shapes are found by `_pixel_shape.py`.
Source: https://www.kaggle.com/c/challenges-in-representation-learning-facial-expression-recognition-challenge/data
"""

import re
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.pictures import bit_depth
from noglue.tools.readers._arrays import images, training
from noglue.tools.readers._pixel_shape import SMALLEST, Layout, smoothest, square, written
from noglue.tools.readers._splits import split_of
from noglue.tools.spec.data_form import CellForm, DataForm, PixelCells, PixelScale
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.profiles import ImageShape
from noglue.tools.spec.protocols import Raw
from noglue.tools.values import cells

_AT_ONCE = 1 << 22  # numbers: 32 MB
_PROBED = 100
_MOST = 0.8  # of the first cells hold pixels
_EVEN = 0.5  # of the cells hold equally many numbers
_MANY = 16  # numbers in a cell that are meant as pixels
_NAMES = re.compile(r"(pixels?|images?|imgs?|pictures?)([ _]?(pixels?|values?|data|array))?", re.IGNORECASE)
_BETWEEN = r"[\s,;|\[\](){}]+"
_NUMBERS = r"^(?:[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?(?: |$))+$"
_DIGITS = r"^[\d\W_eE]*(?:\d+[\W_]+){16}[\d\W_eE]*$"
_LEADERBOARDS = {"publictest": "validation", "privatetest": "test"}


class _Found(NamedTuple):
    """scale: of more than 8 bits, None where the cells hold 8."""

    name: str
    layout: Layout
    scale: PixelScale | None

    @property
    def size(self) -> int:
        return self.layout.shape.height * self.layout.shape.width * self.layout.shape.channels


def read(tables: Mapping[str, pa.Table], skipped: list[str], form: DataForm | None = None) -> Raw | None:
    """None where no column holds pixels. Raises DataError `unreadable` for new rows (`form`) that hold others, and for
    a column of pixels that makes no pictures."""
    found = _found(tables, skipped, form)
    if found is None:
        return None
    name, shape = found.name, found.layout.shape
    made, lost = dict[str, pa.Table](), 0
    for split, table in tables.items():
        pixels, good = _pixels(table[name], found)
        lost += len(good) - int(good.sum())
        others = table.drop_columns([name]).filter(pa.array(good))
        made[split] = others.add_column(0, "image", images(found.layout.arranged(pixels))[0])
    if lost and form is not None:
        raise DataError(
            Kind.UNREADABLE, f"{lost} of the cells of {name} can't be read as pixels.", hint="Mend those rows."
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
    if found.scale is not None:
        skipped.append(f"pixel values {found.scale.low:g}…{found.scale.high:g} were scaled to 0…255")
    made = _by_usage(made)
    labels = [column for column in next(iter(made.values())).column_names if column != "image"]
    known = DataForm(
        cells={name: CellForm(kind="text"), **typed.forms},
        pixels=found.scale,
        pictures=PixelCells(
            column=name, height=shape.height, width=shape.width, channels=shape.channels, planes=found.layout.planes
        ),
    )
    return Raw("image", made, labels[0] if len(labels) == 1 else None, None, shape, skipped, known)


def _found(tables: Mapping[str, pa.Table], skipped: list[str], form: DataForm | None) -> _Found | None:
    """The one column of pixels, by its name or by its cells, with what its numbers mean; as learned for new rows.

    Raises DataError `unreadable` where a column that is named as one makes no pictures.
    """
    table = next(iter(tables.values())).slice(0, _PROBED)
    sizes = {name: _size(column) for name, column in zip(table.column_names, table.columns, strict=True)}
    numbers = [name for name, size in sizes.items() if size >= _MANY]
    known = form.pictures if form is not None else None
    names = [name for name in numbers if (name == known.column if known else _NAMES.fullmatch(name.strip()))]
    named = names if len(names) == 1 else []
    alike = [name for name in numbers if known and sizes[name] == known.height * known.width * known.channels]
    taken = named or alike or [name for name in numbers if _plain(table[name], sizes[name])]
    if len(taken) != 1:
        _refuse_odd(table)
        skipped += [f"columns {', '.join(names)} all hold pixels; read as text"] if len(names) > 1 else []
        return None
    name, size = taken[0], sizes[taken[0]]
    if known is not None and known.height * known.width * known.channels == size:
        shape = ImageShape(height=known.height, width=known.width, channels=known.channels)
        assert form is not None
        return _Found(name, Layout(shape, known.planes), form.pixels)
    learned = [part[name] for part in training(tables) if name in part.column_names] or [table[name]]
    values = np.concatenate([_values(part.slice(0, _rows_at_once(size)), size)[0] for part in learned])
    filled = sum(len(part) - part.null_count for part in (part.slice(0, _rows_at_once(size)) for part in learned))
    if named and form is None and len(values) <= _EVEN * filled:
        raise _not_pictures(name, "its cells hold unlike many numbers")
    layout = _layout(table[name], values) if form is None else square(size)
    if layout is None:
        if named:
            raise _not_pictures(name, f"{size:,} numbers a cell are {_why(size)}")
        skipped.append(f"column {name!r}: {size:,} numbers a cell are {_why(size)}; read as text")
        return None
    return _Found(name, layout, form.pixels if form is not None else _scale(values))


def _size(column: pa.ChunkedArray) -> int:
    """How many numbers most of the first cells hold; 0 where these are none of numbers."""
    some = column.slice(0, _PROBED).drop_null()
    if not pa.types.is_string(some.type) or not len(some):
        return 0
    bare = _bare(some)
    held = pc.match_substring_regex(bare, _NUMBERS).to_pylist()
    sizes = Counter(len(cell.split()) for cell, good in zip(bare.to_pylist(), held, strict=True) if good)
    size, _ = sizes.most_common(1)[0] if sizes else (0, 0)
    return size if sum(held) > _MOST * len(some) else 0


def _plain(column: pa.ChunkedArray, size: int) -> bool:
    """Whether most cells are equally many counts up to 255, as many as make a square, or three."""
    if square(size) is None and (size % 3 or square(size // 3) is None):
        return False
    values, _ = _values(column, size)
    return bool(_in_bytes(values).sum() > _MOST * (len(column) - column.null_count))


def _layout(column: pa.ChunkedArray, values: np.ndarray) -> Layout | None:
    texts = [written(cell) for cell in column.drop_null().slice(0, 3).to_pylist()]
    lists = texts[0] if texts and all(one == texts[0] for one in texts) else None
    if lists is not None and lists.shape.height * lists.shape.width * lists.shape.channels == values.shape[1]:
        return lists
    return smoothest(values[:_PROBED]) if len(values) else None


def _why(size: int) -> str:
    few = size < SMALLEST**2
    return f"fewer than {SMALLEST} × {SMALLEST} pixels" if few else "neither a square nor clearly of another shape"


def _refuse_odd(table: pa.Table) -> None:
    """Cells of a column of pixels that are little but digits, and no numbers that can be read."""
    for name, column in zip(table.column_names, table.columns, strict=True):
        if _NAMES.fullmatch(name.strip()) and pa.types.is_string(column.type) and not _size(column):
            odd = pc.sum(pc.match_substring_regex(column, _DIGITS)).as_py() or 0
            if odd > _MOST * (len(column) - column.null_count):
                raise _not_pictures(name, "its cells hold something else between the numbers, or are cut off")


def _not_pictures(name: str, why: str) -> DataError:
    return DataError(
        Kind.UNREADABLE,
        f"The pixels of column {name!r} can't be read as pictures: {why}.",
        hint="Write nested lists, rows of pixels; or pictures as files; or each number in a column of its own.",
    )


def _scale(values: np.ndarray) -> PixelScale | None:
    """None for counts up to 255 in most pictures: those are 8 bits, but for nothing but 0 and 1."""
    fits = _in_bytes(values)
    if fits.mean() <= _MOST:
        return bit_depth.learned_of_arrays([values])
    return None if values[fits].max() > 1 else PixelScale(low=0, high=1)


def _rows_at_once(size: int) -> int:
    return max(_PROBED, min(2000, _AT_ONCE // size))


def _in_bytes(values: np.ndarray) -> np.ndarray:
    """bool: which rows are counts up to 255."""
    within: np.ndarray = np.logical_and.reduce((values >= 0) & (values <= 255), axis=1)
    return within if values.dtype.kind == "i" else within & np.logical_and.reduce(values == np.rint(values), axis=1)


def _bare(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """`[[1, 2], [3, 4]]` as `1 2 3 4`."""
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(column, _BETWEEN, " "))


def _values(column: pa.ChunkedArray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """(n, size) of the cells that hold as many numbers, and bool: which those are."""
    bare = _bare(column)
    right = pc.equal(pc.count_substring(bare, " "), size - 1)
    good = np.array(pc.fill_null(pc.and_(pc.match_substring_regex(bare, _NUMBERS), right), False))
    kept = bare.filter(pa.array(good))
    whole = pc.all(pc.match_substring_regex(kept, r"^[\d ]+$")).as_py()
    kind = np.int64 if whole else np.float64
    return np.fromstring(" ".join(kept.to_pylist()), kind, sep=" ").reshape(-1, size), good


def _pixels(column: pa.ChunkedArray, found: _Found) -> tuple[np.ndarray, np.ndarray]:
    """uint8 (n, size) of the cells that hold pixels, and bool: which those are."""
    parts, held = [np.zeros((0, found.size), np.uint8)], [np.zeros(0, bool)]
    rows = _rows_at_once(found.size)
    for start in range(0, len(column), rows):
        values, good = _values(column.slice(start, rows), found.size)
        if found.scale is None:
            fits = _in_bytes(values)
            values, good[good] = values[fits], fits
            parts.append(values.astype(np.uint8))
        else:
            parts.append(bit_depth.to_bytes(values.astype(np.float64), found.scale))
        held.append(good)
    return np.concatenate(parts), np.concatenate(held)


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
