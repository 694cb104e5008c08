"""Rows for which conditions hold, samples, at most so many."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from noglue.tools.spec.errors import DataError
from noglue.tools.spec.requested import Condition
from tests.tools.asking import features, flats, prepared, used

HELD: dict[str, tuple[Condition, Callable[[pd.DataFrame], pd.Series]]] = {
    "number": (Condition(column="price", op="<=", value=250_000.0), lambda t: t["price"] <= 250_000),
    "number as text": (Condition(column="PRICE", op=">", value="250000"), lambda t: t["price"] > 250_000),
    "text": (Condition(column="district", op="=", value="SOUTH"), lambda t: t["district"] == "south"),
    "several": (
        Condition(column="district", op="in", value=["south", "west"]),
        lambda t: t["district"].isin(["south", "West"]),
    ),
    "none of them": (Condition(column="district", op="not in", value=["south"]), lambda t: t["district"] != "south"),
    "year": (Condition(column="sold", op="<=", value="2021"), lambda t: t["sold"] < "2022-01-01"),
    "after a day": (Condition(column="sold", op=">", value="2021-06-30"), lambda t: t["sold"] >= "2021-07-01"),
    "in a month": (
        Condition(column="sold", op="=", value="2021-06"),
        lambda t: t["sold"].dt.strftime("%Y-%m") == "2021-06",
    ),
    "a year as a number": (Condition(column="sold", op="=", value=2021.0), lambda t: t["sold"].dt.year == 2021),
    "missing": (Condition(column="built", op="missing"), lambda t: t["built"].isna()),
    "present": (Condition(column="built", op="present"), lambda t: t["built"].notna()),
    "missing fails": (
        Condition(column="built", op="!=", value=1990.0),
        lambda t: t["built"].notna() & (t["built"] != 1990),
    ),
    "or missing": (
        Condition(column="built", op="<", value=1990.0, or_missing=True),
        lambda t: t["built"].isna() | (t["built"] < 1990),
    ),
    "a year in numbers": (Condition(column="built", op=">=", value="1990-01-01"), lambda t: t["built"] >= 1990),
}


@pytest.mark.parametrize("name", HELD)
def test_rows_for_which_a_condition_holds(name: str) -> None:
    table = flats(400)
    condition, held = HELD[name]
    kept = set(np.flatnonzero(held(table)))
    found = prepared(table, target="balcony", where=[condition])
    assert used(found) == kept
    assert [one.count for one in found.ledger.left_out.values()] == [400 - len(kept)]


def test_conditions_hold_at_once_and_spare_the_rows_to_predict() -> None:
    table = flats()
    where = [Condition(column="Rooms", op=">", value=2.0), Condition(column="district", op="!=", value="east")]
    found = prepared({"train": table, "test": table.drop(columns="price").head(50)}, target="price", where=where)
    assert used(found) == set(np.flatnonzero((table["Rooms"] > 2) & (table["district"] != "East")))
    assert found.ledger.to_predict == 50
    assert "Rooms" in features(found)


def test_a_condition_on_the_target_leaves_its_other_classes_out() -> None:
    found = prepared(flats(), target="district", where=[Condition(column="district", op="!=", value="East")])
    assert found.schema.classes == ["North", "south", "West"]


@pytest.mark.parametrize(
    ("condition", "kind", "told"),
    [
        (Condition(column="district", op="=", value="Middle"), "no-rows", "none of 300 rows fulfils"),
        (Condition(column="cellar", op="=", value="yes"), "missing-columns", "cellar"),
        (Condition(column="Rooms", op=">", value="many"), "wrong-type", "'many'"),
        (Condition(column="sold", op="<", value="spring"), "wrong-type", "'spring'"),
        (Condition(column="district", op="<", value="M"), "wrong-type", "holds text"),
    ],
)
def test_conditions_that_can_not_be_met(condition: Condition, kind: str, told: str) -> None:
    with pytest.raises(DataError) as caught:
        prepared(flats(), target="price", where=[condition])
    assert caught.value.kind == kind
    assert told in caught.value.message


def test_a_sample_and_at_most_so_many() -> None:
    found = prepared(flats(), target="price", sample=0.4)
    assert len(used(found)) == 120
    assert used(found) != used(prepared(flats(), target="price", sample=0.4, seed=1))
    table = flats()
    table.loc[::3, "price"] = np.nan
    found = prepared(table, target="price", max_rows=100)
    assert len(used(found)) == 100
    counts = {why: one.count for why, one in found.ledger.left_out.items()}
    assert counts == {"more than 100 rows to learn from": 100, "no readable target": 100}
