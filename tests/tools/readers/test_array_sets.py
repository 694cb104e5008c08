"""Arrays as people name and lay them out; what can't be meant is refused in words."""

import pickle
import struct
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import scipy.io
import scipy.sparse
import torch
from sklearn.datasets import load_iris, load_wine
from sklearn.utils import Bunch

from noglue.tools.readers import hdf5, matlab, npz, pickled, stl_binary, tensors
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.protocols import Match, Raw

IRIS = load_iris()
PIXELS = np.random.default_rng(0).integers(0, 255, (12, 6, 5, 3), dtype=np.uint8)
LABELS = np.arange(12) % 3


def read(reader: Any, *paths: Path) -> Raw:
    match = reader.sniff(list(paths))
    assert isinstance(match, Match)
    raw = reader.read(match)
    assert isinstance(raw, Raw)
    return raw


def classes(raw: Raw, split: str = "all") -> list[str]:
    assert raw.classes is not None
    return [raw.classes[label] for label in raw.splits[split]["label"].to_pylist()]


# ---- tables --------------------------------------------------------------------------------------------------------


def test_a_table_of_named_columns(tmp_path: Path) -> None:
    """A matrix and its names; a column a variable; fields of a struct, of a compound type, of rows."""
    names = ["sl", "sw", "pl", "pw"]
    kinds = np.array(["setosa", "versicolor", "virginica"])[IRIS.target]
    columns = {name: IRIS.data[:, place] for place, name in enumerate(names)}
    np.savez(tmp_path / "a.npz", X=IRIS.data, y=kinds, feature_names=np.array(names))
    np.savez(tmp_path / "b.npz", **columns, species=kinds)
    scipy.io.savemat(tmp_path / "c.mat", {**columns, "species": kinds.astype(object)})
    scipy.io.savemat(tmp_path / "d.mat", {"iris": {**columns, "species": kinds.astype(object)}})
    record = np.array(
        [(*row, kind.encode()) for row, kind in zip(IRIS.data, kinds, strict=True)],
        [*((name, "f8") for name in names), ("species", "S12")],
    )
    with h5py.File(tmp_path / "e.h5", "w") as file:
        file["iris"] = record
    with h5py.File(tmp_path / "f.h5", "w") as file:
        for name, column in columns.items():
            file[f"iris/{name}"] = column
        file["iris/species"] = [str(kind) for kind in kinds]
    rows = [dict(zip((*names, "species"), (*row, kind), strict=True))
            for row, kind in zip(IRIS.data.tolist(), kinds.tolist(), strict=True)]  # fmt: skip
    (tmp_path / "g.pkl").write_bytes(pickle.dumps(rows))
    (tmp_path / "h.pkl").write_bytes(pickle.dumps({key: [row[key] for row in rows] for key in rows[0]}))
    for file, reader in (("a.npz", npz), ("b.npz", npz), ("c.mat", matlab), ("d.mat", matlab), ("e.h5", hdf5),
                         ("f.h5", hdf5), ("g.pkl", pickled), ("h.pkl", pickled)):  # fmt: skip
        raw = read(reader, tmp_path / file)
        table = raw.splits["all"]
        assert raw.modality == "table", file
        for name, column in columns.items():
            assert table[name].to_pylist() == column.tolist(), (file, name)
        if file == "a.npz":
            assert classes(raw) == kinds.tolist()
        else:
            assert table["species"].to_pylist() == kinds.tolist(), file


