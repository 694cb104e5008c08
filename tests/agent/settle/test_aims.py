"""A score that is asked for and can't be steered towards is judged in the end, openly; a threshold is another thing."""

import pytest

from noglue.agent.protocols import Attempt
from noglue.agent.request.wish import Wish
from noglue.agent.settle.accounts import accounted
from noglue.agent.task import Task
from tests.agent.settle.test_negations import CUSTOMERS, FLATS, settled


@pytest.mark.parametrize(
    ("words", "aim"),
    [
        ("I want R2 above 0.7.", {"measure": "r2", "value": 0.7}),
        ("RMSE should be below 80000, otherwise fail.", {"measure": "rmse", "value": 80000.0}),
        ("MAE under 20,000.", {"measure": "mae", "value": 20000.0}),
    ],
)
def test_a_score_of_numbers_is_an_aim(words: str, aim: dict[str, object]) -> None:
    task = settled(f"Predict the price. {words}", FLATS)
    assert [(wish.value, wish.state) for wish in task.wishes if wish.kind == "aim"] == [(aim, "open")]
    assert task.unread == []


def test_that_a_run_is_to_fail_is_told_as_not_done_with_the_flag_for_it() -> None:
    task = settled("Predict churned. Accuracy should be at least 0.8, otherwise fail.", CUSTOMERS)
    (found,) = [wish for wish in task.wishes if wish.kind == "fails"]
    assert found.state == "not-done"
    assert "--fail-under" in found.why


@pytest.mark.parametrize(("reached", "state"), [(0.75, "done"), (0.6, "not-done")])
def test_the_test_rows_say_whether_an_aim_is_reached(reached: float, state: str) -> None:
    wish = Wish(text="R2 above 0.7", kind="aim", value={"measure": "r2", "value": 0.7})
    task = Task(paragraph="Predict price. R2 above 0.7.", goal="regress", target="price", wishes=[wish])
    scores = {"metrics": {"test": {"r2": {"value": reached}}}}
    history = [Attempt(id="evaluate-1", tool="evaluate", args={}, result=scores)]
    (found,) = accounted(task, history, None).wishes
    assert found.state == state
    assert f"{reached:g}" in found.why
    assert "0.7" in found.why
