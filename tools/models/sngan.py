"""SNGAN: a discriminator whose every layer has spectral norm 1, and the hinge loss.

Miyato, Kataoka, Koyama & Yoshida 2018, "Spectral Normalization for Generative Adversarial Networks", arXiv:1802.05957;
hinge loss of Lim & Ye 2017, arXiv:1705.02894. Plain convolutional players, Adam 2e-4 with (0, 0.9), two discriminator
steps for one of the generator: with one it collapsed, class by class. With labels, a class can be asked for.

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
ALIASES = (
    "sngan", "sn gan", "spectral norm gan", "spectral normalization gan", "spectral normalisation gan",
    "spectrally normalized gan", "hinge gan",
)  # fmt: skip

LATENT = 100
WIDTHS = {False: (32, 64), True: (64, 96, 128)}  # filters at half the canvas, smallest first: CPU, GPU


def suits(schema: Schema) -> float:
    return 0.7 if schema.goal == "generate" and schema.modality == "image" else 0.0


def design(setting: "Setting") -> "Design":
    from noglue.tools.models._gans.convolutional import Discriminator, Generator, widths_of
    from noglue.tools.models._gans.design import HINGE, Design, Rules

    widths = widths_of(setting.canvas, setting.width)
    joint = setting.minibatch == "none"
    rules = Rules(HINGE, joint_batch=joint, n_critic=2, betas=(0.0, 0.9), augment=0.4 if setting.few else 0.0)
    return Design(
        Generator(setting.canvas, setting.classes, LATENT, widths),
        Discriminator(setting.canvas, setting.classes, widths, "spectral", setting.minibatch),
        LATENT,
        rules,
        {"widths": widths},
    )


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises what tools/models/_gans/train_gan.py says."""
    from noglue.tools.models._gans.train_gan import train as train_gan

    return train_gan("sngan", design, WIDTHS, data, model, schema, settings, step)


def load(model: Path, device: str) -> "ImageSampler":
    from noglue.tools.models._gans.sampler import load as load_sampler

    return load_sampler(design, model, device)
