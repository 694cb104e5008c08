"""Words that turn a condition round: what they name is left out, or told as not understood; never the reverse."""

import itertools

import pytest

from noglue.agent.request import read
from noglue.agent.settle.settling import settle
from noglue.agent.task import Constraints, Task
from tests.agent.settle.tables import column, table

CUSTOMERS = table(
    column("Customer Nr.", "identifier"), column("Region ", "category", values="North South East West"),
    column("Plan", "category", values="Basic Gold Premium"), column("Retention Offer", "boolean", values="yes no"),
    column("Agent Notes", "text"), column("Signup / Contact Date", "date"),
    column("Satisfaction 1-5", low=1, high=5), column("Churned?", "boolean", values="yes no"),
)  # fmt: skip
FLATS = table(
    column("price", low=50_000, high=900_000), column("rooms", low=1, high=6),
    column("district", "category", values="Mitte Nord Altstadt Hafen"),
    column("type", "category", values="flat studio house"), column("agent_fee", low=1000, high=30_000),
    column("listing_id", "identifier"), column("sold on", "date"), column("description", "text"),
)  # fmt: skip
TURNED = (
    "Predict churned for people who live outside the {0}.", "Predict churned, only customers outside the {0}.",
    "Predict churned. Only use people not in the {0} or {1}.", "Predict churned for everything but the {0}.",
    "Predict churned. Use everything except the {0}.", "Predict churned for all regions except the {0}.",
    "Predict churned. Use only customers from regions other than {0}.",
    "Predict churned, only for customers neither in the {0} nor in the {1}.",
    "Predict churned. Drop everyone in the {0}.", "Predict churned, without the customers in the {0}.",
    "Predict churned. I only care about customers who are not in the {0}.",
)  # fmt: skip
PAIRS = (("East", "West"), ("North", "South"), ("West", "North"))


def settled(paragraph: str, data: object = CUSTOMERS) -> Task:
    return settle(read(paragraph, ["t.csv"], Constraints()), [data]).task  # type: ignore[list-item]


def conditions(task: Task) -> list[dict[str, object]]:
    rows = [wish for wish in task.wishes if wish.kind == "where" and wish.state == "open"]
    return [one for wish in rows for one in wish.value["conditions"]]


@pytest.mark.parametrize(("words", "pair"), [*itertools.product(TURNED, PAIRS)])
def test_what_is_denied_is_left_out(words: str, pair: tuple[str, str]) -> None:
    task = settled(words.format(*pair))
    named = {name for place, name in enumerate(pair) if f"{{{place}}}" in words}
    found = conditions(task)
    assert found
    for one in found:
        value = one["value"]
        assert one["op"] in ("!=", "not in")
        assert set(value if isinstance(value, list) else [value]) == named
        assert not one.get("or_missing") or "Drop" in words or "without" in words


@pytest.mark.parametrize("words", ["Drop everyone outside the {}.", "Leave out customers not in the {}."])
def test_of_rows_that_go_a_second_denial_turns_the_first(words: str) -> None:
    (one,) = conditions(settled("Predict churned. " + words.format("East")))
    assert (one["op"], one["value"]) == ("=", "East")


@pytest.mark.parametrize(
    ("words", "district"),
    [
        ("Predict the price for flats, not in Mitte or Nord.", ["Mitte", "Nord"]),
        ("Predict the price of flats outside Mitte.", ["Mitte"]),
        ("Predict the price. Only flats in districts other than Hafen.", ["Hafen"]),
    ],
)
def test_of_the_rows_that_a_target_is_told_of_those_that_are_denied_go(words: str, district: list[str]) -> None:
    found = {str(one["column"]): one for one in conditions(settled(words, FLATS))}
    assert found["type"]["value"] == "flat"
    value = found["district"]["value"]
    assert found["district"]["op"] in ("!=", "not in")
    assert (value if isinstance(value, list) else [value]) == district


@pytest.mark.parametrize(
    "words",
    [
        "Exclude all rows without a satisfaction score.",
        "Drop customers without a satisfaction score.",
        "Use the data without rows that have no satisfaction score.",
        "Ignore customers that lack a satisfaction score.",
    ],
)
def test_rows_without_a_value_are_rows_and_no_column(words: str) -> None:
    task = settled(f"Predict churned. {words}")
    assert [(one["column"], one["op"]) for one in conditions(task)] == [("Satisfaction 1-5", "present")]
    assert not [wish for wish in task.wishes if wish.kind == "exclude"]


@pytest.mark.parametrize(("words", "out"), [("without the satisfaction score", "Satisfaction 1-5"),
                                            ("for customers without the agent notes", "Agent Notes")])  # fmt: skip
def test_a_column_that_is_not_to_be_used_is_left_out(words: str, out: str) -> None:
    task = settled(f"Predict churned {words}.")
    assert [wish.value for wish in task.wishes if wish.kind == "exclude"] == [{"columns": [out]}]
    assert conditions(task) == []


@pytest.mark.parametrize(
    ("words", "out"),
    [
        ("Use neither the fee nor the listing id.", {"agent_fee", "listing_id"}),
        ("Neither the fee nor the listing id may be used.", {"agent_fee", "listing_id"}),
        ("The listing id must not be used, and neither may the fee.", {"agent_fee", "listing_id"}),
        ("Do not let the model see the fee or the description.", {"agent_fee", "description"}),
        (
            "Please don't use agent_fee, since it's computed from the price, nor the listing id.",
            {"agent_fee", "listing_id"},
        ),
        ("Leave out the fee and the district column.", {"agent_fee", "district"}),
    ],
)
def test_of_several_columns_each_is_left_out(words: str, out: set[str]) -> None:
    task = settled(f"Predict the price. {words}", FLATS)
    found = [wish for wish in task.wishes if wish.kind == "exclude" and wish.state == "open"]
    assert {name for wish in found for name in wish.value["columns"]} == out


def test_a_thing_of_an_exclusion_that_no_column_answers_to_is_told() -> None:
    task = settled("Predict the price. Do not let the model see the fee or the weather.", FLATS)
    assert any("weather" in text for text in task.unread)


def test_a_column_of_yes_and_no_that_is_called_a_flag_is_left_out_and_no_row() -> None:
    task = settled("Predict churned. Leave out the notes and the retention-offer flag.")
    (found,) = [wish.value for wish in task.wishes if wish.kind == "exclude"]
    assert found == {"columns": ["Agent Notes", "Retention Offer"]}
    assert conditions(task) == []


@pytest.mark.parametrize(
    "words",
    [
        "Ignore columns with more than 5% missing values.",
        "Drop columns that are more than 20 % empty.",
        "Please remove all features that have over 30 percent missing values.",
    ],
)
def test_columns_of_which_much_is_missing_are_no_rows(words: str) -> None:
    for request, data in (("churned", CUSTOMERS), ("the price", FLATS)):
        task = settled(f"Predict {request}. {words}", data)
        assert conditions(task) == []
        assert any(words.rstrip(".") in text for text in task.unread)


def test_values_that_are_refused_beside_one_that_is_kept_go_too() -> None:
    task = settled("Predict the price, only flats, no studios or houses.", FLATS)
    found = [(one["op"], one["value"]) for one in conditions(task)]
    assert found == [("=", "flat"), ("not in", ["studio", "house"])]
    assert task.unread == []
