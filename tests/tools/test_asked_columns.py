"""Columns left out, columns alone, cells that mean missing, targets made of a column."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from noglue.tools import evaluate, train
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.requested import Condition, Derived, MissingWords
from tests.tools.asking import features, flats, prepared, used
from tests.tools.predicting import predicted, trained
from tests.tools.preparing import Run


@pytest.mark.parametrize("spelled", ["floor area", "Floor_Area", "FLOORAREA", "floor-area"])
def test_a_column_left_out_is_no_feature(spelled: str) -> None:
    found = prepared(flats(), target="price", exclude=[spelled, "sold"])
    assert not {"floor area", "sold"} & set(features(found))
    assert (found.dropped["floor area"], found.dropped["sold"]) == ("as asked", "as asked")


def test_left_out_columns_still_choose_rows_and_splits() -> None:
    table = flats()
    found = prepared(
        table, target="price", exclude=["district", "sold"], time="sold",
        where=[Condition(column="district", op="in", value=["SOUTH", "west"])],
    )  # fmt: skip
    assert used(found) == set(np.flatnonzero(table["district"].isin(["south", "West"])))
    assert (found.schema.split, found.schema.time) == ("time", "sold")
    assert not {"district", "sold"} & set(features(found))


@pytest.mark.parametrize("only", [["Rooms"], ["rooms", "DISTRICT"], ["Floor area", "price", "rooms"]])
def test_columns_alone(only: list[str]) -> None:
    found = prepared(flats(), target="price", only=only)
    assert {name.casefold() for name in features(found)} == {name.casefold() for name in only} - {"price"}
    assert all(why == "as asked" for why in found.dropped.values())


def test_a_named_identifier_is_used_and_a_constant_is_not() -> None:
    table = flats().assign(flat_id=np.arange(300) + 1000, country="DE")
    found = prepared(table, target="price", only=["flat_id", "country", "rooms"])
    assert set(features(found)) == {"flat_id", "Rooms"}
    assert "country" in found.dropped


@pytest.mark.parametrize(
    ("kind", "wishes"),
    {
        "missing-columns": {"exclude": ["garden"]},
        "ambiguous-column": {"only": ["FLOOR AREA"]},
        "target-excluded": {"exclude": ["price"]},
        "no-features": {"only": ["price"]},
    }.items(),
)
def test_names_that_do_not_fit(kind: str, wishes: dict[str, list[str]]) -> None:
    table = flats().assign(**{"Floor_area": 1.5})
    with pytest.raises(DataError) as caught:
        prepared(table, target="price", **wishes)
    assert caught.value.kind == kind
    assert kind != "missing-columns" or "There are: row, Rooms, floor area" in caught.value.hint


def test_the_order_of_the_columns_changes_no_row() -> None:
    table = flats()
    wishes = {"target": "balcony", "exclude": ["sold"], "where": [Condition(column="Rooms", op=">", value=2)]}
    one, other = prepared(table, **wishes), prepared(table[table.columns[::-1]], **wishes)
    assert set(features(one)) == set(features(other))
    assert one.ledger == other.ledger


def test_words_for_missing_make_a_column_of_numbers(tmp_path: Path) -> None:
    table = flats()
    table["floor area"] = table["floor area"].astype(str).where(np.arange(300) % 3 > 0, "not measured")
    table["built"] = table["built"].fillna(0)
    table.to_csv(tmp_path / "flats.csv", index=False)
    said = [MissingWords(words=["Not measured"]), MissingWords(words=["0"], columns=["BUILT"])]
    run = trained(tmp_path / "run", tmp_path / "flats.csv", family="linear", target="price", missing=said)
    kinds = {column.name: (column.kind, column.missing > 0) for column in _schema(run).features}
    assert kinds["floor area"] == ("number", True)
    assert kinds["built"] == ("number", True)
    assert kinds["Rooms"] == ("number", False)
    new = table.drop(columns="price").head(4).assign(built=["0", "", "0.0", "1990"], **{"floor area": "not measured"})
    for column in ("Rooms", "district", "sold", "balcony", "row"):
        new[column] = new[column].iloc[0]
    new.to_csv(tmp_path / "new.csv", index=False)
    result, rows = predicted(run, ("new.csv", tmp_path / "new.csv"))
    assert rows[0]["prediction"] == rows[1]["prediction"] == rows[2]["prediction"]
    assert result.strays == []


def _schema(run: Run) -> object:
    from noglue.tools.spec.schema import Schema

    return Schema.load(run.folder / "model")


@pytest.mark.parametrize("kept_as", ["float", "int", "text"])
def test_zeros_that_mean_missing(kept_as: str) -> None:
    table = flats()
    table["built"] = table["built"].fillna(0).astype({"float": float, "int": int, "text": str}[kept_as])
    found = prepared(table, target="price", missing=[MissingWords(words=["0"], columns=["built"])])
    column = next(column for column in found.schema.features if column.name == "built")
    train = sorted(found.parted.rows["train"])
    assert column.missing == (flats()["built"].isna()).iloc[train].sum()
    assert column.minimum is not None and column.minimum >= 1950  # noqa: PT018
    assert found.schema.form is not None
    assert found.schema.form.cells["built"].absent == ["0"]


@pytest.mark.parametrize(
    ("op", "value", "held"),
    [
        ("above", 280_000.0, lambda price: price > 280_000),
        ("at least", 280_000.0, lambda price: price >= 280_000),
        ("below", "280000", lambda price: price < 280_000),
        ("at most", 280_000.0, lambda price: price <= 280_000),
    ],
)
def test_a_target_made_of_its_column(op: str, value: float | str, held: object) -> None:
    table = flats()
    table.loc[:9, "price"] = np.nan
    found = prepared(table, target="price", derive=Derived(op=op, value=value))  # type: ignore[arg-type]
    assert (found.schema.goal, found.schema.classes, found.schema.positive) == ("classify", ["no", "yes"], "yes")
    assert "price" not in features(found)
    rows = sorted(used(found))
    assert found.answers.numbers is not None
    assert (found.answers.numbers[rows] == held(table["price"].iloc[rows])).all()  # type: ignore[operator]
    assert found.ledger.left_out["no readable target"].count == 10
    assert found.schema.derived == Derived(op=op, value=value)  # type: ignore[arg-type]


@pytest.mark.parametrize("family", ["linear", "boosted_trees"])
def test_a_logarithm_is_learned_and_the_target_itself_is_told(tmp_path: Path, family: str) -> None:
    table = flats().assign(price=lambda rows: np.exp(rows["Rooms"] * 1.5))
    table.to_csv(tmp_path / "flats.csv", index=False)
    run = Run(tmp_path / "run")
    result = run.prepare(tmp_path / "flats.csv", target="price", only=["rooms"], derive=Derived(op="log"))
    assert run.schema.target_range == pytest.approx((np.exp(1.5), np.exp(9)))
    assert "the logarithm of price" in result.target_why
    train.run(train.Args(family=family, baseline=False), run.step("train"))
    scores = evaluate.run(evaluate.Args(metric="mae"), run.step("evaluate")).metrics["test"]
    assert scores["mae"].value < (10 if family == "linear" else 300)
    assert scores["r2"].value > 0.98
    _, rows = predicted(run, ("flats.csv", tmp_path / "flats.csv"))
    told = np.array([float(row["prediction"]) for row in rows])
    assert np.corrcoef(told, table["price"])[0, 1] > 0.98
    assert told.max() > 5000


def test_zeros_have_a_logarithm_too_and_negative_values_none() -> None:
    table = flats().assign(price=lambda rows: rows["price"].where(rows["Rooms"] > 1, 0).clip(lower=0))
    found = prepared(table, target="price", derive=Derived(op="log"))
    assert found.schema.derived == Derived(op="log", value=1.0)
    with pytest.raises(DataError) as caught:
        prepared(table.assign(price=table["price"] - 1), target="price", derive=Derived(op="log"))
    assert caught.value.kind == "no-logarithm"


@pytest.mark.parametrize("family", ["linear", "boosted_trees", "table_blend"])
def test_rows_of_a_class_that_train_lacks_count_as_wrong(tmp_path: Path, family: str) -> None:
    table = flats(240).assign(kind=lambda rows: np.where(rows["Rooms"] > 3, "big", "small"))
    test = table.tail(60).copy()
    test.iloc[:15, test.columns.get_loc("kind")] = "castle"
    table.head(180).to_csv(tmp_path / "train.csv", index=False)
    test.to_csv(tmp_path / "test.csv", index=False)
    run = Run(tmp_path / "run")
    run.prepare(tmp_path / "train.csv", tmp_path / "test.csv", target="kind", only=["rooms"])
    assert run.schema.classes == ["big", "castle", "small"]
    train.run(train.Args(family=family, baseline=False), run.step("train"))
    score = evaluate.run(evaluate.Args(), run.step("evaluate")).metrics["test"]["accuracy"]
    assert (score.n, score.value) == (60, pytest.approx(0.75))


@pytest.mark.parametrize(("positive", "classes"), [("no", ["yes", "no"]), ("YES", ["no", "yes"])])
def test_the_positive_class_is_the_last(positive: str, classes: list[str]) -> None:
    table = flats()
    found = prepared(table, target="balcony", positive=positive)
    assert (found.schema.classes, found.schema.positive) == (classes, positive.lower())
    assert found.answers.numbers is not None
    assert (found.answers.numbers == (table["balcony"] == positive.lower())).all()


def test_a_class_that_is_not_there() -> None:
    with pytest.raises(DataError) as caught:
        prepared(flats(), target="balcony", positive="maybe")
    assert (caught.value.kind, "no, yes" in caught.value.hint) == ("unknown-class", True)


def test_classes_alone() -> None:
    table = flats()
    found = prepared(table, target="district", classes=["north", "SOUTH"])
    assert found.schema.classes == ["North", "south"]
    assert used(found) == set(np.flatnonzero(table["district"].isin(["North", "south"])))
    assert sum(one.count for one in found.ledger.left_out.values()) == 300 - len(used(found))
    with pytest.raises(DataError) as caught:
        prepared(table, target="district", classes=["North", "Middle"])
    assert caught.value.kind == "unknown-class"


def test_a_class_that_train_lacks_stays_in_the_test() -> None:
    table = flats()
    train, test = table[table["district"] != "East"], table.head(80)
    found = prepared({"train": train, "test": test}, target="district")
    assert found.schema.classes is not None
    assert "East" in found.schema.classes
    assert (found.schema.counts or {})["East"] == 0
    assert found.schema.rows["test"] == 80
    told = [warning.message for warning in found.schema.warnings if warning.kind == "unknown-class"]
    assert len(told) == 1
    assert "East is only in the test rows" in told[0]


def test_missing_words_in_german_numbers(tmp_path: Path) -> None:
    table = pd.DataFrame({"menge": [f"{1 + i / 7:.2f}".replace(".", ",") for i in range(120)], "x": range(120)})
    table["y"] = ["a", "b"] * 60
    table.loc[::2, "menge"] = "k. A."
    table.to_csv(tmp_path / "t.csv", sep=";", index=False)
    run = Run(tmp_path / "run")
    run.prepare(tmp_path / "t.csv", target="y", missing=[MissingWords(words=["k. a."], columns=["Menge"])])
    column = next(column for column in run.schema.features if column.name == "menge")
    assert (column.kind, column.missing > 0) == ("number", True)
