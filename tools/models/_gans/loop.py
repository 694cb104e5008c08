"""The training loop of two players: play, average, score, watch, survive NaN, checkpoint, and end with the clock.

    >>> outcome = run(job, seconds=None, step=step)
    >>> outcome.measures, outcome.stopped
    ({'fd_own': 3.1, 'coverage': 0.93, 'precision': 0.94, 'spread': 0.98}, 'the schedule ended')

It knows nothing of images: a `Job` says where batches come from and how samples are scored. Everything random in a
batch is drawn from (seed, its number), so that a training that goes on from a checkpoint does what it would have done.
"""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import nn

from noglue.tools.models._gans.moves import Batch, Players
from noglue.tools.models._gans.watch import Watch
from noglue.tools.spec.errors import StepFailed
from noglue.tools.spec.step import Step
from noglue.tools.training import checkpoint
from noglue.tools.training.clock import Clock
from noglue.tools.training.machine import out_of_memory

FAILURES = 4  # returns to the last good state before a training is given up
RAMP = 0.3  # share of the schedule over which the augmentation and the penalty reach their last values
STEADY = 0.5  # share of the schedule after which the learning rates fall
LEAST_COVERAGE = 0.2  # of the best snapshot: with less, and none better since the last alarm, there is no generator


@dataclass
class Job:
    """batch(number, strength): the numbered batch, augmented with that strength. score(network): the measures of this
    generator's samples, `fd_own` (lower is better), `coverage`, `precision` and `spread` among them. show(network,
    step): called at every scoring with the averaged generator. rows: training examples, to count epochs by.
    """

    players: Players
    batch: Callable[[int, float], Batch]
    score: Callable[[nn.Module], dict[str, float]]
    show: Callable[[nn.Module, int], None]
    rows: int
    batch_size: int
    steps: int
    score_every: int
    checkpoint: Path
    fingerprint: str
    checkpoint_seconds: float = 60.0


@dataclass
class State:
    """Where a training stands. caution: factor on the learning rates after failures. strength: added to the schedule's
    augmentation by alarms. lost_d, lost_g, counted: losses summed since the last scoring.
    """

    step: int = 0
    fraction: float = 0.0
    timed: bool = False
    caution: float = 1.0
    strength: float = 0.0
    failures: int = 0
    lost_d: float = 0.0
    lost_g: float = 0.0
    counted: int = 0
    seconds: float = 0.0
    best: dict[str, float] = field(default_factory=dict)
    history: list[dict[str, float]] = field(default_factory=list)


@dataclass
class Outcome:
    """measures: of the chosen snapshot, which the averaged generator holds when this is returned."""

    measures: dict[str, float]
    chosen: int
    steps: int
    epochs: float
    stopped: str
    seconds: float
    history: list[dict[str, float]]
    alarms: list[str]


