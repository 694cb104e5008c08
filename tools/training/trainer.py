"""The one trainer: of classifiers, GANs and the semi-supervised GAN. It validates, keeps the best, survives NaN, writes
checkpoints that a killed training goes on from, and ends with the clock.

    >>> outcome = run(job, seconds=None, step=step)
    >>> outcome.measures, outcome.stopped
    ({'validation': 0.893}, 'the schedule ended')

A `Job` gives what differs: what one step does, how the state is scored and when it is better, what a checkpoint keeps.
Everything random in a step is drawn from (seed, its number), so no generator's state has to be kept for a training
that goes on to do what it would have done.
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import torch
from torch import nn

from noglue.tools.spec.errors import BudgetSpent, Kind, StepFailed
from noglue.tools.spec.step import Step
from noglue.tools.spec.thumbnail import Thumbnail
from noglue.tools.training import checkpoint
from noglue.tools.training.clock import Clock
from noglue.tools.training.machine import out_of_memory

WRITING_SHARE = 0.02  # of the time, at most, goes into checkpoints
Measures = dict[str, float]
Tensors = Mapping[str, torch.Tensor]


@dataclass
class State:
    """Where a training stands. caution: factor on the learning rates after failures and alarms. strength: augmentation
    that alarms added. losses, counted: summed since the last validation. best: the best measures, with their step.
    """

    step: int = 0
    fraction: float = 0.0
    timed: bool = False
    caution: float = 1.0
    strength: float = 0.0
    failures: int = 0
    losses: list[float] = field(default_factory=list)
    counted: int = 0
    seconds: float = 0.0
    best: Measures = field(default_factory=dict)
    history: list[Measures] = field(default_factory=list)


class Watch(Protocol):
    """Looks at each validation for signs of collapse; plain values in its attributes, which a checkpoint keeps."""

    alarms: list[str]

    def look(self, measures: Measures, fraction: float) -> str | None: ...
    def intervene(self, why: str, step: int, rate: float, strength: float) -> tuple[float, float]: ...
    def relax(self, rate: float, strength: float) -> tuple[float, float]: ...
    def judge(self, best: Measures) -> None:
        """Raises StepFailed where the best that there is is worth nothing."""

    @property
    def exhausted(self) -> bool: ...


@dataclass(frozen=True)
class Rollback:
    """After losses or weights that are not finite: how often at most, with which factor on the rates, and in words."""

    most: int = 3
    factor: float = 0.3
    action: str = "learning rate × 0.3"
    hint: str = "Use a much lower learning rate, and look for extreme values in the data."


@dataclass
class Job:
    """network: what is scored and, in its best state, kept; `train_step` may move others too.

    train_step(state, fraction) → the losses named in `losses`, detached (n,); `fraction` of the schedule is over.
    validate(step) → measures. improves(measures, best): whether to keep this state; best is {} before the first.
    tensors, restore: all that a checkpoint keeps, and back. steps: the whole length when time does not end it sooner.
    validate_every: in steps. unit: what progress and history count. shown: measures in the progress events; None: all.
    measure: the module of `tools/metrics/` that `validation` is a value of. picture: what the last validation made.
    checkpoint: the file to go on from; fingerprint: what must be the same for that. checkpoint_seconds: between two, at
    least; 0: after every step. most_loss: beyond it the losses count as not finite.
    """

    network: nn.Module
    train_step: Callable[[State, float], torch.Tensor]
    validate: Callable[[int], Measures]
    improves: Callable[[Measures, Measures], bool]
    tensors: Callable[[], Tensors]
    restore: Callable[[Tensors], None]
    batch_size: int
    steps: int
    steps_per_epoch: float
    validate_every: int
    checkpoint: Path
    fingerprint: str
    checkpoint_seconds: float = 30.0
    losses: tuple[str, ...] = ("loss",)
    unit: Literal["epoch", "step"] = "epoch"
    shown: tuple[str, ...] | None = None
    measure: str | None = None
    picture: Callable[[], Thumbnail | None] = field(default=lambda: None)
    rollback: Rollback = Rollback()
    most_loss: float = math.inf
    watch: Watch | None = None


@dataclass
class Outcome:
    """measures: of the chosen step, whose state the network holds when this is returned."""

    measures: Measures
    chosen: int
    steps: int
    epochs: float
    stopped: str
    by_clock: bool
    seconds: float
    history: list[Measures]
    alarms: list[str]


class Trainer:
    def __init__(self, job: Job, state: State, clock: Clock, step: Step) -> None:
        self.job, self.state, self.clock, self.step = job, state, clock, step
        self.earlier = state.seconds
        self.best: dict[str, torch.Tensor] = {}
        self.saved = self.shown = time.monotonic()
        self.writing = 0.0  # seconds that the last checkpoint took
        self.pending: list[torch.Tensor] = []
        self.check_every = 1 if next(job.network.parameters()).device.type == "cpu" else 16
        self._remember()

    def train(self) -> Outcome:
        alarmed = False
        while not alarmed and (fraction := self.clock.fraction(self.state.step)) < 1:
            self._batch(fraction)
            done = self.clock.fraction(self.state.step) >= 1
            validating = done or self.state.step % self.job.validate_every == 0
            if validating or len(self.pending) >= self.check_every:
                if not self._add_losses():
                    continue
                self._show()
            alarmed = validating and not self._validate()
            if not self.pending and self._checkpoint_due():
                self._save()
        if not self.best and self.state.failures == 0:
            raise BudgetSpent(
                Kind.BUDGET_SPENT,
                "The time was up before the training had its first score.",
                hint="Give a larger --budget.",
            )
        if not self.best:
            raise self._diverged(self.state.failures, "nothing finite was ever scored")
        if self.job.watch is not None:
            self.job.watch.judge(self.state.best)
        if self._seconds() > self.job.checkpoint_seconds:
            self._save()  # what comes after the training may be interrupted too
        return self._outcome(alarmed)

    def _outcome(self, alarmed: bool) -> Outcome:
        self.job.network.load_state_dict(self.best)
        state, measures = self.state, dict(self.state.best)
        chosen, epochs = int(measures.pop("step")), state.step / self.job.steps_per_epoch
        alarms = [] if self.job.watch is None else self.job.watch.alarms
        by_clock = self.clock.timed and not alarmed
        usual = "the time budget was used" if by_clock else "the schedule ended"
        stopped = "there were too many alarms" if alarmed else usual
        return Outcome(measures, chosen, state.step, epochs, stopped, by_clock, self._seconds(), state.history, alarms)

    def _batch(self, fraction: float) -> None:
        try:
            self.pending.append(self.job.train_step(self.state, fraction))
        except (RuntimeError, MemoryError) as error:
            failure = out_of_memory(error, self.job.batch_size)
            if failure is None:
                raise
            raise failure from error
        self.state.step += 1

    def _add_losses(self) -> bool:
        """Those since the last look; False, and back at the last good state, when one is not finite."""
        state = self.state
        values = torch.stack(self.pending).cpu().double().sum(0).tolist()
        state.losses = [before + new for before, new in zip(state.losses or [0.0] * len(values), values, strict=True)]
        state.counted += len(self.pending)
        self.pending.clear()
        if all(math.isfinite(value) and abs(value) < self.job.most_loss * state.counted for value in values):
            return True
        self._go_back("the losses ran away")
        return False

    def _go_back(self, why: str) -> None:
        """To the last good state, with lower learning rates."""
        rollback, failures = self.job.rollback, self.state.failures + 1
        if failures > rollback.most:
            raise self._diverged(failures, why)
        self.step.note(f"{why} at step {self.state.step}: back to step {self.good_state.step}, {rollback.action}")
        self.job.restore(self.good)
        caution, strength = self.state.caution * rollback.factor, self.state.strength
        self.state = _copy(self.good_state, failures=failures, caution=caution, strength=strength)

    def _diverged(self, failures: int, why: str) -> StepFailed:
        message = f"The training diverged {failures} times ({why}), at ever lower learning rates."
        return StepFailed(Kind.DIVERGED, message, hint=self.job.rollback.hint, failures=failures)

    # ---- validation ------------------------------------------------------------------------------------------------

    def _validate(self) -> bool:
        """Score the network, keep it if it is the best, and look for signs of collapse; False: give up."""
        state, job = self.state, self.job
        if not all(bool(torch.isfinite(tensor).all()) for tensor in job.tensors().values()):
            self._go_back("the weights were not finite")
            return True
        measures = job.validate(state.step)
        if job.improves(measures, state.best):
            state.best = {**measures, "step": float(state.step)}
            self.best = _clone(job.network.state_dict())
        lost = dict(zip(job.losses, (loss / max(1, state.counted) for loss in state.losses), strict=True))
        where = round(state.step / job.steps_per_epoch, 3) if job.unit == "epoch" else state.step
        state.history.append({job.unit: where, **lost, **measures, "seconds": round(self._seconds(), 2)})
        state.losses, state.counted = [], 0
        self._show(now=True)
        if not self._watched({"step": state.step, **lost, **measures}):
            return not (job.watch is not None and job.watch.exhausted)
        self._remember()
        return True

    def _watched(self, measures: Measures) -> bool:
        """Whether all is well; otherwise what is done about it has been done."""
        state, watch = self.state, self.job.watch
        if watch is None:
            return True
        why = watch.look(measures, self.clock.fraction(state.step))
        if why is None:
            state.caution, state.strength = watch.relax(state.caution, state.strength)
            return True
        state.caution, state.strength = watch.intervene(why, state.step, state.caution, state.strength)
        self.step.note(f"collapse alarm at {watch.alarms[-1]}", alarm=True)
        return False

    def _show(self, now: bool = False) -> None:
        """Progress, at most once a second, and after every validation."""
        if not now and time.monotonic() - self.shown < 1:
            return
        self.shown, state, job = time.monotonic(), self.state, self.job
        last = state.history[-1] if state.history else {}
        lost = {name: last[name] for name in job.losses if last}
        if state.counted:
            lost = dict(zip(job.losses, (loss / state.counted for loss in state.losses), strict=True))
        facts: dict[str, Any] = {name: round(value, 4) for name, value in lost.items()}
        names = job.shown if job.shown is not None else [n for n in last if n not in {*job.losses, job.unit, "seconds"}]
        facts |= {name: round(last[name], 5) for name in names if name in last}
        left = self.clock.seconds_left(state.step)
        if left is not None:
            facts["seconds_left"] = round(left, 1)
        if "validation" in facts and job.measure is not None:
            facts["measure"] = job.measure
        if now:
            facts["picture"] = job.picture()
        fraction = max(self.clock.fraction(state.step), 1e-9)
        if job.unit == "epoch":
            epoch = state.step / job.steps_per_epoch
            self.step.progress("epoch", round(epoch, 2), round(epoch / fraction, 1), **facts)
        else:
            self.step.progress("step", state.step, max(state.step, round(state.step / fraction)), **facts)

    # ---- what is kept ----------------------------------------------------------------------------------------------

    def _seconds(self) -> float:
        return self.earlier + self.clock.elapsed()

    def _remember(self) -> None:
        self.good, self.good_state = _clone(self.job.tensors()), _copy(self.state)

    def _checkpoint_due(self) -> bool:
        least = self.job.checkpoint_seconds
        apart = max(least, self.writing / WRITING_SHARE) if least else 0.0
        return time.monotonic() - self.saved > apart

    def _save(self) -> None:
        began, state, watch = time.monotonic(), self.state, self.job.watch
        state.fraction, state.timed, state.seconds = self.clock.fraction(state.step), self.clock.timed, self._seconds()
        tensors = dict(self.job.tensors()) | checkpoint.prefixed("best", self.best)
        facts = {"fingerprint": fingerprint(self.job), "state": vars(state)}
        checkpoint.save(self.job.checkpoint, tensors, facts | ({} if watch is None else {"watch": vars(watch)}))
        self.saved = time.monotonic()
        self.writing = self.saved - began

    def restore(self, tensors: dict[str, torch.Tensor]) -> None:
        self.job.restore(tensors)
        self.best = _clone(checkpoint.under("best", tensors))
        self._remember()


def run(job: Job, seconds: float | None, step: Step) -> Outcome:
    """Train for the job's steps, or as many as fit into `seconds`; go on from the job's checkpoint where there is one.

    The checkpoint is left for the caller to delete, once what he makes of the network is safe.

    Raises BudgetSpent when there was no time for a first score, StepFailed `diverged` after too many returns to a good
    state, `out-of-memory` with the batch's size, and what the job's watch raises.
    """
    found = checkpoint.load(job.checkpoint)
    if found is None or found[1].get("fingerprint") != fingerprint(job):
        return Trainer(job, State(), Clock(job.steps, seconds), step).train()
    tensors, facts = found
    state = State(**facts["state"])
    step.note(f"continuing from step {state.step} of an earlier, interrupted training")
    if job.watch is not None:
        vars(job.watch).update(facts["watch"])
    trainer = Trainer(job, state, Clock(job.steps, seconds, state.step, state.fraction, state.timed), step)
    trainer.restore(tensors)
    return trainer.train()


def fingerprint(job: Job) -> str:
    """Another length or batch size is another training, whatever else the job names."""
    return f"trainer 1: {job.steps} steps of {job.batch_size}; {job.fingerprint}"


def _copy(state: State, **changed: float) -> State:
    own = {"losses": list(state.losses), "best": dict(state.best), "history": list(state.history)}
    return State(**{**vars(state), **own, **changed})


def _clone(tensors: Tensors) -> dict[str, torch.Tensor]:
    return {name: tensor.detach().clone() for name, tensor in tensors.items()}
