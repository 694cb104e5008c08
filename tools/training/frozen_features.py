"""What a pretrained network sees in each picture, computed once: at which size, and of how many, as time allows.

    >>> plan = Plan.choose(natural, rows=720, held=240, flip=True, pace=6.5e6, seconds=60)
    >>> plan.resolution
    Resolution(height=224, width=224, mirrored=True)

Small pictures are shown enlarged, at most fivefold, to sizes that the network knows things at: of 2,000 CIFAR-10
pictures (32×32) the frozen features' linear probe tells 61 % at 64 pixels, 68 % at 96, 72 % at 128, 72 % at 160.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from noglue.tools.pretrained.efficientnet_lite import FEATURES
from noglue.tools.training.pixels import Size
from noglue.tools.training.pretrained_model import Backbone, Resolution

SIDES = (224, 192, 160, 128, 96, 64)
MOST_ENLARGED = 5
MANY = 5_000  # rows from which on mirror images teach little that the others do not
PROBED_AT = 128  # pixels a side of what the pace is measured with
CHUNK = 1 << 22  # pixels between two looks at the clock
TOLD_EVERY = 5.0  # seconds between two notes of how far the cache is


@dataclass(frozen=True)
class Plan:
    """rows: of train, at most. seconds: what all of it will take at the measured pace."""

    resolution: Resolution
    rows: int
    seconds: float

    @classmethod
    def choose(
        cls, natural: Size, rows: int, held: int, flip: bool, pace: float, seconds: float | None, most: int = SIDES[0]
    ) -> "Plan":
        """The largest pictures for which there is time. natural: as they come. pace: pixels a second. most: pixels."""
        longest = max(natural.height, natural.width)
        sides = [side for side in SIDES if side <= min(most, MOST_ENLARGED * longest)] or [SIDES[-1]]
        views = (True, False) if flip and rows <= MANY else (False,)
        for side in sides:
            for mirrored in views:
                resolution = proportional(natural, side, mirrored)
                needed = (rows + held) * resolution.pixels / pace
                if seconds is None or needed <= seconds:
                    return cls(resolution, rows, needed)
        assert seconds is not None
        fitting = int(seconds * pace / resolution.pixels) - held
        return cls(resolution, max(1, min(rows, fitting)), seconds)


def proportional(natural: Size, side: int, mirrored: bool) -> Resolution:
    """The longer side as stated, the shorter one in proportion; neither is less than 32."""
    factor = side / max(natural.height, natural.width)
    height, width = (max(32, round(length * factor)) for length in (natural.height, natural.width))
    return Resolution(height=height, width=width, mirrored=mirrored)


def pace(backbone: Backbone, resolution: Resolution | None = None) -> float:
    """Pixels a second that the network sees, measured."""
    form = resolution or Resolution(height=PROBED_AT, width=PROBED_AT)
    some = np.zeros((max(2, (1 << 18) // (form.height * form.width)), form.height, form.width, 3), np.uint8)
    backbone.features(some, form)
    began = time.monotonic()
    backbone.features(some, form)
    return len(some) * form.pixels / max(1e-6, time.monotonic() - began)


def computed(
    backbone: Backbone,
    parts: list[tuple[np.ndarray, np.ndarray]],
    resolution: Resolution,
    cache: Path,
    fingerprint: str,
    left: Callable[[], float | None],
    progress: Callable[[int, int], None],
    chunk: int | None = None,
) -> np.ndarray:
    """Features of these rows, float16 (n, views, 1280), as far as there was time: the first ones, in order.

    parts: pixels uint8 (n, h, w, c), and which of their rows, one part after the other. cache: a file; what an
    interrupted call left there under the same fingerprint is not computed again. chunk: rows between two looks at the
    clock; None: some millions of pixels.
    """
    total = sum(len(rows) for _, rows in parts)
    shape = total, resolution.views, FEATURES
    whole = f"{fingerprint} {resolution} {shape}"
    found, done = _opened(cache, whole, shape)
    told = time.monotonic()
    for start, pixels in _chunks(parts, chunk or max(1, CHUNK // resolution.pixels), done):
        if (seconds := left()) is not None and seconds <= 0:
            _keep(found, cache, whole, done)
            break
        found[start : start + len(pixels)] = backbone.features(pixels, resolution)
        done = start + len(pixels)
        progress(done, total)
        if time.monotonic() - told > TOLD_EVERY:
            told = time.monotonic()
            _keep(found, cache, whole, done)
    return found[:done]


def _chunks(parts: list[tuple[np.ndarray, np.ndarray]], size: int, skipped: int) -> Iterator[tuple[int, np.ndarray]]:
    """Where a chunk begins in the whole, and its pixels."""
    before = 0
    for pixels, rows in parts:
        for start in range(max(0, skipped - before), len(rows), size):
            yield before + start, pixels[rows[start : start + size]]
        before += len(rows)


def _opened(cache: Path, fingerprint: str, shape: tuple[int, ...]) -> tuple[np.memmap, int]:
    """The file that holds the features, and how many of them it holds already."""
    told = cache.with_suffix(".json")
    if cache.is_file() and told.is_file():
        before = json.loads(told.read_text(encoding="utf-8"))
        if before["fingerprint"] == fingerprint:
            return np.lib.format.open_memmap(cache, mode="r+"), int(before["done"])
    told.unlink(missing_ok=True)
    return np.lib.format.open_memmap(cache, mode="w+", dtype=np.float16, shape=shape), 0


def _keep(found: np.memmap, cache: Path, fingerprint: str, done: int) -> None:
    found.flush()
    partial = cache.with_suffix(".partial")
    partial.write_text(json.dumps({"fingerprint": fingerprint, "done": done}), encoding="utf-8")
    partial.replace(cache.with_suffix(".json"))
