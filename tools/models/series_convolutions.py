"""Time series by some 10,000 numbers of fixed convolutions and a ridge regression of them, after MiniRocket and Hydra.

Series of any length and number of channels, gaps filled by straight lines. The first member of `series_blend`, which
states its claim. Above 4,000 rows, where leaving each row out takes too long, a logistic or ridge regression chosen on
validation rows learns from MiniRocket's numbers alone. The design: `_series/convolutions.py`, `_series/hydra.py`,
`_series/ridge.py`. Sources: https://arxiv.org/abs/2012.08791, https://arxiv.org/abs/2203.13652.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    from noglue.tools.spec.protocols import Predictor

BASELINE = False
ALIASES = ("minirocket", "mini rocket", "rocket", "random convolutions", "random convolutional kernels", "hydra")
MEMBERS = ("convolutions",)


def suits(schema: Schema) -> float:
    if schema.modality != "series" or schema.target is None:
        return 0.0
    return 0.4 if schema.goal in ("classify", "regress") else 0.0


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises DataError `too-few-rows`, BudgetSpent."""
    from noglue.tools.models._series.blending import train as train_members

    return train_members(MEMBERS, "series_convolutions", data, model, schema, settings, step)


def load(model: Path, device: str) -> "Predictor":
    from noglue.tools.models._series.blending import load as load_members

    return load_members(model)
