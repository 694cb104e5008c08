"""A split's images as one uint8 array of the size that the network works at.

>>> size = working_size(train, limit=64)                 # photos of varied sizes
>>> Size(height=48, width=64, channels=3) == size
True
>>> read(train, size, step.folder / "train.pixels").shape
(12000, 48, 64, 3)
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from pydantic import BaseModel
from torch.nn import functional

from noglue.tools.data.arrays import image_array, image_batches
from noglue.tools.training.decode import Encoded, decode, sizes

if TYPE_CHECKING:
    import datasets

COLUMN = "image"
IN_MEMORY = 2 << 30  # bytes; a larger set is kept in a memory-mapped file
IN_A_BATCH = 32 << 20  # bytes of pixels that are resized at once
LOOKED_AT = 500  # encoded images whose headers say what the sizes are


class Size(BaseModel):
    height: int
    width: int
    channels: int


def encoded(rows: "datasets.Dataset") -> bool:
    """Whether the images are files (`datasets.Image`) and not arrays of one size."""
    return not hasattr(rows.features[COLUMN], "shape")


def working_size(rows: "datasets.Dataset", limit: int) -> Size:
    """The size to train at: as the images are, or with the longer side brought down to `limit` pixels.

    Of files, the median height and width of some hundred; colour as soon as one of them has colour.
    """
    if encoded(rows):
        some = np.linspace(0, len(rows) - 1, min(len(rows), LOOKED_AT)).astype(int)
        found = sizes(files(rows.select(some)))
        height, width = (int(v) for v in np.median(found[:, :2], axis=0))
        channels = int(found[:, 2].max())
    else:
        height, width, channels = (int(v) for v in rows.features[COLUMN].shape)
    shrink = min(1.0, limit / max(height, width))
    least = min(8, limit)
    return Size(
        height=max(least, round(height * shrink)),
        width=max(least, round(width * shrink)),
        channels=3 if channels >= 3 else 1,
    )


def read(rows: "datasets.Dataset", size: Size, spill: Path | None = None) -> np.ndarray:
    """uint8 (n, height, width, channels); in a file mapped from `spill` where it would take over 2 GB."""
    shape = (len(rows), size.height, size.width, size.channels)
    if not encoded(rows) and tuple(rows.features[COLUMN].shape) == shape[1:]:
        return image_array(rows)  # a view of the mapped file where it can be
    if spill is None or np.prod(shape) <= IN_MEMORY:
        pixels = np.empty(shape, dtype=np.uint8)
    else:
        pixels = np.lib.format.open_memmap(spill, mode="w+", dtype=np.uint8, shape=shape)
    start = 0
    for batch in batches(rows, size, 2048):
        pixels[start : start + len(batch)] = batch
        start += len(batch)
    return pixels


def batches(rows: "datasets.Dataset", size: Size, count: int) -> Iterator[np.ndarray]:
    """The same, `count` images at a time or fewer where they are big; others are brought to `size`."""
    if not encoded(rows):
        count = max(1, min(count, IN_A_BATCH // int(np.prod(rows.features[COLUMN].shape))))
        for batch in image_batches(rows, count):
            yield fitted(batch, size)
        return
    for start in range(0, len(rows), count):
        some = files(rows.select(range(start, min(len(rows), start + count))))
        yield decode(some, size.height, size.width, size.channels)


def files(rows: "datasets.Dataset") -> list[Encoded]:
    """An `Image` column's rows, not decoded."""
    import datasets

    raw: list[Encoded] = rows.select_columns([COLUMN]).cast_column(COLUMN, datasets.Image(decode=False))[:][COLUMN]
    return raw


def fitted(pixels: np.ndarray, size: Size) -> np.ndarray:
    """uint8 (n, h, w, c) of any shape → `size`: alpha over white, grey ↔ colour, resized."""
    pixels = _recoloured(pixels, size.channels)
    if pixels.shape[1:3] == (size.height, size.width):
        return pixels
    images = torch.from_numpy(pixels.astype(np.float32)).permute(0, 3, 1, 2)
    resized = functional.interpolate(
        images, size=(size.height, size.width), mode="bilinear", align_corners=False, antialias=True
    )
    whole = resized.round_().clamp_(0, 255).to(torch.uint8).permute(0, 2, 3, 1)
    return np.ascontiguousarray(whole.numpy())


def _recoloured(pixels: np.ndarray, channels: int) -> np.ndarray:
    if pixels.shape[-1] in (2, 4):
        opaque = pixels[..., -1:].astype(np.float32) / 255
        pixels = (pixels[..., :-1] * opaque + 255 * (1 - opaque)).round().astype(np.uint8)
    if pixels.shape[-1] == channels:
        return pixels
    if channels == 1:  # ITU-R 601 luma, as Pillow does it
        grey: np.ndarray = (pixels @ np.array([[0.299], [0.587], [0.114]])).round()
        return grey.astype(np.uint8)
    repeated: np.ndarray = np.repeat(pixels[..., :1], channels, axis=-1)
    return repeated
