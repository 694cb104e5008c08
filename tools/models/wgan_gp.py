"""WGAN-GP: the discriminator estimates a Wasserstein distance, held to slope 1 by a penalty.

Gulrajani, Ahmed, Arjovsky, Dumoulin & Courville 2017, "Improved Training of Wasserstein GANs", arXiv:1704.00028: five
discriminator steps for one of the generator, Adam with (0, 0.9), penalty 10, no batch norm in the discriminator; at
5e-4 instead of 1e-4, by which the first minutes on a CPU showed nothing. With labels, a class can be asked for.

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
ALIASES = ("wgan gp", "wgan", "wasserstein gan", "wasserstein gan with gradient penalty")

LATENT = 100
WIDTHS = {False: (32, 64), True: (64, 96, 128)}  # filters at half the canvas, smallest first: CPU, GPU


def suits(schema: Schema) -> float:
    return 0.6 if schema.goal == "generate" and schema.modality == "image" else 0.0


def design(setting: "Setting") -> "Design":
    from noglue.tools.models._gans.convolutional import Discriminator, Generator, widths_of
    from noglue.tools.models._gans.design import WASSERSTEIN, Design, Rules

    widths = widths_of(setting.canvas, setting.width)
    rules = Rules(
        WASSERSTEIN,
        penalty="unit",
        weight=(10.0, 10.0),
        joint_batch=setting.minibatch == "none",
        n_critic=5,
        rates=(5e-4, 5e-4),
        betas=(0.0, 0.9),
        augment=0.4 if setting.few else 0.0,
    )
    return Design(
        Generator(setting.canvas, setting.classes, LATENT, widths),
        Discriminator(setting.canvas, setting.classes, widths, "none", setting.minibatch),
        LATENT,
        rules,
        {"widths": widths},
    )


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises what tools/models/_gans/train_gan.py says."""
    from noglue.tools.models._gans.train_gan import train as train_gan

    return train_gan("wgan_gp", design, WIDTHS, data, model, schema, settings, step)


def load(model: Path, device: str) -> "ImageSampler":
    from noglue.tools.models._gans.sampler import load as load_sampler

    return load_sampler(design, model, device)
