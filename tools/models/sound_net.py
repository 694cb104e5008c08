"""Recordings: a small residual network on their log-mel spectrograms, and a linear model on summaries beside it.

How much each of the two has to say is chosen by validation: the linear model carries small sets, the network large
ones.
Settings.options: `width` (factor on the number of filters), `checkpoint_seconds` (30).

    >>> suits(schema)                 # recordings to classify
    0.9
"""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    from noglue.tools.training.sound_training import SoundPredictor

BASELINE = False
SETTINGS = ("epochs", "batch_size", "learning_rate")
KINDS = ("neural networks", "deep learning")
ALIASES = ("spectrogram network", "audio network", "spectrogram cnn")


def suits(schema: Schema) -> float:
    """Less than the linear model where torch is not installed."""
    if schema.modality != "audio" or schema.target is None or schema.goal not in ("classify", "regress"):
        return 0.0
    return 0.9 if find_spec("torch") is not None else 0.1


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises as `resnet` does."""
    from noglue.tools.training.sound_training import train as train_network

    return train_network("sound_net", data, model, schema, settings, step)


def load(model: Path, device: str) -> "SoundPredictor":
    from noglue.tools.training.sound_training import load as load_model

    return load_model(model, device)
