"""One step of the two players: the discriminator tells real from generated, the generator answers.

>>> players = Players(design, machine)
>>> players.play(batch, weight=0.5, rate=1.0, penalise=True)
(tensor(0.69), tensor(0.71))
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import nn

from noglue.tools.models._gans.penalties import squared_gradient, unit_gradient
from noglue.tools.models._gans.rules import Design
from noglue.tools.training import checkpoint
from noglue.tools.training.machine import Machine


@dataclass(frozen=True)
class Batch:
    """real: examples (n, …). latents: (n, latent). labels: int64 (n,) of the real examples, which the generated ones
    are asked for too, or None. augment: what every example goes through before it is judged.
    """

    real: torch.Tensor
    latents: torch.Tensor
    labels: torch.Tensor | None
    augment: Callable[[torch.Tensor], torch.Tensor]


class Players:
    """Both networks, their optimizers, and the average of the generator, which is what generates in the end."""

    def __init__(self, design: Design, machine: Machine) -> None:
        self.rules, self.machine = design.rules, machine
        self.generator, self.discriminator = (
            design.generator.to(machine.device),
            design.discriminator.to(machine.device),
        )
        self.average = copy.deepcopy(self.generator).requires_grad_(False).eval()
        rates, betas = self.rules.rates, self.rules.betas
        self.optimizers = [
            torch.optim.Adam(network.parameters(), rate, betas, eps=1e-8, fused=machine.device.type in {"cpu", "cuda"})
            for network, rate in zip((self.generator, self.discriminator), rates, strict=True)
        ]

    def play(
        self, batches: Iterator[Batch], weight: float, rate: float, penalise: bool
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """`ratio` discriminator steps and one of the generator, on as many batches. → both losses, detached.

        weight: of the penalty. rate: a factor on both learning rates.
        """
        for optimizer, base in zip(self.optimizers, self.rules.rates, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = base * rate
        for turn in range(self.rules.ratio):
            batch = next(batches)
            with torch.set_grad_enabled(turn == self.rules.ratio - 1), self.machine.precision():
                fake = self.generator(batch.latents, batch.labels).float()
            self.optimizers[1].zero_grad()
            told, real = self.discriminate(batch, fake.detach(), weight if penalise else 0.0)
            if not (self.rules.simultaneous and turn == self.rules.ratio - 1):
                self.optimizers[1].step()
        self.optimizers[0].zero_grad()
        answered = self.generate(batch, fake, real)
        self.optimizers[0].step()
        if self.rules.simultaneous:
            self.optimizers[1].step()
        return told, answered

    def discriminate(self, batch: Batch, fake: torch.Tensor, weight: float) -> tuple[torch.Tensor, torch.Tensor]:
        """The discriminator's gradients; its loss without the penalty, and the logits of the real images."""
        images = torch.cat([batch.augment(batch.real), batch.augment(fake)])
        zero_centred = weight > 0 and self.rules.penalty == "zero-centred"
        images.requires_grad_(zero_centred)
        labels = None if batch.labels is None else torch.cat([batch.labels, batch.labels])
        with self.machine.precision():
            if self.rules.together:
                logits = self.discriminator(images, labels).float()
            else:
                halves = [self.discriminator(half, batch.labels).float() for half in images.chunk(2)]
                logits = torch.cat(halves)
        real, generated = logits.chunk(2)
        loss = self.rules.losses.discriminator(real, generated)
        total = loss
        if zero_centred:
            total = total + weight * squared_gradient(logits, images).mean()  # half of R1 and half of R2
        elif weight > 0 and self.rules.penalty == "unit":
            total = total + weight * self._unit(images, batch.labels)
        total.backward()  # type: ignore[no-untyped-call]
        return loss.detach(), real.detach()

    def _unit(self, images: torch.Tensor, labels: torch.Tensor | None) -> torch.Tensor:
        real, fake = images.chunk(2)
        return unit_gradient(self.discriminator, real, fake, labels)

    def generate(self, batch: Batch, fake: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        """The generator's gradients and its loss. real: what the discriminator said of the real images before it moved:
        asking again would cost a tenth of the step."""
        self.discriminator.requires_grad_(False)
        with self.machine.precision():
            generated = self.discriminator(batch.augment(fake), batch.labels).float()
        loss = self.rules.losses.generator(real, generated)
        loss.backward()  # type: ignore[no-untyped-call]
        self.discriminator.requires_grad_(True)
        return loss.detach()

    @torch.no_grad()
    def follow(self, decay: float) -> None:
        """Move the average a little towards the generator; what is counted (batch norm) is taken over."""
        torch._foreach_lerp_(list(self.average.parameters()), list(self.generator.parameters()), 1 - decay)
        for kept, seen in zip(self.average.buffers(), self.generator.buffers(), strict=True):
            kept.copy_(seen)

    def tensors(self) -> dict[str, torch.Tensor]:
        """Everything, for a checkpoint."""
        found: dict[str, torch.Tensor] = {}
        for name, network in self._networks().items():
            found |= checkpoint.prefixed(name, network.state_dict())
        for name, optimizer in zip(("g", "d"), self.optimizers, strict=True):
            for number, state in optimizer.state_dict()["state"].items():
                found |= {f"{name}-adam.{number}.{key}": value for key, value in state.items()}
        return found

    def restore(self, tensors: Mapping[str, torch.Tensor]) -> None:
        """The reverse; what `tensors` keeps is copied, not taken."""
        for name, network in self._networks().items():
            network.load_state_dict(checkpoint.under(name, tensors))
        for name, optimizer in zip(("g", "d"), self.optimizers, strict=True):
            states: dict[int, dict[str, torch.Tensor]] = {}
            for key, value in checkpoint.under(f"{name}-adam", tensors).items():
                number, _, part = key.partition(".")
                states.setdefault(int(number), {})[part] = value.clone()
            optimizer.load_state_dict({"state": states, "param_groups": optimizer.state_dict()["param_groups"]})

    def _networks(self) -> dict[str, nn.Module]:
        return {"generator": self.generator, "discriminator": self.discriminator, "average": self.average}
