"""A planner that says what it was told to: a fixed list of plans, one for the start and one for each revision.

    Scripted(task, [Plan(steps=[first]), Plan(steps=[first, second]), None])

The last one serves for every revision after it. `noglue predict` runs on it, and so do tests.
"""

from collections.abc import Sequence
from typing import Any

from noglue.agent.plan import Plan
from noglue.agent.protocols import Attempt
from noglue.agent.task import Task


class Scripted:
    """Plans from a list. A None in it means: give up, the step's error stands."""

    name = "scripted"

    def __init__(self, task: Task, plans: Sequence[Plan | None]) -> None:
        if not plans or plans[0] is None:
            raise ValueError("a scripted planner needs a first plan")
        self._task, self._first, self._plans = task, plans[0], list(plans)

    def understand(self, paragraph: str, data: list[str], constraints: dict[str, Any]) -> Task:
        return self._task

    def plan(self, task: Task) -> Plan:
        return self._first

    def revise(self, task: Task, plan: Plan, history: list[Attempt]) -> Plan | None:
        """The plan whose place is the number of attempts so far; after an error, the same again gives up."""
        revised = self._plans[min(len(history), len(self._plans) - 1)]
        return None if history[-1].error is not None and revised == plan else revised
