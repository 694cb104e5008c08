"""Gradient-boosted trees over all series at once, on lags, seasons and the calendar (LightGBM, one model).

Each row is a moment of a series and a number of steps ahead of it. All values are told as distances from the recent
mean of their series in units of its recent spread, so that series of any size teach one another, and a scaled series
gets the scaled forecast. After Montero-Manso & Hyndman 2021, https://doi.org/10.1016/j.ijforecast.2021.03.004 (global),
and the winners of M5, https://doi.org/10.1016/j.ijforecast.2021.11.013 (LightGBM on lags and calendar).
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from noglue.tools.forecasting import times
from noglue.tools.forecasting.panel import Series
from noglue.tools.models._forecasts.given import Ahead, Histories
from noglue.tools.spec.forecasting import Timeline

LAGS = 16
SAME_PHASE = 3  # values of the same phase of a season, for each season
MOST_ROWS, FEWEST_ROWS = 80_000, 60
ROUNDS, RATE, LEAVES = 240, 0.04, 31
SMALL = 1e-9
SERIES_AT_ONCE = 500


@dataclass(frozen=True)
class Lags:
    """Which values of the past are told: the last ones, and those of the same phase of each season."""

    timeline: Timeline

    @property
    def window(self) -> int:
        """Steps that say where a series is, and how much it varies."""
        return int(np.clip(self.timeline.season, 8, 48))

    @property
    def seasons(self) -> list[int]:
        return [season for season in self.timeline.seasons if season > 1]

    def names(self) -> list[str]:
        lags = [f"lag {lag}" for lag in range(1, LAGS + 1)]
        phases = [f"{place} times {season} before" for season in self.seasons for place in range(1, SAME_PHASE + 1)]
        others = [f"{name} {what}" for name in self.timeline.covariates for what in ("now", "lately")]
        calendar = ["month", "day", "weekday", "hour", "week"]
        return [*lags, *phases, "slope", "slope of seasons", "steps ahead", *calendar, *others]

    def rows(
        self, one: Series, values: np.ndarray, ends: np.ndarray, ahead: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Features (n, k), and where each moment's series is and how much it varies, (n,) each.

        ends: how many values are known at each moment, int64 (n,); ahead: the steps from there, int64 (n,), from 1 on.
        """
        padded = np.concatenate([np.full(max(self.window, LAGS), np.nan), values])
        shift = max(self.window, LAGS)
        recent = np.lib.stride_tricks.sliding_window_view(padded, self.window)[ends + shift - self.window]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of moments before which nothing is known
            centre = np.nanmean(recent, axis=1)
            spread = np.nanmean(np.abs(np.diff(recent, axis=1)), axis=1) + np.nanmean(
                np.abs(recent - centre[:, None]), axis=1
            )
        size = SMALL * np.maximum(np.abs(centre), np.finfo(np.float64).tiny)
        spread = np.where(spread > size, spread, np.nan)

        def told(found: np.ndarray) -> np.ndarray:
            return np.asarray((found - centre) / spread)

        columns = [told(padded[ends + shift - lag]) for lag in range(1, LAGS + 1)]
        before = np.zeros(len(ends))
        for season in self.seasons:
            back = (ahead - 1) // season + 1
            at = [ends + ahead - 1 - (back + place) * season for place in range(SAME_PHASE)]
            found = [np.where(place >= 0, values[np.maximum(place, 0)], np.nan) for place in at]
            columns += [told(each) for each in found]
            if season == self.timeline.season:
                before = (found[0] - found[1]) / spread
        half = self.window // 2
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            columns.append((np.nanmean(recent[:, half:], axis=1) - np.nanmean(recent[:, :half], axis=1)) / spread)
        columns += [before, ahead.astype(np.float64)]
        columns += list(times.parts(one.first + ends + ahead - 1, self.timeline).T)
        for column in one.others.T:
            columns += _lately(column, ends, self.window)
        return np.stack(columns, axis=1), centre, spread


