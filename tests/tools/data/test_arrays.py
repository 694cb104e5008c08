"""Columns out of a saved data set and back, exactly, for odd shapes, selections and chunk borders."""

from pathlib import Path

import datasets
import numpy as np
import pyarrow as pa
import pytest

from noglue.tools.data import arrays
from noglue.tools.spec.profiles import ImageShape


def saved(folder: Path, pixels: np.ndarray, labels: np.ndarray) -> datasets.Dataset:
    features = datasets.Features(
        {"image": datasets.Array3D(pixels.shape[1:], "uint8"), "label": datasets.ClassLabel(names=["a", "b", "c"])}
    )
    table = pa.table({"image": arrays.image_column(pixels), "label": pa.array(labels)})
    datasets.Dataset(table, info=datasets.DatasetInfo(features=features)).save_to_disk(str(folder))
    return datasets.load_from_disk(str(folder))


def made(count: int, shape: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(3)
    return random.integers(0, 256, (count, *shape), dtype=np.uint8), random.integers(0, 3, count)


@pytest.mark.parametrize("shape", [(1, 1, 1), (8, 8, 1), (5, 7, 3)])
@pytest.mark.parametrize("count", [1, 999, 1000, 2001])
def test_round_trip(tmp_path: Path, count: int, shape: tuple[int, int, int]) -> None:
    pixels, labels = made(count, shape)
    rows = saved(tmp_path / "d", pixels, labels)
    assert np.array_equal(arrays.image_array(rows), pixels)
    assert np.array_equal(arrays.label_array(rows, "label"), labels)
    assert arrays.label_array(rows, "label").dtype == np.int64
    assert np.array_equal(np.array(rows[count - 1]["image"]), pixels[count - 1])  # what datasets itself reads


def test_a_selection_is_honoured(tmp_path: Path) -> None:
    pixels, labels = made(1500, (3, 4, 3))
    chosen = np.arange(1499, 0, -7)
    rows = saved(tmp_path / "d", pixels, labels).select(chosen)
    assert np.array_equal(arrays.image_array(rows), pixels[chosen])
    assert np.array_equal(arrays.label_array(rows, "label"), labels[chosen])
    batches = list(arrays.image_batches(rows, 64))
    assert max(len(batch) for batch in batches) == 64
    assert np.array_equal(np.concatenate(batches), pixels[chosen])


def test_batches_cross_chunk_borders(tmp_path: Path) -> None:
    pixels, labels = made(2500, (2, 2, 1))
    batches = list(arrays.image_batches(saved(tmp_path / "d", pixels, labels), 700))
    assert [len(batch) for batch in batches] == [700, 700, 700, 400]
    assert np.array_equal(np.concatenate(batches), pixels)


def test_a_readers_column_of_several_chunks() -> None:
    pixels, _ = made(6, (2, 3, 1))
    kind = pa.list_(pa.uint8(), 6)
    parts = [pa.FixedSizeListArray.from_arrays(pa.array(p.reshape(-1)), type=kind) for p in (pixels[:4], pixels[4:])]
    column = pa.chunked_array(parts).slice(1)
    assert np.array_equal(arrays.fixed_images(column, ImageShape(height=2, width=3, channels=1)), pixels[1:])


def test_encoded_images_are_refused() -> None:
    rows = datasets.Dataset.from_dict({"image": [b"x"]}, features=datasets.Features({"image": datasets.Image()}))
    with pytest.raises(TypeError, match="Image"):
        arrays.image_array(rows)


def test_missing_labels() -> None:
    names = datasets.Features({"label": datasets.ClassLabel(names=["a", "b"]), "price": datasets.Value("float64")})
    rows = datasets.Dataset.from_dict({"label": [1, None, 0], "price": [1.5, None, 2.0]}, features=names)
    assert arrays.label_array(rows, "label").tolist() == [1, -1, 0]
    assert np.isnan(arrays.label_array(rows, "price")[1])
