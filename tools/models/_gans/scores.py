"""Scores of snapshots during a training: the distance that picks one, and what the watch looks at.

>>> Scorer.of(data, schema, images, step).score(sampler)
{'fd_own': 3.4, 'precision': 0.91, 'coverage': 0.93, 'spread': 0.98}

Measured in the features of a small classifier of its own, which is trained on the train split before the generator is.
The generator never learns from it, and the final score is given by another one, on fresh samples.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from noglue.tools.generation.judge import Judge, train_judge
from noglue.tools.metrics._distances import frechet
from noglue.tools.metrics._neighbours import prdc
from noglue.tools.models._gans.sampler import ImageSampler
from noglue.tools.models._gans.training_images import TrainingImages
from noglue.tools.spec.errors import BudgetSpent
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.slowness import slowness
from noglue.tools.spec.step import Step

SAMPLES = {"cpu": 1_000}  # of a snapshot, and of the train split
MORE_SAMPLES = 5_000
WATCHER = 1_000_003  # added to the seed, so that no other network begins like the watcher
ROWS, EPOCHS = 5_000, 3
FEWEST_ROWS = 500  # that it learns from once, where there is no time for more
SECONDS_SHARE = 0.08  # of the time left, for the watcher's own training
PAIRS = 2_000


@dataclass
class Scorer:
    """reference: features of train rows, float32 (n, d)."""

    judge: Judge
    reference: np.ndarray
    seed: int

    @classmethod
    def of(cls, data: Path, schema: Schema, images: TrainingImages, step: Step) -> "Scorer":
        seed, left = step.seed + WATCHER, step.remaining()
        seconds = None if left is None else max(2.0, SECONDS_SHARE * left)

        def watcher(rows: int, epochs: int, step: Step, seconds: float | None) -> Judge:
            return train_judge(
                data, step.folder / "watcher", schema, step, seed=seed, rows=rows, epochs=epochs, seconds=seconds
            )

        try:
            judge = watcher(
                max(FEWEST_ROWS, int(ROWS / slowness())) if left is not None else ROWS, EPOCHS, step, seconds
            )
        except BudgetSpent:  # a poor one is better than no generator
            judge = watcher(FEWEST_ROWS, 1, replace(step, deadline=None), None)
        count = SAMPLES.get(step.device.partition(":")[0], MORE_SAMPLES)
        rows = np.sort(np.random.default_rng(seed).permutation(len(images.pixels))[:count])
        return cls(judge, judge.features(images.pixels[rows]), seed)

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
