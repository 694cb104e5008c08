"""Images as the measures take them: in the judge's features, and in those of the Inception network where it is at hand.

>>> extractor = FeatureExtractor(judge)
>>> scores(extractor.extract(test), extractor.extract(samples), seed=0)["fd_own"]
Score(value=4.1, low=3.9, high=4.4, n=10000)
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools import metrics
from noglue.tools.evaluation.bootstrap import Bootstrap
from noglue.tools.evaluation.intervals import generation_score
from noglue.tools.evaluation.scores import Score
from noglue.tools.generation.draws import MOST, Drawn
from noglue.tools.metrics import Evidence, Metric

if TYPE_CHECKING:
    from noglue.tools.generation.inception import Inception
    from noglue.tools.generation.judge import Judge


@dataclass(frozen=True)
class Features:
    """pixels: uint8 (n, h, w, c); of rows of a table the features again. labels: int64 (n,) or None.

    features: float32 (n, d), the judge's. class_probabilities: float32 (n, k), what it says of
    the class, or None where it knows none. by_inception: features, float32 (n, 2048), and probabilities, (n, 1008), of
    that network, for 10,000 images at most; or None.
    """

    pixels: np.ndarray
    labels: np.ndarray | None
    features: np.ndarray
    class_probabilities: np.ndarray | None
    by_inception: "tuple[np.ndarray, np.ndarray] | None" = None

    def __len__(self) -> int:
        return len(self.pixels)

    def first(self, count: int) -> "Features":
        return Features(
            pixels=self.pixels[:count],
            labels=None if self.labels is None else self.labels[:count],
            features=self.features[:count],
            class_probabilities=None if self.class_probabilities is None else self.class_probabilities[:count],
            by_inception=self.by_inception and (self.by_inception[0][:count], self.by_inception[1][:count]),
        )

    def for_metric(self, metric: Metric) -> np.ndarray | None:
        """What a measure is computed on; None where it is not at hand."""
        if metric.sees == "own features":
            return self.features
        if self.by_inception is None:
            return None
        return self.by_inception[0 if metric.sees == "inception features" else 1]


@dataclass(frozen=True)
class FeatureExtractor:
    judge: "Judge"
    inception: "Inception | None" = None

    def extract(self, drawn: Drawn) -> Features:
        return Features(
            pixels=drawn.pixels,
            labels=drawn.labels,
            features=self.judge.features(drawn.pixels),
            class_probabilities=self.judge.probabilities(drawn.pixels),
            by_inception=None if self.inception is None else self.inception.outputs(drawn.pixels[:MOST]),
        )


def scores(
    against: Features, fake: Features, seed: int, train: Features | None = None, only_train: bool = False
) -> dict[str, Score]:
    """Every measure of samples that has a value here. train: the images learned from, for what asks for those.

    only_train: what asks for those alone.
    """
    found = {}
    for metric in metrics.for_goal("generate"):
        if only_train and not metric.against_train:
            continue
        beside = train if metric.against_train else against
        if metric.sees == "predictions" or metric.observe is not None or beside is None:
            continue
        real, made = beside.for_metric(metric), fake.for_metric(metric)
        if real is not None and made is not None:
            found[metric.name] = generation_score(metric, real, made, seed)
    return {name: score for name, score in found.items() if score is not None}


def of_the_model(evidence: Evidence, seed: int) -> dict[str, Score]:
    """Measures that look at the sampler or at the rows themselves. evidence: `predicted` are the samples."""
    observed = {m: m.seen(evidence) for m in metrics.for_goal(evidence.schema.goal) if m.observe is not None}
    intervals = Bootstrap(len(evidence.truth), seed)
    found = {m.name: intervals.score(m, evidence.truth, seen) for m, seen in observed.items() if seen is not None}
    return {name: score for name, score in found.items() if score is not None}


def recognised(seen: Features, seed: int) -> dict[str, Score]:
    """How often the judge sees the class that the labels say; nothing where one of the two is missing."""
    if seen.class_probabilities is None or seen.labels is None or not (seen.labels >= 0).any():
        return {}
    known = seen.labels >= 0
    score = generation_score(
        metrics.load("class_conditional_accuracy"), seen.labels[known], seen.class_probabilities[known], seed
    )
    return {} if score is None else {"class_conditional_accuracy": score}
