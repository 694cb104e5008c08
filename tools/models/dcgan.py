"""DCGAN: the first convolutional GAN that trained reliably.

Radford, Metz & Chintala 2015, "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial
Networks", arXiv:1511.06434: strided convolutions, batch norm in both players, Adam with a momentum of 0.5. With labels,
a class can be asked for.

Settings.options: `pixels`, `width` and `checkpoint_seconds` as for r3gan; `minibatch`: `none`, `stddev` or
`discrimination` (see tools/models/_gans/conditioning.py).
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
ALIASES = ("dcgan", "dc gan", "deep convolutional gan", "deep convolutional generative adversarial network")

LATENT = 100
WIDTHS = {False: (16, 32, 64), True: (64, 96, 128)}  # filters at half the canvas, smallest first: CPU, GPU


def suits(schema: Schema) -> float:
    return 0.5 if schema.goal == "generate" and schema.modality == "image" else 0.0


def design(setting: "Setting") -> "Design":
    from noglue.tools.models._gans.convolutional import Discriminator, Generator, widths_of
    from noglue.tools.models._gans.design import LOGISTIC, Design, Rules

    widths = widths_of(setting.canvas, setting.width)
    rules = Rules(LOGISTIC, joint_batch=False, betas=(0.5, 0.999), augment=0.4 if setting.few else 0.0)
    return Design(
        Generator(setting.canvas, setting.classes, LATENT, widths),
        Discriminator(setting.canvas, setting.classes, widths, "batch", setting.minibatch),
        LATENT,
        rules,
        {"widths": widths},
    )


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises what tools/models/_gans/train_gan.py says."""
    from noglue.tools.models._gans.train_gan import train as train_gan

    return train_gan("dcgan", design, WIDTHS, data, model, schema, settings, step)


def load(model: Path, device: str) -> "ImageSampler":
    from noglue.tools.models._gans.sampler import load as load_sampler

    return load_sampler(design, model, device)
