"""A pretrained network trained further on the data at hand, from the linear probe on (LP-FT, arXiv:2202.10054).

    >>> plan = Plan.choose(size, 45_000, 64, lambda form: Paces(lower=1.8e7, upper=7e6), 440.0, bytes_of)
    >>> plan.resolution, plan.epochs, plan.views
    (Resolution(height=128, width=128), 3.8, 1)

On a processor the stem and the first five of sixteen blocks stand still: what they make of each picture is computed
once (`tuning_inputs.py`), so that pictures may be shown several times larger. Layers near the input learn more slowly
than those near the output, the head fastest (ULMFiT's discriminative rates, arXiv:1801.06146). Pictures are cut out a
little differently in each view, mirrored where that changes nothing, mixed in pairs (mixup, arXiv:1710.09412) where
there is time for many epochs. What is scored and kept is the running average of the weights. Batch norm keeps
ImageNet's statistics: with those of the batches, what the probe learned was lost at the first step (a loss of 2.0 in
ten classes). In the end the network may be shown pictures a step larger than it was trained on, if validation says so
(FixRes, arXiv:1906.06423).
"""

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path

import numpy as np
import torch
from torch import nn

from noglue.tools.pretrained.efficientnet_lite import FEATURES, EfficientNetLite0
from noglue.tools.spec.errors import BudgetSpent, Kind
from noglue.tools.spec.step import Step
from noglue.tools.training import checkpoint
from noglue.tools.training.adamw import AdamW
from noglue.tools.training.clock import triangle
from noglue.tools.training.frozen_features import MOST_ENLARGED, SIDES, proportional
from noglue.tools.training.linear_probe import Probe
from noglue.tools.training.machine import Machine
from noglue.tools.training.pixels import Size
from noglue.tools.training.pretrained_model import Resolution
from noglue.tools.training.randomness import Order, random
from noglue.tools.training.split_arrays import Split, some
from noglue.tools.training.target_arrays import Target
from noglue.tools.training.trainer import Job, Measures, Outcome, State, Tensors, run
from noglue.tools.training.tuning_inputs import Maps, Pictures

FEWEST = 200  # rows: fewer teach the network less than they spoil
RATE, HEAD, SLOWER = 5e-4, 3.0, 0.9  # of the last layer; the head's, as a factor; of each layer before, as a factor
BATCHES = (10_000, 128), (2_000, 64), (400, 32), (0, 16)  # rows from which on, and how many of them in a batch
WARM_UP, SMOOTHING = 0.1, 0.1
MIXED_FROM, MIXING = 8, 0.2  # epochs from which on pictures are mixed; how strongly
WATCHED = 1_000  # validation pictures that states are compared on
FEWEST_SHARE, FEWEST_EPOCHS = 0.25, 1.5  # of the epochs wanted; in number: below, it is not trained further
LEAST = 0.55  # of the side that the frozen network was shown; small pictures are enlarged twofold at least
AVERAGE = 0.998  # of the running average, from one step to the next
STILL = 5  # blocks that are not trained on a processor
MOST_VIEWS = 8  # of a picture by the layers that stand still, and no more than half as many as there are epochs
MORE_VIEWS = 0.15  # of the time, for those beyond the first of each picture
MOST_BYTES = 2 << 30  # that such views may take


@dataclass(frozen=True)
class Paces:
    """Pixels a second. lower: seen by the layers that stand still, or 0. upper: learned from by the others."""

    lower: float
    upper: float

    def seconds_seen(self, pixels: int) -> float:
        """What the layers that stand still take to see so many."""
        return pixels / self.lower if self.lower else 0.0


