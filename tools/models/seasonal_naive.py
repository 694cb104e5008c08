"""The last season again, or the last value where there is no season: what every forecast must beat.

Hyndman & Athanasopoulos, Forecasting: principles and practice, 5.2, https://otexts.com/fpp3/simple-methods.html

Claim: geometric mean of MASE 1.11 on the 27 held-back series of `make bench-forecast`; no fit, no seed.
"""

from pathlib import Path

from noglue.tools.spec.protocols import Forecaster, Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

BASELINE = True
ALIASES = ("seasonal naive", "seasonal naïve", "naive forecast")
KINDS = ()
MEMBERS = ("seasonal naive",)


def suits(schema: Schema) -> float:
    """Series that go on, on a grid of times."""
    return 0.1 if schema.goal == "forecast" and schema.timeline is not None else 0.0


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises as `training.train` does."""
    from noglue.tools.models._forecasts import training

    return training.train("seasonal_naive", MEMBERS, data, model, schema, settings, step)


def load(model: Path, device: str) -> Forecaster:
    """The device is not used: forecasts are made on the processor."""
    from noglue.tools.models._forecasts import forecaster

    return forecaster.load(model)
