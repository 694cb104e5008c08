"""What comes next, and how far, in four languages; what sounds like it and is none."""

from typing import Any

import pytest

from noglue.agent import request
from noglue.agent.task import Constraints, Task

HORIZONS = [
    ("forecast sales for the next 12 months in s.csv", (12, "month")),
    ("predict the next 24 hours of demand in load.csv", (24, "hour")),
    ("how many passengers will there be each month in the coming year? (air.csv)", (1, "year")),
    ("what will the temperature be over the next week? (temps.csv)", (1, "week")),
    ("predict the demand 48 hours ahead, load.csv", (48, "hour")),
    ("forecast the next 10 values of y in s.csv", (10, "step")),
    ("predict the load for the next two weeks from load.csv", (2, "week")),
    ("a 30 day forecast of the visitors in web.csv", (30, "day")),
    ("Prognose des Umsatzes für die nächsten 12 Monate aus u.csv", (12, "month")),
    ("Sag den Stromverbrauch der nächsten 24 Stunden voraus, last.csv", (24, "hour")),
    ("Wie viele Gäste kommen pro Monat im kommenden Jahr? hotel.csv", (1, "year")),
    ("prévois les ventes des 12 prochains mois dans v.csv", (12, "month")),
    ("quelle sera la température pendant les 7 jours à venir ? temp.csv", (7, "day")),
    ("pronostica las ventas de los próximos 12 meses de v.csv", (12, "month")),
    ("¿cuántos pasajeros habrá cada mes del próximo año? air.csv", (1, "year")),
]


def read(paragraph: str) -> Task:
    return request.read(paragraph, [], Constraints())


def wished(task: Task, kind: str) -> list[Any]:
    return [wish.value for wish in task.wishes if wish.kind == kind]


@pytest.mark.parametrize(("paragraph", "horizon"), HORIZONS)
def test_a_horizon_asks_for_a_forecast(paragraph: str, horizon: tuple[int, str]) -> None:
    task = read(paragraph)
    assert task.goal == "forecast"
    assert wished(task, "horizon") == [{"count": horizon[0], "unit": horizon[1]}]
    assert task.unread == []


@pytest.mark.parametrize(
    ("paragraph", "goal"),
    [
        ("predict tomorrow's sales from sales.csv", "regress"),
        ("will they churn next month? churn.csv", "classify"),
        ("forecast the inventory from stock.csv", "regress"),
        ("der Preis von morgen aus preise.csv", None),
    ],
)
def test_a_moment_to_come_leaves_it_to_the_data(paragraph: str, goal: str | None) -> None:
    task = read(paragraph)
    assert task.goal in (goal, "regress", None)
    assert wished(task, "goal")[0] == "ahead"


@pytest.mark.parametrize(
    "paragraph",
    ["predict the price from houses.csv, train for the next 10 minutes", "predict price per month from rents.csv",
     "classify the photos in ./next_week/"],
)  # fmt: skip
def test_other_times_are_no_horizon(paragraph: str) -> None:
    task = read(paragraph)
    assert task.goal != "forecast"
    assert wished(task, "horizon") == []


def test_the_series_and_how_rows_go_together_are_heard() -> None:
    task = read("forecast sales for each store for the next 4 weeks, sales.csv")
    assert wished(task, "series") == [{"words": "store"}]
    assert task.target == "sales"
    task = read("forecast the total sales per day for the next 2 weeks, sales.csv")
    assert wished(task, "aggregate") == ["sum"]
    assert wished(task, "series") == []
    assert wished(task, "horizon") == [{"count": 2, "unit": "week"}]


def test_the_level_of_the_intervals_is_a_wish() -> None:
    task = read("forecast sales for the next 6 months in s.csv with 80% prediction intervals")
    assert wished(task, "intervals") == [0.8]
