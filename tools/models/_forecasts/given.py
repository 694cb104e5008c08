"""What a member is given and gives back: histories without gaps, all forecast the same number of steps ahead."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from noglue.tools.forecasting.panel import Panel, filled
from noglue.tools.spec.forecasting import Timeline

MOST_STEPS = 3_000  # of a history, that members which look at one series alone are given


@dataclass(frozen=True)
class Histories:
    """values: of each series, float64, no gaps, oldest first. panel: the same with gaps, times and covariates."""

    panel: Panel
    values: list[np.ndarray]

    @classmethod
    def of(cls, panel: Panel) -> "Histories":
        season = panel.timeline.season
        return cls(panel, [filled(one.values, season) for one in panel.series])

    @property
    def timeline(self) -> Timeline:
        return self.panel.timeline

    def of_rows(self, rows: Sequence[int]) -> "Histories":
        chosen = Panel(self.timeline, [self.panel.series[row] for row in rows])
        return Histories(chosen, [self.values[row] for row in rows])

    def latest(self) -> list[np.ndarray]:
        """Their last steps, whole seasons of them, for members that take long over long series."""
        season = self.timeline.season
        most = max(MOST_STEPS // season, 4) * season
        return [one[-most:] for one in self.values]


@dataclass(frozen=True)
class Ahead:
    """mean: float64 (series, steps). spread: a standard deviation of each, of the same shape; NaN where not known."""

    mean: np.ndarray
    spread: np.ndarray
