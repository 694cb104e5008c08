"""Fresh samples to judge a generator by: how many, and from seeds that its training never used.

>>> drawn = draw(sampler, how_many(sampler, test_rows=10_000, asked=None, step=step), seed_for(step.seed, "score"))
>>> drawn.pixels.shape, drawn.labels.shape
((10000, 32, 32, 3), (10000,))
"""

import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tools.core.protocols import Sampler
from tools.core.step import Step

if TYPE_CHECKING:
    import datasets

    from tools.models._training.pixels import Size

MOST, LEAST, FEWEST = 10_000, 1_000, 250  # samples: at most, at least, and at least where drawing is slow
MOST_BYTES = 1 << 28  # of one set of images
TRIED = 32  # samples drawn to see how long one takes
SECONDS, SHARE = 120.0, 0.25  # for drawing all of them on a CPU: at most, and of the time that is left
EVALUATION = 0x6576616C  # keeps these seeds apart from those that training derives from the same number


@dataclass(frozen=True)
class Drawn:
    """pixels: uint8 (n, h, w, c). labels: int64 (n,) that were asked for, or None without classes."""

    pixels: np.ndarray
    labels: np.ndarray | None


def seed_for(seed: int, purpose: str) -> int:
    """A seed in 0…2³²-1 of evaluate's own, another one for each purpose."""
    return int(np.random.SeedSequence([seed, EVALUATION, zlib.crc32(purpose.encode())]).generate_state(1)[0])


def draw(
    sampler: Sampler,
    count: int,
    seed: int,
    labels: np.ndarray | None = None,
    size: "Size | None" = None,
    progress: Callable[[int, int], None] | None = None,
) -> Drawn:
    """labels: to ask for these; None: as often as in training. size: to bring the samples to; None: as they are."""
    asked = sampler.labels(count, seed) if labels is None else labels
    pixels = sampler.decode(sampler.latents(count, seed), asked, progress)
    if size is not None and size_of(pixels) != size:
        from tools.models._training.pixels import fitted

        pixels = fitted(pixels, size)
    return Drawn(pixels, asked)


def how_many(sampler: Sampler, test_rows: int, asked: int | None, step: Step) -> int:
    """As many as there are test rows, 1,000 to 10,000; on a CPU, fewer where drawing them would take minutes."""
    if asked is not None:
        return asked
    began = time.monotonic()
    pixels = draw(sampler, TRIED, 0).pixels
    seconds = (time.monotonic() - began) / TRIED
    fitting = int(min(MOST, max(test_rows, LEAST), MOST_BYTES // pixels[0].size))
    if not step.device.startswith("cpu"):
        return fitting
    left = step.remaining()
    allowed = SECONDS if left is None else min(SECONDS, SHARE * left)
    count = int(min(fitting, max(FEWEST, allowed / max(seconds, 1e-9))))
    if count < fitting:
        count -= count % 50
        step.note(f"drawing {fitting:,} samples would take too long here: judged on {count:,}")
    return count


def size_of(pixels: np.ndarray) -> "Size":
    from tools.models._training.pixels import Size

    _, height, width, channels = pixels.shape
    return Size(height=height, width=width, channels=channels)


def real(rows: "datasets.Dataset", target: str | None, most: int, seed: int, size: "Size") -> Drawn:
    """At most `most` random rows of a split at the samples' size; labels: int64, -1 where missing."""
    from tools.core.arrays import label_array
    from tools.models._training.pixels import fitted, read
    from tools.models._training.splits import some

    chosen = rows if len(rows) <= most else rows.select(some(len(rows), most, seed))
    order = np.random.default_rng(seed).permutation(len(chosen))
    pixels = fitted(read(chosen, size), size)[order]
    labels = label_array(chosen, target)[order] if target is not None and target in rows.column_names else None
    return Drawn(pixels, labels)
