"""A plan that a person saved, edited and gave back; another planner revises it as the run goes on.

    noglue plan "Predict Survived from titanic.csv" --json > plan.json
    noglue run --plan plan.json

The file holds `task` and `plan` as `noglue plan --json` prints them. What was edited in `prepare` outlives the revision
that fills it in.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from agent import checking
from agent.plan import Plan
from agent.protocols import Attempt, Keeper, Planner
from agent.task import Task
from tools.core.errors import BadUsage

LARGEST = 4 << 20


class Given:
    """See the module."""

    def __init__(self, file: Path, planner: Planner) -> None:
        """planner: who revises. Raises BadUsage `plan` for a file that is missing, is no plan, or may not run."""
        self._planner, self.name = planner, planner.name
        self._task, self._plan = _read(file)
        wrong = checking.check(self._plan, checking.Bounds.of(self._task, self._plan))
        if wrong:
            raise BadUsage("plan", f"The plan in {file} can't run: {'; '.join(wrong[:5])}.", hint="Mend it there.")

    def understand(self, paragraph: str, data: list[str], constraints: dict[str, Any]) -> Task:
        """The file's task; flags win."""
        return self._task.model_copy(update={"constraints": self._task.constraints | constraints})

    def plan(self, task: Task) -> Plan:
        return self._plan

    def revise(self, task: Task, plan: Plan, history: list[Attempt]) -> Plan | None:
        """Raises as the planner that revises does; a target that the file states for `prepare` is the last word."""
        stated = self._plan.step("prepare").args
        if stated.get("target") and stated["target"] != task.target:
            task = task.model_copy(update={"target": stated["target"], "goal": stated.get("goal") or task.goal})
        revised = self._planner.revise(task, plan, history)
        self.name = self._planner.name
        return revised if revised is None else self._kept(task, revised)

    def attach(self, folder: Path, tell: Callable[..., None]) -> None:
        if isinstance(self._planner, Keeper):
            self._planner.attach(folder, tell)

    def _kept(self, task: Task, revised: Plan) -> Plan:
        """The file's own arguments for `prepare`, where it says more than the task."""
        said = {"goal": task.goal, "target": task.target}
        args = self._plan.step("prepare").args
        edited = {name: value for name, value in args.items() if value is not None and value != said.get(name)}
        steps = [
            step.model_copy(update={"args": step.args | edited}) if step.id == "prepare" else step
            for step in revised.steps
        ]
        return Plan(steps=steps)


def _read(file: Path) -> tuple[Task, Plan]:
    try:
        if file.stat().st_size > LARGEST:
            raise BadUsage("plan", f"{file} is too large for a plan.", hint="Is it one?")
        content = json.loads(file.read_text(encoding="utf-8"))
        return Task.model_validate(content["task"]), Plan.model_validate(content["plan"])
    except OSError as error:
        raise BadUsage("plan", f"The plan {file} can't be read: {error.strerror}.", hint="Check the path.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise BadUsage("plan", f"{file} is no plan: {where}: {first['msg']}.", hint="Mend it there.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BadUsage(
            "plan", f"{file} is no plan.", hint="It takes what `noglue plan PARAGRAPH --json` prints."
        ) from error
