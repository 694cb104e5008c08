"""Fresh samples to judge a generator by: how many, and from seeds that its training never used.

>>> drawn = draw(sampler, how_many(test_rows=10_000, values=3_072), seed_for(step.seed, "samples"))
>>> drawn.pixels.shape, drawn.labels.shape
((10000, 32, 32, 3), (10000,))
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.spec.protocols import Sampler

if TYPE_CHECKING:
    import datasets

    from noglue.tools.training.pixels import Size

MOST, LEAST = 10_000, 1_000  # samples, where time allows (see pace.py)
MOST_BYTES = 1 << 28  # of one set of images
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
        from noglue.tools.training.pixels import fitted

        pixels = fitted(pixels, size)
    return Drawn(pixels, asked)


def how_many(test_rows: int, values: int) -> int:
    """As many as there are test rows, 1,000 to 10,000, as far as they fit; values: of one image's pixels."""
    return int(min(MOST, max(test_rows, LEAST), MOST_BYTES // values))


def size_of(pixels: np.ndarray) -> "Size":
    from noglue.tools.training.pixels import Size

    _, height, width, channels = pixels.shape
    return Size(height=height, width=width, channels=channels)


def real(rows: "datasets.Dataset", target: str | None, most: int, seed: int, size: "Size") -> Drawn:
    """At most `most` random rows of a split at the samples' size; labels: int64, -1 where missing."""
    from noglue.tools.data.arrays import label_array
    from noglue.tools.training.pixels import fitted, read
    from noglue.tools.training.split_arrays import some

    chosen = rows if len(rows) <= most else rows.select(some(len(rows), most, seed))
    order = np.random.default_rng(seed).permutation(len(chosen))
    pixels = fitted(read(chosen, size), size)[order]
    labels = label_array(chosen, target)[order] if target is not None and target in rows.column_names else None
    return Drawn(pixels, labels)
