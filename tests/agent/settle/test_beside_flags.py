"""Words beside flags: those that say the same are accounted for, those that ask for another thing are not done."""

from typing import Any

import pytest

from noglue.agent import api
from noglue.agent.config import flags
from noglue.agent.request import read
from noglue.agent.settle.settling import Settled, settle
from tests.agent.settle.tables import HOUSES, MEMBERS, column, table

WINES = (column("alcohol", low=8, high=15), column("hue", low=0, high=2), column("cultivar", values="A B C"))
BODIES = (column("patient_id", "identifier"), column("age", low=1, high=99), column("diagnosis", values="sick healthy"))


def settled(paragraph: str, columns: Any, **given: Any) -> Settled:
    return settle(read(paragraph, ["t.csv"], flags.constraints(api.config(**given))), [table(*columns)])


@pytest.mark.parametrize(
    ("paragraph", "columns", "target"),
    [
        ("Which cultivar?", WINES, "cultivar"),
        ("Which cultivar is it?", WINES, "cultivar"),
        ("What is the price?", HOUSES, "price"),
        ("How much does it cost?", HOUSES, "price"),
        ("How old?", BODIES, "age"),
        ("How old is the person?", BODIES, "age"),
        ("Wie alt?", BODIES, "age"),
        ("Who churns?", MEMBERS, "churned"),
        ("Will they leave?", MEMBERS, "churned"),
        ("price", HOUSES, "price"),
    ],
)
def test_a_question_that_a_flag_answers_is_understood(paragraph: str, columns: Any, target: str) -> None:
    found = settled(paragraph, columns, target=[target])
    assert found.prepare["target"] == target
    assert found.task.unread == []
    assert all(wish.state == "open" for wish in found.task.wishes)


@pytest.mark.parametrize("paragraph", ["What is the alcohol?", "Predict the alcohol."])
def test_another_target_in_words_is_not_done(paragraph: str) -> None:
    found = settled(paragraph, WINES, target=["cultivar"])
    assert found.prepare["target"] == "cultivar"
    assert [(wish.text, wish.why) for wish in found.task.wishes if wish.state == "not-done"] == [
        ("alcohol", "--target cultivar says otherwise")
    ]


@pytest.mark.parametrize(
    ("paragraph", "given"),
    [
        ("Predict the diagnosis; patients stay together", {"group": "patient_id"}),
        ("Look for the sick ones.", {"target": ["diagnosis"], "positive": "sick"}),
        ("Predict the diagnosis within ten minutes", {"budget": "10m"}),
    ],
)
def test_words_that_a_flag_repeats_are_understood(paragraph: str, given: dict[str, Any]) -> None:
    found = settled(paragraph, BODIES, **given)
    assert found.task.unread == []
    assert all(wish.state == "open" for wish in found.task.wishes)


def test_what_else_the_words_ask_for_is_still_heard() -> None:
    found = settled("Which cultivar? Leave out the hue.", WINES, target=["cultivar"])
    assert found.prepare["exclude"] == ["hue"]
