import pytest

from noglue.agent.planners.rules import Rules
from noglue.agent.settle import short_budget
from noglue.agent.task import Constraints


def doubt(
    paragraph: str, budget: float | None, device: str = "cpu", family: str | None = None, slowness: float = 1.0
) -> str:
    rules = Rules()
    task = rules.understand(paragraph, [], Constraints(budget_seconds=budget, family=family))
    return short_budget.doubt(task, rules.plan(task), device, slowness)


@pytest.mark.parametrize("budget", [10.0, 20.0, 60.0, 90.0])
def test_a_budget_that_leaves_a_generator_no_time_is_said_beforehand(budget: float) -> None:
    told = doubt("Make new handwritten digits.", budget)
    assert "expect noise" in told
    assert "--budget 2m" in told


def test_what_is_left_to_train_is_told() -> None:
    assert "nothing is left to train" in doubt("Make new handwritten digits.", 20.0)
    assert "about 20 s is left" in doubt("Make new handwritten digits.", 60.0)


@pytest.mark.parametrize(
    ("budget", "told"), [(5.0, "nothing is left to train"), (8.0, "at best"), (11.0, "a simple model.")]
)
def test_a_budget_that_leaves_a_table_no_time_is_said_beforehand(budget: float, told: str) -> None:
    said = doubt("Predict the species of iris flowers.", budget)
    assert told in said
    assert "--budget 30s" in said
    assert doubt("Predict the species of iris flowers.", 30.0) == ""


def test_a_busy_machine_takes_its_time_from_the_training() -> None:
    assert doubt("Predict the species of iris flowers.", 15.0) == ""
    busy = doubt("Predict the species of iris flowers.", 15.0, slowness=3.0)
    assert "expect a simple model" in busy
    assert "--budget 60s" in busy
    assert doubt("Predict the species of iris flowers.", 60.0, slowness=3.0) == ""


@pytest.mark.parametrize(
    ("paragraph", "budget", "device", "family"),
    [
        ("Make new handwritten digits.", None, "cpu", None),
        ("Make new handwritten digits.", 120.0, "cpu", None),
        ("Make new handwritten digits.", 60.0, "cuda", None),
        ("Make new handwritten digits.", 20.0, "cpu", "pixels_gaussian"),
        ("Recognise handwritten digits.", 10.0, "cpu", None),
    ],
)
def test_otherwise_nothing_is_said(paragraph: str, budget: float | None, device: str, family: str | None) -> None:
    assert doubt(paragraph, budget, device, family) == ""
