"""Answers find their rows: `input` of predictions.csv leads back to the file or to the row that it was."""

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from noglue.tools import evaluate, train
from noglue.tools.spec.schema import inputs_of
from tests.tools.preparing import Run


def predictions(run: Run) -> list[dict[str, str]]:
    with (run.folder / "steps/evaluate/predictions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def answered(run: Run, family: str) -> list[dict[str, str]]:
    train.run(train.Args(family=family, baseline=False), run.step("train"))
    evaluate.run(evaluate.Args(), run.step("evaluate"))
    return predictions(run)


def houses(rows: int = 120) -> pd.DataFrame:
    random = np.random.default_rng(3)
    size = random.integers(40, 200, rows)
    return pd.DataFrame(
        {"size": size, "age": random.integers(0, 90, rows), "price": 3 * size + random.normal(0, 9, rows)}
    )


def test_test_rows_of_a_table_are_told_by_their_place_in_the_file_with_the_truth(tmp_path: Path) -> None:
    table = houses()
    table.to_csv(tmp_path / "houses.csv", index=False)
    run = Run(tmp_path / "run")
    run.prepare(tmp_path / "houses.csv", target="price")
    told = answered(run, "linear")
    assert list(told[0]) == ["input", "prediction", "confidence", "truth"]
    assert len({row["input"] for row in told}) == len(told) == run.schema.rows["test"]
    for row in told:
        assert float(row["truth"]) == table["price"][int(row["input"])]


def test_rows_to_predict_are_told_by_their_place_in_their_own_file(tmp_path: Path) -> None:
    table = houses()
    (tmp_path / "in").mkdir()
    table[:100].to_csv(tmp_path / "in" / "train.csv", index=False)
    table[100:].drop(columns="price").to_csv(tmp_path / "in" / "test.csv", index=False)
    run = Run(tmp_path / "run")
    run.prepare(tmp_path / "in", target="price")
    told = answered(run, "linear")
    assert [row["input"] for row in told] == [str(place) for place in range(20)]
    assert "truth" not in told[0]


def test_where_rows_of_two_files_become_the_test_each_is_told_with_its_split(tmp_path: Path) -> None:
    table = houses()
    (tmp_path / "in").mkdir()
    table[:80].to_csv(tmp_path / "in" / "train.csv", index=False)
    table[80:].to_csv(tmp_path / "in" / "test.csv", index=False)
    run = Run(tmp_path / "run")
    run.prepare(tmp_path / "in", target="price", test_fraction=0.5)
    rows = run.split("test")
    for told, price in zip(inputs_of(rows), rows["price"], strict=True):
        split, place = str(told).split(": ")
        assert price == table["price"][int(place) + (80 if split == "test" else 0)]


def test_pictures_are_told_by_their_paths_whatever_their_order(tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    for name, shade in (("dark", 40), ("light", 200)):
        (tmp_path / "shades" / name).mkdir(parents=True)
        for number in range(1, 31):
            pixels = np.clip(random.normal(shade, 20, (12, 12, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / "shades" / name / f"{number}.png")
    (tmp_path / "shades" / "new").mkdir()
    run = Run(tmp_path / "run")
    run.prepare(tmp_path / "shades")
    told = answered(run, "pixels_linear")
    assert len(told) == run.schema.rows["test"]
    for row in told:
        assert row["input"].startswith("shades/"), row
        assert (tmp_path / row["input"]).is_file()
        assert Path(row["input"]).parent.name == row["truth"]


def test_several_targets_have_their_truths_as_their_answers_are_written(tmp_path: Path) -> None:
    table = houses()
    table["kind"] = np.where(table["age"] > 45, "old", "new")
    table.to_csv(tmp_path / "houses.csv", index=False)
    run = Run(tmp_path / "run")
    run.prepare(tmp_path / "houses.csv", targets=[{"column": "price"}, {"column": "kind"}])
    train.run(train.Args(family="linear", baseline=False), run.step("train"))
    evaluate.run(evaluate.Args(), run.step("evaluate"))
    for row in predictions(run):
        truth = json.loads(row["truth"])
        assert truth["price"] == table["price"][int(row["input"])]
        assert truth["kind"] == table["kind"][int(row["input"])]
