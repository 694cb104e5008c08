"""The training loop: score, keep the best, survive NaN, checkpoint, and end with the clock.

    >>> outcome = run(job, seconds=None, step=step)
    >>> outcome.best, outcome.stopped
    (0.893, 'the schedule ended')

It knows nothing of images: a `Job` says how a batch becomes a loss and how the network is scored. Everything random
in a job is drawn from (seed, epoch, index), so that a training that goes on from a checkpoint does what it would have
done.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import torch
from torch import nn

from noglue.tools.spec.errors import StepFailed
from noglue.tools.spec.step import Step
from noglue.tools.training import checkpoint
from noglue.tools.training.clock import Clock, triangle
from noglue.tools.training.machine import out_of_memory

FAILURES = 3  # returns to the last good state before a training is given up


class Optimizer(Protocol):
    """factor: on the learning rates. tensors, restore: its whole state, for a checkpoint."""

    def zero_grad(self) -> None: ...
    def step(self, factor: float) -> None: ...
    def tensors(self) -> dict[str, torch.Tensor]: ...
    def restore(self, tensors: dict[str, torch.Tensor]) -> None: ...


@dataclass
class Job:
    """loss(epoch, index, fraction) → scalar, of that epoch's batch, `fraction` of the schedule being over.

    score() → the validation measure; better(a, b): its direction. steps: the whole length when time does not end it
    sooner. score_every: in steps. peak: where in 0…1 the learning rate is highest. checkpoint: the file to go on
    from; fingerprint: what must be the same for that. scored: what the score is called in the history.
    """

    network: nn.Module
    optimizer: Optimizer
    loss: Callable[[int, int, float], torch.Tensor]
    score: Callable[[], float]
    better: Callable[[float, float], bool]
    batch_size: int
    steps: int
    steps_per_epoch: int
    score_every: int
    checkpoint: Path
    fingerprint: str
    peak: float = 0.0
    checkpoint_seconds: float = 30.0
    scored: str = "validation"


@dataclass
class State:
    """Where a training stands. caution: factor on the learning rate after failures. lost: loss summed since scoring."""

    step: int = 0
    fraction: float = 0.0
    timed: bool = False
    caution: float = 1.0
    failures: int = 0
    best: float | None = None
    lost: float = 0.0
    counted: int = 0
    seconds: float = 0.0
    history: list[dict[str, float]] = field(default_factory=list)


@dataclass
class Outcome:
    """The network holds the best state when this is returned."""

    best: float
    epochs: float
    stopped: str
    seconds: float
    history: list[dict[str, float]]


class Loop:
    def __init__(self, job: Job, state: State, clock: Clock, step: Step) -> None:
        self.job, self.state, self.clock, self.step = job, state, clock, step
        self.earlier = state.seconds
        self.best: dict[str, torch.Tensor] = {}
        self.good: dict[str, torch.Tensor] = {}
        self.good_state = state
        self.saved = self.told = time.monotonic()
        self.pending: list[torch.Tensor] = []
        self.check_every = 1 if next(job.network.parameters()).device.type == "cpu" else 16

    def train(self) -> Outcome:
        if not self.good:
            self._remember()
        while (fraction := self.clock.fraction(self.state.step)) < 1:
            self._batch(fraction)
            done = self.clock.fraction(self.state.step) >= 1
            scoring = done or self.state.step % self.job.score_every == 0
            if scoring or len(self.pending) >= self.check_every:
                if not self._settle():
                    continue
                self._tell()
            if scoring:
                self._score()
            if not self.pending and time.monotonic() - self.saved > self.job.checkpoint_seconds:
                self._save()
        if not self.best:
            raise _diverged(self.state.failures, "nothing finite was ever scored")
        if self._seconds() > self.job.checkpoint_seconds:
            self._save()  # what comes after the training may be interrupted too
        self.job.network.load_state_dict(self.best)
        ended = "the time budget was used" if self.clock.timed else "the schedule ended"
        epochs = self.state.step / self.job.steps_per_epoch
        return Outcome(self.state.best or 0.0, epochs, ended, self._seconds(), self.state.history)

    def _batch(self, fraction: float) -> None:
        epoch, index = divmod(self.state.step, self.job.steps_per_epoch)
        try:
            self.job.network.train()
            loss = self.job.loss(epoch, index, fraction)
            self.job.optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self.job.optimizer.step(triangle(fraction, self.job.peak) * self.state.caution)
        except (RuntimeError, MemoryError) as error:
            failure = out_of_memory(error, self.job.batch_size)
            if failure is None:
                raise
            raise failure from error
        self.pending.append(loss.detach())
        self.state.step += 1

    def _settle(self) -> bool:
        """Add up the losses since the last look; False, and back at the last good state, when one is not finite."""
        value = float(torch.stack(self.pending).cpu().double().sum())
        self.state.lost += value
        self.state.counted += len(self.pending)
        self.pending.clear()
        if math.isfinite(value):
            return True
        self._go_back("the loss was not a finite number")
        return False

    def _go_back(self, why: str) -> None:
        failures, caution = self.state.failures + 1, self.state.caution * 0.3
        if failures > FAILURES:
            raise _diverged(failures, why)
        self.step.note(f"{why} at step {self.state.step}: back to step {self.good_state.step}, learning rate × 0.3")
        self._put_back(self.good)
        self.state = _copy(self.good_state, failures=failures, caution=caution)

    def _score(self) -> None:
        state, job = self.state, self.job
        job.network.eval()
        score = job.score()
        if not _finite(job.network):
            self._go_back("the network's weights were not finite")
            return
        if state.best is None or not job.better(state.best, score):
            state.best = score
            self.best = _clone(job.network.state_dict())
        state.history.append(
            {
                "epoch": round(state.step / job.steps_per_epoch, 3),
                "loss": state.lost / max(1, state.counted),
                job.scored: score,
                "seconds": round(self._seconds(), 2),
            }
        )
        state.lost, state.counted = 0.0, 0
        self._remember()
        self._tell(now=True)

    def _tell(self, now: bool = False) -> None:
        """At most once a second, and after every scoring."""
        if not now and time.monotonic() - self.told < 1:
            return
        self.told, state = time.monotonic(), self.state
        epoch, fraction = state.step / self.job.steps_per_epoch, self.clock.fraction(state.step)
        facts: dict[str, float] = {}
        if state.counted or state.history:
            facts["loss"] = round(state.lost / state.counted if state.counted else state.history[-1]["loss"], 4)
        if state.history:
            facts[self.job.scored] = round(state.history[-1][self.job.scored], 5)
        left = self.clock.seconds_left(state.step)
        if left is not None:
            facts["seconds_left"] = round(left, 1)
        self.step.progress("epoch", round(epoch, 2), round(epoch / max(fraction, 1e-9), 1), **facts)

    def _seconds(self) -> float:
        return self.earlier + self.clock.elapsed()

    def _tensors(self) -> dict[str, torch.Tensor]:
        parts = checkpoint.prefixed("network", self.job.network.state_dict())
        return parts | checkpoint.prefixed("optimizer", self.job.optimizer.tensors())

    def _put_back(self, tensors: dict[str, torch.Tensor]) -> None:
        self.job.network.load_state_dict(checkpoint.under("network", tensors))
        self.job.optimizer.restore(checkpoint.under("optimizer", tensors))

    def _remember(self) -> None:
        self.good, self.good_state = _clone(self._tensors()), _copy(self.state)

    def _save(self) -> None:
        self.saved, state = time.monotonic(), self.state
        state.fraction, state.timed, state.seconds = self.clock.fraction(state.step), self.clock.timed, self._seconds()
        tensors = self._tensors() | checkpoint.prefixed("best", self.best)
        checkpoint.save(self.job.checkpoint, tensors, {"fingerprint": self.job.fingerprint, "state": vars(state)})

    def restore(self, tensors: dict[str, torch.Tensor]) -> None:
        self._put_back(tensors)
        self.best = _clone(checkpoint.under("best", tensors))
        self._remember()


def run(job: Job, seconds: float | None, step: Step) -> Outcome:
    """Train for the job's steps, or as many as fit into `seconds`; go on from the job's checkpoint where there is one.

    The checkpoint is left for the caller to delete, once what he makes of the network is safe.

    Raises StepFailed `diverged` after three returns to a good state, `out-of-memory` with the batch's size.
    """
    found = checkpoint.load(job.checkpoint)
    if found is not None and found[1].get("fingerprint") == job.fingerprint:
        state = State(**found[1]["state"])
        clock = Clock(job.steps, seconds, state.step, state.fraction, state.timed)
        step.note(f"going on from step {state.step} of an earlier, interrupted training")
        loop = Loop(job, state, clock, step)
        loop.restore(found[0])
    else:
        loop = Loop(job, State(), Clock(job.steps, seconds), step)
    return loop.train()


def _diverged(failures: int, why: str) -> StepFailed:
    return StepFailed(
        "diverged",
        f"The training diverged {failures} times ({why}), at ever lower learning rates.",
        hint="Use a much lower learning rate, and look for extreme values in the data.",
        failures=failures,
    )


def _copy(state: State, **changed: float) -> State:
    return State(**{**vars(state), "history": list(state.history), **changed})


def _clone(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: tensor.detach().clone() for name, tensor in tensors.items()}


def _finite(network: nn.Module) -> bool:
    return all(bool(torch.isfinite(tensor).all()) for tensor in network.state_dict().values())
