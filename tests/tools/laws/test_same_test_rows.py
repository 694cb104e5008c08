"""Two runs that differ in what they learn from are tested on the same rows, so that they can be compared row by row."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from noglue.tools.spec.schema import ORIGIN
from tests.tools.preparing import Run

WISHES: dict[str, dict[str, object]] = {
    "a column left out": {"exclude": ["size"]},
    "two columns left out": {"exclude": ["size", "city"]},
    "the only columns that are used": {"only": ["weight", "age"]},
    "fewer rows to learn from": {"max_rows": 1500},
    "another target": {"target": "colour"},
    "a value in place of a class": {"target": "age"},
    "conditions": {"where": [{"column": "age", "op": "<", "value": 85}]},
}
ALIKE = {  # share of the fewer test rows that are in the other split, too, where other rows or strata are drawn from
    "fewer rows to learn from": 0.95,
    "another target": 0.95,
    "a value in place of a class": 0.9,
    "conditions": 0.95,
}


def _table(rows: int = 2000) -> pd.DataFrame:
    random = np.random.default_rng(7)
    size, weight = random.normal(170, 10, rows).round(3), random.normal(70, 12, rows).round(3)
    return pd.DataFrame(
        {
            "size": size,
            "weight": weight,
            "city": random.choice(["Rome", "Oslo", "Bern"], rows),
            "age": random.integers(18, 90, rows),
            "colour": random.choice(["red", "green"], rows),
            "fit": np.where(weight / size + random.normal(0, 0.05, rows) > 0.41, "no", "yes"),
        }
    )


def _tested(table: pd.DataFrame, folder: Path, **wishes: object) -> tuple[set[str], Run]:
    """Where the test rows stand in the file."""
    folder.mkdir(parents=True)
    table.to_csv(folder / "people.csv", index=False)
    run = Run(folder / "run")
    run.prepare(folder / "people.csv", **{"target": "fit", **wishes})
    return set(run.split("test")[ORIGIN]), run


def _shared(one: set[str], other: set[str]) -> float:
    return len(one & other) / min(len(one), len(other))


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    return _tested(_table(), tmp_path_factory.mktemp("same") / "first")[0]


@pytest.mark.parametrize("wish", WISHES)
def test_what_else_is_asked_for_leaves_the_test_rows_as_they_are(tested: set[str], tmp_path: Path, wish: str) -> None:
    again, run = _tested(_table(), tmp_path / "again", **WISHES[wish])
    assert _shared(tested, again) >= ALIKE.get(wish, 1.0)
    assert len(again) == pytest.approx(0.2 * sum(run.schema.rows.values()), abs=5)


def test_the_file_without_a_column_or_with_another_one_has_the_same_test_rows(tested: set[str], tmp_path: Path) -> None:
    table = _table()
    assert _tested(table.drop(columns="size"), tmp_path / "fewer")[0] == tested
    assert _tested(table.assign(ratio=table["weight"] / table["size"]), tmp_path / "more")[0] == tested


def test_rows_that_come_later_hardly_change_which_of_the_earlier_are_tested(tested: set[str], tmp_path: Path) -> None:
    more = pd.concat([_table(), _table(300).assign(size=lambda t: t["size"] + 0.5)])
    later, _ = _tested(more, tmp_path / "more")
    assert len(tested & later) >= 0.95 * len(tested)


def test_rows_that_are_equal_without_a_column_move_to_one_side_and_the_others_stay(tmp_path: Path) -> None:
    table = _table()
    table.loc[1900:1949, table.columns.drop("size")] = table.loc[:49, table.columns.drop("size")].to_numpy()
    whole, _ = _tested(table, tmp_path / "whole")
    without, run = _tested(table, tmp_path / "without", exclude=["size"])
    held = set(run.hashes("test"))
    learned = set(run.hashes("train")) | set(run.hashes("validation"))
    assert not held & learned
    assert len(whole & without) >= 0.95 * len(whole)


def test_the_rows_of_a_test_split_of_another_size_are_among_the_larger_ones(tested: set[str], tmp_path: Path) -> None:
    larger, _ = _tested(_table(), tmp_path / "larger", test_fraction=0.3)
    assert _shared(tested, larger) >= 0.95
    assert len(larger) == pytest.approx(600, abs=2)
