"""A pretrained network trained further on the data at hand, from the linear probe on (LP-FT, arXiv:2202.10054).

    >>> plan = Plan.choose(size, rows=45_000, side=128, pace=1.6e6, seconds=360)
    >>> plan.resolution, plan.epochs
    (Resolution(height=64, width=64), 3.1)

Layers near the input learn more slowly than those near the output, the head fastest (ULMFiT's discriminative rates,
arXiv:1801.06146). Pictures are cut out a little differently each time, mirrored where that changes nothing, mixed in
pairs (mixup, arXiv:1710.09412) where there is time for many epochs. What is scored and kept is the running average of
the weights. Batch norm keeps ImageNet's statistics: with those of the batches, what the probe learned was lost at the
first step (a loss of 2.0 in ten classes). In the end the network may be shown pictures a step larger than it was
trained on, if validation says so (FixRes, arXiv:1906.06423).
"""

import copy
import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from noglue.tools.pretrained.efficientnet_lite import FEATURES, EfficientNetLite0, normalised
from noglue.tools.spec.step import Step
from noglue.tools.training import checkpoint
from noglue.tools.training.adamw import AdamW
from noglue.tools.training.clock import triangle
from noglue.tools.training.frozen_features import SIDES, proportional
from noglue.tools.training.linear_probe import Probe
from noglue.tools.training.machine import Machine
from noglue.tools.training.pixels import Size
from noglue.tools.training.pretrained_model import Resolution, sized
from noglue.tools.training.randomness import Order, random
from noglue.tools.training.split_arrays import Split, some
from noglue.tools.training.target_arrays import Target
from noglue.tools.training.trainer import Job, Measures, Outcome, State, Tensors, run

FEWEST = 200  # rows: fewer teach the network less than they spoil
RATE, HEAD, SLOWER = 5e-4, 3.0, 0.9  # of the last layer; the head's, as a factor; of each layer before, as a factor
WARM_UP, SMOOTHING = 0.1, 0.1
MIXED_FROM, MIXING = 8, 0.2  # epochs from which on pictures are mixed; how strongly
WATCHED = 1_000  # validation pictures that states are compared on
SMALLEST_CUT, MARGIN = 0.75, 0.125  # shares of a side: of a picture that is cut out; of its mirrored margin
LEAST = 0.55  # of the side that the frozen network was shown; small pictures are enlarged twofold at least
AVERAGE = 0.998  # of the running average, from one step to the next


@dataclass(frozen=True)
class Plan:
    resolution: Resolution
    epochs: float

    @classmethod
    def choose(cls, natural: Size, rows: int, side: int, pace: float, seconds: float | None) -> "Plan | None":
        """The largest pictures that there is time to see often enough; None where there are none.

        natural: as they come. side: what the frozen network was shown, the largest. pace: pixels a second in training.
        """
        wanted = wanted_epochs(rows)
        least = max(SIDES[-1], min(LEAST * side, 2 * max(natural.height, natural.width)))
        sides = [one for one in SIDES if least <= one <= side]
        for one in sides:
            resolution = proportional(natural, one, mirrored=False)
            if seconds is None:
                return cls(resolution, wanted)
            possible = seconds * pace / (rows * resolution.pixels)
            if possible >= (wanted if one > sides[-1] else 0.5 * wanted):
                return cls(resolution, min(possible, 1.5 * wanted))
        return None


def wanted_epochs(rows: int) -> float:
    """3 for 80,000 pictures, 12 for 5,000, at most 20."""
    return min(20.0, max(3.0, 12.0 * math.sqrt(5_000 / rows)))


class Tuned(nn.Module):
    """The network, not folded, with the head."""

    def __init__(self, network: EfficientNetLite0, probe: Probe) -> None:
        super().__init__()
        self.network, self.head = network, nn.Linear(FEATURES, probe.weights.shape[1])
        self.take(probe)

    @torch.no_grad()
    def take(self, probe: Probe) -> None:
        """Its weights as the head's."""
        self.head.weight.copy_(torch.from_numpy(probe.weights.T))
        self.head.bias.copy_(torch.from_numpy(probe.intercept))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.head(self.network(images))  # type: ignore[no-any-return]

    def rated(self, rate: float) -> dict[str, tuple[nn.Parameter, float]]:
        """Each parameter with its learning rate."""
        layers = self.network.layers()
        rates = {
            id(p): rate * SLOWER ** (len(layers) - 1 - n) for n, layer in enumerate(layers) for p in layer.parameters()
        }
        return {name: (p, rates.get(id(p), rate * HEAD)) for name, p in self.named_parameters()}

    def probe(self) -> Probe:
        weight, bias = (p.detach().cpu().double().numpy() for p in (self.head.weight, self.head.bias))
        return Probe(weight.T, bias, 0.0)


