"""The planner that needs no LLM: a fixed path, with the data deciding what the words left open.

    download ► extract ► inspect ► prepare ► train ► evaluate ► report

After `inspect` it knows modality, columns and classes and settles goal and target. A typed error makes it try the
next thing that could work: another mirror or source, the next reader, a smaller batch, another family.
"""

from typing import Any

from agent import reading
from agent.plan import Plan, PlannedStep
from agent.planners import _repairs, _settle, _sources
from agent.protocols import Attempt
from agent.task import Task


class Rules:
    """See the module."""

    name = "rules"

    def understand(self, paragraph: str, data: list[str], constraints: dict[str, Any]) -> Task:
        return reading.read(paragraph, data, constraints)

    def plan(self, task: Task) -> Plan:
        """Raises TaskUnclear when nothing says where data is, StepFailed when no model family can do what is asked."""
        _settle.check_constraints(task)
        _settle.check_family(task)
        steps = _sources.steps(_sources.choose(task), task)
        return Plan(steps=[*steps, *_learning_steps(task, steps[-1].id)])

    def revise(self, task: Task, plan: Plan, history: list[Attempt]) -> Plan | None:
        last = history[-1]
        if last.error is not None:
            return _repairs.after_error(task, plan, history)
        if last.tool == "inspect":
            return _replace(plan, _settle.prepare_step(task, plan.step("prepare"), last))
        if last.tool == "evaluate":
            return _replace(plan, self._report_step(task, plan.step("report"), history))
        return plan

    def _report_step(self, task: Task, planned: PlannedStep, history: list[Attempt]) -> PlannedStep:
        """With what only the finished run knows: where the data came from and how long each step took."""
        asked = {"paragraph": task.paragraph, "sources": task.sources, "constraints": task.constraints}
        seconds = {attempt.id: attempt.seconds for attempt in history}
        looks = [attempt.id for attempt in history if attempt.tool == "inspect" and attempt.error is None]
        fetched = [attempt.id for attempt in history if attempt.tool == "download" and attempt.error is None]
        needs = planned.needs | {"profile": f"{looks[-1]}.profile"}
        needs |= {"origins": f"{fetched[-1]}.origins"} if fetched else {}
        args = {"task": asked, "seconds": seconds, "planner": self.name}
        return planned.model_copy(update={"args": args, "needs": needs})


def _learning_steps(task: Task, inspected: str) -> list[PlannedStep]:
    budget = task.constraints.get("budget_seconds")
    train = {"metric": task.metric, "family": task.constraints.get("family")}
    facts = {"profile": f"{inspected}.profile", "prepared": "prepare", "trained": "train", "evaluated": "evaluate"}
    return [
        PlannedStep(
            id="prepare",
            tool="prepare",
            needs={"profile": f"{inspected}.profile"},
            args={"goal": task.goal, "target": task.target},
            why="one canonical data set; the test rows are chosen first and sealed",
        ),
        PlannedStep(
            id="train",
            tool="train",
            args=train,
            reserve_seconds=_reserve(budget),
            why="; ".join(["learn from the train rows, choose by the validation rows", *_passed_over(task)]),
        ),
        PlannedStep(
            id="evaluate",
            tool="evaluate",
            args={"metric": task.metric},
            timed=False,
            why="score the sealed test rows, which training could not have read",
        ),
        PlannedStep(
            id="report", tool="report", args={}, needs=facts, timed=False, public=True, why="report.html and report.md"
        ),
    ]


def _passed_over(task: Task) -> list[str]:
    """What was asked for and can't be had, where that is no reason to refuse."""
    return [task.evidence["family"]] if "family" in task.evidence and "family" not in task.constraints else []


def _reserve(budget: float | None) -> float:
    """Seconds of the budget that evaluation and report get: a twelfth, at least 6, at most 60."""
    return 0.0 if budget is None else min(60.0, max(6.0, budget / 12), budget / 2)


def _replace(plan: Plan, step: PlannedStep) -> Plan:
    return Plan(steps=[step if old.id == step.id else old for old in plan.steps])
