"""Encoded images → uint8 pixels of one size, in a pool of threads (Pillow lets go of the interpreter's lock).

    >>> decode([{"bytes": jpeg, "path": None}], height=64, width=64, channels=3).shape
    (1, 64, 64, 3)

Decoded by `pictures/decoding.py`, as everywhere. What `prepare` and `predict` hand over has 8 bits a channel already,
on the data set's scale.
"""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from noglue.tools.pictures import decoding
from noglue.tools.spec.errors import DataError, Kind

Encoded = Mapping[str, Any]  # {"bytes": bytes | None, "path": str | None}, as `datasets.Image(decode=False)` gives it


def decode(rows: Sequence[Encoded], height: int, width: int, channels: int) -> np.ndarray:
    """uint8 (n, height, width, channels). Raises DataError `unreadable`, naming the row, for what is no image."""
    pixels = np.empty((len(rows), height, width, channels), dtype=np.uint8)

    def one(number: int) -> None:
        try:
            pixels[number] = decoding.pixels(_source(rows[number]), channels, (height, width))
        except ValueError as error:
            raise _unreadable(rows[number], number, error) from error

    with decoding.quiet(), ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for _ in pool.map(one, range(len(rows)), chunksize=1):
            pass
    return pixels


def sizes(rows: Sequence[Encoded]) -> np.ndarray:
    """int64 (n, 3): height, width, and channels (1 or 3), from the headers alone. Raises as `decode` does."""
    found = np.zeros((len(rows), 3), dtype=np.int64)
    for number, row in enumerate(rows):
        try:
            found[number] = decoding.size(_source(row))
        except ValueError as error:
            raise _unreadable(row, number, error) from error
    return found


def _source(row: Encoded) -> Path | bytes:
    data: bytes = row.get("bytes") or b""
    return data or (Path(row["path"]) if row.get("path") else b"")


def _unreadable(row: Encoded, number: int, error: Exception) -> DataError:
    name = row.get("path") or f"number {number}"
    return DataError(
        Kind.UNREADABLE,
        f"Image {name} can't be decoded: {error}.",
        hint="Take the file out, or replace it by an intact copy.",
        row=number,
        path=row.get("path"),
    )
