"""Time series, the simple way: level, spread, slope and power by frequency of each channel, and a linear model of them.

>>> BASELINE, suits(schema)
(True, 0.1)
"""

from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    from noglue.tools.models._series.training import SeriesPredictor

BASELINE = True
ALIASES = ("summary statistics",)
KINDS = ("linear models",)


def suits(schema: Schema) -> float:
    if schema.modality != "series" or schema.target is None:
        return 0.0
    return 0.1 if schema.goal in ("classify", "regress") else 0.0


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises DataError `too-few-rows`, BudgetSpent."""
    from noglue.tools.models._series.training import train as train_linear

    return train_linear("series_statistics", data, model, schema, settings, step)


def load(model: Path, device: str) -> "SeriesPredictor":
    from noglue.tools.models._series.training import load as load_linear

    return load_linear(model)
