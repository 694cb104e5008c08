"""Several series on one grid of times: what every forecaster is given, and what it gives back.

>>> panel.series[0].values, panel.series[0].first          # 112, 118, 132, … from place 23388 on
(array([112., 118., 132., …]), 23388)
>>> cut(panel, 12).series[0].values                        # without what is to be forecast
array([112., 118., …, 405.])

Steps that no row tells of are NaN; a forecaster fills them for itself (`filled`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from noglue.tools.data.arrays import arrow_column
from noglue.tools.forecasting import times
from noglue.tools.spec.forecasting import Timeline

if TYPE_CHECKING:
    import datasets

ALONE = ("",)  # the key of a series that is the only one


@dataclass(frozen=True)
class Series:
    """One series. first: the place of its first step. values: float64 (n,). others: covariates, float64 (n, k)."""

    key: tuple[str, ...]
    first: int
    values: np.ndarray
    others: np.ndarray

    @property
    def end(self) -> int:
        """The place of the step after the last."""
        return self.first + len(self.values)

    def until(self, count: int) -> "Series":
        """Its first `count` steps."""
        return replace(self, values=self.values[:count], others=self.others[:count])


@dataclass(frozen=True)
class Panel:
    timeline: Timeline
    series: list[Series]


def of_splits(parts: "Sequence[datasets.Dataset]", timeline: Timeline, target: str) -> Panel:
    """The series that the rows of some splits make together."""
    names = [*timeline.columns, *timeline.series, *timeline.covariates, target]
    whole = {name: pa.chunked_array([c for rows in parts for c in arrow_column(rows, name).chunks]) for name in names}
    return of_columns(whole, timeline, target)


def of_columns(columns: Mapping[str, pa.ChunkedArray], timeline: Timeline, target: str) -> Panel:
    """The same of columns. Of two values at one time of one series the last counts; rows without a time are left."""
    keys, code = keyed(columns, timeline.series)
    value = numbers(columns[target])
    others = [numbers(columns[name]) for name in timeline.covariates if name in columns]
    when = times.reckoned(columns, timeline.columns, timeline.form)
    return Panel(timeline, _gathered(keys, code, when, value, others, timeline))


def _gathered(
    keys: list[tuple[str, ...]],
    code: np.ndarray,
    when: np.ndarray,
    value: np.ndarray,
    others: list[np.ndarray],
    timeline: Timeline,
) -> list[Series]:
    beside = np.stack(others, axis=1) if others else np.zeros((len(value), 0))
    beside = np.pad(beside, ((0, 0), (0, len(timeline.covariates) - beside.shape[1])), constant_values=np.nan)
    there = np.isfinite(when)
    order = np.lexsort((np.arange(len(when)), when, code))
    order = order[there[order]]
    starts = np.flatnonzero(np.diff(code[order], prepend=-1))
    found = []
    for rows in np.split(order, starts[1:]) if len(order) else []:
        at = np.arange(len(rows)) if timeline.grid == "order" else times.places(when[rows], timeline)
        first = int(at.min())
        values = np.full(int(at.max()) - first + 1, np.nan)
        around = np.full((len(values), beside.shape[1]), np.nan)
        values[at - first], around[at - first] = value[rows], beside[rows]
        known = np.flatnonzero(np.isfinite(values))
        if len(known):
            part = slice(int(known[0]), int(known[-1]) + 1)
            found.append(Series(keys[int(code[rows[0]])], first + part.start, values[part], around[part]))
    return found


def keyed(columns: Mapping[str, pa.ChunkedArray], names: Sequence[str]) -> tuple[list[tuple[str, ...]], np.ndarray]:
    """The keys of the series in order of their names, and each row's, int64 (n,)."""
    count = len(next(iter(columns.values())))
    if not names:
        return [ALONE], np.zeros(count, np.int64)
    texts = [columns[name].cast(pa.string()).fill_null("").to_pylist() for name in names]
    rows = list(zip(*texts, strict=True))
    keys = sorted(set(rows))
    place = {key: number for number, key in enumerate(keys)}
    return keys, np.array([place[row] for row in rows], np.int64)


def numbers(column: pa.ChunkedArray) -> np.ndarray:
    """float64 (n,), NaN where missing."""
    return np.asarray(column.cast(pa.float64(), safe=False).to_numpy(), np.float64)


def cut(panel: Panel, steps: int) -> Panel:
    """Without the last steps of each series; those that would be left with fewer than two values are left out."""
    shorter = [one.until(max(0, len(one.values) - steps)) for one in panel.series]
    return Panel(panel.timeline, [one for one in shorter if np.isfinite(one.values).sum() >= 2])


def joined(earlier: Panel, later: Panel) -> Panel:
    """What was known with what was observed since; where both tell of a step, the later counts. On a grid of `order`
    the later rows follow the earlier ones. Series that are new stand behind the others.
    """
    known = {one.key: one for one in earlier.series}
    for new in later.series:
        old = known.get(new.key)
        known[new.key] = new if old is None else _joined(old, new, earlier.timeline.grid == "order")
    return Panel(earlier.timeline, list(known.values()))


def _joined(old: Series, new: Series, follows: bool) -> Series:
    if follows:
        new = replace(new, first=old.end)
    first, end = min(old.first, new.first), max(old.end, new.end)
    values, others = np.full(end - first, np.nan), np.full((end - first, old.others.shape[1]), np.nan)
    for one in (old, new):
        there = np.isfinite(one.values)
        at = np.arange(one.first - first, one.end - first)[there]
        values[at], others[at] = one.values[there], one.others[there]
    return Series(old.key, first, values, others)


def filled(values: np.ndarray, season: int) -> np.ndarray:
    """Without gaps: what the season says of each, around a straight line from one side of the gap to the other."""
    there = np.isfinite(values)
    if there.all():
        return values
    at = np.arange(len(values))
    usual = np.zeros(len(values))
    if 1 < season <= there.sum() // 2:
        level = np.interp(at, at[there], values[there])
        phase = at % season
        sums = np.bincount(phase[there], (values - level + level - level.mean())[there], minlength=season)
        counts = np.bincount(phase[there], minlength=season)
        usual = np.where(counts > 0, sums / np.maximum(counts, 1), 0.0)[phase]
    straight = np.interp(at, at[there], (values - usual)[there])
    return np.where(there, values, straight + usual)


def scale(values: np.ndarray, season: int) -> float:
    """What an error of one step is measured by: the mean error of repeating the last season (of the last value where
    the series is shorter), within what is known. Hyndman & Koehler 2006, https://doi.org/10.1016/j.ijforecast.2006.03.001

    NaN where nothing is known of it, or nothing ever changed.
    """
    lag = season if len(values) > season else 1
    steps = np.abs(values[lag:] - values[:-lag])
    steps = steps[np.isfinite(steps)]
    if not len(steps) or steps.mean() <= 1e-12 * max(1.0, float(np.nanmax(np.abs(values)))):
        steps = np.abs(np.diff(values[np.isfinite(values)]))
    found = float(steps.mean()) if len(steps) else np.nan
    return found if found > 0 else np.nan
