"""Images of which only few have labels: a network that learns from pseudo-labels of the others, the surest first.

It begins with its own running average's answers, weighted by how sure they are ("SoftMatch",
https://arxiv.org/abs/2301.10921), learned from strong views of the images ("FixMatch", https://arxiv.org/abs/2001.07685).
Then labels spread from the labelled images over a graph of its features (https://arxiv.org/abs/1904.04717), anew in
each round, and of each class the surest are learned from, more of them each time (https://arxiv.org/abs/2001.06001).

Settings.options: `width` (factor on the number of filters), `pixels` (the longest side to train at, 64),
`checkpoint_seconds` (30).

    >>> suits(schema)                 # 100 labelled images and 59,900 others
    0.94

The claim, the machine it holds on and what else was tried: docs/recipes/pseudo-labels.md.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.models._semi.few_labels import alone, few_labels
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    from noglue.tools.training.image_model import ImagePredictor

BASELINE = False
BALANCES = False
UNLABELLED = True
SETTINGS = ("epochs", "batch_size", "learning_rate")
KINDS = ("neural networks", "deep learning")
BESIDE = "resnet"
ALIASES = (
    "pseudo-labels", "pseudo labels", "pseudo-labelling", "pseudo-labeling", "pseudo labelling", "pseudo labeling",
    "self-training", "curriculum labelling", "curriculum labeling",
)  # fmt: skip


def suits(schema: Schema) -> float:
    """Second to the semi-supervised GAN, whose whole runs are measured; its own are not yet."""
    if schema.modality != "image" or schema.goal != "classify" or schema.target is None:
        return 0.0
    return (0.94 if alone(schema) else 0.44) if few_labels(schema) else 0.15


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises BudgetSpent; StepFailed `diverged`, `out-of-memory` (with `batch_size`); DataError `too-few-rows`."""
    from noglue.tools.models._semi.self_training import train as train_network

    return train_network("pseudo_labels", data, model, schema, settings, step)


def load(model: Path, device: str) -> "ImagePredictor":
    from noglue.tools.training.image_model import load as load_model

    return load_model(model, device)