class FineTuning:
    """One fine-tuning's parts, built once, then handed to the trainer."""

    def __init__(
        self, network: EfficientNetLite0, probe: Probe, train: Split, held: Split, target: Target, plan: Plan,
        flip: bool, machine: Machine, step: Step, rate: float | None = None, batch_size: int | None = None,
    ) -> None:  # fmt: skip
        self.train, self.held, self.target, self.plan = train, held, target, plan
        self.flip, self.machine, self.step, self.rate = flip, machine, step, rate or RATE
        rows = len(train.values)
        self.batch_size = min(rows, batch_size or (64 if rows >= 2_000 else 32 if rows >= 400 else 16))
        self.student = Tuned(network, probe).eval().to(machine.device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = copy.deepcopy(self.student).requires_grad_(False)
        self.optimizer = AdamW(self.student.rated(self.rate))
        self.taught = torch.from_numpy(target.taught(train.values)).to(machine.device)
        self.order = Order(rows, self.batch_size, step.seed)
        self.mirrored = torch.rand(rows, generator=random(step.seed, 1)) < 0.5
        self.watched = some(len(held.values), WATCHED, step.seed)

    def pace(self) -> float:
        """Pixels a second in training, measured on a batch that teaches nothing."""
        images = torch.zeros(self.batch_size, 3, 64, 64, device=self.machine.device)
        images = images.contiguous(memory_format=torch.channels_last)
        for _ in range(2):
            began = time.monotonic()
            with self.machine.precision():
                loss = self.student(images).square().mean()
            loss.backward()
        seconds = time.monotonic() - began
        self.optimizer.zero_grad()
        return images.shape[0] * 64 * 64 / max(1e-6, seconds)

    def begin_from(self, probe: Probe, plan: Plan) -> None:
        """With this head, learned at the plan's resolution."""
        self.plan = plan
        for network in (self.student, self.average):
            network.take(probe)

    def learn(self, seconds: float | None, checkpoint_seconds: float, fingerprint: str) -> Outcome:
        steps = max(1, len(self.train.values) // self.batch_size)
        total = max(1, round(steps * self.plan.epochs))
        job = Job(
            network=self.average, train_step=self._train_step, validate=self._validate, improves=self._improves,
            tensors=self._tensors, restore=self._restore, batch_size=self.batch_size, steps=total,
            steps_per_epoch=steps, validate_every=max(1, total // 6, min(steps, total // 3)),
            checkpoint=self._file(), fingerprint=f"{fingerprint} {self.plan} {self.rate} {self.step.seed}",
            checkpoint_seconds=checkpoint_seconds,
        )  # fmt: skip
        outcome = run(job, seconds, self.step)
        self._file().unlink(missing_ok=True)
        return outcome

    def _file(self) -> Path:
        return self.step.folder / "fine_tuning.safetensors"

    # ---- a step ----------------------------------------------------------------------------------------------------

    def _train_step(self, state: State, fraction: float) -> torch.Tensor:
        epoch, index = divmod(state.step, max(1, len(self.train.values) // self.batch_size))
        rows = self.order.batch(epoch, index)
        draw = random(self.step.seed, 3, epoch, index)
        images, taught = self._batch(rows, epoch, draw), self.taught[rows.to(self.machine.device)]
        mixing = self.target.classes is not None and self.plan.epochs >= MIXED_FROM
        share = _share(draw) if mixing else 1.0
        if share < 1:
            images = share * images + (1 - share) * images.flip(0)
        with self.machine.precision():
            outputs = self.student(images.contiguous(memory_format=torch.channels_last))
        loss = self.target.loss(outputs, taught, SMOOTHING)
        if share < 1:
            loss = share * loss + (1 - share) * self.target.loss(outputs, taught.flip(0), SMOOTHING)
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step(triangle(fraction, WARM_UP) * state.caution)
        self._follow(state.step)
        return loss.detach().view(1)

    def _batch(self, rows: torch.Tensor, epoch: int, draw: torch.Generator) -> torch.Tensor:
        """Normalised pictures at the plan's size, each cut out and mirrored in its own way."""
        images = normalised(torch.from_numpy(self.train.pixels[rows.numpy()]).to(self.machine.device))
        if self.flip:
            turned = (self.mirrored[rows] ^ (epoch % 2 == 1)).to(images.device)
            images = torch.where(turned[:, None, None, None], images.flip(-1), images)
        images = cut_out(images, draw)
        return sized(images, self.plan.resolution).expand(-1, 3, -1, -1)

    @torch.no_grad()
    def _follow(self, step: int) -> None:
        """The running average of the weights; batch norm's statistics stay as they are."""
        share = 1 - min(AVERAGE, (1 + step) / (10 + step))
        ours = self.average.state_dict()
        for name, value in self.student.state_dict().items():
            if value.is_floating_point():
                ours[name].lerp_(value, share)

    # ---- what the trainer asks for ---------------------------------------------------------------------------------

    def _validate(self, step: int) -> Measures:
        outputs = self.outputs(self.watched)
        return {"validation": self.target.measure(outputs, self.held.values[self.watched])}

    def _improves(self, measures: Measures, best: Measures) -> bool:
        return not best or not self.target.metric.better(best["validation"], measures["validation"])

    def outputs(self, rows: np.ndarray) -> np.ndarray:
        """The averaged network's outputs for these held rows, float32 (n, outputs)."""
        piece, parts = max(1, (1 << 18) // self.plan.resolution.pixels), []
        with torch.inference_mode(), self.machine.precision():
            for start in range(0, len(rows), piece):
                pixels = torch.from_numpy(self.held.pixels[rows[start : start + piece]]).to(self.machine.device)
                images = sized(normalised(pixels), self.plan.resolution).expand(-1, 3, -1, -1)
                parts.append(self.average(images.contiguous(memory_format=torch.channels_last)).float().cpu().numpy())
        return np.concatenate(parts)

    def _tensors(self) -> Tensors:
        parts = checkpoint.prefixed("student", self.student.state_dict())
        parts |= checkpoint.prefixed("average", self.average.state_dict())
        return parts | checkpoint.prefixed("optimizer", self.optimizer.tensors())

    def _restore(self, kept: Tensors) -> None:
        whole = dict(kept)
        self.student.load_state_dict(checkpoint.under("student", whole))
        self.average.load_state_dict(checkpoint.under("average", whole))
        self.optimizer.restore(checkpoint.under("optimizer", whole))

    def folded(self) -> EfficientNetLite0:
        """The averaged network, to predict with."""
        network: EfficientNetLite0 = copy.deepcopy(self.average.network).cpu()
        return network.folded()


def cut_out(images: torch.Tensor, draw: torch.Generator) -> torch.Tensor:
    """float (n, c, h, w) → a part of each, of one size in a batch, from somewhere in it or a little beyond its edge."""
    count, _, height, width = images.shape
    margins = [min(length - 1, round(MARGIN * length / 2)) for length in (height, width)]
    padded = nn.functional.pad(images, (margins[1], margins[1], margins[0], margins[0]), mode="reflect")
    share = SMALLEST_CUT + (1 - SMALLEST_CUT) * float(torch.rand(1, generator=draw))
    sides = [max(1, round(share * length)) for length in (height, width)]
    places = []
    for length, side in zip(padded.shape[2:], sides, strict=True):
        starts = torch.randint(0, length - side + 1, (count, 1), generator=draw)
        places.append((starts + torch.arange(side)).to(images.device))
    which = torch.arange(count, device=images.device)[:, None, None]
    return padded.permute(0, 2, 3, 1)[which, places[0][:, :, None], places[1][:, None, :]].permute(0, 3, 1, 2)


def _share(draw: torch.Generator) -> float:
    """The larger share of two pictures that are mixed: Beta(0.2, 0.2) by way of two gamma variables (Johnk 1964)."""
    while True:
        one, two = (float(u) ** (1 / MIXING) for u in torch.rand(2, generator=draw, dtype=torch.float64))
        if 0 < one + two <= 1:
            return float(max(one, two) / (one + two))
