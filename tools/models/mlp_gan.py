"""The GAN of 2014: two multilayer perceptrons.

Goodfellow, Pouget-Abadie, Mirza, Xu, Warde-Farley, Ozair, Courville & Bengio 2014, "Generative Adversarial Networks",
arXiv:1406.2661: rectifiers in the generator, maxout (Goodfellow et al. 2013, arXiv:1302.4389) and dropout in the
discriminator, the non-saturating loss. Adam takes the place of momentum. With labels, a class can be asked for (Mirza &
Osindero 2014, arXiv:1411.1784).

Settings.options: `pixels`, `width` and `checkpoint_seconds` as for r3gan; `minibatch` as for dcgan.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    from noglue.tools.models._gans.design import Design
    from noglue.tools.models._gans.sampler import ImageSampler
    from noglue.tools.models._gans.setting import Setting

BASELINE = False
SETTINGS = ("epochs", "batch_size", "learning_rate")
KINDS = ("neural networks", "deep learning", "gans")
ALIASES = ("mlp gan", "multilayer perceptron gan", "original gan", "vanilla gan", "2014 gan", "gan of 2014")

LATENT = 100
WIDTHS = {False: (256, 512, 1200), True: (1200, 1600, 2400)}  # hidden units, smallest first: CPU, GPU


def suits(schema: Schema) -> float:
    return 0.3 if schema.goal == "generate" and schema.modality == "image" else 0.0


def design(setting: "Setting") -> "Design":
    from noglue.tools.models._gans.design import LOGISTIC, Design, Rules
    from noglue.tools.models._gans.perceptrons import Discriminator, Generator

    joint = setting.minibatch == "none"
    rules = Rules(LOGISTIC, joint_batch=joint, betas=(0.5, 0.999), augment=0.4 if setting.few else 0.0)
    return Design(
        Generator(setting.canvas, setting.classes, LATENT, setting.width),
        Discriminator(setting.canvas, setting.classes, setting.width, setting.minibatch),
        LATENT,
        rules,
        {"width": setting.width},
    )


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises what tools/models/_gans/train_gan.py says."""
    from noglue.tools.models._gans.train_gan import train as train_gan

    return train_gan("mlp_gan", design, WIDTHS, data, model, schema, settings, step)


def load(model: Path, device: str) -> "ImageSampler":
    from noglue.tools.models._gans.sampler import load as load_sampler

    return load_sampler(design, model, device)
