"""Images: a small residual network, trained from scratch in few epochs.

Settings.options: `width` (factor on the number of filters), `pixels` (the longest side to train at; 64 on a CPU and
128 elsewhere unless stated), `checkpoint_seconds` (30).

    >>> suits(schema)                 # images to classify
    0.9

The claim, the machine it holds on and what else was tried: docs/recipes/image-classifier.md.
"""

import math
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.slowness import cores
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    from noglue.tools.training.image_model import ImagePredictor

BASELINE = False
SETTINGS = ("epochs", "batch_size", "learning_rate")
KINDS = ("neural networks", "deep learning")
PIXELS = 64  # sides of images whose size the schema does not tell
ALIASES = ("residual network", "cnn", "convnet", "convolutional network", "convolutional neural network")


def suits(schema: Schema) -> float:
    if schema.modality != "image" or schema.target is None:
        return 0.0
    return 0.9 if schema.goal in ("classify", "regress") else 0.0


def seconds(schema: Schema) -> float:
    """Half of what the recipe takes; about 800 images of 32×32 a second and processor (Intel Xeon with AMX)."""
    rows = max(1, schema.rows.get("train", 0) - schema.unlabelled_train)
    epochs = min(150.0, max(4.0, 8.0 * math.sqrt(math.sqrt(50_000 / rows)), 12_000 / rows))
    shape = schema.image
    pixels = PIXELS * PIXELS if shape is None else min(PIXELS, shape.height) * min(PIXELS, shape.width)
    return 3.0 + 0.5 * epochs * rows * max(pixels, 256) / 1024 / (800 * cores())


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises BudgetSpent when no time is left at all; StepFailed `diverged`, `out-of-memory` (with `batch_size`)."""
    from noglue.tools.training.image_training import train as train_network

    return train_network("resnet", data, model, schema, settings, step)


def load(model: Path, device: str) -> "ImagePredictor":
    from noglue.tools.training.image_model import load as load_model

    return load_model(model, device)