def _lately(column: np.ndarray, ends: np.ndarray, window: int) -> list[np.ndarray]:
    """A covariate's last value, and how it stands beside those just before it."""
    padded = np.concatenate([np.full(window, np.nan), column])
    recent = np.lib.stride_tricks.sliding_window_view(padded, window)[ends]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        middle, varies = np.nanmean(recent, axis=1), np.nanstd(recent, axis=1)
    now = recent[:, -1]
    return [now, (now - middle) / np.where(varies > 0, varies, np.nan)]


def learn(known: Histories, ahead: int, seed: int, threads: int, seconds: float | None) -> Any:
    """The booster, or None where there are too few rows. seconds: it stops adding trees after so many."""
    import time

    import lightgbm

    lags, parts = Lags(known.timeline), list(_examples(known, ahead, seed))
    if sum(len(truth) for _, truth in parts) < FEWEST_ROWS:
        return None
    rows, truth = (np.concatenate(part) for part in zip(*parts, strict=True))
    given = {
        "objective": "regression_l1", "learning_rate": RATE, "verbosity": -1, "seed": seed, "num_threads": threads,
        "num_leaves": int(np.clip(len(truth) // 60, 4, LEAVES)),
        "min_data_in_leaf": int(np.clip(len(truth) // 200, 5, 40)),
        "feature_fraction": 0.7, "bagging_fraction": 0.8, "bagging_freq": 1, "deterministic": True,
        "force_row_wise": True, "max_bin": 127,
    }  # fmt: skip
    ends = None if seconds is None else time.monotonic() + seconds

    def in_time(env: Any) -> None:
        if ends is not None and time.monotonic() > ends:
            raise lightgbm.callback.EarlyStopException(env.iteration, [])

    data = lightgbm.Dataset(rows, truth, feature_name=[f"f{place}" for place in range(len(lags.names()))])
    return lightgbm.train(given, data, num_boost_round=ROUNDS, callbacks=[in_time])


def _examples(known: Histories, ahead: int, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Features and what came, of moments and steps drawn evenly over all series."""
    lags, random = Lags(known.timeline), np.random.default_rng(seed)
    least = min(lags.window, 8)
    whole = sum(max(0, len(one) - least) * ahead for one in known.values)
    share = min(1.0, MOST_ROWS / max(whole, 1))
    for one, values in zip(known.panel.series, known.values, strict=True):
        count = len(values) - least
        if count <= 0:
            continue
        many = max(1, round(share * count * ahead))
        drawn = np.sort(random.choice(count * ahead, min(many, count * ahead), replace=False))
        ends, steps = least + drawn // ahead, 1 + drawn % ahead
        target = ends + steps - 1
        there = target < len(values)
        ends, steps, target = ends[there], steps[there], target[there]
        there = np.isfinite(one.values[target])  # what was filled in teaches nothing
        ends, steps, target = ends[there], steps[there], target[there]
        if len(ends):
            rows, centre, spread = lags.rows(one, values, ends, steps)
            truth = (values[target] - centre) / spread
            kept = np.isfinite(truth)
            yield rows[kept], np.clip(truth[kept], -50, 50)


def ahead_of(booster: Any, known: Histories, ahead: int) -> Ahead:
    """From the end of each history. NaN for series too short, or that never change."""
    lags = Lags(known.timeline)
    mean = np.full((len(known.values), ahead), np.nan)
    steps = np.arange(1, ahead + 1)
    for start in range(0, len(known.values), SERIES_AT_ONCE):
        part = slice(start, start + SERIES_AT_ONCE)
        pairs = zip(known.panel.series[part], known.values[part], strict=True)
        told = [lags.rows(one, values, np.full(ahead, len(values)), steps) for one, values in pairs]
        rows, centre, spread = (np.concatenate(each) for each in zip(*told, strict=True))
        found = centre + spread * booster.predict(rows, num_threads=1)
        mean[part] = np.where(np.isfinite(spread), found, np.nan).reshape(-1, ahead)
    return Ahead(mean, np.full_like(mean, np.nan))
