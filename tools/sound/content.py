"""The recordings of a data set, each decoded once: hashed, laid down in a file without a name, and taken out by row.

A row is a list of int16. However long they are together, some dozens of them are in memory.
"""

import os
import tempfile
import weakref
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from noglue.tools.data.hashing import byte_hash
from noglue.tools.sound import decoding
from noglue.tools.sound.form import SoundForm

COLUMN = "audio"
SAMPLES_AT_ONCE = 16 << 20
_SOURCES_AT_ONCE = 1024


class Recordings:
    """column: absolute paths, or the bytes of files."""

    def __init__(self, column: pa.ChunkedArray, form: SoundForm) -> None:
        self.column, self.form = column, form
        self.damaged: dict[int, str] = {}
        self._file, name = tempfile.mkstemp(dir=Path.cwd())
        Path(name).unlink()
        weakref.finalize(self, os.close, self._file)
        self._starts = np.zeros(len(column) + 1, np.int64)
        self._decoded = False

    def hashes(self) -> np.ndarray:
        """Of the samples: the same sound in two files of different formats may differ in single ones."""
        found = np.zeros(len(self.column), np.uint64)
        end = 0
        for place, (name, whole) in enumerate(self._each()):
            if isinstance(whole, ValueError):
                self.damaged[place] = f"{name}: {whole}"
            else:
                data = whole.tobytes()
                found[place] = byte_hash(data)
                _write(self._file, data, 2 * end)
                end += len(whole)
            self._starts[place + 1] = end
        self._decoded = True
        return found

    def batches(self, rows: np.ndarray) -> Iterator[dict[str, pa.ChunkedArray | pa.Array]]:
        if not self._decoded:
            self.hashes()
        lengths = self._starts[rows + 1] - self._starts[rows]
        for part in parts(lengths):
            yield {COLUMN: lists([self._read(int(row)) for row in rows[part]])}

    def _read(self, row: int) -> np.ndarray:
        start, stop = int(self._starts[row]), int(self._starts[row + 1])
        return np.frombuffer(os.pread(self._file, 2 * (stop - start), 2 * start), np.int16)

    def _each(self) -> Iterator[tuple[str, np.ndarray | ValueError]]:
        work = partial(decoding.samples, form=self.form)
        for start in range(0, len(self.column), _SOURCES_AT_ONCE):
            values = self.column.slice(start, _SOURCES_AT_ONCE).to_pylist()
            sources = [Path(value) if isinstance(value, str) else value for value in values]
            names = [
                source.name if isinstance(source, Path) else f"recording {start + place}"
                for place, source in enumerate(sources)
            ]
            yield from zip(names, decoding.each(work, sources), strict=True)


def _write(file: int, data: bytes, place: int) -> None:
    done = 0
    while done < len(data):
        done += os.pwrite(file, data[done:], place + done)


def parts(lengths: np.ndarray) -> Iterator[slice]:
    """Neighbouring rows that hold so many samples together as may be in memory at once."""
    start, held = 0, 0
    for place, length in enumerate(lengths.tolist()):
        if place > start and held + length > SAMPLES_AT_ONCE:
            yield slice(start, place)
            start, held = place, 0
        held += length
    if start < len(lengths):
        yield slice(start, len(lengths))


def lists(recordings: list[np.ndarray]) -> pa.Array:
    """The storage of a column of recordings."""
    offsets = np.cumsum([0, *map(len, recordings)]).astype(np.int32)
    flat = np.concatenate(recordings) if recordings else np.zeros(0, np.int16)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(flat, pa.int16()))