def test_a_column_that_is_called_a_label_is_the_target(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["age"], file["height"], file["label"] = np.arange(9), np.linspace(1, 2, 9), np.arange(9) % 2
    raw = read(hdf5, tmp_path / "a.h5")
    assert (raw.target, sorted(raw.splits["all"].column_names)) == ("label", ["age", "height", "label"])


def test_scikit_learns_bunch_and_texts(tmp_path: Path) -> None:
    (tmp_path / "wine.pkl").write_bytes(pickle.dumps(Bunch(**load_wine())))
    raw = read(pickled, tmp_path / "wine.pkl")
    assert raw.splits["all"].column_names[:2] == load_wine().feature_names[:2]
    assert classes(raw)[::80] == ["class_0", "class_1", "class_2"]
    mails = {"texts": ["buy now", "see you", "win it"] * 4, "labels": ["spam", "ham", "spam"] * 4}
    (tmp_path / "mails.pkl").write_bytes(pickle.dumps(mails))
    raw = read(pickled, tmp_path / "mails.pkl")
    assert raw.target == "labels"
    assert raw.splits["all"].to_pydict() == mails


def test_features_in_rows_or_columns(tmp_path: Path) -> None:
    scipy.io.savemat(tmp_path / "a.mat", {"fea": IRIS.data, "gnd": IRIS.target[:, None] + 1})
    scipy.io.savemat(tmp_path / "b.mat", {"X": IRIS.data.T, "y": IRIS.target[None] + 1})
    scipy.io.savemat(tmp_path / "c.mat", {"X": scipy.sparse.csc_matrix(IRIS.data), "y": IRIS.target + 1}, format="5")
    scipy.io.savemat(tmp_path / "d.mat", {"X": IRIS.data, "y": IRIS.target[:, None] + 1}, format="4")
    for name in "abcd":
        raw = read(matlab, tmp_path / f"{name}.mat")
        assert raw.splits["all"]["x2"].to_pylist() == IRIS.data[:, 2].tolist(), name
        assert classes(raw) == [str(label + 1) for label in IRIS.target], name


def test_a_lone_matrix_is_a_table_without_a_target(tmp_path: Path) -> None:
    np.save(tmp_path / "data.npy", IRIS.data)
    raw = read(npz, tmp_path / "data.npy")
    assert (raw.target, list(raw.splits), raw.splits["all"].num_columns) == (None, ["all"], 4)


# ---- pictures and labels -------------------------------------------------------------------------------------------


def test_house_numbers(tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (32, 32, 3, 20), np.uint8)
    for split in ("train", "test", "extra"):
        scipy.io.savemat(tmp_path / f"{split}_32x32.mat", {"X": pixels, "y": (np.arange(20) % 10 + 1)[:, None]})
    match = matlab.sniff(sorted(tmp_path.iterdir()))
    assert match is not None
    assert [Path(path).name for path in match.ignored] == ["extra_32x32.mat"]
    raw = matlab.read(match)
    assert list(raw.splits) == ["train", "test"]
    assert classes(raw, "train")[:10] == [*"123456789", "0"]
    first = np.array(raw.splits["test"]["image"][0].as_py()).reshape(32, 32, 3)
    assert np.array_equal(first, pixels[..., 0])
    assert any("digit 0" in note for note in raw.notes)


def test_names_of_classes_from_0_and_from_1(tmp_path: Path) -> None:
    for first in (0, 1):
        np.savez(tmp_path / "a.npz", images=PIXELS, labels=LABELS + first, class_names=np.array(["ant", "bee", "cow"]))
        raw = read(npz, tmp_path / "a.npz")
        assert classes(raw)[:4] == ["ant", "bee", "cow", "ant"]
        assert any("from 1" in note for note in raw.notes) == bool(first)


@pytest.mark.parametrize("name", ["list_classes", "classes", "class_names", "train_classes"])
def test_names_of_classes_in_the_file_of_each_split(tmp_path: Path, name: str) -> None:
    for split in ("train", "test"):
        with h5py.File(tmp_path / f"{split}_pets.h5", "w") as file:
            file[f"{split}_set_x"], file[f"{split}_set_y"] = PIXELS, LABELS
            file[name] = [b"ant", b"bee", b"cow"]
    raw = read(hdf5, *sorted(tmp_path.iterdir()))
    assert classes(raw, "test")[:4] == ["ant", "bee", "cow", "ant"]
    assert set(raw.splits["train"].column_names) == {"image", "label"}


def test_fine_and_coarse_labels_and_other_columns(tmp_path: Path) -> None:
    content = {"data": PIXELS, "fine_labels": LABELS, "coarse_labels": LABELS // 2, "filenames": list("abcdefghijkl")}
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(content))
    raw = read(pickled, tmp_path / "a.pkl")
    table = raw.splits["all"]
    assert classes(raw) == [str(label) for label in LABELS]
    assert table["coarse_labels"].to_pylist() == (LABELS // 2).tolist()
    assert table["filenames"].to_pylist() == list("abcdefghijkl")


def test_loose_columns_join_the_arrays_that_they_fit(tmp_path: Path) -> None:
    for name, array in {"X": PIXELS, "y": LABELS, "subject_id": np.arange(12) // 4}.items():
        np.save(tmp_path / f"{name}.npy", array)
    raw = read(npz, *sorted(tmp_path.iterdir()))
    assert raw.splits["all"]["subject_id"].to_pylist() == [0] * 4 + [1] * 4 + [2] * 4


@pytest.mark.parametrize("text", ["{}\n", "0,{}\n", "label\n{}\n", "id,label\n0,{}\n"])
def test_labels_in_a_text_beside(tmp_path: Path, text: str) -> None:
    words = np.array(["ant", "bee", "cow"])[LABELS]
    for split in ("train", "test"):
        np.save(tmp_path / f"X_{split}.npy", PIXELS)
        *head, row = text.splitlines()
        lines = [*head, *(row.replace("0,", f"{place},").format(word) for place, word in enumerate(words))]
        (tmp_path / f"y_{split}.csv").write_text("\n".join(lines) + "\n")
    match = npz.sniff(sorted(tmp_path.iterdir()))
    assert match is not None
    assert {Path(path).name for path in match.files["about"]} == {"y_train.csv", "y_test.csv"}
    raw = npz.read(match)
    assert raw.target is not None
    assert raw.splits["train"][raw.target].to_pylist() == raw.splits["test"][raw.target].to_pylist() == words.tolist()


def test_a_text_of_other_length_is_not_labels(tmp_path: Path) -> None:
    np.save(tmp_path / "X.npy", PIXELS)
    (tmp_path / "labels.txt").write_text("ant\nbee\n")
    match = npz.sniff(sorted(tmp_path.iterdir()))
    assert match is not None
    assert [Path(path).name for path in match.files["all"]] == ["X.npy"]


def test_two_sets_are_two_readings(tmp_path: Path) -> None:
    for name, count in {"moths": 12, "cells": 9}.items():
        np.savez(tmp_path / f"{name}.npz", images=PIXELS[:count], labels=LABELS[:count])
    files = sorted(tmp_path.iterdir())
    first, second = npz.readings(files)
    assert [path.name for path in first.files["all"]] == ["moths.npz"]
    assert npz.count(second) == {"all": 9}
    assert list(first.ignored) == [str(tmp_path / "cells.npz")]


def test_two_arrays_that_may_both_be_it_are_no_decision(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", images=PIXELS, pixels=PIXELS[::-1], labels=LABELS)
    with pytest.raises(DataError, match=r"several arrays may be its features: .*images.*pixels"):
        read(npz, tmp_path / "a.npz")


def test_series_are_no_pictures(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", X=np.random.default_rng(0).normal(size=(12, 128, 9)), y=LABELS)
    with pytest.raises(DataError, match="128 × 9 numbers is more likely a set of series"):
        read(npz, tmp_path / "a.npz")
    np.savez(tmp_path / "b.npz", images=np.random.default_rng(0).random((12, 64, 9)), y=LABELS)
    assert read(npz, tmp_path / "b.npz").modality == "image"


def test_stl(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (6, 96, 96, 3), np.uint8)
    for name in ("train_X", "test_X", "unlabeled_X"):
        pixels.transpose(0, 3, 2, 1).tofile(tmp_path / f"{name}.bin")
    for split in ("train", "test"):
        np.array([1, 2, 3, 3, 2, 1], np.uint8).tofile(tmp_path / f"{split}_y.bin")
    (tmp_path / "class_names.txt").write_text("airplane\nbird\ncar\n")
    (tmp_path / "fold_indices.txt").write_text("0 1 2\n")
    raw = read(stl_binary, *sorted(tmp_path.iterdir()))
    assert {split: table.num_rows for split, table in raw.splits.items()} == {"train": 6, "test": 6, "unlabelled": 6}
    assert classes(raw, "test") == ["airplane", "bird", "car", "car", "bird", "airplane"]
    assert np.array_equal(np.array(raw.splits["train"]["image"].to_pylist(), np.uint8).reshape(pixels.shape), pixels)
    np.array([1], np.uint8).tofile(tmp_path / "test_y.bin")
    with pytest.raises(DataError, match="1 labels"):
        read(stl_binary, *sorted(tmp_path.iterdir()))


# ---- what is refused -----------------------------------------------------------------------------------------------


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return (exec, ("raise SystemExit('it ran')",))


def test_nothing_is_run(tmp_path: Path) -> None:
    (tmp_path / "a.pkl").write_bytes(pickle.dumps({"x": PIXELS, "y": Evil()}))
    torch.save({"x": torch.zeros(3), "y": Evil()}, tmp_path / "a.pt")
    torch.save(torch.nn.Linear(2, 2), tmp_path / "b.pt")
    for reader, name in ((pickled, "a.pkl"), (tensors, "a.pt"), (tensors, "b.pt")):
        with pytest.raises(DataError) as caught:
            read(reader, tmp_path / name)
        assert caught.value.kind == "unsafe-pickle"


def test_no_other_file_is_followed(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["x"], file["y"] = PIXELS, LABELS
    with h5py.File(tmp_path / "links.h5", "w") as file:
        file["x"] = h5py.ExternalLink("secret.h5", "x")
        file["y"] = h5py.ExternalLink("secret.h5", "y")
    with h5py.File(tmp_path / "virtual.h5", "w") as file:
        layout = h5py.VirtualLayout((12,), "i8")
        layout[:] = h5py.VirtualSource(tmp_path / "secret.h5", "y", shape=(12,))
        file.create_virtual_dataset("y", layout)
    with h5py.File(tmp_path / "outside.h5", "w") as file:
        file.create_dataset("y", (12,), "u1", external=[(str(tmp_path / "secret.h5"), 0, 12)])
    for name, says in (("links", "not named"), ("virtual", "other files"), ("outside", "other files")):
        with pytest.raises(DataError, match=says):
            read(hdf5, tmp_path / f"{name}.h5")


def test_promises_are_held_against_what_is_there(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("x", (10**6, 512, 512, 3), "u1", chunks=(1, 512, 512, 3), compression="gzip")
    header = b'{"x":{"dtype":"F64","shape":[1000000,1000],"data_offsets":[0,80]}}'
    (tmp_path / "a.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + bytes(80))
    expanded = torch.zeros(1).expand(1 << 30, 1 << 20)
    torch.save({"x": expanded}, tmp_path / "a.pt")
    for reader, name in ((hdf5, "a.h5"), (tensors, "a.safetensors"), (tensors, "a.pt")):
        with pytest.raises(DataError, match="can't be read"):
            read(reader, tmp_path / name)


def test_lists_that_hold_themselves_many_times(tmp_path: Path) -> None:
    inner: list[Any] = [float(number) for number in range(10_000)]
    for _ in range(12):
        inner = [inner] * 10
    (tmp_path / "a.pkl").write_bytes(pickle.dumps({"x": inner, "y": [1, 2, 3]}))
    loop: list[Any] = [1, 2]
    loop.append(loop)
    (tmp_path / "b.pkl").write_bytes(pickle.dumps({"x": loop, "y": [1, 2, 3]}))
    for name in ("a.pkl", "b.pkl"):
        with pytest.raises(DataError, match="can't be read"):
            read(pickled, tmp_path / name)


@pytest.mark.parametrize("name", ["a.mat", "a.h5", "a.safetensors", "a.pt", "a.npz", "a.pkl"])
def test_cut_off_files_are_unreadable(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    reader: Any = {"mat": matlab, "h5": hdf5, "npz": npz, "pkl": pickled}.get(path.suffix[1:], tensors)
    numbers = {"x": np.random.default_rng(0).random((50, 40)), "y": np.arange(50) % 2}
    if reader is matlab:
        scipy.io.savemat(path, numbers)
    elif reader is hdf5:
        with h5py.File(path, "w") as file:
            for key, array in numbers.items():
                file[key] = array
    elif reader is npz:
        np.savez(path, **numbers)
    elif reader is pickled:
        path.write_bytes(pickle.dumps(numbers))
    elif name.endswith(".pt"):
        torch.save({key: torch.from_numpy(array) for key, array in numbers.items()}, path)
    else:
        from safetensors.numpy import save_file

        save_file(numbers, path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    match = reader.sniff([path])
    if match is not None:
        with pytest.raises(DataError, match="can't be read"):
            reader.read(match)


def test_objects_of_matlab_and_of_pandas(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "frame.h5", "w") as file:
        file.create_group("df").attrs["pandas_type"] = "frame"
    with pytest.raises(DataError, match=r"to_hdf"):
        read(hdf5, tmp_path / "frame.h5")


def test_weights_of_a_model_are_no_data(tmp_path: Path) -> None:
    torch.save(torch.nn.Linear(4, 3).state_dict(), tmp_path / "model.pt")
    match = tensors.sniff([tmp_path / "model.pt"])
    assert match is not None
    assert match.confidence < 0.4
    with pytest.raises(DataError, match="not named as features and labels"):
        tensors.read(match)
