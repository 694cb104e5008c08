"""Time series by quantiles of intervals, of the series, its changes and its frequencies, and random trees, after Quant.

Series of any number of channels, drawn through as many points where their lengths differ. The second member of
`series_blend`, which states its claim. The design: `_series/quantiles.py`, `_series/trees.py`. Source:
https://arxiv.org/abs/2308.00928.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    from noglue.tools.spec.protocols import Predictor

BASELINE = False
ALIASES = ("quant", "interval quantiles", "interval forest", "time series forest")
KINDS = ("trees",)
MEMBERS = ("quantiles",)


def suits(schema: Schema) -> float:
    if schema.modality != "series" or schema.target is None:
        return 0.0
    return 0.4 if schema.goal in ("classify", "regress") else 0.0


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises DataError `too-few-rows`, BudgetSpent."""
    from noglue.tools.models._series.blending import train as train_members

    return train_members(MEMBERS, "series_quantiles", data, model, schema, settings, step)


def load(model: Path, device: str) -> "Predictor":
    from noglue.tools.models._series.blending import load as load_members

    return load_members(model)
