"""Several forecasters, blended by their errors at rolling origins: smoothing, Theta, ETS, ARIMA, boosted trees on lags.

Each member forecasts the horizon from several moments before the test; its share goes down with its error there, over
all series and for each (`_forecasts/blending.py`). Members that take long (ETS, ARIMA) are timed on a few series first.

Claim: 32 held-back sets of series that ship with packages or are made, 60 s each on 2 cores (Intel Xeon, beside other
work), seed 0: geometric mean of MASE 0.77 where seasonal naive has 1.09, AutoETS 0.98 and AutoTheta 0.94; below
seasonal naive on 80 % of 131 series; `make bench-forecast`. The spread over seeds, which only the trees have, was not
measured.
"""

from pathlib import Path

from noglue.tools.spec.protocols import Forecaster, Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

BASELINE = False
ALIASES = ("forecast blend", "forecast ensemble", "blend of forecasts", "combination of forecasts")
KINDS = ("ensembles",)
BLENDS = ("seasonal naive", "smoothing", "theta", "lag trees", "auto ets", "auto theta", "arima")


def suits(schema: Schema) -> float:
    """Series that go on, on a grid of times."""
    return 0.8 if schema.goal == "forecast" and schema.timeline is not None else 0.0


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises as `training.train` does."""
    from noglue.tools.models._forecasts import training

    return training.train("forecast_blend", BLENDS, data, model, schema, settings, step)


def load(model: Path, device: str) -> Forecaster:
    """The device is not used: forecasts are made on the processor."""
    from noglue.tools.models._forecasts import forecaster

    return forecaster.load(model)
