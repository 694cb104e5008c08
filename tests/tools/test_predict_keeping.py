"""Columns of the input beside the answers: as the files have them, for every kind of file."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from noglue.tools.spec.errors import BadUsage
from tests.tools.predicting import predicted, trained
from tests.tools.preparing import Run

COLUMNS = ["code", "when", "size", "flag", "a,b", "kind"]


def people(count: int, seed: int) -> pd.DataFrame:
    """Cells that a parser would change: noughts in front, day-first dates, words for missing, decimals, blanks."""
    random = np.random.default_rng(seed)
    sizes = random.normal(0, 1, count)
    return pd.DataFrame(
        {
            "code": [f"{i:05d}" for i in range(count)],
            "when": [f"{i % 28 + 1:02d}/{i % 12 + 1:02d}/2023" if i % 7 else "n/a" for i in range(count)],
            "size": [f"{size:.2f}" for size in sizes],
            "flag": ["Yes" if i % 3 else "NO" for i in range(count)],
            "a,b": [f"{i}.50" for i in range(count)],
            "kind": np.where(sizes > 0, "big", "small"),
        },
        columns=COLUMNS,
    )


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Run:
    base = tmp_path_factory.mktemp("people")
    people(150, 0).to_csv(base / "people.csv", index=False)
    return trained(base / "run", base / "people.csv", family="linear", target="kind")


@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_cells_are_copied_as_they_are_written(tmp_path: Path, model: Run, separator: str) -> None:
    new = people(40, 1)
    new.to_csv(tmp_path / "new.csv", index=False, sep=separator)
    plain = predicted(model, ("new.csv", tmp_path / "new.csv"))[1]
    rows = predicted(model, ("new.csv", tmp_path / "new.csv"), keep=["a,b", "flag,when", "code,size"])[1]
    assert list(rows[0])[:-1] == ["input", "a,b", "flag", "when", "code", "size", "prediction", "confidence"]
    for name in ("a,b", "flag", "when", "code", "size"):
        assert [row[name] for row in rows] == new[name].tolist()
    assert [row["prediction"] for row in rows] == [row["prediction"] for row in plain]


def test_several_tables_one_after_the_other_and_their_common_columns(tmp_path: Path, model: Run) -> None:
    first, second = people(30, 2), people(20, 3)[COLUMNS[::-1]]
    first.to_csv(tmp_path / "first.csv", index=False)
    second.drop(columns="a,b").to_parquet(tmp_path / "second.parquet")
    given = [(name, tmp_path / name) for name in ("first.csv", "second.parquet")]
    with pytest.raises(BadUsage, match="'a', 'b'"):
        predicted(model, *given, keep=["a,b"])
    with pytest.raises(BadUsage):
        predicted(model, *given, keep=[","])
    second.to_parquet(tmp_path / "second.parquet")
    rows = predicted(model, *given, keep=["code"])[1]
    assert [row["code"] for row in rows] == [*first["code"], *second["code"]]
    assert [int(row["input"]) for row in rows] == list(range(50))


def test_numbers_and_dates_of_a_typed_file_have_a_text(tmp_path: Path, model: Run) -> None:
    new = people(3, 4)
    new["when"] = pd.to_datetime(["2023-01-02", None, "2023-03-04"])
    new["many"] = pd.array([7, None, 9], dtype="Int64")
    new.to_parquet(tmp_path / "new.parquet")
    rows = predicted(model, ("new.parquet", tmp_path / "new.parquet"), keep=["when", "many"])[1]
    assert [row["many"] for row in rows] == ["7", "", "9"]
    assert [row["when"][:10] for row in rows] == ["2023-01-02", "", "2023-03-04"]


def test_pictures_have_a_path_and_no_other_column(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    for kind, light in (("dark", 60), ("light", 200)):
        (tmp_path / "in" / kind).mkdir(parents=True)
        for i in range(30):
            pixels = random.integers(light - 30, light + 30, (8, 8, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / "in" / kind / f"{i}.png")
    run = trained(tmp_path / "run", tmp_path / "in", family="pixels_linear")
    given = ("photos", tmp_path / "in" / "dark")
    rows = predicted(run, given, keep=["path"])[1]
    assert [row["path"] for row in rows] == [row["input"] for row in rows]
    assert rows[0]["path"] == "photos/0.png"
    with pytest.raises(BadUsage) as caught:
        predicted(run, given, keep=["path", "label"])
    assert "'label'" in caught.value.message
    assert caught.value.hint == "It has: path."
