"""Every row ends in one place, whatever is asked and whatever the tables hold."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from noglue.tools.preparation.row_account import RowAccount
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.requested import Condition, Derived, MissingWords
from tests.tools.asking import flats, numbers, prepared
from tests.tools.preparing import Run

WISHES: dict[str, list[dict[str, Any]]] = {
    "rows": [
        {}, {"where": [Condition(column="Rooms", op=">", value=2.0)]}, {"sample": 0.7}, {"max_rows": 60},
        {"where": [Condition(column="built", op="present"), Condition(column="district", op="!=", value="East")]},
    ],
    "split": [
        {}, {"test_fraction": 0.25}, {"test_rows": 20}, {"test_place": "last"}, {"group": "owner"}, {"time": "sold"},
        {"test_where": [Condition(column="sold", op=">", value="2023")]},
        {"train_where": [Condition(column="sold", op="<", value="2022")]},
        {"test_where": [Condition(column="Rooms", op="=", value=3.0)], "group": "owner",
         "train_where": [Condition(column="Rooms", op=">", value=3.0)]},
    ],
    "target": [
        {"target": "price"}, {"target": "district", "classes": ["North", "south", "West"]},
        {"target": "price", "derive": Derived(op="above", value=250_000.0)},
        {"target": "balcony", "positive": "no"}, {"target": "price", "derive": Derived(op="log")},
    ],
    "other": [
        {}, {"labels": 30}, {"missing": [MissingWords(words=["0", "3"], columns=["Rooms"])]}, {"exclude": ["sold"]},
    ],
}  # fmt: skip


@settings(derandomize=True, deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(some.data())
def test_rows_balance(data: some.DataObject) -> None:
    seed = data.draw(some.integers(0, 1000))
    random = np.random.default_rng(seed)
    table = flats(data.draw(some.integers(60, 200)), seed)
    table["owner"] = random.integers(0, 25, len(table))
    table.loc[random.random(len(table)) < data.draw(some.sampled_from([0, 0.2])), ["price", "district", "sold"]] = None
    table = pd.concat([table, table.head(data.draw(some.sampled_from([0, 15])))], ignore_index=True)
    cut = len(table) - data.draw(some.sampled_from([0, 30]))
    tables = {"all": table} if cut == len(table) else {"train": table.head(cut), "test": table.tail(len(table) - cut)}
    if data.draw(some.booleans()):
        tables["unlabelled"] = flats(12, seed + 1).drop(columns=["price", "district", "balcony"])
    wishes = {name: value for part in WISHES.values() for name, value in data.draw(some.sampled_from(part)).items()}
    try:
        found = prepared(tables, seed, **wishes)
    except DataError:
        return
    ledger = found.ledger
    assert ledger.balances
    assert ledger.found == sum(map(len, tables.values()))
    assert ledger.to_predict == (12 if "unlabelled" in tables else 0)
    for split in ("train", "validation", "test"):
        assert getattr(ledger, split) == len(numbers(found, split))


def test_lines_that_a_reader_loses_are_counted(tmp_path: Path) -> None:
    lines = flats(100).to_csv(index=False).splitlines()
    lines[40] += ",1,2,3"
    file = tmp_path / "flats.csv"
    file.write_text("\n".join(lines))
    run = Run(tmp_path / "run")
    result = run.prepare(file, target="price")
    assert result.ledger is not None
    assert (result.ledger.found, result.ledger.balances) == (100, True)
    assert sum(one.count for one in result.ledger.left_out.values()) == 1


def test_a_row_in_no_place_or_in_two_is_a_mistake() -> None:
    account = RowAccount(4)
    account.leave_out(np.array([3]), "no target")
    account.leave_out(np.array([3, 2]), "damaged", ["c"])
    assert account.ledger({"train": np.array([0, 1])}, {"ragged": 2}).found == 6
    for splits in ({"train": np.array([0])}, {"train": np.array([0, 1]), "test": np.array([1])}):
        with pytest.raises(AssertionError):
            account.ledger(splits, {})