class Loop:
    def __init__(self, job: Job, state: State, clock: Clock, watch: Watch, step: Step) -> None:
        self.job, self.state, self.clock, self.watch, self.step = job, state, clock, watch, step
        self.players, self.rules = job.players, job.players.rules
        self.earlier = state.seconds
        self.best: dict[str, torch.Tensor] = {}
        self.saved = self.told = time.monotonic()
        self.pending: list[tuple[torch.Tensor, torch.Tensor]] = []
        self.check_every = 1 if self.players.machine.device.type == "cpu" else 16
        self._remember()

    def train(self) -> Outcome:
        ended = ""
        while not ended:
            fraction = self.clock.fraction(self.state.step)
            self._play(fraction)
            if self.clock.fraction(self.state.step) >= 1:
                ended = "the time budget was used" if self.clock.timed else "the schedule ended"
            scoring = bool(ended) or self.state.step % self.job.score_every == 0
            if scoring or len(self.pending) >= self.check_every:
                if not self._settle():
                    ended = ""
                    continue
                self._tell()
            if scoring and not self._score():
                ended = "the alarms rang too often"
            if not self.pending and time.monotonic() - self.saved > self.job.checkpoint_seconds:
                self._save()
        return self._outcome(ended)

    def _outcome(self, ended: str) -> Outcome:
        state = self.state
        if not self.best:
            raise _diverged(state.failures, "nothing finite was ever scored")
        lost = self.watch.rung and state.best["step"] <= self.watch.at  # it has not been better since
        if lost and state.best["coverage"] < LEAST_COVERAGE:
            raise StepFailed(
                "collapsed",
                f"The generator collapsed: its best snapshot covers {state.best['coverage']:.0%} of the data "
                f"({self.watch.rung[-1]}).",
                hint="Another family, more examples or more time may do better.",
                alarms=self.watch.rung,
            )
        if self._seconds() > self.job.checkpoint_seconds:
            self._save()  # what comes after the training may be interrupted too
        self.players.average.load_state_dict(self.best)
        epochs = state.step * self.job.batch_size / self.job.rows
        measures = {name: value for name, value in state.best.items() if name != "step"}
        return Outcome(measures, int(state.best["step"]), state.step, epochs, ended, self._seconds(), state.history,
                       self.watch.rung)  # fmt: skip

    def _play(self, fraction: float) -> None:
        rules, state = self.rules, self.state
        start, end = rules.weight
        weight = (start + (end - start) * min(1.0, fraction / RAMP)) * rules.every
        falling = max(0.0, (fraction - STEADY) / (1 - STEADY))
        rate = (1 - (1 - rules.falling) * falling) * min(1.0, (state.step + 1) / 100) * state.caution
        strength = rules.augment * min(1.0, fraction / RAMP) + state.strength
        try:
            losses = self.players.play(self._batches(strength), weight, rate, state.step % rules.every == 0)
        except (RuntimeError, MemoryError) as error:
            failure = out_of_memory(error, self.job.batch_size)
            if failure is None:
                raise
            raise failure from error
        self.pending.append(losses)
        state.step += 1
        seen = state.step * self.job.batch_size
        self.players.follow(0.5 ** (self.job.batch_size / min(rules.average, max(1.0, seen / 20))))

    def _batches(self, strength: float) -> Iterator[Batch]:
        for turn in range(self.rules.ratio):
            yield self.job.batch(self.state.step * self.rules.ratio + turn, strength)

    def _settle(self) -> bool:
        """Add up the losses since the last look; False, and back at the last good state, when one is not finite."""
        values = torch.stack([torch.stack(losses) for losses in self.pending]).cpu().double().sum(0)
        self.state.lost_d += float(values[0])
        self.state.lost_g += float(values[1])
        self.state.counted += len(self.pending)
        self.pending.clear()
        if bool(torch.isfinite(values).all()) and float(values.abs().max()) < 1e6 * self.state.counted:
            return True
        self._go_back("the losses ran away")
        return False

    def _go_back(self, why: str) -> None:
        """To the last good snapshot, with half the learning rates."""
        failures, caution = self.state.failures + 1, self.state.caution / 2
        if failures > FAILURES:
            raise _diverged(failures, why)
        self.step.note(f"{why} at step {self.state.step}: back to step {self.good_state.step}, learning rates halved")
        self.players.restore(self.good)
        self.state = _copy(self.good_state, failures=failures, caution=caution, strength=self.state.strength)

    def _score(self) -> bool:
        """Score the averaged generator, keep it if it is the best, and look for signs of collapse; False: give up."""
        state = self.state
        if not _finite(self.players.average) or not _finite(self.players.discriminator):
            self._go_back("the weights were not finite")
            return True
        measures = self.job.score(self.players.average)
        lost = max(1, state.counted)
        row = {"step": state.step, "loss_d": state.lost_d / lost, "loss_g": state.lost_g / lost, **measures}
        state.history.append(
            {name: round(value, 5) for name, value in row.items()} | {"seconds": round(self._seconds(), 1)}
        )
        state.lost_d = state.lost_g = state.counted = 0
        if math.isfinite(measures["fd_own"]) and measures["fd_own"] < state.best.get("fd_own", math.inf):
            state.best = {"step": float(state.step), **measures}
            self.best = _clone(self.players.average.state_dict())
        self.job.show(self.players.average, state.step)
        self._tell(now=True)
        why = self.watch.look(row, self.clock.fraction(state.step))
        if why is not None:
            return self._alarm(why)
        state.caution, state.strength = self.watch.calm(state.caution, state.strength)
        self._remember()
        return True

    def _alarm(self, why: str) -> bool:
        state = self.state
        state.caution, state.strength = self.watch.act(why, state.step, state.caution, state.strength)
        self.step.note(f"collapse alarm at {self.watch.rung[-1]}", alarm=True)
        return not self.watch.spent

    def _tell(self, now: bool = False) -> None:
        """At most once a second, and after every scoring."""
        if not now and time.monotonic() - self.told < 1:
            return
        self.told, state = time.monotonic(), self.state
        facts: dict[str, float] = {}
        if state.counted:
            facts |= {
                "loss_d": round(state.lost_d / state.counted, 3),
                "loss_g": round(state.lost_g / state.counted, 3),
            }
        if state.history:
            facts |= {name: round(state.history[-1][name], 3) for name in ("fd_own", "coverage")}
        left = self.clock.seconds_left(state.step)
        if left is not None:
            facts["seconds_left"] = round(left, 1)
        total = state.step / max(self.clock.fraction(state.step), 1e-9)
        self.step.progress("step", state.step, max(state.step, round(total)), **facts)

    def _seconds(self) -> float:
        return self.earlier + self.clock.elapsed()

    def _remember(self) -> None:
        self.good, self.good_state = _clone(self.players.tensors()), _copy(self.state)

    def _save(self) -> None:
        self.saved, state = time.monotonic(), self.state
        state.fraction, state.timed, state.seconds = self.clock.fraction(state.step), self.clock.timed, self._seconds()
        tensors = self.players.tensors() | checkpoint.prefixed("best", self.best)
        facts = {"state": vars(state), "watch": vars(self.watch)}
        checkpoint.save(self.job.checkpoint, tensors, {"fingerprint": self.job.fingerprint, **facts})

    def restore(self, tensors: dict[str, torch.Tensor]) -> None:
        self.players.restore(tensors)
        self.best = _clone(checkpoint.under("best", tensors))
        self._remember()


