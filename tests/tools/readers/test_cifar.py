"""CIFAR's pickles and binary batches: real layouts, and pickles that mean harm."""

import os
import pickle
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from noglue.tools.readers import cifar_binary, cifar_pickled
from noglue.tools.spec.errors import DataError

SHARED = Path(os.environ.get("NOGLUE_TEST_DATA", Path(__file__).parents[4] / "shared" / "data"))
RNG = np.random.default_rng(0)


def rows(count: int) -> np.ndarray:
    return RNG.integers(0, 255, (count, 3072), dtype=np.uint8)


def pickled(path: Path, value: Any, protocol: int = 2) -> Path:
    path.write_bytes(pickle.dumps(value, protocol))
    return path


@pytest.mark.parametrize("protocol", [0, 2, 3, 4, 5])
def test_every_pickle_protocol(tmp_path: Path, protocol: int) -> None:
    data = rows(4)
    batch = {"data": data, "labels": [3, 0, 1, 2], "filenames": ["a", "b", "c", "d"], "batch_label": "x"}
    match = cifar_pickled.sniff([pickled(tmp_path / "data_batch_1", batch, protocol)])
    assert match is not None
    raw = cifar_pickled.read(match)
    images = np.stack(raw.splits["train"]["image"].to_numpy(zero_copy_only=False)).reshape(4, 32, 32, 3)
    assert np.array_equal(images, data.reshape(4, 3, 32, 32).transpose(0, 2, 3, 1))
    assert raw.splits["train"]["label"].to_pylist() == [3, 0, 1, 2]
    assert raw.classes == ["0", "1", "2", "3"]


def test_python_2_bytes_and_columns_first(tmp_path: Path) -> None:
    data = np.asfortranarray(rows(4))
    batch = {b"data": data, b"labels": np.array([1, 0, 1, 0])}
    meta = {b"label_names": [b"cat", b"dog"], b"num_vis": 3072}
    files = [pickled(tmp_path / "test_batch", batch), pickled(tmp_path / "batches.meta", meta)]
    match = cifar_pickled.sniff(files)
    assert match is not None
    assert list(match.files) == ["test", "about"]
    raw = cifar_pickled.read(match)
    assert raw.classes == ["cat", "dog"]
    first = np.array(raw.splits["test"]["image"][0].as_py(), np.uint8).reshape(32, 32, 3)
    assert np.array_equal(first, data[0].reshape(3, 32, 32).transpose(1, 2, 0))


@pytest.mark.parametrize("core", ["numpy.core", "numpy._core"])
def test_numpy_under_its_old_and_new_name(tmp_path: Path, core: str) -> None:
    whole = pickle.dumps({"data": rows(2), "labels": [0, 1]}, 2)
    for name in (b"numpy._core.multiarray", b"numpy.core.multiarray"):
        whole = whole.replace(b"c" + name, f"c{core}.multiarray".encode())
    (tmp_path / "train").write_bytes(whole)
    match = cifar_pickled.sniff([tmp_path / "train"])
    assert match is not None
    assert cifar_pickled.count(match) == {"train": 2}


def test_cifar_100(tmp_path: Path) -> None:
    names = {"fine_label_names": ["apple", "bee", "cloud"], "coarse_label_names": ["plants", "animals"]}
    batch = {b"data": rows(3), b"fine_labels": [0, 2, 1], b"coarse_labels": [0, 0, 1]}
    files = [pickled(tmp_path / name, batch) for name in ("train", "test")] + [pickled(tmp_path / "meta", names)]
    match = cifar_pickled.sniff(files)
    assert match is not None
    raw = cifar_pickled.read(match)
    assert raw.classes == ["apple", "bee", "cloud"]
    assert raw.splits["test"]["coarse_label"].to_pylist() == ["plants", "plants", "animals"]


class Harm:
    def __init__(self, *call: Any) -> None:
        self.call = call

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call[0], self.call[1:]


