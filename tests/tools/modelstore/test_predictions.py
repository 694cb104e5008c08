"""predictions.csv, read back with pandas as a user would."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from noglue.tools.modelstore.predictions import PredictionWriter, write_predictions
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.schema import Schema


def schema(classes: list[str] | None, target: str = "kind") -> Schema:
    goal = "regress" if classes is None else "classify"
    return Schema(
        goal=goal, modality="table", target=target, features=[], classes=classes, rows={"train": 2}, split="official"
    )


def test_classes_confidence_and_unreadable_inputs(tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    rows = np.array([[0.1, 0.9], [np.nan, np.nan], [0.75, 0.25]], dtype=np.float32)
    write_predictions(file, ["a b/1.png", 'odd,"name".png', "c.png"], rows, schema(["cat", "dog"]), proba=True)
    table = pd.read_csv(file)
    assert list(table.columns) == ["input", "prediction", "confidence", "cat", "dog"]
    assert table["input"].tolist() == ["a b/1.png", 'odd,"name".png', "c.png"]
    assert table["prediction"].isna().tolist() == [False, True, False]
    assert table["prediction"].tolist()[::2] == ["dog", "cat"]
    assert table["confidence"].tolist()[::2] == [0.9, 0.75]
    assert file.read_text().splitlines()[2] == '"odd,""name"".png",,,,'


def test_regression_leaves_confidence_empty(tmp_path: Path) -> None:
    write_predictions(tmp_path / "p.csv", range(2), np.array([1.25, np.nan]), schema(None))
    assert (tmp_path / "p.csv").read_text() == "input,prediction,confidence\n0,1.25,\n1,,\n"


def test_batches_equal_one_write(tmp_path: Path) -> None:
    random = np.random.default_rng(0).dirichlet([1, 1, 1], 50).astype(np.float32)
    kind = schema(["input", "x", "y"])
    write_predictions(tmp_path / "whole.csv", range(50), random, kind, proba=True)
    with PredictionWriter(tmp_path / "parts.csv", kind, proba=True) as writer:
        for start in range(0, 50, 7):
            writer.write(range(start, min(50, start + 7)), random[start : start + 7])
    assert writer.rows == 50
    assert (tmp_path / "whole.csv").read_bytes() == (tmp_path / "parts.csv").read_bytes()
    assert "class input" in (tmp_path / "whole.csv").read_text().splitlines()[0]


def test_a_name_that_is_no_utf8(tmp_path: Path) -> None:
    write_predictions(tmp_path / "p.csv", ["a\udcff.png"], np.array([[1.0, 0.0]]), schema(["cat", "dog"]))
    assert pd.read_csv(tmp_path / "p.csv")["input"][0] == "a\ufffd.png"


def test_wrong_number_of_classes(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="3 classes"):
        write_predictions(tmp_path / "p.csv", [0], np.array([[1.0, 0.0]]), schema(["a", "b", "c"]))


SAMPLES = {
    "classes": ("PassengerId,Survived\n00892,0\n00893,0\n", ["0", "1"], ["00892,1", "00893,0"]),
    "spelling": (
        "PassengerId,Transported\n00892,False\n00893,False\n",
        ["false", "true"],
        ["00892,true", "00893,False"],
    ),
    "probability": ("id,target\n00892,0.5\n00893,0.5\n", ["no", "yes"], ["00892,0.75", "00893,0.125"]),
    "a column a class": (
        "id,Status_D,Status_C\n00892,0,0\n00893,0,0\n",
        ["C", "D"],
        ["00892,0.75,0.25", "00893,0.125,0.875"],
    ),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_sample_sets_the_form(tmp_path: Path, name: str) -> None:
    text, classes, expected = SAMPLES[name]
    (tmp_path / "sample_submission.csv").write_text(text)
    target = {"classes": "Survived", "spelling": "Transported"}.get(name, "Status")
    rows = np.array([[0.875, 0.125], [0.25, 0.75]])  # of 00893, then 00892: matched by identifier, not by order
    write_predictions(
        tmp_path / "p.csv", [0, 1], rows, schema(classes, target),
        sample=tmp_path / "sample_submission.csv", identifiers=["00893", "00892"],
    )  # fmt: skip
    assert (tmp_path / "p.csv").read_text().splitlines() == [text.splitlines()[0], *expected]


def test_a_regression_sample_goes_by_order(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("Id,SalePrice\n1461,1.0\n1462,1.0\n")
    write_predictions(
        tmp_path / "p.csv", [0, 1], np.array([10.5, 20.0]), schema(None, "price"), sample=tmp_path / "s.csv"
    )
    assert (tmp_path / "p.csv").read_text() == "Id,SalePrice\n1461,10.5\n1462,20.0\n"


@pytest.mark.parametrize("text", ["id,a,b,c\n1,2,3,4\n", "id,kind\n1,0\n2,0\n3,0\n"])
def test_a_sample_that_does_not_fit(tmp_path: Path, text: str) -> None:
    (tmp_path / "s.csv").write_text(text)
    with pytest.raises(DataError) as caught:
        write_predictions(
            tmp_path / "p.csv", [0], np.array([[1.0, 0.0]]), schema(["x", "y"]), sample=tmp_path / "s.csv"
        )
    assert caught.value.kind == "sample-form"
