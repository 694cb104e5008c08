"""What is denied twice stays, and what is said to be ignored goes: the same wish in words that turn it round."""

import pytest

from noglue.agent.settle.settling import Settled
from tests.agent.settle.tables import MEMBERS, WOHNUNGEN, column
from tests.agent.settle.test_weighing import left_out, settled, wishes

GYM = (*MEMBERS[:4], column("branch", "category", values="Hull Leeds York"), MEMBERS[-1])
FLATS = (column("Balkon", "category", values="ja nein"), *WOHNUNGEN[1:])


def rows(found: Settled) -> list[tuple[str, str, object]]:
    return [(one["column"], one["op"], one["value"]) for value in wishes(found, "where") for one in value["conditions"]]


@pytest.mark.parametrize(
    ("words", "columns", "out"),
    [
        ("Predict churned. Do not exclude the smoker column.", GYM, set()),
        ("Predict churned. No need to remove smoker.", GYM, set()),
        ("Predict churned. Someone told me to remove smoker, but I disagree, keep it.", GYM, set()),
        ("Predict churned without branch; smoker can stay.", GYM, {"branch"}),
        ("Predict churned and leave out branch.", GYM, {"branch"}),
        ("Sage den Kaufpreis vorher. Baujahr nicht weglassen.", WOHNUNGEN, set()),
        ("Sage den Kaufpreis vorher. Lage weglassen, Baujahr unbedingt behalten.", WOHNUNGEN, {"Lage"}),
        ("Quiero predecir churned. No quites smoker.", GYM, set()),
    ],
)
def test_a_column_that_is_to_stay_stays(words: str, columns: tuple, out: set[str]) -> None:
    assert left_out(settled(words, columns)) == out


@pytest.mark.parametrize(
    ("words", "columns", "kept"),
    [
        ("Predict churned. Members under 21 should be ignored.", GYM, [("age", ">=", 21.0)]),
        ("Predict churned. Ignore members under 21.", GYM, [("age", ">=", 21.0)]),
        ("Predict churned. There's no reason to drop Hull.", GYM, []),
        ("Predict churned. Drop Hull.", GYM, [("branch", "!=", "Hull")]),
    ],
)
def test_rows_go_or_stay_as_is_said(words: str, columns: tuple, kept: list) -> None:
    assert rows(settled(words, columns)) == kept


@pytest.mark.parametrize("words", ["Don't oversample.", "No oversampling, please."])
def test_what_is_refused_is_not_done(words: str) -> None:
    assert wishes(settled(f"Predict churned. {words}", GYM), "balance") == []


def test_a_target_that_is_refused_is_not_learned() -> None:
    assert settled("Don't predict churned. Predict the branch.", GYM).task.target == "branch"


@pytest.mark.parametrize("words", ["Leeds is 20 minutes away.", "The rooms are smaller than 40 m2."])
def test_minutes_and_metres_of_other_things_are_no_time_for_the_run(words: str) -> None:
    found = settled(f"Predict churned. {words}", GYM)
    assert (found.task.constraints.budget_seconds, wishes(found, "budget")) == (None, [])
