"""Images of which only few have labels: a GAN whose discriminator is the classifier.

Salimans et al. 2016, "Improved Techniques for Training GANs", https://arxiv.org/abs/1606.03498: the discriminator tells
K classes and a class of its own for what the generator made; the generator learns to match its features. Real images
without labels teach it where images lie, and consistency with its own running average what belongs together.

Settings.options: `width` (factor on the number of filters), `pixels` (the longest side to train at, 64),
`consistency` (weight of that loss, 10; 0 is the paper alone), `checkpoint_seconds` (30).

    >>> suits(schema)                 # 100 labelled images and 59,900 others
    0.95

The claim, the machine it holds on and what else was tried: docs/recipes/semi-supervised-gan.md.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.models._semi.few_labels import alone, few_labels
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    from noglue.tools.models._semi.model import SemiPredictor

BASELINE = False
BALANCES = False
UNLABELLED = True
SETTINGS = ("epochs", "batch_size", "learning_rate")
KINDS = ("neural networks", "deep learning", "gans")
BESIDE = "resnet"
ALIASES = (
    "semi-supervised gan", "semi supervised gan", "ssgan", "semi-supervised generative adversarial network",
    "semi supervised generative adversarial network",
)  # fmt: skip


def suits(schema: Schema) -> float:
    """The best choice where few train rows have labels and no pretrained network helps; else it only stands by, as all
    it needs is there.
    """
    if schema.modality != "image" or schema.goal != "classify" or schema.target is None:
        return 0.0
    return (0.95 if alone(schema) else 0.45) if few_labels(schema) else 0.2


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises BudgetSpent; StepFailed `diverged`, `out-of-memory` (with `batch_size`); DataError `too-few-rows`."""
    from noglue.tools.models._semi.train_semi import train as train_networks

    return train_networks("semi_gan", data, model, schema, settings, step)


def load(model: Path, device: str) -> "SemiPredictor":
    from noglue.tools.models._semi.model import load as load_model

    return load_model(model, device)
