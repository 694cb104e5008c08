"""The forms of wishes' values: every example holds for itself, and none of them, read by a model, ends a run."""

from typing import Any

import pytest

from noglue.agent.llm import model_wishes, wish_shapes
from noglue.agent.llm.answer_forms import TaskReading
from noglue.agent.planners.rules import Rules
from noglue.agent.request import kinds
from noglue.agent.request.kinds.afterwards import NOT_YET
from noglue.agent.settle import accounts, means
from noglue.agent.settle.settling import settle
from noglue.agent.task import Constraints
from noglue.tools.reporting.wish_rows import taken_for
from tests.agent.settle.tables import HOUSES, MEMBERS, table

CLAUSE = "In 600 seconds, with 500 labels or 10, seed 7 and 5,000 rows of plan, a forest, rmse and what not"
NAMES = {"metric": "accuracy", "family": "forest", "compare": ["forest", "linear"], "avoid": ["svm"]}


def written(example: Any) -> Any:
    """An example as a model would write it: the first of several words, and every part."""
    if isinstance(example, dict):
        return {name.removesuffix("?"): written(part) for name, part in example.items()}
    if isinstance(example, list):
        return [written(part) for part in example]
    return example.split("|")[0] if isinstance(example, str) else example


SHAPES = kinds.shapes()
EXAMPLES = [(kind, NAMES.get(kind, written(example))) for kind, ways in SHAPES.items() for example in ways]


@pytest.mark.parametrize(("kind", "value"), EXAMPLES)
def test_each_example_has_its_own_form_and_can_be_told(kind: str, value: Any) -> None:
    assert wish_shapes.fitted(kind, value) == value
    assert taken_for(kind, value)


def test_the_kinds_are_those_that_can_be_judged_and_those_that_nothing_does_yet() -> None:
    known = set(accounts.JUDGES) | set(NOT_YET) | {kind for kind in SHAPES if kinds.hook(kind, "done")}
    assert known <= set(SHAPES)
    assert set(SHAPES) - known == {"metric_unknown", "family_unknown", "label"}


def test_a_prompt_names_each_kind_that_has_no_field_of_its_own_once() -> None:
    told = " ".join(f", {kinds}," for kinds, _ in wish_shapes.described())
    assert {kind for kind in SHAPES if f", {kind}," not in told and f", {kind} (" not in told} == wish_shapes.FIELDS


@pytest.mark.parametrize("columns", [MEMBERS, HOUSES])
@pytest.mark.parametrize(("kind", "value"), EXAMPLES)
def test_whatever_a_model_reads_the_request_can_still_be_settled(kind: str, value: Any, columns: Any) -> None:
    words = f"Predict {columns[-1].name} from t.csv. {CLAUSE}."
    read = TaskReading.model_validate({"wishes": [{"text": CLAUSE, "kind": kind, "value": value}]})
    task, _ = model_wishes.combined(Rules().understand(words, [], Constraints()), read, [], Constraints())
    means.refuse(task)
    assert settle(task, [table(*columns)]).prepare["target"] == columns[-1].name
