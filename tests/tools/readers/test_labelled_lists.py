"""Lists of pictures with a class a line (`train.txt`, `val.txt`, `test.txt`), and columns of 0 and 1, one a class."""

from collections.abc import Callable
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
import scipy.io
from PIL import Image

from noglue.tools.readers import image_folder
from noglue.tools.spec.protocols import Match, Raw

KINDS = ("cat", "dog", "eel")
LINES: dict[str, Callable[[str, int], str]] = {
    "blank": lambda path, label: f"{path} {label}",
    "comma": lambda path, label: f"{path},{label}",
    "tab": lambda path, label: f"{path}\t{label}",
    "dot": lambda path, label: f"./{path} {label}",
    "absolute": lambda path, label: f"/home/somebody/data/{path} {label}",
    "word": lambda path, label: f"{path} {KINDS[label]}",
}


def grow(root: Path, folder: Callable[[int], str] = lambda label: "images") -> dict[str, list[tuple[str, int]]]:
    """Thirty pictures; split → path and class of each."""
    listed: dict[str, list[tuple[str, int]]] = {"train": [], "val": [], "test": []}
    for number in range(30):
        label = number % 3
        path = root / folder(label) / f"{number // 3 if folder(label) != 'images' else number:04}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(number).integers(0, 255, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(path)
        split = "train" if number < 18 else "val" if number < 24 else "test"
        listed[split].append((str(path.relative_to(root)), label))
    return listed


def read(root: Path) -> tuple[Match, Raw]:
    match = image_folder.sniff(sorted(path for path in root.rglob("*") if path.is_file()))
    assert match is not None
    return match, image_folder.read(match)


@pytest.mark.parametrize("form", LINES)
@pytest.mark.parametrize("named", [("train", "val", "test"), ("train", "test")])
def test_the_names_of_lists_are_the_splits_and_no_columns(tmp_path: Path, form: str, named: tuple[str, ...]) -> None:
    listed = grow(tmp_path)
    if "val" not in named:
        listed["train"] += listed.pop("val")
    for split in named:
        (tmp_path / f"{split}.txt").write_text("\n".join(LINES[form](*one) for one in listed[split]) + "\n")
    _, raw = read(tmp_path)
    assert raw.target == "label"
    counts = {"train": 18, "validation": 6, "test": 6} if "val" in named else {"train": 24, "test": 6}
    assert {split: table.num_rows for split, table in raw.splits.items()} == counts
    wanted = {one: str(KINDS[label] if form == "word" else label) for one, label in chain(*listed.values())}
    for table in raw.splits.values():
        assert "column" not in " ".join(table.column_names)
        for path, label in zip(table["path"].to_pylist(), table["label"].to_pylist(), strict=True):
            assert str(label) == wanted[str(Path(path).relative_to(tmp_path))]


def test_lists_without_labels_leave_the_class_to_the_folders(tmp_path: Path) -> None:
    listed = grow(tmp_path, lambda label: f"images/{KINDS[label]}")
    for split, some in listed.items():
        (tmp_path / f"{split}.txt").write_text("\n".join(path.removesuffix(".png") for path, _ in some) + "\n")
    _, raw = read(tmp_path)
    assert raw.classes == list(KINDS)
    assert {split: table.num_rows for split, table in raw.splits.items()} == {"train": 18, "validation": 6, "test": 6}


def test_same_names_in_other_folders_are_told_apart_by_the_list(tmp_path: Path) -> None:
    listed = grow(tmp_path, lambda label: KINDS[label])
    for split, some in listed.items():
        (tmp_path / f"{split}.txt").write_text("\n".join(f"/mnt/set/{path} {label}" for path, label in some) + "\n")
    _, raw = read(tmp_path)
    assert {split: table.num_rows for split, table in raw.splits.items()} == {"train": 18, "validation": 6, "test": 6}


def test_columns_of_one_class_each_are_told_as_such(tmp_path: Path) -> None:
    listed = chain(*grow(tmp_path).values())
    lines = [f"{path},{','.join(str(int(label == other)) for other in range(3))}" for path, label in listed]
    (tmp_path / "truth.csv").write_text("\n".join([f"image,{','.join(KINDS)}", *lines]) + "\n")
    match, raw = read(tmp_path)
    assert (match.reading["one_hot"], raw.target) == ("cat, dog, eel", "label")
    assert set(raw.splits["all"]["label"].to_pylist()) == set(KINDS)


def test_labels_of_a_split_in_camel_case_never_meet_the_other_split(tmp_path: Path) -> None:
    """Kaggle's CIFAR-10: `train/1.png`, `test/1.png`, and `trainLabels.csv` with `1,frog`."""
    for split, count in (("train", 12), ("test", 20)):
        (tmp_path / split).mkdir()
        for number in range(1, count + 1):
            pixels = np.random.default_rng(number + count).integers(0, 255, (8, 8, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / split / f"{number}.png")
    (tmp_path / "trainLabels.csv").write_text("id,label\n" + "".join(f"{n},{KINDS[n % 3]}\n" for n in range(1, 13)))
    _, raw = read(tmp_path)
    assert {split: table.num_rows for split, table in raw.splits.items()} == {"train": 12, "unlabelled": 20}


def flowers(root: Path, first: int) -> None:
    """Oxford's flowers: pictures by number, their labels and the numbers of each split in MATLAB files."""
    (root / "jpg").mkdir()
    for number in range(30):
        pixels = np.random.default_rng(number).integers(0, 255, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(root / "jpg" / f"image_{number + first}.png")
    numbers = np.arange(30) + first
    scipy.io.savemat(root / "imagelabels.mat", {"labels": np.array([np.arange(30) % 3 + 1], np.uint8)})
    parts = {"trnid": numbers[20:], "valid": numbers[10:20], "tstid": numbers[:10]}
    scipy.io.savemat(root / "setid.mat", {name: one[None].astype(np.uint16) for name, one in parts.items()})


@pytest.mark.parametrize("first", [0, 1])
def test_labels_and_splits_in_matlab_files(tmp_path: Path, first: int) -> None:
    flowers(tmp_path, first)
    match, raw = read(tmp_path)
    assert {path.name for path in match.files["about"]} == {"imagelabels.mat", "setid.mat"}
    assert raw.target == "labels"
    assert {split: table.num_rows for split, table in raw.splits.items()} == {"train": 10, "validation": 10, "test": 10}
    for split, start in (("train", 20), ("test", 0)):
        table = raw.splits[split]
        for path, label in zip(table["path"].to_pylist(), table["labels"].to_pylist(), strict=True):
            number = int(Path(path).stem.removeprefix("image_")) - first
            assert (label, start <= number < start + 10) == (number % 3 + 1, True)


def test_a_vector_of_another_length_tells_nothing(tmp_path: Path) -> None:
    flowers(tmp_path, 1)
    scipy.io.savemat(tmp_path / "imagelabels.mat", {"labels": np.array([[1, 2, 3]], np.uint8)})
    assert read(tmp_path)[1].target is None
