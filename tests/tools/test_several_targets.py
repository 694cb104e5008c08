"""Several targets in one run: prepared over one split, a model each, scored each and together, predicted in columns."""

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_wine

from noglue.tools import evaluate, prepare, report, train
from noglue.tools.data.arrays import label_array
from noglue.tools.evaluation import label_sets
from noglue.tools.evaluation.bootstrap import Bootstrap
from noglue.tools.spec.errors import DataError
from tests.tools.predicting import predicted
from tests.tools.preparing import Run

TARGETS = ["alcohol", "color_intensity", "kind"]


def wines() -> pd.DataFrame:
    """178 wines; of every fifth the colour was not measured, and of two nothing that is to be predicted."""
    loaded = load_wine(as_frame=True)
    table = loaded.data.copy()
    table["kind"] = np.array(["barolo", "grignolino", "barbera"])[loaded.target]
    table.loc[::5, "color_intensity"] = np.nan
    table.loc[[7, 90], TARGETS] = np.nan
    return table


def labelled() -> pd.DataFrame:
    """Flags of the same wines, as labels in one column; one of them fits two rows alone, one in ten fits none."""
    table = wines().drop(columns=TARGETS)
    loaded = load_wine(as_frame=True).data
    strong, dark, sweet = loaded.alcohol > 13, loaded.color_intensity > 6, loaded.proline > 900
    rare = np.arange(len(table)) < 2
    flags = {"strong": strong, "dark": dark, "sweet": sweet, "rare": rare}
    table["notes"] = ["|".join(name for name, holds in flags.items() if holds[i]) for i in range(len(table))]
    return table.drop(columns=["proline"])


