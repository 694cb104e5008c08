"""Words that say which rows a model is for: those that come later, or those of people it never saw."""

import pytest

from noglue.agent.request import splitting
from noglue.tools.spec.errors import TaskUnclear
from noglue.tools.spec.profiles import Column

ROWS = 400


def column(name: str, kind: str = "number", distinct: int = 40) -> Column:
    return Column.model_validate({"name": name, "kind": kind, "dtype": "int64", "distinct": distinct})


COLUMNS = [
    column("PatientID", "category"),
    column("device", "category", 5),
    column("measured_on", "date", 390),
    column("age"),
]


@pytest.mark.parametrize(
    "words",
    [
        "predict tomorrow's price", "what will be sold next week?", "sales for the next 30 days",
        "how hot is it two days ahead", "forecast the demand", "wie hoch ist der Umsatz morgen?",
        "den Absatz im nächsten Monat", "le prix du mois prochain", "combien de visiteurs demain ?",
        "las ventas de mañana", "el precio de la semana que viene",
    ],
)  # fmt: skip
def test_what_comes_after_the_rows(words: str) -> None:
    assert splitting.ahead(words)


@pytest.mark.parametrize(
    "words",
    [
        "predict passengers for each month",
        "the price per day",
        "sales by month",
        "how old is it, in years",
        "yesterday's sales",
    ],
)
def test_what_the_rows_hold(words: str) -> None:
    assert splitting.ahead(words) is None


def test_a_column_may_hold_the_future_of_its_row() -> None:
    assert splitting.names_the_future("RainTomorrow")
    assert splitting.names_the_future("default payment next month")
    assert not splitting.names_the_future("price")


@pytest.mark.parametrize(
    "words",
    [
        "It must work for new patients.", "split by patient please", "grouped by patient", "test it on unseen patients",
        "no patient in both", "leave-one-patient-out", "es soll für neue Patienten gelten", "nach Patienten getrennt",
        "pour de nouveaux patients",
    ],
)  # fmt: skip
def test_rows_of_people_that_training_never_saw(words: str) -> None:
    assert splitting.asked(words, COLUMNS, ROWS) == {"group": "PatientID"}


def test_a_thing_that_no_column_tells_is_prose() -> None:
    assert splitting.asked("I want to know it for new customers", COLUMNS, ROWS) == {}
    assert splitting.asked("for other devices too", COLUMNS, 8) == {}  # each value once or twice keeps nothing together


@pytest.mark.parametrize(
    "words",
    [
        "split chronologically",
        "keep the time order: split it by date",
        "train on the past",
        "zeitlich getrennt",
        "ordre chronologique",
    ],
)
def test_the_last_rows_in_time(words: str) -> None:
    assert splitting.asked(words, COLUMNS, ROWS) == {"time": "measured_on"}


def test_an_order_in_time_that_no_column_tells_is_refused() -> None:
    with pytest.raises(TaskUnclear) as caught:
        splitting.asked("split it chronologically", [column("age"), column("income")], ROWS)
    assert caught.value.kind == "no-time"
