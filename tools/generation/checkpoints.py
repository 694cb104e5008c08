"""How many images a generator is judged by in the time there is; measured here, with its own sampler and judge.

>>> affordable(sampler, extractor, size, Amounts(test=10_000, train=20_000, samples=10_000), step)
Amounts(test=3200, train=6400, samples=3200)

Distances between all pairs of images take most of the time, so a third of the images take a ninth of it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.generation.draws import draw
from noglue.tools.generation.memorization import VALUES
from noglue.tools.generation.shares import MOST_ASKED
from noglue.tools.metrics._distances import frechet
from noglue.tools.metrics._neighbours import nearest, neighbours
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    from noglue.tools.generation.features import FeatureExtractor
    from noglue.tools.spec.protocols import Sampler
    from noglue.tools.training.pixels import Size

TRIED, PAIRS = 32, 512  # samples drawn, and rows compared, to see how long one takes
SHARE = 0.8  # of the time that is left; pages and the report come after
UNLIMITED = 600.0  # seconds on a CPU where no time is stated
SMALLER = 0.85
SETS = 4  # scored: samples beside test rows and beside train rows, real images, the simple model
RESAMPLES = 21  # computations of a distance and its interval


@dataclass(frozen=True)
class Amounts:
    """Images: rows of each split, and samples to draw."""

    test: int
    train: int
    samples: int

    def smaller(self, share: float, least: "Amounts") -> "Amounts":
        """At least `least`, or as it is where it is less than that."""

        def part(own: int, low: int) -> int:
            return max(min(own, low), int(own * share) // 10 * 10)

        return Amounts(part(self.test, least.test), part(self.train, least.train), part(self.samples, least.samples))


LEAST = Amounts(test=250, train=1_000, samples=250)


def affordable(
    sampler: "Sampler", extractor: "FeatureExtractor", size: "Size", wanted: Amounts, step: Step, fixed: bool = False
) -> Amounts:
    """`wanted`, or less of everything. fixed: the number of samples was asked for, and stays."""
    left = step.remaining()
    if left is None and not step.device.startswith("cpu"):
        return wanted
    allowed = UNLIMITED if left is None else SHARE * left
    seconds = _measured(sampler, extractor, size)
    share, chosen = 1.0, wanted
    while seconds(chosen) > allowed and share > 0.01:
        share *= SMALLER
        chosen = wanted.smaller(share, LEAST)
        if fixed:
            chosen = Amounts(chosen.test, chosen.train, wanted.samples)
    return chosen


def _measured(sampler: "Sampler", extractor: "FeatureExtractor", size: "Size") -> Callable[[Amounts], float]:
    """Amounts → how many seconds judging will take, about."""
    drawn = draw(sampler, TRIED, 0, size=size)  # once, as the first call prepares things
    drawing = _timed(lambda: draw(sampler, TRIED, 0, size=size)) / TRIED
    features = extractor.extract(drawn).features
    seeing = _timed(lambda: extractor.extract(drawn)) / TRIED
    random = np.random.default_rng(0)
    a, b = (random.standard_normal((PAIRS, features.shape[1])).astype(np.float32) for _ in range(2))
    flat = random.standard_normal((PAIRS, min(VALUES, drawn.pixels[0].size))).astype(np.float32)
    nearest(flat, flat)
    comparing = _timed(lambda: neighbours(a, b)) / PAIRS**2  # three distances a pair
    searching = _timed(lambda: nearest(flat, flat)) / PAIRS**2
    fitting = _timed(lambda: frechet(a, b)) / PAIRS

    def seconds(of: Amounts) -> float:
        asked = min(of.samples, MOST_ASKED)
        images = of.test + of.train + 2 * (of.samples + asked)
        most = max(of.test, of.samples)
        near = of.train * (SETS * of.train + SETS * of.samples + 2 * of.test + 2 * of.samples)
        return (
            drawing * (of.samples + asked)
            + seeing * images
            + comparing * (SETS * most**2 + near / 3)
            + searching * of.train * (of.test + of.samples)
            + fitting * SETS * RESAMPLES * most
        )

    return seconds


def _timed(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began
