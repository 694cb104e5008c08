"""Parquet and Arrow files: shards, Hugging Face's image layout, nested columns, broken files."""

import io
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest
from PIL import Image

from noglue.tools.readers import parquet
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.protocols import Raw


def read(files: list[Path], rows: int | None = None) -> Raw:
    match = parquet.sniff(files)
    assert match is not None
    return parquet.read(match, rows)


def encoded(seed: int, side: int = 6) -> bytes:
    out = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 255, (side, side, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def hugging_face(path: Path, labels: list[int], names: list[str] | None) -> Path:
    images = [{"bytes": encoded(n), "path": f"{n}.png"} for n in range(len(labels))]
    table = pa.table({"image": images, "label": labels})
    if names:
        label = {"names": names, "_type": "ClassLabel"}
        info = {"info": {"features": {"image": {"_type": "Image"}, "label": label}}}
        table = table.replace_schema_metadata({"huggingface": json.dumps(info)})
    pq.write_table(table, path)
    return path


def test_shards_and_splits(tmp_path: Path) -> None:
    for n in range(2):
        pq.write_table(pa.table({"a": [n, n], "y": [0, 1]}), tmp_path / f"train-0000{n}-of-00002.parquet")
    pq.write_table(pa.table({"a": [7], "y": [1]}), tmp_path / "test-00000-of-00001.parquet")
    match = parquet.sniff(sorted(tmp_path.iterdir()))
    assert match is not None
    assert parquet.count(match) == {"train": 4, "test": 1}
    assert parquet.read(match).splits["train"].to_pydict() == {"a": [0, 0, 1, 1], "y": [0, 1, 0, 1]}
    assert parquet.read(match, rows=3).splits["train"].num_rows == 3


def test_splits_by_folder(tmp_path: Path) -> None:
    for split in ("train", "validation", "test"):
        (tmp_path / split).mkdir()
        pq.write_table(pa.table({"a": [1]}), tmp_path / split / "0000.parquet")
    assert list(read(sorted(tmp_path.rglob("*.parquet"))).splits) == ["train", "validation", "test"]


def test_a_test_table_without_the_target(tmp_path: Path) -> None:
    feather.write_feather(pa.table({"a": [1, 2], "y": ["p", "q"]}), tmp_path / "train.feather")
    feather.write_feather(pa.table({"a": [3]}), tmp_path / "test.feather")
    raw = read(sorted(tmp_path.iterdir()))
    assert (list(raw.splits), raw.target) == (["train", "unlabelled"], "y")


@pytest.mark.parametrize("kind", ["file", "stream", "lz4"])
def test_arrow(tmp_path: Path, kind: str) -> None:
    table = pa.table({"a": [1, 2], "b": ["x", None]})
    path = tmp_path / "a.arrow"
    if kind == "lz4":
        feather.write_feather(table, path, compression="lz4")
    else:
        make = pa.ipc.new_file if kind == "file" else pa.ipc.new_stream
        with make(path, table.schema) as writer:
            writer.write_table(table)
    match = parquet.sniff([path])
    assert match is not None
    assert parquet.count(match) == {"all": 2}
    assert parquet.read(match).splits["all"].to_pydict() == {"a": [1, 2], "b": ["x", None]}


def test_hugging_face_images(tmp_path: Path) -> None:
    train = hugging_face(tmp_path / "train-00000-of-00001.parquet", [0, 1, 1], ["cat", "dog"])
    test = hugging_face(tmp_path / "test-00000-of-00001.parquet", [-1, -1], ["cat", "dog"])
    raw = read([train, test])
    assert (raw.modality, raw.target, raw.classes) == ("image", "label", ["cat", "dog"])
    assert list(raw.splits) == ["train", "unlabelled"]
    assert raw.splits["train"]["label"].to_pylist() == [0, 1, 1]
    pixels = np.array(raw.splits["train"]["image"][1].as_py(), np.uint8).reshape(6, 6, 3)
    assert np.array_equal(pixels, np.random.default_rng(1).integers(0, 255, (6, 6, 3), dtype=np.uint8))


def test_images_without_names_with_a_broken_one(tmp_path: Path) -> None:
    images = [
        {"bytes": encoded(0), "path": None},
        {"bytes": b"junk", "path": None},
        {"bytes": None, "path": "/etc/passwd"},
    ]
    pq.write_table(pa.table({"image": images, "label": [5, 5, 9], "size": [1.5, 2.5, 3.5]}), tmp_path / "a.parquet")
    raw = read([tmp_path / "a.parquet"])
    assert raw.splits["all"].select(["label", "size"]).to_pydict() == {"label": [0], "size": [1.5]}
    assert len(raw.skipped) == 2


def test_images_of_several_sizes_stay_encoded(tmp_path: Path) -> None:
    table = pa.table({"img": [encoded(0, 5), encoded(1, 9)], "label": ["a", "b"]})
    pq.write_table(table, tmp_path / "a.parquet")
    raw = read([tmp_path / "a.parquet"])
    assert raw.image is None
    assert raw.splits["all"]["image"].to_pylist() == [encoded(0, 5), encoded(1, 9)]
    assert raw.target == "label"


def test_nested_and_odd_columns(tmp_path: Path) -> None:
    columns: dict[str, Any] = {
        "who": [{"name": "a", "age": 1}, {"name": "b", "age": 2}],
        "vector": [[1.0, 2.0], [3.0, 4.0]],
        "tags": [["x"], ["y", "z"]],
        "kind": pa.array(["p", "q"]).dictionary_encode(),
        "price": [Decimal("1.50"), Decimal("2.25")],
        "day": [date(2020, 1, 2), date(2020, 1, 3)],
        "small": pa.array([1, 2], pa.int8()),
        "raw": [b"1", b"2"],
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    raw = read([tmp_path / "a.parquet"])
    assert raw.splits["all"].to_pydict() == {
        "who.name": ["a", "b"], "who.age": [1, 2], "vector.0": [1.0, 3.0], "vector.1": [2.0, 4.0], "kind": ["p", "q"],
        "price": [1.5, 2.25], "day": [datetime(2020, 1, 2), datetime(2020, 1, 3)], "small": [1, 2],
    }  # fmt: skip
    assert [reason.split("'")[1] for reason in raw.skipped] == ["tags", "raw"]


@pytest.mark.parametrize("ending", [".parquet", ".arrow"])
@pytest.mark.parametrize("damage", ["cut", "empty", "junk"])
def test_broken_files_are_named(tmp_path: Path, ending: str, damage: str) -> None:
    path = tmp_path / f"a{ending}"
    table = pa.table({"a": np.random.default_rng(0).normal(size=5000)})
    if ending == ".parquet":
        pq.write_table(table, path)
    else:
        feather.write_feather(table, path)
    whole = path.read_bytes()
    path.write_bytes({"cut": whole[: len(whole) // 2], "empty": b"", "junk": b"junk" * 50}[damage])
    match = parquet.sniff([path])
    assert match is not None
    for work in (parquet.read, parquet.count):
        with pytest.raises(DataError) as caught:
            work(match)
        assert caught.value.kind == "unreadable"
        assert path.name in caught.value.message


def test_a_broken_shard_is_not_passed_over(tmp_path: Path) -> None:
    for n in range(2):
        pq.write_table(pa.table({"a": [n]}), tmp_path / f"train-0000{n}-of-00002.parquet")
    (tmp_path / "train-00001-of-00002.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError, match="train-00001-of-00002"):
        read(sorted(tmp_path.iterdir()))
