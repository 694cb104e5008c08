"""Tasks and plans that several tests here share."""

from typing import Any

from noglue.agent.plan import Plan
from noglue.agent.planners.rules import Rules
from noglue.agent.task import Task

TASK = Task(paragraph="Solve CIFAR-10.", goal="classify", modality="image", sources=["cifar-10"])
CSV = Task(paragraph="Predict y", goal="classify", target="y", modality="table", sources=["http://example.org/x.csv"])


def changed(which: str, task: Task = TASK, **fields: Any) -> Plan:
    """The rules' plan with one step's fields replaced."""
    steps = Rules().plan(task).steps
    return Plan(steps=[step.model_copy(update=fields) if step.id == which else step for step in steps])
