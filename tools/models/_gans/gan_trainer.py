"""Training a GAN: one step of both networks, the penalties on the discriminator, and the job for the trainer.

>>> players = Players(design, machine)
>>> players.step(iter([batch]), weight=0.5, rate=1.0, penalise=True)
(tensor(0.69), tensor(0.71))

Penalties on the discriminator's gradient with respect to its input, float32 throughout, as they are differentiated:

zero-centred    ½ E‖∇ D(x)‖² (Mescheder et al. 2018, arXiv:1801.04406)
unit            E(‖∇ D(x)‖ - 1)² (Gulrajani et al. 2017, arXiv:1704.00028)
"""

import copy
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import nn

from noglue.tools.models._gans.design import Design
from noglue.tools.models._gans.watch import Watch
from noglue.tools.spec.thumbnail import Thumbnail
from noglue.tools.training import checkpoint
from noglue.tools.training.machine import Machine
from noglue.tools.training.trainer import Job, Rollback, State

RAMP = 0.3  # share of the schedule over which the augmentation and the penalty reach their last values
STEADY = 0.5  # share of the schedule after which the learning rates fall

Discriminator = Callable[[torch.Tensor, torch.Tensor | None], torch.Tensor]


def squared_gradient(logits: torch.Tensor, images: torch.Tensor) -> torch.Tensor:
    """‖∇ logit‖² of each image, float32 (n,), differentiable. images: what `logits` (n,) were computed from."""
    (gradient,) = torch.autograd.grad(logits.sum(), images, create_graph=True)
    return gradient.float().square().flatten(1).sum(1)


def unit_gradient(
    discriminator: Discriminator, real: torch.Tensor, fake: torch.Tensor, labels: torch.Tensor | None
) -> torch.Tensor:
    """How far the slope is from 1 between real and generated images, squared."""
    share = torch.rand(len(real), *[1] * (real.ndim - 1), device=real.device)
    between = (share * real + (1 - share) * fake).detach().requires_grad_(True)
    slope = (squared_gradient(discriminator(between, labels), between) + 1e-12).sqrt()
    return (slope - 1).square().mean()


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
        self.rules, self.machine, self.latent = design.rules, machine, design.latent
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

    def step(
        self, batches: Iterator[Batch], weight: float, rate: float, penalise: bool
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """`n_critic` discriminator steps and one of the generator, on as many batches. → both losses, detached.

        weight: of the penalty. rate: a factor on both learning rates.
        """
        for optimizer, base in zip(self.optimizers, self.rules.rates, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = base * rate
        for turn in range(self.rules.n_critic):
            batch = next(batches)
            with torch.set_grad_enabled(turn == self.rules.n_critic - 1), self.machine.precision():
                fake = self.generator(batch.latents, batch.labels).float()
            self.optimizers[1].zero_grad()
            loss_d, real = self.discriminate(batch, fake.detach(), weight if penalise else 0.0)
            if not (self.rules.simultaneous and turn == self.rules.n_critic - 1):
                self.optimizers[1].step()
        self.optimizers[0].zero_grad()
        loss_g = self.generate(batch, fake, real)
        self.optimizers[0].step()
        if self.rules.simultaneous:
            self.optimizers[1].step()
        return loss_d, loss_g

    def discriminate(self, batch: Batch, fake: torch.Tensor, weight: float) -> tuple[torch.Tensor, torch.Tensor]:
        """The discriminator's gradients; its loss without the penalty, and the logits of the real images."""
        images = torch.cat([batch.augment(batch.real), batch.augment(fake)])
        zero_centred = weight > 0 and self.rules.penalty == "zero-centred"
        images.requires_grad_(zero_centred)
        labels = None if batch.labels is None else torch.cat([batch.labels, batch.labels])
        with self.machine.precision():
            if self.rules.joint_batch:
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


# ---- the trainer's job -------------------------------------------------------------------------------------------


@dataclass
class GanTrainer:
    """batch(number, strength): the numbered batch, augmented with that strength. score(network): the measures of this
    generator's samples, `fd_own` (lower is better), `coverage`, `precision` and `spread` among them. show(network,
    step): called at every validation with the averaged generator; its picture goes with the progress. trusted: whether
    those measures tell noise from data; else the last generator is kept, and no alarm rings. rows: training examples,
    to count epochs by.
    """

    players: Players
    batch: Callable[[int, float], Batch]
    score: Callable[[nn.Module], dict[str, float]]
    show: Callable[[nn.Module, int], Thumbnail | None]
    rows: int
    batch_size: int
    steps: int
    validate_every: int
    checkpoint: Path
    fingerprint: str
    checkpoint_seconds: float = 60.0
    trusted: bool = True
    picture: Thumbnail | None = field(default=None, init=False)

    def job(self) -> Job:
        """What tools/training/trainer.py needs; the averaged generator is what is validated and kept."""
        return Job(
            network=self.players.average,
            train_step=self.train_step,
            validate=self.validate,
            improves=self.improves,
            tensors=self.players.tensors,
            restore=self.players.restore,
            batch_size=self.batch_size,
            steps=self.steps,
            steps_per_epoch=self.rows / self.batch_size,
            validate_every=self.validate_every,
            checkpoint=self.checkpoint,
            fingerprint=self.fingerprint,
            checkpoint_seconds=self.checkpoint_seconds,
            losses=("loss_d", "loss_g"),
            unit="step",
            shown=("fd_own", "coverage"),
            rollback=Rollback(4, 0.5, "learning rates halved", "Use a much lower learning rate, or another family."),
            most_loss=1e6,
            picture=lambda: self.picture,
            watch=Watch(self.players.rules.losses.collapsed) if self.trusted else None,
        )

    def improves(self, new: Mapping[str, float], best: Mapping[str, float]) -> bool:
        if not self.trusted:
            return True
        return math.isfinite(new["fd_own"]) and new["fd_own"] < best.get("fd_own", math.inf)

    def train_step(self, state: State, fraction: float) -> torch.Tensor:
        """Both losses (2,). The penalty and the augmentation reach their last values early; the rates fall late."""
        rules, start, end = self.players.rules, *self.players.rules.weight
        weight = (start + (end - start) * min(1.0, fraction / RAMP)) * rules.penalty_interval
        fallen = max(0.0, (fraction - STEADY) / (1 - STEADY))
        rate = (1 - (1 - rules.final_lr_factor) * fallen) * min(1.0, (state.step + 1) / 100) * state.caution
        strength = rules.augment * min(1.0, fraction / RAMP) + state.strength
        numbers = range(state.step * rules.n_critic, (state.step + 1) * rules.n_critic)
        batches = (self.batch(number, strength) for number in numbers)
        losses = self.players.step(batches, weight, rate, state.step % rules.penalty_interval == 0)
        seen = (state.step + 1) * self.batch_size
        self.players.follow(0.5 ** (self.batch_size / min(rules.average, max(1.0, seen / 20))))
        return torch.stack(losses)

    def validate(self, step: int) -> dict[str, float]:
        measures = self.score(self.players.average)
        self.picture = self.show(self.players.average, step)
        return measures
