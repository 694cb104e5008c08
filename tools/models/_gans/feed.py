"""Batches for two players, each from its number alone, so that a training that goes on draws what it would have drawn.

>>> feed = Feed(material, batch_size=32, seed=0, machine=machine)
>>> feed.batch(7, strength=0.1, canvas=canvas, latent=64).real.shape
torch.Size([32, 1, 28, 28])
"""

import torch

from noglue.tools.models._gans.augment import Augmentation
from noglue.tools.models._gans.canvas import Canvas
from noglue.tools.models._gans.gan_trainer import Batch
from noglue.tools.models._gans.material import Material
from noglue.tools.training.batch_order import Order
from noglue.tools.training.examples import Examples, Normalisation
from noglue.tools.training.machine import Machine
from noglue.tools.training.randomness import random

COLOUR = 0.2  # of the range, for brightness and contrast of colour images


class Feed:
    """Shuffled epochs of the train images, with the labels that the generated ones are asked for too."""

    def __init__(self, material: Material, batch_size: int, seed: int, machine: Machine) -> None:
        self.batch_size, self.seed, self.device = batch_size, seed, machine.device
        middle = [127.5] * material.size.channels
        self.examples = Examples.of(
            material.pixels, material.labels, machine, Normalisation(mean=middle, deviation=middle)
        )
        self.labelled = material.classes is not None
        self.augmentation = Augmentation(colour=COLOUR if material.size.channels == 3 else 0.0, flip=material.flip)
        self.order = Order(len(self.examples), batch_size, seed)

    def batch(self, number: int, strength: float, canvas: Canvas, latent: int) -> Batch:
        """strength: of the augmentation. latent: the length of a latent vector."""
        rows = self.order.batch(*divmod(number, max(1, len(self.examples) // self.batch_size)))
        drawn = random(self.seed, 3, number)
        latents = torch.randn(len(rows), latent, generator=drawn).to(self.device)
        labels = self.examples.targets[rows.to(self.device)] if self.labelled else None
        real = canvas.pad(self.examples.batch(rows))
        return Batch(real, latents, labels, lambda x: self.augmentation(x, strength, drawn))
