"""Tables, as files on disk, through `inspect` and `prepare`."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from sklearn import datasets as sklearn_sets

from noglue.tools import prepare
from noglue.tools.spec.errors import DataError
from tests.tools.preparing import Run, kinds

RANDOM = np.random.default_rng(11)


def people(count: int = 400) -> pd.DataFrame:
    """A small survey with what real tables hold: an id, gaps, text with blanks, a date, a constant."""
    age = RANDOM.integers(18, 90, count)
    income = (age * 800 + RANDOM.normal(0, 9000, count)).round(2)
    return pd.DataFrame(
        {
            "person_no": [f"P-{1000 + i}" for i in range(count)],
            "age": np.where(RANDOM.random(count) < 0.1, np.nan, age),
            "city": RANDOM.choice(["Bonn", "Köln ", "Ulm"], count),
            "joined": pd.to_datetime("2019-01-01") + pd.to_timedelta(RANDOM.integers(0, 900, count), "D"),
            "country": "DE",
            "income": income,
            "paid": RANDOM.choice(["yes", " no"], count),
        }
    )


def write(folder: Path, **tables: pd.DataFrame) -> Path:
    folder.mkdir(exist_ok=True)
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return folder


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "diabetes", "linnerud", "digits"])
def test_built_in_sets(tmp_path: Path, name: str) -> None:
    run = Run(tmp_path)
    result = run.prepare(f"builtin:{name}")
    schema = run.schema
    assert schema == result.schema_
    assert schema.goal == ("regress" if name in ("diabetes", "linnerud") else "classify")
    assert schema.split == "stratified"
    whole = len(getattr(sklearn_sets, f"load_{name}")().target)
    assert sum(schema.rows.values()) == whole
    assert schema.rows["test"] == pytest.approx(0.2 * whole, abs=3)
    for split in ("train", "validation", "test"):
        assert len(run.split(split)) == schema.rows[split]
        if schema.classes:
            assert set(run.labels(split)) == set(range(len(schema.classes)))
    assert result.model_dump(mode="json")["schema"]["target"] == schema.target


def test_a_survey(tmp_path: Path) -> None:
    run = Run(tmp_path / "run")
    result = run.prepare(write(tmp_path / "in", survey=people()), target="Paid")
    schema = run.schema
    assert (schema.goal, schema.target, schema.classes) == ("classify", "paid", ["no", "yes"])
    assert [(column.name, column.kind) for column in schema.features] == [
        ("age", "number"), ("city", "category"), ("joined", "date"), ("income", "number"),
    ]  # fmt: skip
    assert set(result.dropped) == {"person_no", "country"}
    assert {"identifier", "constant"} <= kinds(result)
    first = run.split("train")[0]
    assert set(first) == {"age", "city", "joined", "income", "paid"}
    assert str(run.split("train").features["joined"].dtype) == "timestamp[us]"
    train = run.split("train").to_pandas()
    assert schema.features[0].missing == train["age"].isna().sum()
    assert schema.features[0].maximum == train["age"].max()
    assert schema.counts == {"no": (train["paid"] == 0).sum(), "yes": (train["paid"] == 1).sum()}


def test_the_seed_decides_and_nothing_else(tmp_path: Path) -> None:
    source = write(tmp_path / "in", survey=people())
    runs = {name: Run(tmp_path / name, seed) for name, seed in {"a": 1, "b": 1, "c": 2}.items()}
    for run in runs.values():
        run.prepare(source, target="paid")
    files = ["data/train/data-00000-of-00001.arrow", "sealed/test/data-00000-of-00001.arrow", "data/train/state.json"]
    for file in [*files, "data/schema.json"]:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    assert (tmp_path / "a" / files[1]).read_bytes() != (tmp_path / "c" / files[1]).read_bytes()


def test_a_broken_off_run_is_overwritten(tmp_path: Path) -> None:
    run = Run(tmp_path / "run")
    (run.folder / "data" / "train").mkdir()
    (run.folder / "data" / "train" / "stale.arrow").write_bytes(b"x")
    run.prepare("builtin:iris")
    assert not (run.folder / "data" / "train" / "stale.arrow").exists()
    assert len(run.split("train")) == run.schema.rows["train"]


def test_equal_rows_stay_on_one_side(tmp_path: Path) -> None:
    table = people(300)
    run = Run(tmp_path / "run")
    result = run.prepare(
        write(tmp_path / "in", survey=pd.concat([table, table.head(120)])), target="paid", drop=["person_no"]
    )
    assert sum(run.schema.rows.values()) == 420
    held = set(run.hashes("test"))
    assert not held & set(run.hashes("train"))
    assert not held & set(run.hashes("validation"))
    assert "duplicates" in kinds(result)


def test_rows_with_another_label_are_reported(tmp_path: Path) -> None:
    table = people(200)
    other = table.head(20).assign(paid=lambda rows: np.where(rows["paid"] == "yes", " no", "yes"))
    result = Run(tmp_path / "run").prepare(write(tmp_path / "in", survey=pd.concat([table, other])), target="paid")
    assert "conflicting-labels" in kinds(result)


def test_coarse_rows_are_different_cases(tmp_path: Path) -> None:
    table = pd.DataFrame({"sex": RANDOM.choice(["m", "f"], 500), "berth": RANDOM.integers(1, 4, 500)})
    table["survived"] = RANDOM.integers(0, 2, 500)
    run = Run(tmp_path / "run")
    result = run.prepare(write(tmp_path / "in", titanic=table), target="survived")
    assert sum(run.schema.rows.values()) == 500
    assert "coarse" in kinds(result)


def test_official_splits_and_their_repeats(tmp_path: Path) -> None:
    train, test = people(300), people(100)
    train = pd.concat([train, test.head(7)])
    run = Run(tmp_path / "run")
    result = run.prepare(write(tmp_path / "in", train=train, test=test), target="paid", drop=["person_no"])
    assert run.schema.split == "official"
    assert run.schema.rows["test"] == 100
    assert run.schema.rows["train"] + run.schema.rows["validation"] == 300
    assert [w.count for w in result.warnings if w.kind == "duplicates-across-splits"] == [7]


def test_a_test_table_without_the_target(tmp_path: Path) -> None:
    train, test = people(300), people(100).drop(columns=["paid"])
    sample = pd.DataFrame({"person_no": test["person_no"], "paid": "no"})
    run = Run(tmp_path / "run")
    result = run.prepare(write(tmp_path / "in", train=train, test=test, sample_submission=sample))
    assert result.schema_.target == "paid"
    assert result.schema_.goal == "classify"
    rows = run.split("unlabelled")
    assert len(rows) == 100
    assert rows["paid"] == [None] * 100
    assert rows["person_no"][:2] == ["P-1000", "P-1001"]
    assert sum(run.schema.rows[split] for split in ("train", "validation", "test")) == 300
    assert result.sample == "data/sample_submission.csv"
    assert (run.folder / result.sample).read_text().startswith("person_no,paid\n")


def test_columns_that_the_test_table_lacks(tmp_path: Path) -> None:
    run = Run(tmp_path / "run")
    tables = write(tmp_path / "in", train=people(200), test=people(80).drop(columns=["income"]))
    result = run.prepare(tables, target="paid")
    assert "income" in result.dropped
    assert run.schema.rows["test"] == 80


@pytest.mark.parametrize("missing", [4, 100])
def test_rows_without_a_target_among_others_are_left_out(tmp_path: Path, missing: int) -> None:
    table = people(400)
    table.loc[table.index[-missing:], "paid"] = None
    run = Run(tmp_path / "run")
    result = run.prepare(write(tmp_path / "in", survey=table), target="paid")
    assert not (run.folder / "data" / "unlabelled").exists()
    assert sum(run.schema.rows.values()) == 400 - missing
    assert any(str(missing) in w.message for w in result.warnings if w.kind == "missing")


def test_leaks_are_left_out_when_they_are_copies(tmp_path: Path) -> None:
    table = people(300)
    table["paid_flag"] = (table["paid"] == "yes").map({True: "T", False: "F"})
    table["income_eur"] = table["income"] * 0.9
    run = Run(tmp_path / "run")
    source = write(tmp_path / "in", survey=table)
    assert "gives the target away" in run.prepare(source, target="paid").dropped["paid_flag"]
    result = run.prepare(source, target="income")
    assert "gives the target away" in result.dropped["income_eur"]
    assert "leak" in kinds(result)


def test_the_only_column_is_never_dropped(tmp_path: Path) -> None:
    table = pd.DataFrame({"celsius": RANDOM.normal(10, 5, 200)})
    table["fahrenheit"] = table["celsius"] * 1.8 + 32
    result = Run(tmp_path / "run").prepare(write(tmp_path / "in", t=table), target="fahrenheit")
    assert [column.name for column in result.schema_.features] == ["celsius"]
    assert "leak" in kinds(result)


def test_patients_are_not_torn(tmp_path: Path) -> None:
    table = people(300).drop(columns=["person_no"])
    table["patient_id"] = np.repeat(np.arange(60), 5)
    run = Run(tmp_path / "run")
    result = run.prepare(write(tmp_path / "in", visits=table), target="paid")
    assert (result.split, "patient_id" in result.dropped) == ("grouped", True)
    assert "patient_id" in run.schema.split_why
    assert run.schema.rows["test"] == pytest.approx(60, abs=10)


def test_a_row_copied_under_another_patient_stays_on_one_side(tmp_path: Path) -> None:
    table = people(300).drop(columns=["person_no"])
    table["patient_id"] = np.repeat(np.arange(60), 5)
    copies = table.assign(patient_id=table["patient_id"] + 100)
    run = Run(tmp_path / "run")
    result = run.prepare(write(tmp_path / "in", visits=pd.concat([table, copies])), target="paid")
    assert result.split == "grouped"
    assert sum(run.schema.rows.values()) == 600
    held = set(run.hashes("test"))
    assert not held & (set(run.hashes("train")) | set(run.hashes("validation")))
    assert not set(run.hashes("validation")) & set(run.hashes("train"))


@pytest.mark.parametrize("columns", [1, 5])
def test_a_table_written_three_times_is_not_coarse(tmp_path: Path, columns: int) -> None:
    table = pd.DataFrame(RANDOM.normal(size=(200, columns)), columns=[f"x{i}" for i in range(columns)])
    table["label"] = RANDOM.choice(["a", "b"], 200)
    run = Run(tmp_path / "run")
    result = run.prepare(write(tmp_path / "in", t=pd.concat([table] * 3)), target="label")
    assert "coarse" not in kinds(result)
    assert sum(run.schema.rows.values()) == 600
    assert not set(run.hashes("test")) & (set(run.hashes("train")) | set(run.hashes("validation")))


def test_by_time_when_asked(tmp_path: Path) -> None:
    run = Run(tmp_path / "run")
    source = write(tmp_path / "in", survey=people())
    assert run.prepare(source, target="paid").split == "stratified"
    assert run.prepare(source, target="paid", time="joined").split == "time"
    assert min(run.split("test")["joined"]) > max(run.split("validation")["joined"])
    assert min(run.split("validation")["joined"]) > max(run.split("train")["joined"])


def test_fewer_rows_and_fewer_labels(tmp_path: Path) -> None:
    run = Run(tmp_path / "run")
    source = write(tmp_path / "in", survey=people())
    assert sum(run.prepare(source, target="paid", max_rows=100).rows.values()) == 100
    result = run.prepare(source, target="paid", labels=20)
    assert (result.rows["train"], result.rows["test"]) == (20, 80)
    assert "few-labels" in kinds(result)


def test_imbalance_and_rare_classes(tmp_path: Path) -> None:
    table = people(300)
    table["kind"] = ["common"] * 280 + ["odd"] * 18 + ["twice"] * 2
    run = Run(tmp_path / "run")
    result = run.prepare(write(tmp_path / "in", survey=table), target="kind")
    assert {"imbalance", "rare-class"} <= kinds(result)
    assert set(run.labels("train")) == {0, 1, 2}


WRONG = {
    "continuous-target": {"target": "income", "goal": "classify"},
    "not-numeric": {"target": "city", "goal": "regress"},
    "one-class": {"target": "country", "goal": "classify"},
    "no-target": {"target": "weight"},
    "missing-columns": {"target": "paid", "drop": ["weight"]},
    "no-features": {"target": "paid", "drop": ["age", "city", "joined", "country", "income"]},
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_can_not_be_learned(tmp_path: Path, kind: str) -> None:
    with pytest.raises(DataError) as caught:
        Run(tmp_path / "run").prepare(write(tmp_path / "in", survey=people()), **WRONG[kind])
    assert caught.value.kind == kind
    assert kind != "missing-columns" or "There are: person_no, age, " in caught.value.hint
    assert not (tmp_path / "run" / "data" / "schema.json").exists()


def test_too_few_rows(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        Run(tmp_path / "run").prepare(write(tmp_path / "in", survey=people(4)), target="paid")
    assert caught.value.kind == "too-few-rows"


def test_ten_rows_are_enough_to_go_on(tmp_path: Path) -> None:
    table = pd.DataFrame({"x": range(10), "y": ["a", "b"] * 5})
    result = Run(tmp_path / "run").prepare(write(tmp_path / "in", t=table), target="y", goal="classify")
    assert min(result.rows.values()) >= 2
    assert "small" in kinds(result)


def test_generate_from_a_table_needs_no_target(tmp_path: Path) -> None:
    run = Run(tmp_path / "run")
    result = run.prepare(write(tmp_path / "in", survey=people()), goal="generate")
    assert result.rows == {"train": 360, "test": 40}
    assert result.schema_.target is None
    assert "paid" in run.split("train").column_names


def test_the_profile_is_all_it_reads() -> None:
    profile = {
        "modality": "table",
        "reader": "builtin",
        "rows": {},
        "files": {"all": ["builtin:iris", "/x"], "about": ["/y"]},
    }
    assert prepare.Args.model_validate({"profile": profile}).reads() == ["/x", "/y"]
    with pytest.raises(ValidationError):
        prepare.Args.model_validate({"profile": profile, "test_fraction": 1.5})


def test_classes_that_differ_in_case_and_blanks_alone_are_told(tmp_path: Path) -> None:
    ages = np.arange(120)
    paid = [("yes", "Yes", "YES ")[n % 3] if n % 2 else ("no", "NO")[n % 4 // 2] for n in ages]
    run = Run(tmp_path)
    result = run.prepare(write(tmp_path / "in", people=pd.DataFrame({"age": ages * 37 % 101, "paid": paid})))
    told = [warning for warning in result.warnings if warning.kind == "spelled-alike"]
    assert len(told) == 1
    assert told[0].count == 5
    other = Run(tmp_path / "other").prepare(write(tmp_path / "plain", people=people()), target="paid")
    assert "spelled-alike" not in kinds(other)


def test_a_round_number_far_below_all_others_is_a_missing_answer(tmp_path: Path) -> None:
    oxide = np.where(np.arange(300) % 17 == 0, -200.0, (RANDOM.random(300) * 5 + 0.3).round(2))
    balance = np.where(np.arange(300) % 17 == 5, -200, RANDOM.integers(-190, 900, 300))
    table = pd.DataFrame({"heat": RANDOM.random(300).round(3), "balance": balance, "oxide": oxide})
    run = Run(tmp_path)
    result = run.prepare(write(tmp_path / "in", air=table), target="oxide", goal="regress")
    assert result.ledger is not None
    assert sum(one.count for one in result.ledger.left_out.values()) == 18
    assert min(run.split("train")["balance"]) == -200


def test_sheets_that_are_read_as_one_table_are_named(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pd.ExcelWriter(tmp_path / "in" / "book.xlsx") as book:
        people(60).to_excel(book, sheet_name="this year", index=False)
        people(40).to_excel(book, sheet_name="old", index=False)
    result = Run(tmp_path).prepare(tmp_path / "in", target="paid")
    assert sum(result.rows.values()) == 100
    told = " ".join(warning.message for warning in result.warnings)
    assert "read as one table: old, this year" in told
