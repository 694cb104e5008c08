"""IDX files: every type of the format, the names in use, and files that lie."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from noglue.tools.readers import idx
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.protocols import Raw

FASHION = Path("/usr/share/datasets/fashion-mnist")
CODES = {"uint8": 8, "int8": 9, "int16": 0x0B, "int32": 0x0C, "float32": 0x0D, "float64": 0x0E}


def encoded(array: np.ndarray) -> bytes:
    head = bytes([0, 0, CODES[array.dtype.name], array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(array.dtype.newbyteorder(">")).tobytes()


def quartet(folder: Path, names: tuple[str, str, str, str], packed: bool = False) -> list[Path]:
    rng = np.random.default_rng(0)
    parts = [rng.integers(0, 255, (6, 5, 4), dtype=np.uint8), np.array([0, 1, 2, 0, 1, 2], np.uint8)]
    parts += [rng.integers(0, 255, (3, 5, 4), dtype=np.uint8), np.array([2, 1, 0], np.uint8)]
    for name, part in zip(names, parts, strict=True):
        content = encoded(part)
        (folder / name).write_bytes(gzip.compress(content) if packed else content)
    return sorted(folder.iterdir())


def read(files: list[Path], rows: int | None = None) -> Raw:
    match = idx.sniff(files)
    assert match is not None
    return idx.read(match, rows)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    "names",
    [
        ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
        ("train-images.idx3-ubyte", "train-labels.idx1-ubyte", "t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte"),
        ("train_images.idx", "train_labels.idx", "test_images.idx", "test_labels.idx"),
    ],
)
def test_names(tmp_path: Path, names: tuple[str, str, str, str], packed: bool) -> None:
    files = quartet(tmp_path, names, packed)
    match = idx.sniff(files)
    assert match is not None
    assert match.confidence > 0.9
    assert idx.count(match) == {"train": 6, "test": 3}
    raw = idx.read(match)
    assert raw.splits["test"]["label"].to_pylist() == [2, 1, 0]
    assert raw.classes == ["0", "1", "2"]
    assert raw.image is not None
    assert (raw.image.height, raw.image.width, raw.image.channels) == (5, 4, 1)
    pixels = np.random.default_rng(0).integers(0, 255, (6, 5, 4), dtype=np.uint8)
    assert np.array_equal(np.array(raw.splits["train"]["image"].to_pylist()).reshape(6, 5, 4), pixels)


def test_emnist_is_turned_and_named(tmp_path: Path) -> None:
    kinds = ("train-images-idx3", "train-labels-idx1", "test-images-idx3", "test-labels-idx1")
    for group in ("letters", "balanced"):
        names = tuple(f"emnist-{group}-{kind}-ubyte" for kind in kinds)
        quartet(tmp_path, names)  # type: ignore[arg-type]
        (tmp_path / f"emnist-{group}-mapping.txt").write_text("0 48\n1 65 97\n2 66 98\n")
    raw = read(sorted(tmp_path.iterdir()))
    assert raw.classes == ["0", "A", "B"]
    assert raw.image is not None
    assert (raw.image.height, raw.image.width) == (4, 5)
    match = idx.sniff(sorted(tmp_path.iterdir()))
    assert match is not None
    assert "balanced" in match.files["train"][0].name


@pytest.mark.parametrize("dtype", sorted(CODES))
def test_types(tmp_path: Path, dtype: str) -> None:
    images = np.arange(2 * 3 * 3).reshape(2, 3, 3).astype(dtype)
    (tmp_path / "images.idx").write_bytes(encoded(images))
    raw = read([tmp_path / "images.idx"])
    assert (list(raw.splits), raw.target) == (["unlabelled"], None)
    assert raw.splits["unlabelled"]["image"][1].as_py() == list(range(9, 18))


def test_a_pair_alone_with_labels_that_start_at_one(tmp_path: Path) -> None:
    (tmp_path / "my-images-idx3").write_bytes(encoded(np.zeros((4, 2, 2), np.uint8)))
    (tmp_path / "my-labels-idx1").write_bytes(encoded(np.array([5, 1, 5, 3], np.int32)))
    raw = read(sorted(tmp_path.iterdir()))
    assert raw.splits["all"]["label"].to_pylist() == [2, 0, 2, 1]
    assert raw.classes == ["1", "3", "5"]


def test_vectors_are_a_table(tmp_path: Path) -> None:
    (tmp_path / "x-idx2").write_bytes(encoded(np.array([[1.5, 2], [3, 4]], np.float32)))
    (tmp_path / "y-idx1").write_bytes(encoded(np.array([0.25, 0.5], np.float64)))
    raw = read(sorted(tmp_path.iterdir()))
    assert raw.modality == "table"
    assert raw.splits["all"].to_pydict() == {"x0": [1.5, 3.0], "x1": [2.0, 4.0], "label": [0.25, 0.5]}


def test_a_file_and_its_compressed_copy_are_read_once(tmp_path: Path) -> None:
    content = encoded(np.zeros((4, 2, 2), np.uint8))
    (tmp_path / "train-images-idx3-ubyte").write_bytes(content)
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(content))
    match = idx.sniff(sorted(tmp_path.iterdir()))
    assert match is not None
    assert match.files == {"train": [tmp_path / "train-images-idx3-ubyte"]}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("lie", ["cut", "huge", "mismatch"])
def test_liars(tmp_path: Path, lie: str, packed: bool) -> None:
    content = encoded(np.arange(4 * 28 * 28).reshape(4, 28, 28).astype(np.uint8))
    content = {
        "cut": content[:-100],
        "huge": content[:4] + struct.pack(">3I", 2**31, 2**31, 2**31) + content[16:],
        "mismatch": content,
    }[lie]
    (tmp_path / "a-images-idx3").write_bytes(gzip.compress(content) if packed else content)
    (tmp_path / "a-labels-idx1").write_bytes(encoded(np.zeros(5, np.uint8)))
    with pytest.raises(DataError, match="a-images-idx3 can't be read") as caught:
        read(sorted(tmp_path.iterdir()))
    assert caught.value.kind == "unreadable"


@pytest.mark.skipif(not FASHION.is_dir(), reason="dataset-fashion-mnist is not installed")
def test_fashion_mnist() -> None:
    raw = read(sorted(FASHION.iterdir()), rows=1000)
    assert {split: table.num_rows for split, table in raw.splits.items()} == {"train": 1000, "test": 1000}
    assert len(raw.classes or ()) == 10
