"""Boosted trees on lags, seasons and the calendar, one model over all series (LightGBM): `_forecasts/lag_trees.py`.

Claim: 0.1 to 0.7 s a series of 144 months on one core; alone it was not set beside others in `make bench-forecast`.
"""

from pathlib import Path

from noglue.tools.spec.protocols import Forecaster, Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

BASELINE = False
ALIASES = ("lag trees", "trees on lags", "lightgbm on lags", "gradient boosting on lags")
KINDS = ("boosting", "trees")
MEMBERS = ("lag trees",)


def suits(schema: Schema) -> float:
    """Series that go on, on a grid of times."""
    return 0.3 if schema.goal == "forecast" and schema.timeline is not None else 0.0


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises as `training.train` does."""
    from noglue.tools.models._forecasts import training

    return training.train("lag_trees", MEMBERS, data, model, schema, settings, step)


def load(model: Path, device: str) -> Forecaster:
    """The device is not used: forecasts are made on the processor."""
    from noglue.tools.models._forecasts import forecaster

    return forecaster.load(model)
