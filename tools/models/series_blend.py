"""Time series by fixed convolutions and a ridge regression, and by quantiles of intervals and random trees, blended.

Series of any length and any number of channels, gaps filled by straight lines. Claim: on eight sets that aeon ships
(ACSF1, ArrowHead, BasicMotions, GunPoint, ItalyPowerDemand, JapaneseVowels, OSULeaf, PickupGestureWiimoteZ), within a
minute each on two cores, ahead of MiniRocket with a ridge classifier on average: `make bench-series PEER=…`, figures in
docs/benchmarks.md. The design: `_series/blending.py`. Sources: https://arxiv.org/abs/2012.08791 (MiniRocket),
https://arxiv.org/abs/2203.13652 (Hydra), https://arxiv.org/abs/2308.00928 (Quant).
"""

from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    from noglue.tools.spec.protocols import Predictor

BASELINE = False
ALIASES = ("series blend", "blend of series", "minirocket and quant")
BLENDS = ("convolutions", "quantiles")


def suits(schema: Schema) -> float:
    if schema.modality != "series" or schema.target is None:
        return 0.0
    return 0.7 if schema.goal in ("classify", "regress") else 0.0


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Members that are ruled out (`avoid`) take no part. Raises DataError `too-few-rows`, BudgetSpent."""
    from noglue.tools.models._series.blending import train as train_members

    return train_members(BLENDS, "series_blend", data, model, schema, settings, step)


def load(model: Path, device: str) -> "Predictor":
    from noglue.tools.models._series.blending import load as load_members

    return load_members(model)
