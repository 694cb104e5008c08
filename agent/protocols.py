"""The agent's own seams: who plans, who consents, and who watches."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from pydantic import BaseModel

from noglue.agent.events import Event
from noglue.agent.plan import Plan
from noglue.agent.task import Constraints, Task
from noglue.tools.spec.errors import Failure, TaskUnclear


class Attempt(BaseModel):
    """One execution of a step: its arguments as they ran, and its result or its error.

    phases: what its seconds went into (`agent/step_phases.py`).
    """

    id: str
    tool: str
    args: dict[str, Any]
    result: dict[str, Any] | None = None
    error: Failure | None = None
    seconds: float = 0.0
    phases: dict[str, float] = {}


class Planner(Protocol):
    """Proposes, then revises after every step. A pure function of its arguments: a resumed run decides alike."""

    name: str

    def understand(self, paragraph: str, data: list[str], constraints: Constraints) -> Task:
        """Raises TaskUnclear (exit 3) saying what to add. `data`, `constraints`: what the flags state; they win."""

    def plan(self, task: Task) -> Plan:
        """The steps as far as they can be known before the data is seen."""

    def revise(self, task: Task, plan: Plan, history: list[Attempt]) -> Plan | None:
        """The plan to go on with after the newest attempt. Finished steps stay as they were.

        After an error: a changed step of the same id means another try; None means give up, the error stands.
        """


class Policy:
    """Consents to what a planner proposes. A policy overrides what it has a say in, and may ask a person, or raise.

    The runner applies its policies in order, each to what the one before it made of the proposal.
    """

    def approve(self, plan: Plan, history: list[Attempt]) -> Plan:
        """The plan as it may be carried out; of the first plan the history is empty."""
        return plan

    def clarify(self, task: Task, unclear: TaskUnclear) -> Task | None:
        """The task with an answer to what the planner found unclear in it, or None where there is none."""
        return None

    def revise(self, task: Task, plan: Plan, history: list[Attempt], proposed: Plan | None) -> Plan | None:
        """What to go on with after the newest attempt, where the planner proposes this; None: the error stands."""
        return None if proposed is None else self.approve(proposed, history)


@runtime_checkable
class Keeper(Protocol):
    """A planner that keeps something in the run folder, or has something to say in its journal."""

    def attach(self, folder: Path, tell: Callable[..., None]) -> None:
        """Called once, before the first step. `tell("the rules decide", calls=3)` becomes a note of the journal."""


class Observer(Protocol):
    """Hears every event of the run: the journal, the console."""

    def event(self, event: Event) -> None: ...
