"""Scores of snapshots during a training: the distance that picks one, and what the watch looks at.

>>> Scorer.of(images.pixels, step).score(sampler)
{'fd_own': 3.4, 'precision': 0.91, 'coverage': 0.93, 'spread': 0.98}

Measured by looks that need no training (tools/generation/looks/): they take a second, where a classifier took a third
of a short training, and don't hang on whether one has learned anything. The final score is given by another judge, on
fresh samples.
"""

from dataclasses import dataclass

import numpy as np

from noglue.tools.generation.judge import Judge, looking
from noglue.tools.metrics._distances import frechet
from noglue.tools.metrics._neighbours import prdc
from noglue.tools.models._gans.sampler import ImageSampler
from noglue.tools.spec.slowness import slowness
from noglue.tools.spec.step import Step

SAMPLES = {"cpu": 1_000}  # of a snapshot, and of the train split
MORE_SAMPLES = 5_000
WATCHER = 1_000_003  # added to the seed, so that no other judge draws what the watcher draws
LOOKED_AT, FEWEST = 2_500, 400  # train rows that the looks are fitted on and proved on, and on a busy machine
PAIRS = 2_000


@dataclass
class Scorer:
    """reference: features of train rows, float32 (n, d)."""

    judge: Judge
    reference: np.ndarray
    seed: int

    @classmethod
    def of(cls, pixels: np.ndarray, step: Step) -> "Scorer":
        """pixels: of the train rows, uint8 (n, h, w, c)."""
        seed = step.seed + WATCHER
        judge = looking(pixels, seed, LOOKED_AT if step.deadline is None else max(FEWEST, int(LOOKED_AT / slowness())))
        count = SAMPLES.get(step.device.partition(":")[0], MORE_SAMPLES)
        rows = np.sort(np.random.default_rng(seed).permutation(len(pixels))[:count])
        return cls(judge, judge.features(pixels[rows]), seed)

    def score(self, sampler: ImageSampler) -> dict[str, float]:
        """The same latents each time, so that snapshots are compared and not draws."""
        count = len(self.reference)
        pixels = sampler.decode(sampler.latents(count, self.seed), sampler.labels(count, self.seed))
        return measures(self.reference, self.judge.features(pixels))


def measures(real: np.ndarray, fake: np.ndarray) -> dict[str, float]:
    """float (n, d) each."""
    near = prdc(real, fake)
    spread = mean_distance(fake) / max(mean_distance(real), 1e-12)
    return {
        "fd_own": frechet(real, fake),
        "precision": near["precision"],
        "coverage": near["coverage"],
        "spread": spread,
    }


def mean_distance(rows: np.ndarray) -> float:
    """Between pairs of rows drawn at random."""
    random = np.random.default_rng(0)
    first, second = random.integers(0, len(rows), (2, PAIRS))
    apart = first != second
    return float(np.linalg.norm(rows[first[apart]].astype(np.float64) - rows[second[apart]], axis=1).mean())
