"""The Theta method, optimised (statsforecast's AutoTheta).

Fiorucci et al. 2016, https://doi.org/10.1016/j.ijforecast.2016.02.005. Without the extra `forecast`: the plain method
of Assimakopoulos & Nikolopoulos 2000, our own.

Claim: geometric mean of MASE 1.00 on the 27 held-back series of `make bench-forecast`, where seasonal naive has 1.11.
"""

from pathlib import Path

from noglue.tools.spec.protocols import Forecaster, Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

BASELINE = False
ALIASES = ("theta method", "theta model", "theta-methode", "méthode theta", "método theta")
KINDS = ()
MEMBERS = ("auto theta", "theta")


def suits(schema: Schema) -> float:
    """Series that go on, on a grid of times."""
    return 0.3 if schema.goal == "forecast" and schema.timeline is not None else 0.0


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises as `training.train` does."""
    from noglue.tools.models._forecasts import classical, training

    chosen = MEMBERS[:1] if classical.available() else MEMBERS[1:]
    trained = training.train("theta_method", chosen, data, model, schema, settings, step)
    if chosen != MEMBERS[:1]:
        own = "the plain Theta method, our own"
        trained.notes.append(f"{own}, as statsforecast is not installed ({training.EXTRA} brings it)")
    return trained


def load(model: Path, device: str) -> Forecaster:
    """The device is not used: forecasts are made on the processor."""
    from noglue.tools.models._forecasts import forecaster

    return forecaster.load(model)
