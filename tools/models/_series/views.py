"""The member `convolutions` of the blend: what MiniRocket's and Hydra's kernels see, and a ridge regression of it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from noglue.tools.models._series import ridge
from noglue.tools.models._series.convolutions import Kernels
from noglue.tools.models._series.hydra import Contest
from noglue.tools.models._series.quantiles import drawn
from noglue.tools.models._series.summary import outlines, points, summaries
from noglue.tools.spec.step import Step
from noglue.tools.training.confidence import fit_temperature, softmax
from noglue.tools.training.target_arrays import Target

FEATURES, GROUPS = 10_000, 64
SHARE = 0.35  # of the time left, that convolutions may take
FEWEST_DRAWN = 9  # points of a common length


@dataclass
class View:
    """Kernels of either kind, and the series as they see them: as long as each is, or drawn through so many points."""

    kernels: Kernels
    contest: Contest
    points: int = 0

    @classmethod
    def fit(cls, series: Sequence[np.ndarray], points: int, seed: int, end: float) -> tuple["View", np.ndarray]:
        seen = drawn(series, points)
        steps = points or int(np.median([one.shape[1] for one in series]))
        kernels, told, _ = Kernels.drawn(steps, len(series[0]), FEATURES, seed).fit(seen, [], seed, end)
        contest, won = Contest.drawn(steps, len(series[0]), GROUPS, seed).within(seen, end)
        return cls(kernels, contest, points), np.concatenate([told, won], axis=1)

    def measure(self, series: Sequence[np.ndarray]) -> np.ndarray:
        seen = drawn(series, self.points)
        return np.concatenate([self.kernels.measure(seen), self.contest.measure(seen)], axis=1)


@dataclass
class Convolutions:
    """views: one; of series of unequal lengths those of their own lengths, of a common one, or both, whichever tells
    rows left out best. outlined: points of each channel that stand beside. weights: the ridge's, and the scale before.
    """

    views: list[View]
    outlined: int
    weights: dict[str, np.ndarray]
    temperature: float

    @classmethod
    def fit(
        cls, series: Sequence[np.ndarray], taught: np.ndarray, groups: np.ndarray | None, target: Target, step: Step
    ) -> tuple["Convolutions", np.ndarray]:
        left, longest = step.remaining(), max(one.shape[1] for one in series)
        begun, whole = time.monotonic(), float("inf") if left is None else SHARE * left
        outlined = points(int(np.median([one.shape[1] for one in series])), len(series[0]))
        beside = np.concatenate([summaries(series), outlines(series, outlined)], axis=1)
        ways = [0] if all(one.shape[1] == longest for one in series) else [0, max(longest, FEWEST_DRAWN)]
        seen = [
            View.fit(series, way, step.seed, begun + whole * (place + 1) / len(ways)) for place, way in enumerate(ways)
        ]
        wanted = taught[:, None].astype(np.float64) if target.classes is None else _signs(taught, target.outputs)
        counts = None if target.weights is None else target.weights[taught]
        best: tuple[ridge.Ridge, list[View], np.ndarray, np.ndarray] | None = None
        for chosen in [[one] for one in seen] + ([seen] if len(seen) > 1 else []):
            rows = np.concatenate([beside, *(told for _, told in chosen)], axis=1)
            middle, spread = rows.mean(axis=0, dtype=np.float64), rows.std(axis=0, dtype=np.float64)
            spread = np.where(spread > 1e-6, spread, np.inf)
            found = ridge.fit(((rows - middle) / spread).astype(np.float32), wanted, counts, groups)
            if best is None or found.error < best[0].error:
                best = found, [view for view, _ in chosen], middle, spread
        assert best is not None, "there is a view"
        found, views, middle, spread = best
        temperature = 1.0 if target.classes is None else fit_temperature(found.held, taught)
        weights = {"middle": middle, "spread": spread, "weight": found.weights, "bias": found.intercept}
        held = found.held if target.classes is None else softmax(found.held, temperature)
        return cls(views, outlined, weights, temperature), held.astype(np.float64)

    def predict(self, series: Sequence[np.ndarray], classes: bool) -> np.ndarray:
        parts = [summaries(series), outlines(series, self.outlined), *(view.measure(series) for view in self.views)]
        rows = (np.concatenate(parts, axis=1) - self.weights["middle"]) / self.weights["spread"]
        outputs = rows @ self.weights["weight"] + self.weights["bias"]
        return softmax(outputs, self.temperature).astype(np.float64) if classes else np.asarray(outputs)


def _signs(labels: np.ndarray, classes: int) -> np.ndarray:
    return np.asarray(2.0 * np.eye(classes)[labels] - 1.0)
