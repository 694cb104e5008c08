"""What matters: noise has no importance, twins share theirs, and neither order nor repetition of rows changes it."""

import numpy as np
import pytest

from noglue.tools.explanation.asking import Ask, Clock, features_table
from noglue.tools.explanation.importance import importances
from noglue.tools.explanation.players import players
from tests.tools.explanation.formulas import Columns, Formula, judge, rows, schema

RANDOM = np.random.default_rng(0)


def drawn(count: int = 600) -> Columns:
    strong, weak, noise = RANDOM.normal(size=(3, count))
    colour = RANDOM.choice(["red", "blue"], count)
    return {"strong": strong, "weak": weak, "noise": noise, "colour": colour}


def formula(columns: Columns) -> np.ndarray:
    return 3 * columns["strong"] + columns["weak"] + 0.001 * columns["noise"] + (columns["colour"] == "red")


def told(columns: Columns, truth: np.ndarray, model: Formula, measure: str = "rmse", seconds: float = 30.0):
    facts = schema(columns, ["no", "yes"] if model.classes else None)
    given = rows(columns, facts)
    ask, table = Ask(model, facts), features_table(given, facts)
    found, count, rounds = importances(
        ask, table, judge(facts, truth, measure), ask(table), players(table, facts), Clock(seconds), 0
    )
    return {", ".join(one.columns): one for one in found}, count, rounds


def test_noise_has_none_and_the_others_stand_in_their_order() -> None:
    columns = drawn()
    truth = formula(columns) + RANDOM.normal(size=600)
    found, count, rounds = told(columns, truth, Formula(formula))
    assert (count, rounds) == (600, 5)
    assert list(found)[:2] == ["strong", "weak"]
    assert found["noise"].low <= 0 <= found["noise"].high
    assert all(found[name].low > 0 for name in ("strong", "weak", "colour"))


def test_of_classes_too_by_a_measure_that_is_to_be_high() -> None:
    columns = drawn()
    truth = (formula(columns) > 0).astype(np.int64)
    model = Formula(lambda one: 1 / (1 + np.exp(-formula(one))), classes=True)
    found, _, _ = told(columns, truth, model, "accuracy")
    assert found["strong"].low > 0.1
    assert found["noise"].low <= 0 <= found["noise"].high


def test_columns_that_tell_the_same_are_dealt_out_together() -> None:
    columns = drawn()
    columns["in inches"] = columns["strong"] / 2.54
    columns["colour again"] = np.where(columns["colour"] == "red", "rouge", "bleu")

    def both(one: Columns) -> np.ndarray:
        return 1.5 * one["strong"] + 1.5 * 2.54 * one["in inches"] + one["weak"]

    found, _, _ = told(columns, both(columns), Formula(both))
    assert {"strong, in inches", "colour, colour again", "weak", "noise"} == set(found)
    assert found["strong, in inches"].worse > 3


def test_the_order_of_columns_changes_nothing() -> None:
    columns = drawn()
    truth = formula(columns)
    found, _, _ = told(columns, truth, Formula(formula))
    turned, _, _ = told(dict(reversed(columns.items())), truth, Formula(formula))
    assert {name: one.worse for name, one in found.items()} == pytest.approx(
        {name: one.worse for name, one in turned.items()}
    )


def test_rows_that_come_twice_change_no_more_than_chance() -> None:
    columns = drawn()
    truth = formula(columns) + RANDOM.normal(size=600)
    once, _, _ = told(columns, truth, Formula(formula))
    twice, count, _ = told(
        {name: np.concatenate([one, one]) for name, one in columns.items()}, np.tile(truth, 2), Formula(formula)
    )
    assert count == 1200
    for name in ("strong", "weak"):
        assert once[name].low < twice[name].worse < once[name].high


def test_without_time_nothing_is_said() -> None:
    columns = drawn(50)
    found, _, rounds = told(columns, formula(columns), Formula(formula), seconds=0.0)
    assert (found, rounds) == ({}, 0)
