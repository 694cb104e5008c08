"""A trained forecaster: what it says of the steps after the end of any histories that it is given.

    model/forecaster.json    members, their shares over all and for each series, how wide intervals are
    model/trees.txt          the lag trees, where they are a member (LightGBM's own text form)

Local members fit their states to whatever history they are given, with the same rules; shares and widths stay as
validation left them, and the trees are used as they are.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from noglue.tools.forecasting.panel import Panel, Series
from noglue.tools.models._forecasts import blending, members, naive
from noglue.tools.models._forecasts.given import Histories
from noglue.tools.spec.protocols import Forecast

FILE, TREES = "forecaster.json", "trees.txt"
MOST_RATIOS = 400  # quantiles of them, that are kept
MOST_KEYS = 20_000  # series whose own shares are kept
JOINT = "\x1f"
WIDEST = 6.0  # times the scale of a series and the root of the steps: what a spread is cut at


@dataclass
class Forecaster:
    """names: of the members. overall: their shares, (members,); own: those of single series, by key. ratios: see
    `blending.factor`. booster: the trees, where they are a member.
    """

    names: list[str]
    overall: np.ndarray
    own: dict[tuple[str, ...], np.ndarray] = field(default_factory=dict)
    ratios: np.ndarray = field(default_factory=lambda: np.zeros(0))
    origins: int = 0
    booster: Any = None

    def forecast(self, panel: Panel, ahead: int, level: float) -> Forecast:
        """`ahead` steps after the end of each series, with the interval that is to hold `level` of them."""
        known = Histories.of(panel)
        means, spreads = np.full((2, len(self.names), len(panel.series), ahead), np.nan)
        shares = self.shares(panel.series)
        for place, name in enumerate(self.names):
            rows = np.flatnonzero(shares[:, place] > 0)
            if len(rows):
                found = members.forecast(name, known.of_rows(rows.tolist()), ahead, lambda: False, self.booster)
                means[place, rows], spreads[place, rows] = found.mean, found.spread
        mean, spread = blended(known, means, spreads, shares)
        return self.with_interval(panel, mean, spread, level)

    def shares(self, series: list[Series]) -> np.ndarray:
        """(series, members)"""
        return np.stack([self.own.get(one.key, self.overall) for one in series])

    def with_interval(self, panel: Panel, mean: np.ndarray, spread: np.ndarray, level: float) -> Forecast:
        """What was never below nought is not forecast below it."""
        wide = blending.factor(self.ratios, self.origins, level) * spread
        low, high = mean - wide, mean + wide
        if panel.timeline.nonnegative:
            mean, low, high = (np.maximum(one, 0.0) for one in (mean, low, high))
        return Forecast(mean, low, high)

    def save(self, folder: Path) -> None:
        kept = np.sort(self.ratios[np.isfinite(self.ratios)])
        if len(kept) > MOST_RATIOS:
            kept = np.quantile(kept, np.linspace(0, 1, MOST_RATIOS))
        own = dict(list(self.own.items())[:MOST_KEYS])
        said = {
            "members": self.names,
            "overall": [round(float(one), 6) for one in self.overall],
            "own": {JOINT.join(key): [round(float(one), 6) for one in shares] for key, shares in own.items()},
            "ratios": [float(one) for one in kept],
            "origins": self.origins,
        }
        (folder / FILE).write_text(json.dumps(said), encoding="utf-8")
        if self.booster is not None:
            self.booster.save_model(str(folder / TREES))


def load(folder: Path) -> Forecaster:
    """Raises DataError `no-model` for files that are damaged."""
    from noglue.tools.files.bounded_json import parsed
    from noglue.tools.spec.errors import DataError, Kind

    try:
        said = parsed((folder / FILE).read_bytes())
        found = Forecaster(
            names=[str(name) for name in said["members"] if name in members.MEMBERS],
            overall=np.array(said["overall"], np.float64),
            own={tuple(key.split(JOINT)): np.array(one, np.float64) for key, one in said["own"].items()},
            ratios=np.array(said["ratios"], np.float64),
            origins=int(said["origins"]),
        )
        if {len(found.names), len(found.overall), *map(len, found.own.values())} != {len(said["members"])}:
            raise ValueError("shares of other members")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(Kind.NO_MODEL, f"{folder / FILE} is damaged.") from error
    if members.TREES in found.names:
        import lightgbm

        found.booster = lightgbm.Booster(model_file=str(folder / TREES))
    return found


def blended(
    known: Histories, means: np.ndarray, spreads: np.ndarray, shares: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and spread (series, steps) of those of the members (members, series, steps).

    A spread is the weighted mean of the members' own, and at most what a series of its scale can wander; the last
    season stands in where no member has a number.
    """
    from noglue.tools.forecasting.panel import scale

    ahead = means.shape[2]
    mean, spread = blending.mixed(means, shares), blending.mixed(spreads, shares)
    plain = naive.seasonal(known.values, known.timeline.season, ahead)
    mean = np.where(np.isfinite(mean), mean, plain.mean)
    spread = np.where(np.isfinite(spread), spread, plain.spread)
    sizes = np.array([scale(one, known.timeline.season) for one in known.values])[:, None]
    most = WIDEST * sizes * np.sqrt(1 + np.arange(ahead) / max(1, known.timeline.season))
    spread = np.where(np.isfinite(most), np.minimum(spread, most), spread)
    return mean, np.where(np.isfinite(spread), spread, 0.0)
