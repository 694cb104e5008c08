"""Images, the simple way: one linear layer on the pixels. What a better model is set beside.

>>> BASELINE, suits(schema)
(True, 0.1)
"""

from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    from noglue.tools.training.linear_training import LinearPredictor

BASELINE = True
KINDS = ("linear models",)


def suits(schema: Schema) -> float:
    if schema.modality != "image" or schema.target is None:
        return 0.0
    return 0.1 if schema.goal in ("classify", "regress") else 0.0


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """A few seconds, whatever the data's size. Raises DataError `too-few-rows`, `unreadable`."""
    from noglue.tools.training.linear_training import train as train_linear

    return train_linear(data, model, schema, settings, step)


def load(model: Path, device: str) -> "LinearPredictor":
    from noglue.tools.training.linear_training import load as load_linear

    return load_linear(model)
