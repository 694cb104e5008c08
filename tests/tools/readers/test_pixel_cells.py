"""Tables with an image a row, its pixels in one cell."""

from pathlib import Path

import numpy as np
import pytest

from tools.core.arrays import fixed_images
from tools.core.errors import DataError
from tools.core.protocols import Match, Raw
from tools.readers import delimited

RANDOM = np.random.default_rng(5)
USAGES = ["Training"] * 6 + ["PublicTest"] * 2 + ["PrivateTest"] * 3


def cells(pixels: np.ndarray) -> list[str]:
    return [" ".join(map(str, one.reshape(-1))) for one in pixels]


def read(file: Path, learned: Raw | None = None) -> Raw:
    match = delimited.sniff([file])
    assert match is not None
    return delimited.read(Match(1.0, match.files, ""), form=None if learned is None else learned.form)


def pixels_of(raw: Raw, split: str) -> np.ndarray:
    assert raw.image is not None
    return fixed_images(raw.splits[split]["image"], raw.image)


def fer(path: Path, pixels: np.ndarray, header: str = "emotion,pixels,Usage\n") -> Path:
    rows = [f"{n % 7},{cell},{USAGES[n]}\n" for n, cell in enumerate(cells(pixels))]
    path.write_text(header + "".join(rows))
    return path


@pytest.mark.parametrize("shape", [(8, 8, 1), (48, 48, 1), (16, 16, 3)])
def test_images_with_their_splits(tmp_path: Path, shape: tuple[int, int, int]) -> None:
    pixels = RANDOM.integers(0, 256, (11, *shape), np.uint8)
    raw = read(fer(tmp_path / "faces.csv", pixels))
    assert (raw.modality, raw.target) == ("image", "emotion")
    assert {split: table.num_rows for split, table in raw.splits.items()} == {"train": 6, "validation": 2, "test": 3}
    assert (pixels_of(raw, "train") == pixels[:6]).all()
    assert (pixels_of(raw, "test") == pixels[8:]).all()
    assert raw.splits["test"]["emotion"].to_pylist() == [1, 2, 3]


@pytest.mark.parametrize("header", ["pixels\n", "pixels,Usage\n", "Usage,pixels\n"])
def test_new_images_keep_their_order(tmp_path: Path, header: str) -> None:
    pixels = RANDOM.integers(0, 256, (11, 12, 12, 1), np.uint8)
    learned = read(fer(tmp_path / "faces.csv", pixels))
    order = header.strip().split(",")
    rows = [
        ",".join({"pixels": cell, "Usage": USAGES[10 - n]}[name] for name in order)
        for n, cell in enumerate(cells(pixels))
    ]
    (tmp_path / "new.csv").write_text(header + "\n".join(rows) + "\n")
    raw = read(tmp_path / "new.csv", learned)
    assert list(raw.splits) == ["all"]
    assert (pixels_of(raw, "all") == pixels).all()


def test_cells_that_hold_no_such_image(tmp_path: Path) -> None:
    pixels = RANDOM.integers(0, 256, (11, 8, 8, 1), np.uint8)
    learned = read(fer(tmp_path / "faces.csv", pixels))
    text = (tmp_path / "faces.csv").read_text().splitlines()
    text[3] = "1,1 2 3,Training"
    text[4] = "1," + " ".join(["300"] * 64) + ",Training"
    (tmp_path / "broken.csv").write_text("\n".join(text) + "\n")
    raw = read(tmp_path / "broken.csv")
    assert raw.splits["train"].num_rows == 4
    assert raw.skipped == ["column 'pixels': 2 cells that are not 8×8 pixels; rows left out"]
    with pytest.raises(DataError, match="2 of the cells of pixels"):
        read(tmp_path / "broken.csv", learned)


def test_a_table_of_numbers_is_none_of_images(tmp_path: Path) -> None:
    rows = "".join(" ".join(map(str, RANDOM.integers(0, 256, 64))) + "\n" for _ in range(20))
    (tmp_path / "digits.data").write_text(rows)
    raw = read(tmp_path / "digits.data")
    assert (raw.modality, raw.splits["all"].num_columns) == ("table", 64)
