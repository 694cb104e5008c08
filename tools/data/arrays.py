"""Whole columns of a prepared split as numpy arrays, and back, without touching single rows in Python.

    >>> train = load_split(run / "data", "train")        # CIFAR-10
    >>> image_array(train).shape, label_array(train, "label").dtype
    ((45000, 32, 32, 3), dtype('int64'))

An `Array3D` column is stored as lists of lists of lists of uint8; under the offsets lies one flat buffer, which is
what these functions hand out: 50,000 images of 32×32×3 (154 MB) take about 0.1 s, where `rows["image"]` takes minutes.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.spec.profiles import ImageShape

if TYPE_CHECKING:
    import datasets

ROWS_IN_A_CHUNK = 1000  # of images, so that one chunk's offsets stay small and are shared by all chunks


def image_array(rows: "datasets.Dataset", column: str = "image") -> np.ndarray:
    """Images of one size as uint8 (n, height, width, channels); read-only where it is a view of the mapped file.

    A selection of rows (`rows.select`, `rows.train_test_split`) is honoured. Raises TypeError for a column of
    encoded images: those are decoded by whoever knows the size wanted.
    """
    whole = list(_chunks(rows, column))
    shape = tuple(rows.features[column].shape)
    if not whole:
        return np.zeros((0, *shape), dtype=np.uint8)
    pixels = whole[0] if len(whole) == 1 else np.concatenate(whole)
    chosen = _selection(rows)
    return pixels if chosen is None else pixels[chosen]


def image_batches(rows: "datasets.Dataset", size: int, column: str = "image") -> Iterator[np.ndarray]:
    """The same images, `size` at a time: at most one batch is in memory however long the split is."""
    chunks = list(_chunks(rows, column))
    ends = np.cumsum([len(chunk) for chunk in chunks])
    chosen = _selection(rows)
    for start in range(0, len(rows), size):
        stop = min(len(rows), start + size)
        places = np.arange(start, stop) if chosen is None else chosen[start:stop].astype(np.int64)
        owner = np.searchsorted(ends, places, side="right")
        batch = np.empty((len(places), *rows.features[column].shape), np.uint8)
        for number in np.unique(owner):
            here = owner == number
            batch[here] = chunks[number][places[here] - (ends[number] - len(chunks[number]))]
        yield batch


def arrow_column(rows: "datasets.Dataset", name: str) -> pa.ChunkedArray:
    """Any column as Arrow has it; a selection of rows is honoured."""
    column = rows.data.table.column(name)
    return column if rows._indices is None else column.take(rows._indices.column(0))


def label_array(rows: "datasets.Dataset", target: str) -> np.ndarray:
    """The target column: int64 class indices (-1 where missing) or float64 values (NaN where missing), shape (n,)."""
    column = rows.data.table.column(target)
    values: np.ndarray
    if pa.types.is_integer(column.type):
        values = pc.fill_null(column, pa.scalar(-1, column.type)).to_numpy().astype(np.int64)
    else:
        values = column.cast(pa.float64()).to_numpy().astype(np.float64)
    chosen = _selection(rows)
    return values if chosen is None else values[chosen]


def image_column(pixels: np.ndarray) -> pa.ChunkedArray:
    """uint8 (n, height, width, channels) → an Arrow column of `datasets.Array3D`; the pixels are not copied."""
    from datasets.features.features import Array3DExtensionType

    count, height, width, channels = pixels.shape
    kind = Array3DExtensionType((height, width, channels), "uint8")
    flat = np.ascontiguousarray(pixels).reshape(-1)
    step, chunks = max(1, min(ROWS_IN_A_CHUNK, (1 << 28) // max(1, height * width * channels))), []
    offsets = _Offsets(height, width, channels, min(step, count))
    size = height * width * channels
    for start in range(0, count, step):
        rows = min(step, count - start)
        nested = offsets.nest(pa.array(flat[start * size : (start + rows) * size]), rows)
        chunks.append(pa.ExtensionArray.from_storage(kind, nested))
    return pa.chunked_array(chunks, type=kind)


def fixed_images(column: pa.ChunkedArray, shape: ImageShape) -> np.ndarray:
    """A reader's FixedSizeList<uint8> column as uint8 (n, height, width, channels); a view where it is one chunk."""
    parts = [chunk.flatten().to_numpy() for chunk in column.chunks]
    flat = parts[0] if len(parts) == 1 else np.concatenate([np.zeros(0, np.uint8), *parts])
    return flat.reshape(-1, shape.height, shape.width, shape.channels)


class _Offsets:
    """Where the inner lists begin; the same for every chunk, so made once."""

    def __init__(self, height: int, width: int, channels: int, rows: int) -> None:
        def starts(count: int, size: int) -> pa.Array:
            return pa.array(np.arange(0, count * size + 1, size, dtype=np.int32))

        self.height, self.width = height, width
        self.pixel = starts(rows * height * width, channels)
        self.line = starts(rows * height, width)
        self.image = starts(rows, height)

    def nest(self, values: pa.Array, rows: int) -> pa.ListArray:
        pixels = pa.ListArray.from_arrays(self.pixel[: rows * self.height * self.width + 1], values)
        lines = pa.ListArray.from_arrays(self.line[: rows * self.height + 1], pixels)
        return pa.ListArray.from_arrays(self.image[: rows + 1], lines)


def _chunks(rows: "datasets.Dataset", column: str) -> Iterator[np.ndarray]:
    feature = rows.features[column]
    shape = getattr(feature, "shape", None)
    if shape is None:
        raise TypeError(f"column {column!r} holds {type(feature).__name__}, not images of one size")
    for chunk in rows.data.table.column(column).chunks:
        yield _pixels(chunk, tuple(shape))


def _pixels(chunk: pa.ExtensionArray, shape: tuple[int, ...]) -> np.ndarray:
    """One chunk's flat buffer, shaped. `flatten` honours the chunk's own offset and length."""
    flat = chunk.storage.flatten().flatten().flatten().to_numpy()
    return np.asarray(flat.reshape(len(chunk), *shape))


def _selection(rows: "datasets.Dataset") -> np.ndarray | None:
    """Row numbers that a selection refers to, or None when the data set is its whole table."""
    return None if rows._indices is None else rows._indices.column(0).to_numpy()