def run(job: Job, seconds: float | None, step: Step) -> Outcome:
    """Train for the job's steps, or as many as fit into `seconds`; go on from the job's checkpoint where there is one.

    The checkpoint is left for the caller to delete, once what he makes of the generator is safe.

    Raises StepFailed `diverged` after too many returns to a good state, `collapsed` when an alarm rang, nothing was
    better since and no snapshot covers a fifth of the data, `out-of-memory` with the batch's size.
    """
    collapsed = job.players.rules.losses.collapsed
    found = checkpoint.load(job.checkpoint)
    if found is not None and found[1].get("fingerprint") == job.fingerprint:
        state = State(**found[1]["state"])
        clock = Clock(job.steps, seconds, state.step, state.fraction, state.timed)
        step.note(f"going on from step {state.step} of an earlier, interrupted training")
        loop = Loop(job, state, clock, Watch(**found[1]["watch"]), step)
        loop.restore(found[0])
    else:
        loop = Loop(job, State(), Clock(job.steps, seconds), Watch(collapsed), step)
    return loop.train()


def _diverged(failures: int, why: str) -> StepFailed:
    return StepFailed(
        "diverged",
        f"The training diverged {failures} times ({why}), at ever lower learning rates.",
        hint="Use a much lower learning rate, or another family.",
        failures=failures,
    )


def _copy(state: State, **changed: float) -> State:
    return State(**{**vars(state), "best": dict(state.best), "history": list(state.history), **changed})


def _clone(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: tensor.detach().clone() for name, tensor in tensors.items()}


def _finite(network: nn.Module) -> bool:
    return all(bool(torch.isfinite(tensor).all()) for tensor in network.state_dict().values())
