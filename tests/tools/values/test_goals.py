"""Classify or regress, and which column: real columns of known sets."""

import numpy as np
import pyarrow as pa
import pytest
from sklearn import datasets

from noglue.tools.spec.errors import DataError
from noglue.tools.values.column_kinds import column
from noglue.tools.values.targets import decide_goal, find_target

RANDOM = np.random.default_rng(0)
COLUMNS = {
    "iris": (datasets.load_iris().target, "classify"),
    "digits": (datasets.load_digits().target, "classify"),
    "diabetes": (datasets.load_diabetes().target, "regress"),
    "diabetes, whole": (datasets.load_diabetes().target.astype(int), "regress"),
    "species names": (["setosa", "virginica", "versicolor"] * 50, "classify"),
    "survived": ([0, 1, 1] * 100, "classify"),
    "survived, gaps": ([0.0, 1.0, None] * 100, "classify"),
    "bought": ([True, False] * 20, "classify"),
    "price": (RANDOM.lognormal(10, 1, 500), "regress"),
    "sale price, whole": (RANDOM.integers(50_000, 500_000, 1460), "regress"),
    "age": (RANDOM.integers(17, 91, 5000), "regress"),
    "wine quality": (RANDOM.integers(3, 10, 1599), "classify"),
    "rings of abalone": (np.clip(RANDOM.normal(12, 6, 4177), 1, 29).astype(int), "regress"),
    "store_type": (RANDOM.integers(1, 40, 3000), "classify"),
    "fine labels": (np.repeat(np.arange(100), 50), "classify"),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_the_goal_of_a_column(name: str) -> None:
    values, expected = COLUMNS[name]
    goal, confidence, why = decide_goal(column(name, pa.chunked_array([pa.array(values)])), len(values))
    assert goal == expected
    assert 0.5 <= confidence <= 1
    assert why


def test_names_that_are_nearly_all_different_are_doubtful() -> None:
    goal, confidence, _ = decide_goal(column("name", pa.chunked_array([[f"Ann {i}" for i in range(99)]])), 99)
    assert goal == "classify"
    assert confidence < 0.5


NAMES = ["PassengerId", "Pclass", "Survived", "Sale Price", "y"]


@pytest.mark.parametrize(
    ("hints", "expected"),
    [
        ({"wanted": "Survived"}, "Survived"),
        ({"wanted": "survived"}, "Survived"),
        ({"wanted": "sale_price"}, "Sale Price"),
        ({"wanted": "Pclass", "declared": "y"}, "Pclass"),
        ({"declared": "Pclass"}, "Pclass"),
        ({"predicted": ["Survived"]}, "Survived"),
        ({}, "y"),
    ],
)
def test_which_column_is_meant(hints: dict[str, object], expected: str) -> None:
    found, why = find_target(NAMES, **hints)  # type: ignore[arg-type]
    assert found == expected
    assert why


def test_the_last_column_for_want_of_better() -> None:
    assert find_target(["a", "b", "c"])[0] == "c"


@pytest.mark.parametrize(("names", "wanted"), [(NAMES, "income"), (["a b", "a_b"], "ab"), ([], None)])
def test_no_such_column(names: list[str], wanted: str | None) -> None:
    with pytest.raises(DataError) as caught:
        find_target(names, wanted)
    assert caught.value.kind == "no-target"
