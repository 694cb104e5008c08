"""Time series by some thousand fixed convolutions and a linear model of what they find, after MiniRocket.

Series of any length and any number of channels, gaps filled by straight lines. scikit-learn's digits as series of 8
steps and 8 channels: see tests/tools/models/test_series.py for what it must reach. The design:
`_series/convolutions.py`. Source: Dempster, Schmidt & Webb 2021, https://arxiv.org/abs/2012.08791.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    from noglue.tools.models._series.training import SeriesPredictor

BASELINE = False
ALIASES = ("minirocket", "mini rocket", "rocket", "random convolutions", "random convolutional kernels")


def suits(schema: Schema) -> float:
    if schema.modality != "series" or schema.target is None:
        return 0.0
    return 0.6 if schema.goal in ("classify", "regress") else 0.0


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises DataError `too-few-rows`, BudgetSpent."""
    from noglue.tools.models._series.training import train as train_linear

    return train_linear("series_convolutions", data, model, schema, settings, step)


def load(model: Path, device: str) -> "SeriesPredictor":
    from noglue.tools.models._series.training import load as load_linear

    return load_linear(model)
