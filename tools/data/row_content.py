"""The features of all rows of a data set, whatever they are: to be hashed, and taken out by row number.

`batches` gives Arrow columns for some thousand rows at a time, so that a split is written without being in memory.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa

from noglue.tools.data import arrays, hashing
from noglue.tools.pictures import decoding
from noglue.tools.spec.data_form import PixelScale

FILE_BYTES = 64 << 20  # of encoded images, read before they are written
SMALL = 32  # pixels a side, of encoded images in grey
MOST_GREY = 50_000  # images that are kept so, evenly taken from all


class Content(Protocol):
    damaged: dict[int, str]  # rows that turned out unreadable, with the reason; known once `hashes` has run

    def hashes(self) -> np.ndarray:
        """uint64 (n,)."""

    def batches(self, rows: np.ndarray) -> Iterator[dict[str, pa.ChunkedArray | pa.Array]]:
        """Feature columns of these rows, in order."""


class Cells:
    """A table's columns, conformed to the schema."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        self.damaged: dict[int, str] = {}

    def hashes(self) -> np.ndarray:
        return hashing.table_hashes(self.table)

    def batches(self, rows: np.ndarray, size: int = 262_144) -> Iterator[dict[str, pa.ChunkedArray | pa.Array]]:
        for start in range(0, len(rows), size):
            part = self.table.take(pa.array(rows[start : start + size]))
            yield dict(zip(part.column_names, part.columns, strict=True))


class Pixels:
    """Images of one size, uint8 (n, height, width, channels)."""

    def __init__(self, pixels: np.ndarray) -> None:
        self.pixels = pixels
        self.damaged: dict[int, str] = {}
        self._grey: tuple[np.ndarray, np.ndarray] | None = None

    def hashes(self) -> np.ndarray:
        return hashing.pixel_hashes(self.pixels)

    def grey(self) -> tuple[np.ndarray, np.ndarray]:
        """The row numbers (m,) of at most `MOST_GREY` images, and uint8 (m, height, width), at most 64 a side."""
        if self._grey is None:
            rows = _evenly(len(self.pixels))
            step = tuple(-(-side // 64) for side in self.pixels.shape[1:3])
            thinned = self.pixels[:, :: step[0], :: step[1], :3]
            self._grey = (
                rows,
                np.concatenate([_means(thinned[rows[i : i + 1_000]]) for i in range(0, len(rows), 1_000)]),
            )
        return self._grey

    def batches(self, rows: np.ndarray, size: int = 4_000) -> Iterator[dict[str, pa.ChunkedArray | pa.Array]]:
        for start in range(0, len(rows), size):
            yield {"image": arrays.image_column(self.pixels[rows[start : start + size]])}


class Files:
    """Encoded images: bytes in an Arrow column, or paths of files. With more than 8 bits a channel, brought to 8."""

    def __init__(self, column: pa.ChunkedArray, scale: PixelScale | None = None) -> None:
        self.column, self.scale = column, scale
        self.damaged: dict[int, str] = {}
        self.paths = not (pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type))
        self._rows = _evenly(len(column))
        self._grey = np.zeros((0, SMALL, SMALL), np.uint8)

    def grey(self) -> tuple[np.ndarray, np.ndarray]:
        """The row numbers (m,) of at most `MOST_GREY` images, and uint8 (m, 32, 32); known once `hashes` has run."""
        whole = ~np.isin(self._rows, list(self.damaged))
        return self._rows[whole], self._grey[whole]

    def name(self, row: int) -> str:
        """Of the file, where the images are files."""
        return Path(self.column[row].as_py()).name if self.paths else ""

    def hashes(self) -> np.ndarray:
        """While the bytes are at hand they are decoded, coarsely, so that no later step meets a broken image."""
        found = np.zeros(len(self.column), dtype=np.uint64)
        self._grey = np.zeros((len(self._rows), SMALL, SMALL), np.uint8)
        places = dict(zip(self._rows.tolist(), range(len(self._rows)), strict=True))
        done = 0
        for sources in self._read(np.arange(len(self.column))):
            found[done : done + len(sources)] = hashing.byte_hashes(data for data, _ in sources)
            for place, result in enumerate(decoding.each(_small, [data for data, _ in sources])):
                if isinstance(result, ValueError):
                    self.damaged[done + place] = f"{sources[place][1] or f'image {done + place}'}: {result}"
                elif (kept := places.get(done + place)) is not None:
                    self._grey[kept] = result
            done += len(sources)
        return found

    def batches(self, rows: np.ndarray) -> Iterator[dict[str, pa.ChunkedArray | pa.Array]]:
        for sources in self._read(rows):
            data = decoding.each(partial(decoding.in_bytes, scale=self.scale), [data for data, _ in sources])
            whole = [
                source[0] if isinstance(one, ValueError) else one for one, source in zip(data, sources, strict=True)
            ]
            yield {"image": encoded_images(whole, [name for _, name in sources])}

    def _read(self, rows: np.ndarray) -> Iterator[list[tuple[bytes, str | None]]]:
        """Bytes and file names, about 64 MB at a time; files are read by several threads."""
        batch: list[tuple[bytes, str | None]] = []
        size = 0
        with ThreadPoolExecutor(8) as pool:
            for start in range(0, len(rows), 256):
                values = self.column.take(pa.array(rows[start : start + 256])).to_pylist()
                found = pool.map(_file, values) if self.paths else ((value, None) for value in values)
                for source in found:
                    batch.append(source)
                    size += len(source[0])
                    if size >= FILE_BYTES:
                        yield batch
                        batch, size = [], 0
        if batch:
            yield batch


def encoded_images(data: Sequence[bytes], names: Sequence[str | None]) -> pa.Array:
    """The storage of a `datasets.Image` column."""
    fields = [pa.array(data, pa.binary()), pa.array(names, pa.string())]
    return pa.StructArray.from_arrays(fields, names=["bytes", "path"])


def _file(path: str) -> tuple[bytes, str]:
    return Path(path).read_bytes(), Path(path).name


def _small(data: bytes) -> np.ndarray:
    return decoding.pixels(data, channels=1, resize=(SMALL, SMALL))[:, :, 0]


def _means(pixels: np.ndarray) -> np.ndarray:
    """Of the channels, uint8 (n, height, width), rounded down."""
    total = pixels[..., 0].astype(np.uint16)
    for channel in range(1, pixels.shape[3]):
        total += pixels[..., channel]
    return np.asarray(total // pixels.shape[3], np.uint8)


def _evenly(count: int) -> np.ndarray:
    """At most `MOST_GREY` row numbers, evenly spread."""
    return np.unique(np.linspace(0, count - 1, min(count, MOST_GREY)).astype(np.int64))