@dataclass(frozen=True)
class Plan:
    """still: blocks that are not trained, nor is the stem before them; 0: everything is."""

    resolution: Resolution
    epochs: float
    still: int = 0
    views: int = 1

    @classmethod
    def choose(
        cls, natural: Size, rows: int, side: int, paces: Callable[[Resolution], Paces], seconds: float | None,
        bytes_of: Callable[[Resolution], int],
    ) -> "Plan | None":  # fmt: skip
        """The largest pictures that there is time to see often enough; None where there are none.

        natural: as they come. side: what the frozen network was shown. paces: at a size. bytes_of: what a view of a
        picture takes.
        """
        wanted, longest = wanted_epochs(rows), max(natural.height, natural.width)
        least = max(SIDES[-1], min(LEAST * side, 2 * longest))
        sides = [one for one in SIDES if least <= one <= max(side, MOST_ENLARGED * longest)]

        def at(one: int) -> Plan | None:
            resolution = proportional(natural, one, mirrored=False)
            pace, pixels = paces(resolution), rows * resolution.pixels
            plan = cls(resolution, wanted, STILL if pace.lower else 0)
            room = int(MOST_BYTES / (rows * bytes_of(resolution))) if plan.still else 1
            if not room:
                return None
            if seconds is None:
                return replace(plan, views=min(MOST_VIEWS, room))
            seen = pace.seconds_seen(pixels)
            most = min(MOST_VIEWS, room, int(wanted / 2))
            views = max(1, min(most, 1 + int(MORE_VIEWS * seconds / seen))) if seen else 1
            possible = (seconds - views * seen) * pace.upper / pixels
            enough = wanted if one > sides[-1] else max(FEWEST_EPOCHS, FEWEST_SHARE * wanted)
            return replace(plan, epochs=min(possible, 1.5 * wanted), views=views) if possible >= enough else None

        if seconds is None:
            return next(filter(None, map(at, sides)), None)
        found = None
        for plan in takewhile(bool, map(at, reversed(sides))):  # the paces of large pictures take long to measure
            found = plan
        return found


def wanted_epochs(rows: int) -> float:
    """3 for 45,000 pictures, 9 for 5,000, at most 20."""
    return min(20.0, max(2.5, 9.0 * math.sqrt(5_000 / rows)))


