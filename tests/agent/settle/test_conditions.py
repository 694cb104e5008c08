"""Clauses that speak of rows, in four languages, bound to columns and values."""

import itertools

import pytest

from noglue.agent.settle.conditions import conditions, opposite
from tests.agent.settle.tables import HOUSES, MEMBERS, WOHNUNGEN

CLAUSES = [
    ("only for houses in the north district", HOUSES, ["district = north"]),
    ("Only the districts south and west interest her", HOUSES, ["district in south, west"]),
    ("remove the rows whose price is above 250000", HOUSES, ["price > 250000"]),
    ("houses with at least 3 rooms", HOUSES, ["rooms >= 3"]),
    ("houses with 3 rooms or more", HOUSES, ["rooms >= 3"]),
    ("no more than four rooms", HOUSES, ["rooms <= 4"]),
    ("built between 1980 and 2000", HOUSES, ["year >= 1980", "year < 2001"]),
    ("cheaper than 100,000 euros", HOUSES, ["price < 100000"]),
    ("prix supérieur à 200 000", HOUSES, ["price > 200000"]),
    ("not in the north", HOUSES, ["district != north"]),
    ("rows without a price", HOUSES, ["price missing"]),
    ("everybody older than 65", MEMBERS, ["age > 65"]),
    ("members between 30 and 40 years of age", MEMBERS, ["age >= 30", "age <= 40"]),
    ("mayores de 65 años", MEMBERS, ["age > 65"]),
    ("only smokers", MEMBERS, ["smoker = yes"]),
    ("just non-smokers", MEMBERS, ["smoker = no"]),
    ("only the gold and premium plans", MEMBERS, ["plan in premium, gold"]),
    ("customers who signed up before 2023", MEMBERS, ["signed_up < 2023-01-01"]),
    ("signed up in March 2022", MEMBERS, ["signed_up >= 2022-03-01", "signed_up < 2022-04-01"]),
    ("since June 2021", MEMBERS, ["signed_up >= 2021-06-01"]),
    ("Wohnungen mit weniger als zwei Zimmern", WOHNUNGEN, ["Zimmer < 2"]),
    ("nur Wohnungen in der Stadt", WOHNUNGEN, ["Lage = Stadt"]),
    ("Wohnungen, die vor 1950 gebaut wurden", WOHNUNGEN, ["Baujahr < 1950"]),
]
NOTHING = [
    "please hurry", "we have three offices and 40 employees", "it took more than two hours", "my aunt is 80",
    "the archive of 2031", "only on weekdays",
]  # fmt: skip


@pytest.mark.parametrize(("clause", "columns", "meant"), CLAUSES)
def test_a_clause_is_bound_to_what_is_there(clause, columns, meant):
    assert [str(one) for one in conditions(clause, columns)] == meant


@pytest.mark.parametrize(("clause", "columns", "meant"), CLAUSES)
def test_the_order_of_the_columns_changes_nothing(clause, columns, meant):
    for order in itertools.islice(itertools.permutations(columns), 1, 30, 7):
        assert {str(one) for one in conditions(clause, order)} == set(meant)


@pytest.mark.parametrize("clause", NOTHING)
def test_words_that_speak_of_no_rows_bind_nothing(clause):
    assert conditions(clause, HOUSES) == []


def test_rows_that_are_left_out_leave_those_that_have_no_value():
    (kept,) = opposite(conditions("price above 250000", HOUSES))
    assert (kept.op, kept.value, kept.or_missing) == ("<=", 250000.0, True)


def test_a_range_has_no_opposite_that_all_conditions_make():
    assert opposite(conditions("built between 1980 and 2000", HOUSES)) is None
