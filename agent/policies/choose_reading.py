"""At a terminal, a request that fits the data in several ways is asked about once; the answer settles it.

    'score' may mean several columns: score_home, score_away.
      1  score_home
      2  score_away
    [1–2, 0 for none]

The choice is kept as the plan's own target, so that a resumed run does not ask again.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from noglue.agent.plan import Plan
from noglue.agent.protocols import Attempt, Keeper, Planner
from noglue.agent.settle.settling import with_target
from noglue.agent.task import Task
from noglue.agent.ui import terminal
from noglue.tools.spec.errors import TaskUnclear

ASKED = ("which-column", "several-targets", "missing-target")  # kinds of question that a column's name answers
MOST = 40  # choices; of more columns none is picked from a list


class Questions:
    """A planner as it is, but that a person answers which column is to be learned, where the request leaves it open."""

    def __init__(self, planner: Planner, choose: Callable[[str, Sequence[str]], int | None] = terminal.choose) -> None:
        self._planner, self._choose, self.name = planner, choose, planner.name

    def understand(self, paragraph: str, data: list[str], constraints: dict[str, Any]) -> Task:
        task = self._planner.understand(paragraph, data, constraints)
        self.name = self._planner.name
        return task

    def plan(self, task: Task) -> Plan:
        planned = self._planner.plan(task)
        self.name = self._planner.name
        return planned

    def attach(self, folder: Path, tell: Callable[..., None]) -> None:
        if isinstance(self._planner, Keeper):
            self._planner.attach(folder, tell)

    def revise(self, task: Task, plan: Plan, history: list[Attempt]) -> Plan | None:
        """Raises the TaskUnclear that was asked about where none of its choices is meant."""
        try:
            return self._planner.revise(task, plan, history)
        except TaskUnclear as unclear:
            choices = list(unclear.data.get("choices", []))
            if unclear.kind not in ASKED or not 2 <= len(choices) <= MOST:
                raise
            chosen = self._choose(unclear.message, choices)
            if chosen is None:
                raise
            return self._planner.revise(with_target(task, choices[chosen]), plan, history)
        finally:
            self.name = self._planner.name
