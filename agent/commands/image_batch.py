"""A batch of generated images, from the step's plain arrays to signed PNG files where the user wants them.

samples/000000-boot.png  samples/000001-bag.png  …   one image each
samples/grid.png         the first 100 side by side
samples/labels.csv       file,label; where the model has classes
samples/provenance.json  where they come from, and every file's SHA-256; comes last: a batch with it is whole
"""

import csv
import math
import os
import re
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from noglue.agent.commands.batch_folder import listed_file, whole_or_nothing, write_provenance
from noglue.tools.files.step_result import open_plain
from noglue.tools.generation import provenance
from noglue.tools.generation.signing import SigningKey
from noglue.tools.pictures import contact_sheet
from noglue.tools.spec.errors import Kind, StepFailed

GRID, GRID_SIDE = 100, 4096  # images and pixels, at most
AT_ONCE = 64
LABELS, PAGE = "labels.csv", "grid.png"

Progress = Callable[[int, int], None]


class Arrays:
    """What the step `generate` left, read with distrust: sizes must be those that it told, labels must have names."""

    def __init__(self, step: Path, result: dict[str, Any]) -> None:
        self.count = int(result["count"])
        self.shape: tuple[int, int, int] = (result["height"], result["width"], result["channels"])
        self._size = math.prod(self.shape)
        self._images = _open(step / "pixels.raw", self.count * self._size)
        self._names: list[str] | None = result["classes"]
        self._numbers = np.zeros(0, np.int64)
        if self._names is not None:
            numbers = _open(step / "labels.raw", self.count * 8)
            try:
                self._numbers = np.frombuffer(_read(numbers, self.count * 8, 0), "<i8")
            finally:
                os.close(numbers)
            if self._numbers.min() < 0 or self._numbers.max() >= len(self._names):
                raise StepFailed(Kind.BAD_RESULT, "The step's labels name no classes.")

    def close(self) -> None:
        os.close(self._images)

    def pixels(self, first: int, count: int) -> np.ndarray:
        """uint8 (n, height, width, channels)."""
        count = min(count, self.count - first)
        content = _read(self._images, count * self._size, first * self._size)
        return np.frombuffer(content, np.uint8).reshape(count, *self.shape)

    def label(self, index: int) -> str | None:
        return None if self._names is None else self._names[self._numbers[index]]


def write(
    arrays: Arrays, out: Path, origin: dict[str, Any], label: str | None, key: SigningKey, progress: Progress
) -> dict[str, Any]:
    """Write the batch; `label`: the one asked for. → provenance.json's content. Raises OSError."""
    with whole_or_nothing(out) as folder:
        files = _images(arrays, folder, origin, key, progress)
        if arrays.label(0) is not None:
            _labels(folder / LABELS, files)
            files.append(listed_file(LABELS, (folder / LABELS).read_bytes()))
        data = provenance.image(origin, None, None, _page(arrays), key)
        (folder / PAGE).write_bytes(data)
        content = provenance.batch(origin, arrays.count, label, [*files, listed_file(PAGE, data)], key)
        write_provenance(folder, content)
    return content


def file_name(index: int, label: str | None) -> str:
    """17, `Ankle boot` → `000017-ankle-boot.png`; letters of any script stay."""
    plain = unicodedata.normalize("NFKC", label or "").casefold()
    word = re.sub(r"[^\w.]+", "-", plain)[:40].strip("-._")
    return f"{index:06d}{'-' if word else ''}{word}.png"


def _images(
    arrays: Arrays, folder: Path, origin: dict[str, Any], key: SigningKey, progress: Progress
) -> list[dict[str, Any]]:
    """On all cores: packing, hashing and writing happen outside Python's lock."""

    def some(first: int) -> list[dict[str, Any]]:
        made = []
        for index, pixels in enumerate(arrays.pixels(first, AT_ONCE), first):
            label = arrays.label(index)
            data = provenance.image(origin, index, label, pixels, key)
            name = file_name(index, label)
            (folder / name).write_bytes(data)
            made.append(listed_file(name, data) | {"index": index, "label": label})
        return made

    files: list[dict[str, Any]] = []
    pool = ThreadPoolExecutor(min(8, os.cpu_count() or 1))
    try:
        for made in pool.map(some, range(0, arrays.count, AT_ONCE)):
            files += made
            progress(len(files), arrays.count)
    finally:
        pool.shutdown(cancel_futures=True)
    return files


def _page(arrays: Arrays) -> np.ndarray:
    height, width, channels = arrays.shape
    fit = max(1, GRID_SIDE // (max(height, width, contact_sheet.LEAST_SIDE) * 2)) ** 2
    pixels = arrays.pixels(0, min(GRID, fit))
    page = np.asarray(contact_sheet.page(pixels, math.ceil(math.sqrt(len(pixels)))))
    return page.reshape(*page.shape[:2], channels)


def _labels(path: Path, files: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("file", "label"))
        rows.writerows((listed["file"], listed["label"]) for listed in files)


def _open(path: Path, size: int) -> int:
    descriptor = open_plain(path)
    if os.fstat(descriptor).st_size != size:
        os.close(descriptor)
        raise StepFailed(Kind.BAD_RESULT, f"{path.name} is not as large as the step said.", path=str(path))
    return descriptor


def _read(descriptor: int, size: int, place: int) -> bytes:
    content = b""
    while len(content) < size:
        piece = os.pread(descriptor, size - len(content), place + len(content))
        if not piece:
            raise StepFailed(Kind.BAD_RESULT, "The step's images are cut short.")
        content += piece
    return content
