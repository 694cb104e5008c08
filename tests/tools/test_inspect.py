"""Inspect on real and broken folders: which reader wins, what the profile says, what is warned of."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from PIL import Image

from noglue.tools.inspect import Args, run
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.profiles import Profile
from noglue.tools.spec.step import Step


def inspect(tmp_path: Path, *roots: str, **hints: Any) -> Profile:
    folder = tmp_path / "steps" / "03-inspect"
    folder.mkdir(parents=True, exist_ok=True)
    return run(Args(roots=list(roots), **hints), Step(folder, tmp_path)).profile


def draw(path: Path, shape: tuple[int, ...] = (8, 8, 3)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(0).integers(0, 255, shape, dtype=np.uint8)).save(path)


def kinds(profile: Profile) -> set[str]:
    return {warning.kind for warning in profile.warnings}


def test_builtin(tmp_path: Path) -> None:
    profile = inspect(tmp_path, "builtin:digits")
    assert (profile.modality, profile.reader, profile.target) == ("image", "builtin", "label")
    assert profile.files == {"all": ["builtin:digits"]}
    assert profile.rows == {"all": 1797}
    assert profile.counts is not None
    assert sum(profile.counts.values()) == 1797
    assert Args(roots=["builtin:digits", "x"]).reads() == ["x"]
    assert Profile.model_validate(json.loads(profile.model_dump_json())) == profile


def test_images_in_the_run_folder(tmp_path: Path) -> None:
    for kind, count in (("cat", 30), ("dog", 2)):
        for n in range(count):
            draw(tmp_path / "files" / kind / f"{n}.png", (8 + n, 8, 3))
    (tmp_path / "files" / "cat" / "broken.png").write_bytes(b"")
    (tmp_path / "files" / "README.md").write_text("# Cats")
    (tmp_path / "files" / "horse").mkdir()
    profile = inspect(tmp_path, "files")
    assert profile.files == {"all": ["files"]}
    assert profile.classes == ["cat", "dog"]
    assert profile.counts == {"cat": 30, "dog": 2}
    assert profile.image is not None
    assert profile.image.varied
    assert kinds(profile) == {"unreadable", "few-per-class", "imbalance", "varied-size", "empty-class"}
    assert profile.warnings[-1].message == "Empty folders are not taken for classes: horse."


def test_a_table_and_its_warnings(tmp_path: Path) -> None:
    rows = [f"{n},{n % 3},x,{n if n % 2 else ''},{'a' if n % 5 else 'b'}" for n in range(1, 101)]
    (tmp_path / "train.csv").write_text("id,n,same,holes,y\n" + "\n".join(rows) + "\n1,2\n")
    profile = inspect(tmp_path, "train.csv")
    assert (profile.modality, profile.reader) == ("table", "delimited")
    assert profile.files == {"all": ["train.csv"]}
    assert profile.rows == {"all": 100}
    assert [column.kind for column in profile.columns] == ["identifier", "number", "constant", "number", "category"]
    told = {warning.kind: warning.columns for warning in profile.warnings}
    assert told == {"identifier": ["id"], "constant": ["same"], "missing": ["holes"], "unreadable": []}


def test_one_column(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("value\n1\n2\n")
    assert "one-column" in kinds(inspect(tmp_path, "a.csv"))


def test_rows_are_counted_beyond_the_sample(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n" + "1,2\n3,4\n" * 500)
    profile = inspect(tmp_path, "a.csv", rows_sample=50)
    assert profile.rows == {"all": 1000}
    assert profile.columns[0].distinct == 2


def test_the_reader_asked_for_comes_first_and_the_next_one_helps_out(tmp_path: Path) -> None:
    for n in range(40):
        draw(tmp_path / "images" / f"{n}.png")
    (tmp_path / "labels.csv").write_text("file,label\n" + "".join(f"{n}.png,{'ab'[n % 2]}\n" for n in range(40)))
    profile = inspect(tmp_path, ".")
    assert (profile.reader, profile.others, profile.target) == ("image_folder", ["delimited"], "label")
    assert inspect(tmp_path, ".", reader="delimited").reader == "delimited"
    assert inspect(tmp_path, ".", modality="table").reader == "delimited"
    for picture in (tmp_path / "images").iterdir():
        picture.write_bytes(b"")
    assert inspect(tmp_path, ".").reader == "delimited"


def test_labels_are_preferred_where_the_goal_needs_them(tmp_path: Path) -> None:
    for n in range(4):
        draw(tmp_path / f"scan{n}.png")
    np.savez(tmp_path / "a.npz", X=np.zeros((4, 5, 5), np.uint8), y=np.array([0, 1, 0, 1]))
    assert inspect(tmp_path, ".", goal="classify").reader == "npz"


def test_nothing_known(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"PK")
    (tmp_path / "b.docx").write_bytes(b"PK")
    (tmp_path / "c").write_bytes(b"\0\1")
    with pytest.raises(DataError) as caught:
        inspect(tmp_path, ".")
    assert caught.value.kind == "unknown-layout"
    assert caught.value.data["endings"] == {".docx": 2, "(no ending)": 1}
    assert "a.docx (2 B) begins 50 4b" in caught.value.message
    assert "so does 1 more; c (2 B) begins 00 01" in caught.value.message
    readers = [catalogue.load("noglue.tools.readers", name) for name in catalogue.names("noglue.tools.readers")]
    assert [reader.READS for reader in readers] == caught.value.data["read"]


def test_empty_and_missing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no files at all"):
        inspect(tmp_path, "empty")
    with pytest.raises(DataError) as caught:
        inspect(tmp_path, "absent")
    assert caught.value.kind == "not-found"


def test_the_only_reader_fails(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError) as caught:
        inspect(tmp_path, "a.parquet")
    assert caught.value.kind == "unreadable"
    assert "a.parquet" in caught.value.message


def test_a_lone_test_file_is_all_there_is(tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_text("a,b\n1,2\n3,4\n")
    assert inspect(tmp_path, "test.csv").files == {"all": ["test.csv"]}


def test_scikit_learn_images(tmp_path: Path) -> None:
    from sklearn import datasets

    shutil.copytree(Path(datasets.__file__).parent / "images", tmp_path / "images")
    profile = inspect(tmp_path, "images")
    assert (profile.modality, profile.target, profile.rows) == ("image", None, {"unlabelled": 2})
    assert profile.image is not None
    assert (profile.image.height, profile.image.width, profile.image.channels) == (427, 640, 3)


@pytest.mark.parametrize("sheets", [["first"], ["first", "second"], ["first", "second", "third"]])
def test_sheets_of_one_workbook_are_one_file_several_times(tmp_path: Path, sheets: list[str]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in sheets:
        sheet = book.create_sheet(name)
        sheet.append(["size", "colour", "kind"])
        for row in range(20):
            sheet.append([row, ["red", "blue"][row % 2], ["yes", "no"][row // 3 % 2]])
    book.save(tmp_path / "book.xlsx")
    profile = inspect(tmp_path, str(tmp_path))
    assert (profile.reader, profile.rows) == ("excel", {"all": 20 * len(sheets)})
    assert (profile.ledger.found, profile.ledger.used) == (1, 1)
