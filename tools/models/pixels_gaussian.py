"""Images, generated the simple way: a Gaussian of the pixels for every class. What a GAN is set beside.

>>> BASELINE, suits(schema)
(True, 0.1)
"""

from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    from noglue.tools.models._gaussian import GaussianSampler

BASELINE = True
ALIASES = ("pixels gaussian", "gaussian of the pixels", "gaussian of pixels")


def suits(schema: Schema) -> float:
    return 0.1 if schema.goal == "generate" and schema.modality == "image" else 0.0


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """A second or two, whatever the data's size. Raises DataError `too-few-rows`, `unreadable`."""
    from noglue.tools.models._gaussian import train as train_gaussian

    return train_gaussian(data, model, schema, step)


def load(model: Path, device: str) -> "GaussianSampler":
    from noglue.tools.models._gaussian import load as load_gaussian

    return load_gaussian(model)
