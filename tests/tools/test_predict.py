"""Trained models on new inputs: every kind of input, in order, with what can't be read told of."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from noglue.tools.spec.errors import DataError, StepFailed
from noglue.tools.spec.schema import Schema
from tests.tools.predicting import predicted, trained
from tests.tools.preparing import Run

RANDOM = np.random.default_rng(4)


def flag(kind: str, height: int = 12, width: int = 12) -> Image.Image:
    """Red on top or blue on top, with noise: told apart by one linear layer."""
    pixels = RANDOM.integers(0, 60, (height, width, 3))
    pixels[: height // 2, :, 0 if kind == "red" else 2] += 180
    return Image.fromarray(pixels.astype(np.uint8))


@pytest.fixture(scope="module")
def flags(tmp_path_factory: pytest.TempPathFactory) -> Run:
    base = tmp_path_factory.mktemp("flags")
    for kind in ("red", "blue"):
        (base / "in" / kind).mkdir(parents=True)
        for i in range(40):
            flag(kind).save(base / "in" / kind / f"{i}.png")
    return trained(base / "run", base / "in", family="pixels_linear")


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Run:
    base = tmp_path_factory.mktemp("photos")
    for kind in ("red", "blue"):
        (base / "in" / kind).mkdir(parents=True)
        for i in range(40):
            flag(kind, 100 + i, 130 - i).save(base / "in" / kind / f"{i}.png")
    return trained(base / "run", base / "in", family="pixels_linear")


@pytest.fixture(scope="module")
def iris(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return trained(tmp_path_factory.mktemp("iris") / "run", "builtin:iris", family="linear")


@pytest.mark.parametrize("model", ["flags", "photos"])
def test_a_folder_in_natural_order_with_broken_files(
    tmp_path: Path, model: str, request: pytest.FixtureRequest
) -> None:
    run: Run = request.getfixturevalue(model)
    (tmp_path / "deep" / "er").mkdir(parents=True)
    names = ["img2.png", "img10.png", "img1.jpg", "deep/er/x.png"]
    for i, name in enumerate(names):
        flag("red" if i % 2 else "blue", 20, 30).save(tmp_path / name, quality=95)
    (tmp_path / "img3.png").write_bytes((tmp_path / "img2.png").read_bytes()[:150])
    broken = bytearray((tmp_path / "img2.png").read_bytes())
    broken[200:300] = bytes(100)
    (tmp_path / "img4.png").write_bytes(broken)
    (tmp_path / "notes.txt").write_text("not an image")
    (tmp_path / ".hidden.png").write_bytes(b"x")
    (tmp_path / "IMG_0001.HEIC").write_bytes(b"\0\0\0\x18ftypheic")
    (tmp_path / "Thumbs.db").write_bytes(b"x")
    flag("blue").save(tmp_path / "download", "PNG")
    result, rows = predicted(run, ("some/folder/", tmp_path), proba=True)
    names = ["deep/er/x.png", "download", "img1.jpg", "img2.png", "img3.png", "img4.png", "img10.png"]
    names = [*names[:2], "IMG_0001.HEIC", *names[2:]]
    assert sorted(row["input"] for row in rows) == sorted(f"some/folder/{name}" for name in names)
    told = {row["input"].removeprefix("some/folder/"): row for row in rows}
    assert [told[name]["prediction"] for name in names] == ["red", "blue", "", "blue", "blue", "", "", "red"]
    assert any("notes.txt" in stray for stray in result.strays)
    assert all(bool(row["prediction"]) != bool(row["problem"]) for row in rows)
    assert "decoded" in told["IMG_0001.HEIC"]["problem"]
    assert (result.rows, result.unread) == (8, 3)
    unread = {reason.split(":")[0].removeprefix("some/folder/") for reason in result.reasons}
    assert unread == {"img3.png", "img4.png", "IMG_0001.HEIC"}
    assert any("img3.png" in note for note in run.notes)
    good = rows[0]
    assert float(good["confidence"]) == max(float(good["red"]), float(good["blue"]))
    assert float(good["red"]) + float(good["blue"]) == pytest.approx(1, abs=1e-5)
    assert told["img3.png"]["confidence"] == told["img3.png"]["red"] == ""


def test_single_files_and_what_an_archive_held(tmp_path: Path, flags: Run) -> None:
    flag("red").save(tmp_path / "a.png")
    (tmp_path / "unpacked").mkdir()
    flag("blue").convert("L").save(tmp_path / "unpacked" / "b.png")
    flag("blue").save(tmp_path / "c.webp")
    _, rows = predicted(
        flags, ("./a.png", tmp_path / "a.png"), ("x/b.zip", tmp_path / "unpacked"), ("z.zip", tmp_path / "c.webp")
    )
    assert [row["input"] for row in rows] == ["./a.png", "x/b.zip/b.png", "z.zip/c.webp"]
    assert [rows[0]["prediction"], rows[2]["prediction"]] == ["red", "blue"]


def test_many_images_in_one_file(tmp_path: Path, flags: Run) -> None:
    for name, side in {"same": 12, "other": 16}.items():
        pixels = np.stack([np.asarray(flag(kind, side, side)) for kind in ("red", "blue", "blue")])
        np.savez(tmp_path / f"{name}.npz", images=pixels)
        _, rows = predicted(flags, (f"{name}.npz", tmp_path / f"{name}.npz"))
        assert [(row["input"], row["prediction"]) for row in rows] == [("0", "red"), ("1", "blue"), ("2", "blue")]


def test_more_images_than_one_batch(tmp_path: Path, flags: Run) -> None:
    for i in range(2100):
        flag("red" if i % 3 else "blue", 4, 4).save(tmp_path / f"{i}.bmp")
    _, rows = predicted(flags, ("d", tmp_path))
    assert [row["input"] for row in rows] == [f"d/{i}.bmp" for i in range(2100)]
    assert np.mean([row["prediction"] == ("red" if i % 3 else "blue") for i, row in enumerate(rows)]) > 0.98


def test_tables(tmp_path: Path, iris: Run) -> None:
    columns = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"]
    flowers = pd.DataFrame([[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3], [None, 3.0, 1.4, 0.1]], columns=columns)
    flowers.insert(0, "note", ["x", "y", "z"])
    flowers.to_csv(tmp_path / "new.csv", sep=";", index=False)
    flowers.to_parquet(tmp_path / "new.parquet")
    _, first = predicted(iris, ("new.csv", tmp_path / "new.csv"))
    _, second = predicted(iris, ("new.parquet", tmp_path / "new.parquet"))
    assert first == second
    assert [row["input"] for row in first] == ["0", "1", "2"]
    assert [row["prediction"] for row in first] == ["setosa", "virginica", "setosa"]
    _, both = predicted(iris, ("new.csv", tmp_path / "new.csv"), ("new.parquet", tmp_path / "new.parquet"))
    assert [row["input"] for row in both] == ["0", "1", "2", "3", "4", "5"]


def test_a_lone_row_and_a_column_that_may_be_missing(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"x": RANDOM.normal(size=200), "size": np.where(RANDOM.random(200) < 0.2, np.nan, 1 + RANDOM.random(200))}
    )
    table["y"] = np.where(table["x"] > 0, "up", "down")
    table.to_csv(tmp_path / "in.csv", index=False)
    run = trained(tmp_path / "run", tmp_path / "in.csv", family="linear", target="y")
    pd.DataFrame({"x": [2.5]}).to_csv(tmp_path / "new.csv", index=False)
    _, rows = predicted(run, ("new.csv", tmp_path / "new.csv"))
    assert [row["prediction"] for row in rows] == ["up"]
    assert any("size" in note for note in run.notes)


def test_a_regression(tmp_path: Path) -> None:
    table = pd.DataFrame({"x": RANDOM.normal(size=200), "town": RANDOM.choice(["a", "b"], 200)})
    table["y"] = 3 * table["x"] + 10
    table["y"] += RANDOM.normal(0, 0.1, 200)
    table.to_csv(tmp_path / "in.csv", index=False)
    run = trained(tmp_path / "run", tmp_path / "in.csv", family="linear", target="y", goal="regress")
    pd.DataFrame({"x": [0.0, 1.0], "town": ["a", "never seen"]}).to_csv(tmp_path / "new.csv", index=False)
    _, rows = predicted(run, ("new.csv", tmp_path / "new.csv"), proba=True)
    assert [float(row["prediction"]) for row in rows] == pytest.approx([10, 13], abs=0.3)
    assert [row["confidence"] for row in rows] == ["", ""]


def refused(run: Run, *inputs: tuple[str, Path]) -> DataError:
    with pytest.raises(DataError) as caught:
        predicted(run, *inputs)
    assert caught.value.hint
    return caught.value


def test_inputs_of_another_kind(tmp_path: Path, flags: Run, iris: Run) -> None:
    pd.DataFrame({"a": range(30), "b": list("xyz") * 10}).to_csv(tmp_path / "t.csv", index=False)
    flag("red").save(tmp_path / "a.png")
    error = refused(flags, ("my/t.csv", tmp_path / "t.csv"))
    assert (error.kind, error.code) == ("wrong-kind", 4)
    assert "my/t.csv" in error.message
    assert refused(iris, ("a.png", tmp_path / "a.png")).kind == "wrong-kind"
    error = refused(iris, ("t.csv", tmp_path / "t.csv"))
    assert error.kind == "missing-columns"
    assert "petal length (cm)" in error.message


def test_rows_that_can_not_be_read_are_never_passed_over_in_silence(tmp_path: Path, iris: Run) -> None:
    header = "sepal length (cm),sepal width (cm),petal length (cm),petal width (cm)"
    rows = [f"5.{i},3.5,1.4,0.2" + (",9,9" if i in (2, 5) else "") for i in range(9)]
    (tmp_path / "ragged.csv").write_text("\n".join([header, *rows]) + "\n")
    result, answers = predicted(iris, ("ragged.csv", tmp_path / "ragged.csv"))
    assert [row["prediction"] == "" for row in answers] == [i in (2, 5) for i in range(9)]
    assert (result.rows, result.unread) == (9, 2)
    assert result.reasons == ["2: it has 6 fields instead of 4", "5: it has 6 fields instead of 4"]


def test_nothing_readable(tmp_path: Path, flags: Run) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.png").write_bytes(b"broken")
    for name in ("empty", "a.png"):
        error = refused(flags, (name, tmp_path / name))
        assert (error.kind, error.code) == ("nothing-readable", 4)
        assert name in error.message
    assert refused(flags, ("gone", tmp_path / "gone")).kind == "not-found"


def test_a_run_without_a_whole_model(tmp_path: Path) -> None:
    run = Run(tmp_path)
    with pytest.raises(DataError) as caught:
        predicted(run, ("x", tmp_path))
    assert caught.value.kind == "no-model"


def test_a_family_that_is_not_here(tmp_path: Path, iris: Run) -> None:
    run = Run(tmp_path / "run")
    shutil.copytree(iris.folder / "model", run.folder / "model", dirs_exist_ok=True)
    about = (run.folder / "model" / "model.json").read_text().replace('"linear"', '"quantum"')
    (run.folder / "model" / "model.json").write_text(about)
    with pytest.raises(StepFailed) as caught:
        predicted(run, ("x", tmp_path))
    assert caught.value.kind == "unknown-family"


def test_a_model_that_answers_with_no_number_is_damaged(iris: Run, tmp_path: Path) -> None:
    run = Run(tmp_path / "run")
    shutil.copytree(iris.folder / "model", run.folder / "model", dirs_exist_ok=True)
    (weights,) = (run.folder / "model").glob("*.safetensors")
    arrays = load_file(weights)
    with safe_open(weights, framework="numpy") as opened:
        about = opened.metadata()
    save_file({name: np.full_like(array, np.nan) for name, array in arrays.items()}, weights, metadata=about)
    pd.DataFrame(np.ones((3, 4)), columns=ask(run)).to_csv(tmp_path / "new.csv", index=False)
    with pytest.raises(StepFailed, match="nothing with a number") as caught:
        predicted(run, ("new.csv", tmp_path / "new.csv"))
    assert caught.value.kind == "nan-predictions"


def ask(run: Run) -> list[str]:
    return [column.name for column in Schema.load(run.folder / "model").features]