@pytest.mark.parametrize("protocol", [0, 2, 5])
@pytest.mark.parametrize("place", ["data_batch_1", "batches.meta"])
def test_harmful_pickles_never_run(tmp_path: Path, place: str, protocol: int) -> None:
    proof = tmp_path / "ran"
    good = {"data": rows(1), "labels": [0]}
    files = [pickled(tmp_path / "data_batch_1", good), pickled(tmp_path / "batches.meta", {"label_names": ["a"]})]
    for call in (
        Harm(os.system, f"touch {proof}"),
        Harm(eval, f"open({str(proof)!r}, 'w')"),
        Harm(getattr, "", "join"),
    ):
        pickled(tmp_path / place, {"data": call, "labels": [0]}, protocol)
        match = cifar_pickled.sniff(files)
        assert match is not None
        with pytest.raises(DataError) as caught:
            cifar_pickled.read(match)
        assert caught.value.kind == "unsafe-pickle"
        assert place in caught.value.message
    assert not proof.exists()


@pytest.mark.parametrize(
    "content",
    [
        pickle.dumps({"data": rows(1), "labels": [0]}, 2)[:-100],
        pickle.dumps({"data": rows(1), "labels": [0, 1]}, 2),
        pickle.dumps({"data": rows(1).astype(np.float32), "labels": [0]}, 2),
        pickle.dumps({"data": np.array([{}]), "labels": [0]}, 2),
        pickle.dumps({"data": rows(1), "labels": ["cat"]}, 2),
        pickle.dumps(["data"], 2),
        b"\x80\x02r\xff\xff\xff\xff.",  # LONG_BINPUT far out: the C unpickler would allocate gigabytes
        b"\x80\x05\x96\xff\xff\xff\xff\xff\xff\xff\x7f.",  # BYTEARRAY8 that claims 2^63 bytes
        b"\x80\x02.",
    ],
)
def test_damaged_pickles(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "data_batch_1").write_bytes(content)
    match = cifar_pickled.sniff([tmp_path / "data_batch_1"])
    assert match is not None
    with pytest.raises(DataError) as caught:
        cifar_pickled.read(match)
    assert caught.value.kind == "unreadable"
    assert "data_batch_1" in caught.value.message


def test_binary_100(tmp_path: Path) -> None:
    labels = np.array([[1, 2], [0, 0], [1, 1]], np.uint8)
    data = rows(3)
    for name in ("train.bin", "test.bin"):
        (tmp_path / name).write_bytes(np.concatenate([labels, data], axis=1).tobytes())
    (tmp_path / "fine_label_names.txt").write_text("apple\nbee\ncloud\n")
    (tmp_path / "coarse_label_names.txt").write_text("plants\nanimals\n\n")
    match = cifar_binary.sniff(sorted(tmp_path.iterdir()))
    assert match is not None
    assert cifar_binary.count(match) == {"train": 3, "test": 3}
    raw = cifar_binary.read(match, rows=2)
    assert raw.classes == ["apple", "bee", "cloud"]
    assert raw.splits["train"][raw.target].to_pylist() == [2, 1]
    assert raw.splits["train"]["coarse_label"].to_pylist() == ["animals", "animals"]


def test_binary_of_broken_size(tmp_path: Path) -> None:
    (tmp_path / "data_batch_1.bin").write_bytes(bytes(3073 * 2))
    match = cifar_binary.sniff([tmp_path / "data_batch_1.bin"])
    assert match is not None
    (tmp_path / "data_batch_1.bin").write_bytes(bytes(3073 * 2 - 1))
    assert cifar_binary.sniff([tmp_path / "data_batch_1.bin"]) is None
    with pytest.raises(DataError, match="not whole rows of 3073"):
        cifar_binary.read(match)


@pytest.mark.skipif(not (SHARED / "make_archives.py").exists(), reason="the CIFAR-10 copy is not here")
def test_official_archives(tmp_path: Path) -> None:
    command = [sys.executable, SHARED / "make_archives.py", tmp_path, "--train", "100", "--test", "20"]
    subprocess.run(command, check=True, timeout=120)
    found = []
    for kind, reader in (("python", cifar_pickled), ("binary", cifar_binary)):
        with tarfile.open(tmp_path / f"cifar-10-{kind}.tar.gz") as archive:
            archive.extractall(tmp_path / kind, filter="data")
        match = reader.sniff([path for path in (tmp_path / kind).rglob("*") if path.is_file()])
        assert match is not None
        found.append(reader.read(match))
    assert found[0].splits == found[1].splits
    assert found[0].classes == found[1].classes
    assert found[0].classes is not None
    assert found[0].classes[:2] == ["airplane", "automobile"]
    assert {split: table.num_rows for split, table in found[0].splits.items()} == {"train": 100, "test": 20}
