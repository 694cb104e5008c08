"""Images made anew, the default: a relativistic GAN kept stable by two gradient penalties, after R3GAN.

Huang, Gokaslan, Kuleshov & Tompkin 2024, "The GAN is dead; long live the GAN!", arXiv:2501.05441: the relativistic
pairing loss with R1 and R2 penalties has a proof of local convergence, and needs none of the usual tricks. The backbone
(tools/models/_gans/grouped.py) is residual, with grouped convolutions and without normalisation. With labels, a class
can be asked for.

Settings.options: `pixels` (the longest side to train at, 8 to 128), `width` (of the networks; else
the widest that the time allows), `minibatch` (`stddev`, `discrimination`; none by default), `checkpoint_seconds` (60).
Settings.epochs: train for so many, whatever the time.

What was tried, and how far it goes: docs/recipes/gan.md.
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
ALIASES = ("r3gan", "relativistic gan")

LATENT, GROUP = 64, 16
WIDTHS = {False: (32, 48, 64, 96), True: (64, 96, 128, 192)}  # filters at the finest stage, smallest first: CPU, GPU


def suits(schema: Schema) -> float:
    return 0.9 if schema.goal == "generate" and schema.modality == "image" else 0.0


def design(setting: "Setting") -> "Design":
    from noglue.tools.models._gans import grouped
    from noglue.tools.models._gans.design import RELATIVISTIC, Design, Rules

    canvas = setting.canvas
    patch = 1 if not setting.gpu and canvas.halvings > 1 else 0  # on a CPU nothing is computed at full size
    stages = canvas.halvings + 1 - patch
    widths = [min(setting.width * 2 ** (stages - 1 - number), 4 * setting.width) for number in range(stages)]
    if setting.gpu:
        form = grouped.Form(widths, [2] * stages, expansion=2, group=GROUP, patch=patch, strided=False)
    else:
        form = grouped.Form(widths, [1] + [0] * (stages - 1), expansion=1, group=GROUP, patch=patch, strided=True)
    rules = Rules(
        RELATIVISTIC,
        penalty="zero-centred",
        weight=(0.5, 0.1),
        penalty_interval=4,
        joint_batch=setting.minibatch == "none",
        batch=(32, 256),
        enough=30_000,
        rates=(_rate(setting), _rate(setting)),
        betas=(0.0, 0.99),
        average=20_000,
        augment=0.4 if setting.few else 0.1,
    )
    return Design(
        grouped.Generator(canvas, setting.classes, LATENT, form),
        grouped.Discriminator(canvas, setting.classes, form, setting.minibatch),
        LATENT,
        rules,
        {"widths": widths, "blocks": form.blocks},
    )


def _rate(setting: "Setting") -> float:
    """Wider networks want smaller steps; tiny images are learned by heart too soon."""
    return (2.5e-3 if min(setting.canvas.height, setting.canvas.width) > 16 else 5e-4) * 32 / setting.width


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises what tools/models/_gans/train_gan.py says."""
    from noglue.tools.models._gans.train_gan import train as train_gan

    return train_gan("r3gan", design, WIDTHS, data, model, schema, settings, step)


def load(model: Path, device: str) -> "ImageSampler":
    from noglue.tools.models._gans.sampler import load as load_sampler

    return load_sampler(design, model, device)
