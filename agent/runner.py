"""The loop at the centre: plan → step → sandbox → journal → revise, until nothing is left to do.

It knows nothing of machine learning, and nothing of which planner, sandbox or console it works with.
"""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from noglue.agent.events import Event, Failed, Finished, Note, Planned, Progress, Started
from noglue.agent.journal import Journal
from noglue.agent.plan import Plan, PlannedStep, may_fill, needed
from noglue.agent.process import StepEnvironment, execute
from noglue.agent.protocols import Attempt, Observer, Planner, Policy
from noglue.agent.run_folder import as_json
from noglue.agent.step_outcome import Tell
from noglue.agent.task import Task
from noglue.tools.spec.errors import BudgetSpent, Failure, Kind, StepFailed, TaskUnclear, ToolError

MAX_TRIES = 5
FAIR_SECONDS, FAIR_SHARE = 12.0, 0.2  # of the budget, that a training has where the steps before it took nearly all
LEAST_FAIR = 4.0  # seconds that this is in any case: its process and the libraries take two to be there


class Clock:
    """The run's time budget. spent: seconds before now. now: a clock, which may stand still while a person is asked."""

    def __init__(self, budget: float | None, spent: float = 0.0, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._started, self._spent, self.budget = now, now(), spent, budget

    def elapsed(self) -> float:
        return self._spent + self._now() - self._started

    def seconds_for(self, step: PlannedStep) -> float | None:
        """What this step may take, or None for no limit. Raises BudgetSpent when nothing is left."""
        if self.budget is None or not step.timed:
            return None
        left = self.budget - step.reserve_seconds - self.elapsed()
        if step.least_seconds is not None:
            return max(left, step.least_seconds)
        if step.reserve_seconds and self.elapsed() < self.budget:  # what makes the model gets a fair chance
            left = max(left, min(FAIR_SECONDS, max(LEAST_FAIR, FAIR_SHARE * self.budget)))
        if left <= 0:
            raise BudgetSpent(
                Kind.BUDGET_SPENT,
                f"The budget of {self.budget:.0f} s was spent before {step.id} could begin: there is no model yet.",
                hint="Give more time with --budget, then `noglue resume` goes on from here.",
            )
        return left


class Runner:
    """Works a plan off, one step at a time."""

    def __init__(
        self,
        env: StepEnvironment,
        planner: Planner,
        journal: Journal,
        observers: Sequence[Observer],
        clock: Clock,
        policies: Sequence[Policy] = (),
        first: int = 1,
        keep_plan: bool = True,
        permits: Callable[[PlannedStep, dict[str, Any]], None] | None = None,
    ) -> None:
        """policies: who consents to the planner's revisions, in order. permits: raises for a step that may not run.

        `first`: the step folder's number of the first attempt. `keep_plan`: whether plan.json follows revisions.
        """
        self._env, self._planner, self._journal, self._observers, self._clock = (
            env,
            planner,
            journal,
            observers,
            clock,
        )
        self._policies, self._first, self._keep_plan, self._permits = policies, first, keep_plan, permits

    def run(self, task: Task, plan: Plan, history: list[Attempt]) -> None:
        """Append an attempt to `history` for every step taken. Raises the ToolError that could not be repaired."""
        if history:  # resumed: the newest attempt may not have been answered
            plan = self._revise(task, plan, history)
        while (step := next_step(plan, history)) is not None:
            attempt = self._attempt(step, history)
            history.append(attempt)
            plan = self._revise(task, plan, history)

    def _attempt(self, step: PlannedStep, history: list[Attempt]) -> Attempt:
        number = self._first + len(history)
        seconds = self._clock.seconds_for(step)
        args = step.args | {name: _lookup(step.tool, name, source, history) for name, source in step.needs.items()}
        args = self._journal.redact(args) if step.public else args
        if self._permits is not None:
            self._permits(step, args)
        self._tell(Started(step=step.id, tool=step.tool, number=number, why=step.why, seconds=seconds))
        attempt = execute(self._env, number, step, args, seconds, self._forward(step))
        self._tell(ended(attempt, number, aside=not self._keep_plan))
        return attempt

    def _revise(self, task: Task, plan: Plan, history: list[Attempt]) -> Plan:
        last = history[-1]
        tries = sum(1 for attempt in history if attempt.id == last.id)
        revised = self._consented(task, plan, history) if last.error is None or tries < MAX_TRIES else None
        if revised is None:
            if last.error is None:
                raise StepFailed(Kind.PLANNER, f"The {self._planner.name} planner had no plan after {last.id}.")
            raise _with_step(last.error)
        if revised != plan:
            if self._keep_plan:
                self._journal.write_covered("plan.json", as_json(revised.model_dump()))
            self._tell(Planned(planner=self._planner.name, steps=revised.steps))
        return revised

    def _consented(self, task: Task, plan: Plan, history: list[Attempt]) -> Plan | None:
        """What the planner proposes, as the policies leave it. Raises what either of them does."""
        proposed = self._proposed(task, plan, history)
        for policy in self._policies:
            proposed = policy.revise(task, plan, history, proposed)
        return proposed

    def _proposed(self, task: Task, plan: Plan, history: list[Attempt]) -> Plan | None:
        """The planner's revision; what it finds unclear is asked about once, where a policy has an answer."""
        try:
            return self._planner.revise(task, plan, history)
        except TaskUnclear as unclear:
            answers = (policy.clarify(task, unclear) for policy in self._policies)
            clear = next((answered for answered in answers if answered is not None), None)
            if clear is None:
                raise
            return self._planner.revise(clear, plan, history)

    def _forward(self, step: PlannedStep) -> Tell:
        """Progress goes to whoever watches; notes are kept in the journal too."""

        def tell(event: Progress | Note) -> None:
            if isinstance(event, Note):
                self._tell(Note(step=step.id, message=event.message[:2000], **_small(event.facts)))
            else:
                for observer in self._observers:
                    observer.event(event.model_copy(update={"step": step.id}))

        return tell

    def _tell(self, event: Event) -> None:
        """To the journal and to everyone who watches."""
        self._journal.write(event)
        for observer in self._observers:
            observer.event(event)


def next_step(plan: Plan, history: Sequence[Attempt]) -> PlannedStep | None:
    """The first step that has not succeeded yet."""
    done = {attempt.id for attempt in history if attempt.error is None}
    return next((step for step in plan.steps if step.id not in done), None)


def results(history: Sequence[Attempt]) -> dict[str, dict[str, Any]]:
    """Step id → result, of the steps that succeeded."""
    return {attempt.id: attempt.result for attempt in history if attempt.result is not None}


def ended(attempt: Attempt, number: int, aside: bool = False) -> Finished | Failed:
    """The event that tells of an attempt."""
    facts: dict[str, Any] = {"step": attempt.id, "tool": attempt.tool, "number": number, "seconds": attempt.seconds}
    if attempt.error is not None:
        return Failed(**facts, aside=aside, error=attempt.error)
    facts["phases"] = attempt.phases
    return Finished(**facts, aside=aside, result_sha256=fingerprint(attempt.result), result=attempt.result or {})


def fingerprint(result: dict[str, Any] | None) -> str:
    """SHA-256 of a result, so that a resumed run knows that it is still the one it saw."""
    return hashlib.sha256(json.dumps(result, sort_keys=True).encode()).hexdigest()


def _lookup(tool: str, argument: str, source: str, history: Sequence[Attempt]) -> Any:
    """What an argument takes from an earlier result. Raises StepFailed `plan` where there is none, or it may not."""
    try:
        found = needed(source, results(history))
    except (KeyError, IndexError, TypeError, ValueError):
        raise StepFailed(Kind.PLAN, f"The plan takes {source!r}, which no finished step has given.") from None
    giving = next(attempt.tool for attempt in reversed(history) if attempt.id == source.partition(".")[0])
    if not may_fill(tool, argument, source, giving):
        raise StepFailed(Kind.PLAN, f"The plan fills {argument!r} of {tool} from {source!r}, which it may not.")
    return found


def _small(facts: dict[str, Any]) -> dict[str, Any]:
    """A note's own facts, small ones only, never in the place of the journal's fields."""
    reserved = {"n", "time", "previous", "hash"}
    return {name: value for name, value in facts.items() if name not in reserved and len(str(value)) < 2000}


def _with_step(failure: Failure) -> ToolError:
    error = failure.error()
    error.data["step"] = failure.step
    return error
