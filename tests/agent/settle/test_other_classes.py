"""What the request tells apart is among the classes that were learned, or it is not done."""

import pytest

from noglue.agent.planners.rules import Rules
from noglue.agent.protocols import Attempt
from noglue.agent.settle.accounts import accounted
from noglue.agent.task import Constraints

BREEDS = ["Abyssinian", "Bengal", "beagle", "pug"]


def _states(request: str, classes: list[str], target: str = "label") -> dict[str, str]:
    task = Rules().understand(request, ["x"], Constraints(seed=0))
    wishes = [
        wish.model_copy(update={"value": {"column": target}}) if wish.kind == "target" else wish for wish in task.wishes
    ]
    schema = {"goal": "classify", "target": target, "classes": classes}
    prepared = Attempt(id="04-prepare", tool="prepare", args={}, result={"schema": schema})
    judged = accounted(task.model_copy(update={"wishes": wishes, "target": target}), [prepared], None)
    return {wish.kind: wish.state for wish in judged.wishes}


@pytest.mark.parametrize("request_", ["Is it a cat or a dog?", "Tell cats from dogs"])
def test_other_classes_are_not_what_was_asked_for(request_: str) -> None:
    assert "not-done" in _states(request_, BREEDS).values()


@pytest.mark.parametrize(
    ("request_", "classes"),
    [
        ("Is it a cat or a dog?", ["cat", "dog", "horse"]),
        ("Is it a cat or a dog?", ["0", "1", "2"]),
        ("Is it a cat or a dog?", ["felis", "canis"]),
        ("Tell the spam from the ham", ["ham", "spam"]),
        ("Recognise the breed", BREEDS),
    ],
)
def test_what_may_be_meant_is_done(request_: str, classes: list[str]) -> None:
    assert "not-done" not in _states(request_, classes).values()
