"""Series that go on, made at test time: with seasons, trends and noise, by seed."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from noglue.tools.forecasting.panel import Panel, Series
from noglue.tools.spec.forecasting import Timeline


def monthly(count: int = 120, seed: int = 0, level: float = 200.0, noise: float = 4.0) -> np.ndarray:
    """A trend, a season of twelve and noise."""
    random, at = np.random.default_rng(seed), np.arange(count)
    return level + 0.8 * at + 30 * np.sin(2 * np.pi * at / 12 + seed) + random.normal(0, noise, count)


def hourly(days: int = 30, seed: int = 0) -> np.ndarray:
    """A season of a day and of a week."""
    random, at = np.random.default_rng(seed), np.arange(24 * days)
    week = np.where((at // 24) % 7 >= 5, -15.0, 5.0)
    return 100 + 25 * np.sin(2 * np.pi * at / 24) + week + random.normal(0, 2, len(at))


def table(values: np.ndarray, start: str = "2010-01-01", step: str = "MS", **columns: object) -> pd.DataFrame:
    """A column `when` and a column `sales`."""
    when = pd.date_range(start, periods=len(values), freq=step)
    form = "%Y-%m-%d %H:%M" if step.lower() in ("h", "min") else "%Y-%m-%d"
    return pd.DataFrame({**columns, "when": when.strftime(form), "sales": values.round(4)})


def panel(values: Sequence[np.ndarray], horizon: int = 12, seasons: Sequence[int] = (12,)) -> Panel:
    """On a grid of months from January 2010."""
    timeline = Timeline(columns=["when"], form="date", grid="months", horizon=horizon, seasons=list(seasons), origins=3)
    each = [Series((str(place),), 2010 * 12, one, np.zeros((len(one), 0))) for place, one in enumerate(values)]
    return Panel(timeline, each)
