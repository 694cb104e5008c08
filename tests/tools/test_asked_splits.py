"""Test rows by share, number, place, condition, group and time."""

from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest

from noglue.tools import report
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.requested import Condition
from noglue.tools.spec.schema import Schema
from tests.tools.asking import flats, numbers, prepared, used


def visits(people: int = 60, each: int = 5) -> pd.DataFrame:
    table = flats(people * each)
    return table.assign(patient_id=np.repeat(np.arange(people), each))


@pytest.mark.parametrize(
    ("asked", "count"), [({"test_fraction": 0.25}, 75), ({"test_fraction": 0.33}, 99), ({"test_rows": 50}, 50)]
)
@pytest.mark.parametrize("target", ["price", "district", "balcony"])
def test_the_size_that_was_asked_for(asked: dict[str, Any], count: int, target: str) -> None:
    found = prepared(flats(), target=target, **asked)
    assert abs(len(numbers(found, "test")) - count) <= 1
    assert len(used(found)) == 300
    assert "as asked" in found.schema.split_why
    if found.schema.classes:
        assert found.answers.numbers is not None
        assert set(found.answers.numbers[found.parted.rows["test"]]) == set(range(len(found.schema.classes)))


def test_a_share_of_the_labelled_rows_with_repeats_among_them() -> None:
    table = pd.concat([flats(200), flats(200).head(60)], ignore_index=True)
    table.loc[:19, "price"] = np.nan
    found = prepared(table, target="price", test_fraction=0.25)
    assert abs(len(numbers(found, "test")) - 60) <= 1
    assert sum(found.schema.rows.values()) == 240


@pytest.mark.parametrize(("place", "rows"), [("last", range(240, 300)), ("first", range(60))])
def test_the_ends_of_the_file(place: str, rows: range) -> None:
    found = prepared(flats(), target="price", test_fraction=0.2, test_place=place)
    assert numbers(found, "test") == set(rows)
    assert (found.schema.split, len(numbers(found, "train") | numbers(found, "validation"))) == ("ordered", 240)
    assert found.schema.split_why == f"the {place} 20 % of the rows in the files' order are the test split, as asked"
    found = prepared(flats(), target="price", test_rows=37, test_place=place)
    assert len(numbers(found, "test")) == 37


def test_the_last_rows_in_time() -> None:
    table = flats()
    found = prepared(table, target="price", time="SOLD", test_fraction=0.3)
    test, rest = (sorted(numbers(found, name)) for name in ("test", "train"))
    assert table["sold"].iloc[test].min() > table["sold"].iloc[rest].max()
    assert (found.schema.split, abs(len(test) - 90) <= 2) == ("time", True)
    first = prepared(table, target="price", time="sold", test_fraction=0.3, test_place="first")
    assert table["sold"].iloc[sorted(numbers(first, "test"))].max() < table["sold"].iloc[list(used(first))].max()


def test_whole_groups_of_the_share_asked_for() -> None:
    table = visits()
    for wishes in ({"group": "Patient ID"}, {}):
        found = prepared(table, target="price", test_fraction=0.25, **wishes)
        assert (found.schema.split, len(numbers(found, "test"))) == ("grouped", 75)
        patients = {name: set(table["patient_id"].iloc[sorted(numbers(found, name))]) for name in ("train", "test")}
        assert not patients["train"] & patients["test"]
    found = prepared(table, target="price", test_rows=30, test_place="last", group="patient_id")
    assert numbers(found, "test") == set(range(270, 300))


def test_a_place_that_was_asked_for_tears_a_group_and_says_so() -> None:
    found = prepared(visits(), target="price", test_rows=33, test_place="last")
    assert numbers(found, "test") == set(range(267, 300))
    assert "torn-groups" in {warning.kind for warning in found.schema.warnings}


def test_conditions_for_test_and_train() -> None:
    table = flats()
    late = Condition(column="sold", op=">=", value="2023")
    early = Condition(column="sold", op="<", value="2022")
    found = prepared(table, target="price", test_where=[late])
    assert numbers(found, "test") == set(np.flatnonzero(table["sold"] >= "2023"))
    assert (found.schema.split, len(used(found))) == ("condition", 300)
    found = prepared(table, target="price", test_where=[late], train_where=[early])
    middle = int(((table["sold"] >= "2022") & (table["sold"] < "2023")).sum())
    assert [one.count for one in found.ledger.left_out.values()] == [middle]
    found = prepared(table, target="price", train_where=[early])
    assert numbers(found, "test") == set(np.flatnonzero(table["sold"] >= "2022"))
    assert "sold < 2022" in found.schema.split_why


def test_named_test_rows_of_a_group_that_was_asked_for() -> None:
    table = visits()
    rooms = Condition(column="patient_id", op="<", value=10.0)
    found = prepared(table, target="price", group="patient_id", test_where=[rooms])
    assert numbers(found, "test") == set(range(50))
    assert found.ledger.balances


@pytest.mark.parametrize(
    ("wishes", "kind"),
    [
        ({"test_where": [Condition(column="Rooms", op=">", value=50.0)]}, "no-rows"),
        ({"train_where": [Condition(column="Rooms", op=">", value=0.0)]}, "no-rows"),
        ({"test_rows": 299}, "too-few-rows"),
        ({"test_rows": 1000, "test_place": "last"}, "too-few-rows"),
        ({"test_rows": 10, "test_where": [Condition(column="Rooms", op=">", value=3.0)]}, "two-tests"),
    ],
)
def test_what_can_not_be_divided_so(wishes: dict[str, Any], kind: str) -> None:
    with pytest.raises(DataError) as caught:
        prepared(flats(), target="price", **wishes)
    assert caught.value.kind == kind


def test_an_official_test_split_is_divided_anew_where_a_share_is_asked_for() -> None:
    table = flats()
    tables = {"train": table.head(200), "test": table.tail(100)}
    assert numbers(prepared(tables, target="price"), "test") == set(range(200, 300))
    found = prepared(tables, target="price", test_fraction=0.25)
    assert abs(len(numbers(found, "test")) - 75) <= 1
    assert "the 100 test rows that came with the data" in found.schema.split_why
    held = prepared(tables, target="price", train_where=[Condition(column="Rooms", op="<", value=4.0)])
    assert numbers(held, "test") == set(range(200, 300))


def test_an_open_test_table_stays_what_is_to_be_predicted() -> None:
    tables = {"train": flats(), "test": flats(80, seed=9).drop(columns="price")}
    found = prepared(tables, target="price", test_fraction=0.25)
    assert numbers(found, "unlabelled") == set(range(300, 380))
    assert abs(len(numbers(found, "test")) - 75) <= 1


def test_a_generator_s_share() -> None:
    found = prepared(flats(), goal="generate", test_fraction=0.3)
    assert len(numbers(found, "test")) == 90


def test_the_report_has_a_word_for_every_way_to_split() -> None:
    ways = get_args(Schema.model_fields["split"].annotation)
    page = (Path(report.__file__).parent / "reporting" / "sections" / "60_data.html").read_text(encoding="utf-8")
    assert [way for way in ways if f'"{way}":' not in page] == []