class Whole:
    """A run from the file to the report."""

    def __init__(self, base: Path, table: pd.DataFrame, family: str = "linear", **wishes: object) -> None:
        table.to_csv(base / "wines.csv", index=False)
        self.run = Run(base / "run")
        self.prepared: prepare.Result = self.run.prepare(base / "wines.csv", **wishes)
        self.trained = train.run(train.Args(family=family), self.run.step("train"))
        self.evaluated = evaluate.run(evaluate.Args(), self.run.step("evaluate"))

    def table(self) -> list[dict[str, str]]:
        with (self.run.folder / "steps/evaluate/predictions.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def page(self) -> str:
        given = {"prepared": self.prepared.model_dump(), "trained": self.trained.model_dump()}
        given["evaluated"] = self.evaluated.model_dump()
        report.run(report.Args.model_validate(given), self.run.step("report"))
        return (self.run.folder / "steps/report/report.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return Whole(tmp_path_factory.mktemp("columns"), wines(), targets=[{"column": name} for name in TARGETS])


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return Whole(tmp_path_factory.mktemp("notes"), labelled(), labels_in={"column": "notes"})


def test_no_target_is_a_feature_and_every_row_has_its_place(columns: Whole) -> None:
    schema = columns.prepared.schema_
    assert not set(TARGETS) & {column.name for column in schema.features}
    assert [(one.column, one.goal) for one in schema.targets] == [
        ("alcohol", "regress"), ("color_intensity", "regress"), ("kind", "classify")
    ]  # fmt: skip
    ledger = columns.prepared.ledger
    assert ledger is not None
    assert (ledger.found, ledger.train + ledger.validation + ledger.test) == (178, 176)
    assert sum(one.count for one in ledger.left_out.values()) == 2


def test_a_row_without_one_target_serves_the_others(columns: Whole) -> None:
    alcohol, colour, _ = columns.prepared.schema_.targets
    lacking = int(np.isnan(label_array(columns.run.split("train"), "color_intensity")).sum())
    assert lacking > 10
    assert alcohol.rows["train"] - colour.rows["train"] == lacking
    assert any("Without color_intensity" in warning.message for warning in columns.prepared.warnings)


def test_the_classes_are_spread_alike(columns: Whole) -> None:
    shares = [
        np.bincount(codes[codes >= 0], minlength=3) / (codes >= 0).sum()
        for codes in (label_array(columns.run.split(name), "kind") for name in ("train", "test"))
    ]
    assert np.abs(shares[0] - shares[1]).max() < 0.1


def test_each_has_a_model_and_its_candidates(columns: Whole) -> None:
    model = columns.run.folder / "model"
    said = json.loads((model / "model.json").read_text(encoding="utf-8"))
    assert said["targets"] == ["targets/0", "targets/1", "targets/2"]
    assert all((model / place / "model.json").is_file() for place in said["targets"])
    assert [one.target for one in columns.trained.candidates if one.chosen] == TARGETS
    assert columns.trained.family == "linear"
    assert all(name in (model / "README.md").read_text(encoding="utf-8") for name in TARGETS)


def test_scores_are_means_beside_those_of_each(columns: Whole) -> None:
    test = columns.evaluated.metrics["test"]
    for name in ("rmse", "r2"):
        own = [test[f"{name}[alcohol]"], test[f"{name}[color_intensity]"]]
        assert test[name].value == pytest.approx(np.mean([one.value for one in own]))
        assert test[name].low == pytest.approx(np.mean([one.low for one in own]))
    assert test["accuracy"] == test["accuracy[kind]"]
    assert test["rmse[color_intensity]"].n < test["rmse[alcohol]"].n
    assert columns.evaluated.metric == "r2"
    assert columns.evaluated.outcome == "better"
    assert columns.evaluated.metrics["baseline"]["accuracy"].value < 0.5


def test_each_target_has_a_column_and_all_of_them_are_one_cell(columns: Whole) -> None:
    rows = columns.table()
    assert list(rows[0]) == ["input", "prediction", "confidence", *TARGETS, "truth"]
    for row in rows:
        said = json.loads(row["prediction"])
        assert [str(said[name]) for name in TARGETS] == [row[name] for name in TARGETS]
    truth = label_array(columns.run.split("test"), "alcohol")
    told = np.array([float(row["alcohol"]) for row in rows])
    known = np.isfinite(truth)
    rmse = np.sqrt(np.mean((told - truth)[known] ** 2))
    assert rmse == pytest.approx(columns.evaluated.metrics["test"]["rmse[alcohol]"].value)


def test_new_rows_without_the_targets(columns: Whole, tmp_path: Path) -> None:
    wines().drop(columns=TARGETS).tail(6).to_csv(tmp_path / "new.csv", index=False)
    _, rows = predicted(columns.run, ("new.csv", tmp_path / "new.csv"), proba=True, keep=["ash"])
    assert list(rows[0]) == [
        "input", "ash", "prediction", "confidence", *TARGETS, "kind: barbera", "kind: barolo", "kind: grignolino",
        "problem",
    ]  # fmt: skip
    assert {row["kind"] for row in rows} == {"barbera"}


def test_the_report_has_a_row_for_each(columns: Whole) -> None:
    page = columns.page()
    section = page[page.index("## Each target") :]
    assert all(f"| {name.replace('_', chr(92) + '_')} |" in section for name in TARGETS)
    assert "| alcohol: linear |" in page


def test_labels_are_learned_one_by_one(notes: Whole) -> None:
    schema = notes.prepared.schema_
    assert [one.name for one in schema.targets] == ["dark", "strong", "sweet"]
    assert schema.labels is not None
    assert schema.labels.separator == "|"
    assert any("rare (2)" in warning.message for warning in notes.prepared.warnings)
    test = notes.evaluated.metrics["test"]
    assert notes.evaluated.metric == "macro_f1"
    assert test["macro_f1"].value == pytest.approx(np.mean([test[f"f1[{one.name}]"].value for one in schema.targets]))
    assert test["hamming_loss"].value == pytest.approx(1 - test["accuracy"].value)
    assert test["subset_accuracy"].value <= test["accuracy"].value


def test_labels_are_told_joined_as_the_data_have_them(notes: Whole, tmp_path: Path) -> None:
    told = [row["prediction"] for row in notes.table()]
    assert any("|" in cell for cell in told)
    assert "" in told
    assert {label for cell in told for label in cell.split("|")} <= {"", "dark", "strong", "sweet"}
    labelled().drop(columns="notes").head(5).to_csv(tmp_path / "new.csv", index=False)
    _, rows = predicted(notes.run, ("new.csv", tmp_path / "new.csv"), proba=True)
    assert list(rows[0])[:3] == ["input", "prediction", "confidence"]
    for row in rows:
        likely = [name for name in ("dark", "strong", "sweet") if float(row[name]) >= 0.5]
        assert set(likely) ^ set(filter(None, row["prediction"].split("|"))) <= {"dark", "strong", "sweet"}


def test_columns_of_noughts_and_ones_are_labels_where_they_are_said_to_be(tmp_path: Path) -> None:
    table = labelled()
    for name in ("dark", "sweet"):
        table[name] = [int(name in cell) for cell in table.notes]
    table.drop(columns="notes").to_csv(tmp_path / "wines.csv", index=False)
    run = Run(tmp_path / "run")
    targets = [{"column": "dark"}, {"column": "sweet"}]
    schema = run.prepare(tmp_path / "wines.csv", targets=targets, labels_in={}).schema_
    assert [(one.classes, one.positive) for one in schema.targets] == [(["no", "yes"], "yes")] * 2
    assert schema.labels is not None
    assert schema.labels.column is None


def test_a_target_that_hardly_a_row_has_is_not_left_out_in_silence(tmp_path: Path) -> None:
    table = wines()
    table.loc[table.index[1:], "color_intensity"] = np.nan
    table.to_csv(tmp_path / "wines.csv", index=False)
    with pytest.raises(DataError) as caught:
        Run(tmp_path / "run").prepare(tmp_path / "wines.csv", targets=[{"column": name} for name in TARGETS])
    assert "color_intensity" in caught.value.message


def test_predictions_take_the_form_of_a_sample(tmp_path: Path) -> None:
    table = wines().dropna(subset=TARGETS).sample(frac=1, random_state=0)
    table["id"] = [f"w{i}" for i in range(len(table))]
    table.iloc[:120].to_csv(tmp_path / "train.csv", index=False)
    table.iloc[120:].drop(columns=TARGETS).to_csv(tmp_path / "test.csv", index=False)
    sample = pd.DataFrame({"id": table.id.iloc[120:][::-1], "kind": "barolo", "alcohol": 0.0, "color_intensity": 0.0})
    sample.to_csv(tmp_path / "sample_submission.csv", index=False)
    run = Run(tmp_path / "run")
    run.prepare(tmp_path, targets=[{"column": name} for name in TARGETS])
    train.run(train.Args(family="linear", baseline=False), run.step("train"))
    evaluate.run(evaluate.Args(), run.step("evaluate"))
    found = pd.read_csv(run.folder / "steps/evaluate/predictions.csv")
    assert list(found.columns) == ["id", "kind", "alcohol", "color_intensity"]
    assert list(found.id) == list(sample.id)
    true = table.set_index("id").loc[found.id]
    assert np.corrcoef(found.alcohol, true.alcohol)[0, 1] > 0.2


def test_measures_of_sets_of_labels() -> None:
    truth = np.array([[1, 0], [1, 1], [0, 0], [0, 1]], bool)
    answers = np.array([[1, 0], [1, 0], [0, 0], [1, 1]], bool)
    found = label_sets.scores(truth, answers, Bootstrap(4, 0))
    assert found["subset_accuracy"].value == 0.5
    assert found["hamming_loss"].value == 0.25
    assert found["micro_f1"].value == pytest.approx(2 * 3 / (4 + 4))
