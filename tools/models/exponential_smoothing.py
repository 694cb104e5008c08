"""Exponential smoothing with error, trend and season, the form by information criterion (statsforecast's AutoETS).

Hyndman et al. 2002, https://doi.org/10.1016/S0169-2070(01)00110-8. Without the extra `forecast`: a damped trend on the
series without its season, our own.

Claim: geometric mean of MASE 1.02 on the 27 held-back series of `make bench-forecast`, where seasonal naive has 1.11.
"""

from pathlib import Path

from noglue.tools.spec.protocols import Forecaster, Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

BASELINE = False
ALIASES = (
    "ets model",
    "autoets",
    "auto ets",
    "holt-winters",
    "holt winters",
    "exponentielle glättung",
    "lissage exponentiel",
    "suavizado exponencial",
)
KINDS = ()
MEMBERS = ("auto ets", "smoothing")


def suits(schema: Schema) -> float:
    """Series that go on, on a grid of times."""
    return 0.3 if schema.goal == "forecast" and schema.timeline is not None else 0.0


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises as `training.train` does."""
    from noglue.tools.models._forecasts import classical, training

    chosen = MEMBERS[:1] if classical.available() else MEMBERS[1:]
    trained = training.train("exponential_smoothing", chosen, data, model, schema, settings, step)
    if chosen != MEMBERS[:1]:
        own = "a damped trend on the series without its season, our own"
        trained.notes.append(f"{own}, as statsforecast is not installed ({training.EXTRA} brings it)")
    return trained


def load(model: Path, device: str) -> Forecaster:
    """The device is not used: forecasts are made on the processor."""
    from noglue.tools.models._forecasts import forecaster

    return forecaster.load(model)
