"""New rows into the schema's form: types, names, gaps, and what is refused."""

import datetime

import datasets
import pyarrow as pa
import pytest

from noglue.tools.spec.errors import DataError
from noglue.tools.spec.profiles import Column
from noglue.tools.spec.protocols import Raw
from noglue.tools.spec.schema import Schema
from noglue.tools.values.cells import settled
from noglue.tools.values.conform import conform_table, dataset, features_of

SCHEMA = Schema(
    goal="classify",
    modality="table",
    target="y",
    classes=["a", "b"],
    features=[
        Column(name="Age", kind="number", dtype="double", missing=3),
        Column(name="sex", kind="category", dtype="string"),
        Column(name="member", kind="boolean", dtype="bool", missing=1),
        Column(name="since", kind="date", dtype="timestamp[us]", missing=1),
    ],
    rows={"train": 10},
    split="stratified",
)
ROW = {"Age": [31], "sex": ["m"], "member": [True], "since": [datetime.datetime(2020, 1, 2)]}
EXPECTED = [{"Age": 31.0, "sex": "m", "member": True, "since": datetime.datetime(2020, 1, 2)}]


def conformed(table: pa.Table, schema: Schema) -> datasets.Dataset:
    """As `predict` does with a table that a reader hands over."""
    raw = settled(Raw("table", {"all": table}), schema.form)
    return dataset(conform_table(raw.splits["all"], schema.features), features_of(schema, target=False))


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"Age": ["31"]},
        {"Age": [31.0]},
        {"sex": pa.array(["m"]).dictionary_encode()},
        {"member": [1]},
        {"member": ["yes"]},
        {"since": ["2020-01-02"]},
        {"since": [datetime.date(2020, 1, 2)]},
        {"extra": ["ignored"], "y": ["a"]},
    ],
)
def test_types_are_cast(changed: dict[str, object]) -> None:
    assert conformed(pa.table(ROW | changed), SCHEMA).to_list() == EXPECTED


def test_order_and_spelling_of_names() -> None:
    shuffled = {name.upper() + " ": ROW[name] for name in reversed(ROW)}
    assert conformed(pa.table(shuffled), SCHEMA).to_list() == EXPECTED


def test_what_is_no_number_is_missing() -> None:
    rows = {name: values * 4 for name, values in ROW.items()} | {"Age": ["1", "x", " 2.5", None]}
    assert conformed(pa.table(rows), SCHEMA)["Age"] == [1.0, None, 2.5, None]
    rows["Age"] = [1.0, float("nan"), float("inf"), 4.0]
    assert conformed(pa.table(rows), SCHEMA)["Age"] == [1.0, None, None, 4.0]


def test_whole_floats_are_the_categories_that_integers_were() -> None:
    assert conformed(pa.table(ROW | {"sex": [3.0]}), SCHEMA)["sex"] == ["3"]


def test_a_column_with_gaps_in_training_may_be_missing() -> None:
    table = pa.table(ROW).drop_columns(["since"])
    assert conformed(table, SCHEMA)["since"] == [None]


@pytest.mark.parametrize("lost", [["sex"], ["Age", "member", "since"]])
def test_missing_columns_are_named(lost: list[str]) -> None:
    with pytest.raises(DataError) as caught:
        conformed(pa.table(ROW).drop_columns(lost), SCHEMA)
    assert caught.value.kind == "missing-columns"
    assert all(name in caught.value.message for name in lost)


def test_a_column_of_something_else_is_refused() -> None:
    with pytest.raises(DataError, match=r"'Age'.*'x'") as caught:
        conformed(pa.table({name: values * 3 for name, values in ROW.items()} | {"Age": ["x", "y", "1"]}), SCHEMA)
    assert caught.value.kind == "wrong-type"
