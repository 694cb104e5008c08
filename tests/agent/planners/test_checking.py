"""Plans that may run, and what is told of those that may not."""

import pytest

from noglue.agent import plan_check
from noglue.agent.plan import Plan
from noglue.agent.planners.rules import Rules
from noglue.agent.task import Task
from tests.agent.planners.plans import CSV, TASK, changed


def wrong(plan: Plan, task: Task = TASK) -> list[str]:
    return plan_check.check(plan, plan_check.Bounds.of(task, Rules().plan(task)))


@pytest.mark.parametrize("task", [TASK, CSV, Task(paragraph="Recognise handwritten digits.", goal="classify")])
def test_the_rules_plans_may_run(task: Task) -> None:
    assert wrong(Rules().plan(task), task) == []


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        (changed("train", tool="rm"), "there is no tool 'rm'"),
        (changed("train", id="evaluate"), "two steps are called 'evaluate'"),
        (changed("train", args={"baseline": "maybe"}), "baseline"),
        (changed("extract", needs={"files": "train.path"}), "no earlier step"),
        (changed("extract", needs={"nothing": "download.files"}), "no argument 'nothing'"),
        (changed("extract", needs={}), "files: Field required"),
        (changed("evaluate", args={"judge": "/home/me/secret"}), "/home/me/secret"),
        (changed("download", args={"sources": ["http://evil.example/a"]}), "http://evil.example/a"),
        (Plan(steps=Rules().plan(TASK).steps[::-1]), "stands before"),
        (changed("inspect", args={"roots": ["/data/others"]}, needs={}), "no place of its own"),
        (changed("extract", args={"files": ["/data/others.zip"]}, needs={}), "no place of its own"),
        (Plan(steps=Rules().plan(TASK).steps * 5000), "steps, more than 100"),
        (Plan(steps=[step for step in Rules().plan(TASK).steps if step.tool != "evaluate"]), "'evaluate' is missing"),
    ],
)
def test_what_is_wrong_with_a_plan_is_told(plan: Plan, told: str) -> None:
    assert any(told in what for what in wrong(plan)), wrong(plan)


def test_mirrors_and_checksums_of_the_catalogue_are_known_places() -> None:
    assert wrong(changed("download", why="the same")) == []
