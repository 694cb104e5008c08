"""Why this row: contributions add up, and are those of the formula where that can be reckoned by hand."""

import numpy as np
import pytest

from noglue.tools.explanation import explain_table
from noglue.tools.explanation.asking import Ask, features_table
from noglue.tools.explanation.contributions import MOST_PLAYERS, contributions
from tests.tools.explanation.formulas import Columns, Formula, rows, schema

RANDOM = np.random.default_rng(1)
COLUMNS = {name: RANDOM.normal(size=40) for name in "abcd"} | {"e": RANDOM.choice(["x", "y"], 40)}


def product(one: Columns) -> np.ndarray:
    return one["a"] * one["b"] + np.maximum(one["c"], 0) + 2.0 * (one["e"] == "x")


def explained(columns: Columns, model: Formula, count: int = 5, classes: list[str] | None = None):
    facts = schema(columns, classes)
    table = features_table(rows(columns, facts), facts)
    answered = None if classes is None else np.arange(count) % 2
    return contributions(Ask(model, facts), table.slice(0, count), table.slice(10, 30), answered), table, facts


def test_they_add_up_to_what_is_said_less_what_is_said_on_average() -> None:
    found, table, facts = explained(COLUMNS, Formula(product))
    values = Ask(Formula(product), facts).values(table, None)
    assert found.base == pytest.approx(np.full(5, values[10:].mean()))
    assert found.said == pytest.approx(values[:5])
    assert [amounts.sum() for amounts in found.amounts] == pytest.approx(values[:5] - values[10:].mean())


def test_of_classes_they_are_of_the_answered_one() -> None:
    model = Formula(lambda one: 1 / (1 + np.exp(-product(one))), classes=True)
    found, _, _ = explained(COLUMNS, model, classes=["no", "yes"])
    assert [amounts.sum() for amounts in found.amounts] == pytest.approx(found.said - found.base, abs=1e-6)


def test_of_a_sum_each_is_the_distance_from_the_mean_and_what_is_not_used_adds_nothing() -> None:
    found, _, _ = explained(COLUMNS, Formula(lambda one: 2 * one["a"] - one["b"]))
    expected = 2 * (COLUMNS["a"][:5] - COLUMNS["a"][10:].mean())
    assert [amounts[0] for amounts in found.amounts] == pytest.approx(expected)
    assert all(amounts[2:] == pytest.approx(0, abs=1e-9) for amounts in found.amounts)


def test_a_row_is_explained_alike_whatever_stands_beside_it() -> None:
    many, _, _ = explained(COLUMNS, Formula(product), 5)
    few, _, _ = explained(COLUMNS, Formula(product), 2)
    assert np.array_equal(many.amounts[1], few.amounts[1])


def test_the_order_of_the_columns_changes_nothing() -> None:
    straight, _, _ = explained(COLUMNS, Formula(product))
    turned, _, _ = explained(dict(reversed(COLUMNS.items())), Formula(product))
    assert straight.players == turned.players
    assert all(np.array_equal(a, b) for a, b in zip(straight.amounts, turned.amounts, strict=True))


def test_of_many_columns_those_that_matter_count_alone_and_the_rest_together() -> None:
    columns = {f"c{place:03d}": RANDOM.normal(size=40) for place in range(3 * MOST_PLAYERS)}

    def formula(one: Columns) -> np.ndarray:
        return 5 * one["c007"] + one["c020"] + 0.01 * sum(one.values())

    found, table, facts = explained(columns, Formula(formula), 3)
    values = Ask(Formula(formula), facts).values(table, None)
    for row in range(3):
        assert ("c007",) in found.players[row]
        assert sum(map(len, found.players[row])) == len(columns)
        assert found.amounts[row].sum() == pytest.approx(values[row] - values[10:].mean())


def test_words_of_a_text_are_told_by_name() -> None:
    texts = np.array(["a good day, a good one", "bad", "nothing at all"] * 4)
    facts = schema({"text": texts}).model_copy(deep=True)
    facts.features[0].kind = "text"
    given = rows({"text": texts}, facts)
    model = Formula(lambda one: np.array([text.count("good") - text.count("bad") for text in one["text"]], float))
    background = features_table(given, facts)
    first, second, third = explain_table.because(model, given.select(range(3)), facts, background, None, print, None)
    assert [(one.name, one.amount) for one in first.reasons] == [("good", 2.0)]
    assert [(one.name, one.amount) for one in second.reasons] == [("bad", -1.0)]
    assert third.reasons == []
