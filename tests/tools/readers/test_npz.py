"""NumPy archives: the names in use, the shapes, and no pickles."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from noglue.tools.readers import npz
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.protocols import Raw

PIXELS = np.random.default_rng(0).integers(0, 255, (6, 4, 5, 3), dtype=np.uint8)


def read(path: Path, **arrays: Any) -> Raw:
    np.savez(path, **arrays)
    match = npz.sniff([path])
    assert match is not None
    return npz.read(match)


@pytest.mark.parametrize(
    "names", [("x_train", "y_train"), ("train_images", "train_labels"), ("Xtrain", "Ytrain"), ("trainX", "trainY")]
)
def test_names(tmp_path: Path, names: tuple[str, str]) -> None:
    test = [name.replace("train", "test") for name in names]
    labels = np.array([0, 1, 2, 0, 1, 2])
    arrays = {names[0]: PIXELS, names[1]: labels, test[0]: PIXELS[:2], test[1]: labels[:2, None]}
    raw = read(tmp_path / "a.npz", **arrays)
    assert list(raw.splits) == ["train", "test"]
    assert raw.image is not None
    assert (raw.image.height, raw.image.width, raw.image.channels) == (4, 5, 3)
    assert raw.splits["test"]["label"].to_pylist() == [0, 1]
    assert np.array_equal(np.array(raw.splits["train"]["image"].to_pylist()).reshape(PIXELS.shape), PIXELS)


@pytest.mark.parametrize(
    ("names", "inside"),
    [
        (["k-train-imgs", "k-train-labels", "k-test-imgs", "k-test-labels"], None),
        (["trainX", "trainY", "testX", "testY"], None),
        (["train", "test"], ("x", "y")),
    ],
)
def test_several_archives(tmp_path: Path, names: list[str], inside: tuple[str, str] | None) -> None:
    labels = np.array([0, 1, 2, 0, 1, 2])
    for place, name in enumerate(names):
        part = slice(0, 6 if "train" in name else 2)
        if inside:
            np.savez(tmp_path / name, **{inside[0]: PIXELS[part], inside[1]: labels[part]})
        else:
            np.savez(tmp_path / name, (labels if place % 2 else PIXELS)[part])
    match = npz.sniff(sorted(tmp_path.iterdir()))
    assert match is not None
    raw = npz.read(match)
    assert {split: table["label"].to_pylist() for split, table in raw.splits.items()} == {
        "train": [0, 1, 2, 0, 1, 2], "test": [0, 1],
    }  # fmt: skip


def test_archives_of_two_sets_are_not_mixed(tmp_path: Path) -> None:
    for name, count in {"path": 6, "blood": 2}.items():
        np.savez(tmp_path / name, train_images=PIXELS[:count], train_labels=np.arange(count) % 2)
    match = npz.sniff(sorted(tmp_path.iterdir()))
    assert match is not None
    assert npz.count(match) == {"train": 6}


def test_validation_and_channels_first(tmp_path: Path) -> None:
    planes = PIXELS.transpose(0, 3, 1, 2)
    raw = read(tmp_path / "a.npz", train_images=planes, train_labels=np.arange(6) % 2, val_images=planes[:2],
               val_labels=np.array([[1], [0]]))  # fmt: skip
    assert list(raw.splits) == ["train", "validation"]
    assert np.array_equal(np.array(raw.splits["validation"]["image"].to_pylist()).reshape(2, 4, 5, 3), PIXELS[:2])


def test_scales_of_pixels(tmp_path: Path) -> None:
    for low, high in ((0.0, 1.0), (-1.0, 1.0), (0, 255)):
        pixels = np.linspace(low, high, 2 * 3 * 3).reshape(2, 3, 3).astype(np.float32)
        raw = read(tmp_path / "a.npz", X=pixels, y=np.array([0, 1]))
        values = np.concatenate([np.array(row) for row in raw.splits["all"]["image"].to_pylist()])
        assert np.abs(values - np.linspace(0, 255, 18)).max() <= 1
        assert "scaled" in raw.skipped[0]


def test_table_with_values(tmp_path: Path) -> None:
    raw = read(tmp_path / "a.npz", X=np.array([[1, 2.5], [3, 4]]), y=np.array([0.5, 1.25]))
    assert raw.splits["all"].to_pydict() == {"x0": [1.0, 3.0], "x1": [2.5, 4.0], "label": [0.5, 1.25]}
    assert raw.classes is None


def test_one_hot_and_text_labels(tmp_path: Path) -> None:
    assert read(tmp_path / "a.npz", X=PIXELS[:3], y=np.eye(3)).splits["all"]["label"].to_pylist() == [0, 1, 2]
    raw = read(tmp_path / "b.npz", X=PIXELS[:3], y=np.array(["dog", "cat", "dog"]))
    assert (raw.splits["all"]["label"].to_pylist(), raw.classes) == ([1, 0, 1], ["cat", "dog"])


def test_one_array_alone_and_loose_files(tmp_path: Path) -> None:
    assert list(read(tmp_path / "a.npz", whatever=PIXELS).splits) == ["unlabelled"]
    for name, array in (("X_train", PIXELS), ("y_train", np.arange(6) % 3), ("X_test", PIXELS)):
        np.save(tmp_path / f"{name}.npy", array)
    match = npz.sniff(sorted(tmp_path.glob("*.npy")))
    assert match is not None
    assert {split: table.num_rows for split, table in npz.read(match).splits.items()} == {"train": 6, "unlabelled": 6}


def test_pickled_arrays_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path / "a.npz", X=np.array([{"a": 1}], dtype=object), y=np.array([1]))
    assert caught.value.kind == "unsafe-pickle"


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        ({"X": PIXELS, "y": np.arange(5)}, "6 rows and 5 labels"),
        ({"X": PIXELS, "y": np.ones((6, 4))}, "not one-hot"),
        ({"left": PIXELS, "right": PIXELS}, "not named as features and labels"),
        ({"X": np.zeros((2, 5, 5, 7)), "y": np.arange(2)}, "neither images nor a table"),
        ({"X": np.array([["a", "b"], ["c", "d"]]), "y": np.arange(2)}, "not numbers"),
    ],
)
def test_what_does_not_fit(tmp_path: Path, arrays: dict[str, Any], says: str) -> None:
    with pytest.raises(DataError, match=says):
        read(tmp_path / "a.npz", **arrays)


def test_damaged(tmp_path: Path) -> None:
    (tmp_path / "empty.npz").write_bytes(b"")
    assert npz.sniff([tmp_path / "empty.npz"]) is None
    np.savez_compressed(tmp_path / "a.npz", X=PIXELS, y=np.arange(6))
    match = npz.sniff([tmp_path / "a.npz"])
    assert match is not None
    whole = (tmp_path / "a.npz").read_bytes()
    (tmp_path / "a.npz").write_bytes(whole[:200] + bytes(60) + whole[260:])
    with pytest.raises(DataError, match=r"a\.npz can't be read"):
        npz.read(match)
    with zipfile.ZipFile(tmp_path / "b.npz", "w") as archive:
        archive.writestr("X.npy", b"not an array")
    match = npz.sniff([tmp_path / "b.npz"])
    assert match is not None
    with pytest.raises(DataError):
        npz.read(match)
