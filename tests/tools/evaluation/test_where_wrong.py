"""Curves over thresholds, and the parts of the test rows in which a model fails."""

import datasets
import numpy as np
import pytest
from sklearn import metrics

from noglue.tools.evaluation.decision_threshold import choose
from noglue.tools.evaluation.segments import segments
from noglue.tools.evaluation.threshold_curves import curves
from noglue.tools.spec.requested import Decision
from tests.tools.explanation.formulas import Columns, rows, schema

RANDOM = np.random.default_rng(0)


def scored(count: int = 800, share: float = 0.2) -> tuple[np.ndarray, np.ndarray]:
    truth = (RANDOM.random(count) < share).astype(np.int64)
    chance = 1 / (1 + np.exp(-(RANDOM.normal(size=count) + 2 * truth - 1)))
    return truth, np.stack([1 - chance, chance], axis=1)


def test_areas_are_those_of_the_field() -> None:
    truth, predicted = scored()
    found = curves(schema({"x": predicted[:, 0]}, ["no", "yes"]), truth, predicted, None)
    assert found is not None
    assert (found.positive, found.positives, found.rows) == ("yes", int(truth.sum()), 800)
    assert found.area == pytest.approx(metrics.roc_auc_score(truth, predicted[:, 1]))
    assert found.average == pytest.approx(metrics.average_precision_score(truth, predicted[:, 1]))
    assert (found.roc[0], found.roc[-1]) == ((0.0, 0.0), (1.0, 1.0))


def test_the_table_reaches_what_it_says_and_has_the_models_own_threshold() -> None:
    truth, predicted = scored()
    facts = schema({"x": predicted[:, 0]}, ["no", "yes"])
    chosen = choose(facts, truth, predicted, Decision(miss=10, alarm=1), "accuracy")
    found = curves(facts, truth, predicted, chosen)
    assert found is not None
    assert chosen is not None
    own = [row for row in found.table if row.chosen]
    assert [row.threshold for row in own] == [chosen.threshold]
    assert own[0].cost == pytest.approx(chosen.cost)
    assert min(row.cost for row in found.table if row.cost is not None) == pytest.approx(own[0].cost)
    for row in found.table:
        flagged = predicted[:, 1] >= row.threshold
        assert row.flagged == flagged.sum()
        assert row.recall == pytest.approx(truth[flagged].sum() / truth.sum())
    assert found.table[0].recall >= 0.99


def test_the_named_class_is_the_positive_one() -> None:
    truth, predicted = scored()
    found = curves(schema({"x": predicted[:, 0]}, ["no", "yes"], positive="no"), truth, predicted, None)
    assert found is not None
    assert (found.positive, found.positives) == ("no", int((truth == 0).sum()))


def drawn(count: int = 1000) -> Columns:
    return {"size": RANDOM.normal(size=count), "noise": RANDOM.normal(size=count),
            "town": RANDOM.choice(["York", "Bath", "Hull"], count)}  # fmt: skip


def cut(columns: Columns, off: np.ndarray, units: np.ndarray | None = None):
    facts = schema(columns)
    given: datasets.Dataset = rows(columns, facts)
    truth = np.zeros(len(off))
    return segments(facts, given, truth, off, None, units)


def test_the_part_that_it_fails_for_stands_first_and_apart() -> None:
    columns = drawn()
    off = RANDOM.normal(size=1000) * np.where(columns["town"] == "Hull", 4.0, 1.0)
    found = cut(columns, off)
    assert (found[0].feature, found[0].value, found[0].apart) == ("town", "Hull", True)
    assert found[0].low < found[0].error < found[0].high
    assert {one.feature for one in found if one.apart} == {"town"}


def test_where_nothing_differs_nothing_stands_apart() -> None:
    lone = [any(one.apart for one in cut(drawn(), RANDOM.normal(size=1000))) for _ in range(40)]
    assert sum(lone) <= 5


def test_rows_of_one_person_are_one_witness() -> None:
    columns = drawn()
    person = np.repeat(np.arange(20), 50)
    columns["town"] = np.array(["York", "Bath"])[np.arange(20) % 2][person]
    off = np.abs(RANDOM.normal(size=20))[person] + 0.01 * RANDOM.normal(size=1000)
    alone = {one.value: one for one in cut(columns, off) if one.feature == "town"}
    together = {one.value: one for one in cut(columns, off, person) if one.feature == "town"}
    assert together["York"].high - together["York"].low > 3 * (alone["York"].high - alone["York"].low)
