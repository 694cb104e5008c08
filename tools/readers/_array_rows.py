"""Arrays whose roles are known, to a `Raw`: pictures to one scale of pixels, tables to columns, labels to classes."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.readers._array_roles import Found
from noglue.tools.readers._array_sets import most_columns
from noglue.tools.readers._arrays import images, labels, pick, to_bytes
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.protocols import Raw

if TYPE_CHECKING:
    import pyarrow as pa

_SQUARE, _WIDEST = 2.0, 4.0  # a side of a picture in the other
_SMOOTH = 0.85  # of the difference of any two values: neighbours of a picture are more alike
_LOOKED_AT = 64


def raw_of(found: Found, rows: int | None, form: DataForm | None) -> Raw:
    """Raises DataError `unreadable`."""
    import pyarrow as pa

    truth = {split: part.labels.take(None, 0) for split, part in found.parts.items() if part.labels is not None}
    values, classes = _labels(truth, found) if truth else ({}, None)
    beside = _beside(found)
    kept = {split: pick(part.rows, rows) for split, part in found.parts.items()}
    blocks = {
        split: part.features.take(None if rows is None else kept[split], part.axis)
        for split, part in found.parts.items()
        if part.features is not None
    }
    _numbers_alone(blocks, found.path)
    flat = all(block.ndim <= 2 for block in blocks.values())
    scaled = None
    if blocks and not flat:
        pixels = {split: _channels_last(block, found) for split, block in blocks.items()}
        scaled = to_bytes(pixels, form)
    splits: dict[str, pa.Table] = {}
    shape = None
    for split, part in found.parts.items():
        columns: dict[str, pa.Array] = {}
        if scaled is not None:
            columns["image"], shape = images(scaled.pixels[split])
        elif split in blocks:
            columns |= _columns(blocks[split].reshape(part.rows if rows is None else len(kept[split]), -1), found)
        for name, stored in part.columns.items():
            column = stored.take(None, int(np.argmax(stored.shape))).reshape(-1)[kept[split]]
            columns[_free(name, columns, split in values)] = _column(column)
        if split in values:
            columns["label"] = pa.array(values[split][kept[split]])
        if split in beside:
            told = beside[split].take(pa.array(kept[split]))
            columns |= {name: told[name] for name in told.column_names if name not in columns}
        splits[found.called(split)] = pa.table(columns)
    target = "label" if values else found.target or _likeliest(beside)
    notes = list(dict.fromkeys(found.notes))
    if scaled is None:
        return Raw("table", splits, target, classes, notes=notes)
    return Raw("image", splits, target, classes, shape, scaled.note, DataForm(pixels=scaled.scale), cut=scaled.cut,
               notes=notes)  # fmt: skip


def _beside(found: Found) -> dict[str, "pa.Table"]:
    """Split → what the file of text beside the arrays tells of its rows, the columns of one type in all splits."""
    from noglue.tools.readers import _array_labels
    from noglue.tools.values.cells import typed

    tables = {split: _array_labels.table(path) for split, path in found.beside.items()}
    known = {split: one for split, one in tables.items() if one is not None}
    return typed(known).tables if known else {}


def _likeliest(beside: Mapping[str, "pa.Table"]) -> str | None:
    from noglue.tools.readers import _label_columns

    first = next(iter(beside.values()), None)
    return None if first is None else _label_columns.likeliest(first)


def _free(name: str, columns: Mapping[str, "pa.Array"], labelled: bool) -> str:
    return name if name not in columns and not (labelled and name == "label") else f"{name}_1"


def _numbers_alone(blocks: Mapping[str, np.ndarray], path: Path) -> None:
    for block in blocks.values():
        if block.dtype.kind not in "buif":
            raise unreadable(path, f"its features are of type {block.dtype}, not numbers")
        most_columns(block.shape, path)


def _columns(block: np.ndarray, found: Found) -> dict[str, "pa.Array"]:
    """`x0`, `x1`, …, or as the file names them."""
    names = [f"x{place}" for place in range(block.shape[1])]
    if found.titles is not None and max(found.titles.shape) == len(names):
        told = [str(name).strip() for name in found.titles.values.reshape(-1)]
        names = told if len(set(told)) == len(told) and "label" not in told and all(told) else names
    return {name: _column(block[:, place]) for place, name in enumerate(names)}


def _column(values: np.ndarray) -> "pa.Array":
    import pyarrow as pa

    if values.dtype.kind == "U":
        return pa.array([str(value) if str(value).strip() else None for value in values], pa.string())
    if values.dtype == bool:
        return pa.array(values)
    return pa.array(values.astype("float64" if values.dtype.kind == "f" else "int64"))


# ---- labels --------------------------------------------------------------------------------------------------------


def _labels(truth: Mapping[str, np.ndarray], found: Found) -> tuple[dict[str, np.ndarray], list[str] | None]:
    """Labels as numbers with class names: (n,), (n, 1), (1, n) or one-hot (n, k)."""
    plain: dict[str, np.ndarray] = {}
    for split, values in truth.items():
        values = values.reshape(-1) if values.size == max(values.shape) else values
        if values.ndim == 2:
            if values.dtype.kind not in "buif" or not (
                np.isin(values, (0, 1)).all() and (values.sum(axis=1) == 1).all()
            ):
                raise unreadable(found.path, f"its labels have {values.shape[1]} values a row, and are not one-hot")
            values = values.argmax(axis=1)
        if values.dtype.kind not in "buifU" or values.ndim > 1:
            raise unreadable(found.path, f"its labels are of type {values.dtype} {values.shape}")
        plain[split] = values
    coded, classes = labels(plain)
    if classes is not None and found.names is not None:
        classes = _class_names(classes, found)
    return coded, classes


def _class_names(classes: list[str], found: Found) -> list[str]:
    assert found.names is not None, "no names of classes"
    names = [str(name) for name in found.names.values.reshape(-1)]
    if not all(one.isdigit() for one in classes) or len(set(names)) < len(names):
        return classes
    numbers = [int(one) for one in classes]
    first = 0 if max(numbers) < len(names) else 1
    if min(numbers) < first or max(numbers) - first >= len(names):
        found.notes.append(f"the {len(names):,} names of classes do not fit the labels {classes[0]}…{classes[-1]}")
        return classes
    if first:
        found.notes.append(f"labels count from 1: {numbers[0]} is {names[numbers[0] - 1]!r}")
    return [names[number - first] for number in numbers]


# ---- pictures ------------------------------------------------------------------------------------------------------


def _channels_last(block: np.ndarray, found: Found) -> np.ndarray:
    if block.ndim == 3:
        _refuse_series(block, found)
        return block[..., None]
    if block.ndim == 4 and block.shape[-1] in (1, 3):
        return block
    if block.ndim == 4 and block.shape[1] in (1, 3):
        return block.transpose(0, 2, 3, 1)
    if block.ndim == 4 and block.shape[-1] == 4:
        return block[..., :3]  # without transparency
    if block.ndim == 4 and block.shape[1] == 4 and block.dtype == np.uint8:
        return block.transpose(0, 2, 3, 1)[..., :3]
    raise unreadable(found.path, f"an array of shape {block.shape} is neither images nor a table")


def _refuse_series(block: np.ndarray, found: Found) -> None:
    """(n, 128, 9) of fractions is no picture of 128 × 9. Raises DataError `unreadable`."""
    sides = sorted(block.shape[1:])
    ratio = sides[1] / max(1, sides[0])
    if block.dtype == np.uint8 or block.dtype == bool or found.of_pictures or ratio <= _SQUARE:
        return
    if ratio > _WIDEST or not _smooth(block):
        raise unreadable(
            found.path,
            f"an array of {len(block):,} times {block.shape[1]} × {block.shape[2]} numbers is more likely a set of "
            "series, steps by channels, than of pictures",
            "Name the array `images` if it holds pictures; make a table of series, one row a step.",
        )


def _smooth(block: np.ndarray) -> bool:
    """Whether neighbours are alike in both directions."""
    some = block[pick(len(block), _LOOKED_AT)].astype(np.float64)
    mixed = float(np.abs(some - np.random.default_rng(0).permutation(some.reshape(-1)).reshape(some.shape)).mean())
    return all(float(np.abs(np.diff(some, axis=axis)).mean()) < _SMOOTH * mixed for axis in (1, 2))
