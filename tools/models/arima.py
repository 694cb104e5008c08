"""ARIMA with seasons, orders by information criterion (statsforecast's AutoARIMA); needs the extra `forecast`.

Hyndman & Khandakar 2008, https://doi.org/10.18637/jss.v027.i03

Claim: 2 to 3 s a series of 144 months on one core; alone it was not set beside others in `make bench-forecast`.
"""

from pathlib import Path

from noglue.tools.spec.protocols import Forecaster, Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

BASELINE = False
ALIASES = ("arima", "sarima", "auto arima", "autoarima", "auto-arima", "box-jenkins")
KINDS = ()
MEMBERS = ("arima",)


def suits(schema: Schema) -> float:
    """Series that go on, on a grid of times."""
    return 0.3 if schema.goal == "forecast" and schema.timeline is not None else 0.0


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises as `training.train` does."""
    from noglue.tools.models._forecasts import training

    return training.train("arima", MEMBERS, data, model, schema, settings, step)


def load(model: Path, device: str) -> Forecaster:
    """The device is not used: forecasts are made on the processor."""
    from noglue.tools.models._forecasts import forecaster

    return forecaster.load(model)