class Tuned(nn.Module):
    """The network, not folded, with the head. still: blocks that are not trained, nor is the stem before them; or 0."""

    def __init__(self, network: EfficientNetLite0, outputs: int, still: int) -> None:
        super().__init__()
        self.network, self.still, self.head = network, still, nn.Linear(FEATURES, outputs)
        for layer in network.layers()[: still + 1] if still else []:
            layer.requires_grad_(False)

    @torch.no_grad()
    def take(self, probe: Probe) -> None:
        """Its weights as the head's."""
        self.head.weight.copy_(torch.from_numpy(probe.weights.T))
        self.head.bias.copy_(torch.from_numpy(probe.intercept))

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Pictures, or what the layers that stand still made of them."""
        seen = self.network.upper(maps, self.still) if self.still else self.network(maps)
        return self.head(seen)  # type: ignore[no-any-return]

    def rated(self, rate: float) -> dict[str, tuple[nn.Parameter, float]]:
        """Each parameter with its learning rate."""
        layers = self.network.layers()
        rates = {
            id(p): rate * SLOWER ** (len(layers) - 1 - n) for n, layer in enumerate(layers) for p in layer.parameters()
        }
        return {name: (p, rates.get(id(p), rate * HEAD)) for name, p in self.named_parameters() if p.requires_grad}

    def probe(self) -> Probe:
        weight, bias = (p.detach().cpu().double().numpy() for p in (self.head.weight, self.head.bias))
        return Probe(weight.T, bias, 0.0)


class FineTuning:
    """One fine-tuning's parts, built once, then handed to the trainer."""

    def __init__(
        self, network: EfficientNetLite0, train: Split, held: Split, target: Target, flip: bool,
        machine: Machine, step: Step, rate: float | None = None, batch_size: int | None = None,
    ) -> None:  # fmt: skip
        self.train, self.held, self.target, self.flip = train, held, target, flip
        self.machine, self.step = machine, step
        rows, still = len(train.values), STILL if machine.device.type == "cpu" else 0
        self.batch_size = min(rows, batch_size or next(size for fewest, size in BATCHES if rows >= fewest))
        self.rate = rate or RATE * max(1.0, self.batch_size / 64)
        self.student = Tuned(network, target.outputs, still).eval().to(machine.device)
        self.student.to(memory_format=torch.channels_last)  # type: ignore[call-overload, unused-ignore]
        self.average = copy.deepcopy(self.student).requires_grad_(False)
        self.optimizer = AdamW(self.student.rated(self.rate))
        self.taught = torch.from_numpy(target.taught(train.values)).to(machine.device)
        self.order = Order(rows, self.batch_size, step.seed)
        self.watched = some(len(held.values), WATCHED, step.seed)
        self.known_paces: dict[tuple[int, int], Paces] = {}

    @property
    def schedule(self) -> dict[str, float]:
        """What it learned in and how quickly, as settings call it."""
        return {"batch_size": self.batch_size, "learning_rate": self.rate}

    def paces(self, resolution: Resolution) -> Paces:
        """Measured once, on a batch that teaches nothing."""
        form = resolution.height, resolution.width
        if form not in self.known_paces:
            self.known_paces[form] = self._paces(resolution)
        return self.known_paces[form]

    def _paces(self, resolution: Resolution) -> Paces:
        network, still = self.student.network, self.student.still
        images = torch.zeros(self.batch_size, 3, resolution.height, resolution.width, device=self.machine.device)
        images = images.contiguous(memory_format=torch.channels_last)
        began, inputs, seeing = time.monotonic(), images, 0.0
        for _ in range(2 if still else 0):
            began = time.monotonic()
            with torch.inference_mode(), self.machine.precision():
                inputs = network.lower(images, still)
            self.machine.wait()
            seeing = time.monotonic() - began
        for _ in range(2):
            began = time.monotonic()
            with self.machine.precision():
                loss = self.student(inputs.clone()).square().mean()
            loss.backward()
            self.machine.wait()
        learning = max(1e-6, time.monotonic() - began)
        self.optimizer.zero_grad()
        pixels = len(images) * resolution.pixels
        return Paces(pixels / seeing if seeing else 0.0, pixels / learning)

    def least(self, resolution: Resolution) -> Plan:
        """For a length that is asked for, whatever the time."""
        return Plan(resolution, 0.0, self.student.still)

    def planned(self, natural: Size, side: int, seconds: float | None) -> Plan | None:
        """See `Plan.choose`."""
        rows = len(self.train.values)
        return Plan.choose(natural, rows, side, self.paces, seconds, lambda form: Maps.bytes_of(form, self.machine))

    def begin_from(self, probe: Probe, plan: Plan) -> None:
        """With this head, learned at the plan's resolution. Raises BudgetSpent while the lower layers see."""
        self.plan = plan
        for network in (self.student, self.average):
            network.take(probe)
        form, machine, seed = plan.resolution, self.machine, self.step.seed
        self.inputs: Pictures | Maps = Pictures(form, self.train.pixels, self.flip, machine, seed)
        self.shown: Pictures | Maps = Pictures(form, self.held.pixels[self.watched], False, machine, seed)
        if plan.still:
            seeing = self.student.network
            self.inputs = Maps(seeing, plan.still, self.inputs, plan.views, seed, self._tell)
            self.shown = Maps(seeing, plan.still, self.shown, 1, seed, self._tell)

    def _tell(self, done: int, total: int) -> None:
        self.step.progress("lower layers", done, total, unit="images")
        if self.step.is_over():
            raise BudgetSpent(
                Kind.BUDGET_SPENT, "The time was up before training began.", hint="Give a larger --budget."
            )

    def learn(self, seconds: float | None, checkpoint_seconds: float, fingerprint: str) -> Outcome:
        steps = max(1, len(self.train.values) // self.batch_size)
        total = max(1, round(steps * self.plan.epochs))
        job = Job(
            network=self.average, train_step=self._train_step, validate=self._validate, improves=self._improves,
            tensors=self._tensors, restore=self._restore, batch_size=self.batch_size, steps=total,
            steps_per_epoch=steps, validate_every=max(1, total // 6, min(steps, total // 3)),
            checkpoint=self._file(), checkpoint_seconds=checkpoint_seconds, measure=self.target.metric.name,
            fingerprint=f"{fingerprint} {replace(self.plan, epochs=0)} {self.rate} {self.step.seed}",
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
        images, taught = self.inputs.batch(rows, epoch, draw), self.taught[rows.to(self.machine.device)]
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
        return {"validation": self.target.measure(self.outputs(), self.held.values[self.watched])}

    def _improves(self, measures: Measures, best: Measures) -> bool:
        return not best or not self.target.metric.better(best["validation"], measures["validation"])

    def outputs(self) -> np.ndarray:
        """The averaged network's outputs for the rows that are watched, float32 (n, outputs)."""
        piece, parts = max(1, (1 << 18) // self.plan.resolution.pixels), []
        with torch.inference_mode(), self.machine.precision():
            for start in range(0, len(self.watched), piece):
                images = self.shown.whole(torch.arange(start, min(len(self.watched), start + piece)))
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


def _share(draw: torch.Generator) -> float:
    """The larger share of two pictures that are mixed: Beta(0.2, 0.2) by way of two gamma variables (Johnk 1964)."""
    while True:
        one, two = (float(u) ** (1 / MIXING) for u in torch.rand(2, generator=draw, dtype=torch.float64))
        if 0 < one + two <= 1:
            return float(max(one, two) / (one + two))
