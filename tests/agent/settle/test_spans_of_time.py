"""A number of days, months or years is a span of time, never so many rows; shuffling is never an order in time."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from noglue.tools.spec.requested import Condition
from noglue.tools.values.conditions_hold import holds
from tests.agent.settle.tables import HOUSES, table
from tests.agent.settle.test_negations import CUSTOMERS, FLATS, settled

SPANS = {"six months": "6 months", "2 years": "2 years", "30 days": "30 days", "12 weeks": "12 weeks", "year": "1 year"}
TESTS = ("Test on the last {}.", "Hold out the last {} as the test set.", "The last {} are the test.",
         "Use the most recent {} for testing.", "Evaluate it on the final {}.")  # fmt: skip


@pytest.mark.parametrize("words", TESTS)
@pytest.mark.parametrize("span", SPANS)
def test_a_span_of_time_is_counted_by_the_column_of_dates(words: str, span: str) -> None:
    for request, data, column in (("churned", CUSTOMERS, "Signup / Contact Date"), ("the price", FLATS, "sold on")):
        task = settled(f"Predict {request}. {words.format(span)}", data)
        (found,) = [wish for wish in task.wishes if wish.kind == "test"]
        assert found.value == {"conditions": [{"column": column, "op": "last", "value": SPANS[span]}]}


def test_rows_to_learn_from_are_named_by_a_span_too() -> None:
    task = settled("Predict churned, train on the first three years.")
    (found,) = [wish for wish in task.wishes if wish.kind == "train"]
    assert found.value == {"conditions": [{"column": "Signup / Contact Date", "op": "first", "value": "3 years"}]}


def test_without_a_column_of_times_a_span_is_not_done() -> None:
    task = settled("Predict rooms. Test on the last six months.", table(*(one for one in HOUSES if one.name != "year")))
    (found,) = [wish for wish in task.wishes if wish.kind == "test"]
    assert (found.state, found.why) == ("not-done", "no column holds times")


def test_a_column_of_years_tells_years() -> None:
    task = settled("Predict rooms. Test on the last five years.", table(*HOUSES))
    (found,) = [wish for wish in task.wishes if wish.kind == "test"]
    assert found.value == {"conditions": [{"column": "year", "op": "last", "value": "5 years"}]}


def test_which_dates_lie_in_a_span() -> None:
    days = [date(2023, 1, 1) + timedelta(days=number) for number in range(365)]
    column = pa.chunked_array([[*days, None]])
    last = holds(Condition(column="sold", op="last", value="6 months"), column)
    first = holds(Condition(column="sold", op="first", value="30 days"), column)
    assert next(str(day) for day, held in zip(days, last, strict=False) if held) == "2023-07-01"
    assert int(first.sum()) == 30
    assert not last[-1]
    assert not first[-1]
    years = pa.chunked_array([np.arange(2000, 2021)])
    assert int(holds(Condition(column="year", op="last", value="2 years"), years).sum()) == 2


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("please shuffle the rows before you split", {"random"}),
        ("shuffle first", {"random"}),
        ("with a random split", {"random"}),
        ("and split randomly", {"random"}),
        ("don't shuffle the rows", set()),
        ("a random split would leak, so split by date", {"time"}),
    ],
)
def test_shuffled_rows_are_no_split_by_time(words: str, kinds: set[str]) -> None:
    task = settled(f"Predict churned, {words}.")
    assert {wish.kind for wish in task.wishes} & {"random", "time"} == kinds
    assert kinds or task.unread
