"""Encoded images → uint8 pixels of one size, in a pool of threads (Pillow lets go of the interpreter's lock).

    >>> decode([{"bytes": jpeg, "path": None}], height=64, width=64, channels=3).shape
    (1, 64, 64, 3)

A JPEG is decoded at the smallest size that still holds the wanted one; the camera's orientation is honoured;
what is transparent lies on white; 16-bit greys keep their upper 8 bits.
"""

import io
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from tools.core.errors import DataError

Encoded = Mapping[str, Any]  # {"bytes": bytes | None, "path": str | None}, as `datasets.Image(decode=False)` gives it


def decode(rows: Sequence[Encoded], height: int, width: int, channels: int) -> np.ndarray:
    """uint8 (n, height, width, channels). Raises DataError `unreadable`, naming the row, for what is no image."""
    pixels = np.empty((len(rows), height, width, channels), dtype=np.uint8)

    def one(number: int) -> None:
        pixels[number] = _pixels(rows[number], number, height, width, channels)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for _ in pool.map(one, range(len(rows)), chunksize=1):
            pass
    return pixels


def sizes(rows: Sequence[Encoded]) -> np.ndarray:
    """int64 (n, 3): height, width, and channels (1 or 3), from the headers alone."""
    found = np.zeros((len(rows), 3), dtype=np.int64)
    for number, row in enumerate(rows):
        with _open(row, number) as image:
            turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
            width, height = image.size[::-1] if turned else image.size
            found[number] = height, width, 1 if image.mode in ("1", "L", "LA", "I", "F", "I;16") else 3
    return found


def _open(row: Encoded, number: int) -> Image.Image:
    try:
        return Image.open(io.BytesIO(row["bytes"]) if row.get("bytes") else row["path"])
    except (OSError, UnidentifiedImageError, AttributeError, TypeError) as error:
        raise _unreadable(row, number, error) from error


def _pixels(row: Encoded, number: int, height: int, width: int, channels: int) -> np.ndarray:
    with _open(row, number) as image:
        try:
            image.draft("RGB" if channels == 3 else "L", (width, height))
            upright = ImageOps.exif_transpose(image)
            flat = in_mode(upright, "RGB" if channels == 3 else "L")
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            raise _unreadable(row, number, error) from error
    if flat.size != (width, height):
        flat = flat.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return np.asarray(flat, dtype=np.uint8).reshape(height, width, channels)


def in_mode(image: Image.Image, mode: str) -> Image.Image:
    """Any Pillow mode → `L` or `RGB`, on white where it is transparent."""
    if image.mode.startswith("I"):
        image = Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).clip(0, 255).astype(np.uint8))
    elif image.mode == "F":
        values = np.asarray(image)
        scale = 255.0 if values.max(initial=0) <= 1 else 1.0
        image = Image.fromarray((values * scale).clip(0, 255).astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        over = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", over.size, "white"), over)
    return image.convert(mode)


def _unreadable(row: Encoded, number: int, error: Exception) -> DataError:
    name = row.get("path") or f"number {number}"
    return DataError(
        "unreadable",
        f"Image {name} can't be decoded: {error}.",
        hint="Take the file out, or replace it by an intact copy.",
        row=number,
        path=row.get("path"),
    )
