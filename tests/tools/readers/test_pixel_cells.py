"""Tables with an image a row, its pixels in one cell."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from noglue.tools.data.arrays import fixed_images
from noglue.tools.readers import delimited
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.protocols import Match, Raw

RANDOM = np.random.default_rng(5)
USAGES = ["Training"] * 6 + ["PublicTest"] * 2 + ["PrivateTest"] * 3


def cells(pixels: np.ndarray) -> list[str]:
    return [" ".join(map(str, one.reshape(-1))) for one in pixels]


def smooth(shape: tuple[int, int, int]) -> np.ndarray:
    """Eleven pictures whose neighbours are alike, each channel with a run of its own."""
    height, width, channels = shape
    down, across = np.mgrid[:height, :width] * 6.28
    waves = [
        [np.sin(down / height + turn + 2 * c) + np.cos(across / width - 2 * turn + c) for c in range(channels)]
        for turn in range(11)
    ]
    return np.uint8(np.rint(np.stack(waves).transpose(0, 2, 3, 1) * 60 + 128))


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
    pixels = smooth(shape)
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


FORMS = {
    "brackets": lambda one: f"[{' '.join(map(str, one.reshape(-1)))}]",
    "list": lambda one: '"' + str(one.reshape(-1).tolist()) + '"',
    "commas": lambda one: '"' + ",".join(map(str, one.reshape(-1))) + '"',
    "semicolons": lambda one: ";".join(map(str, one.reshape(-1))),
    "bars": lambda one: "|".join(map(str, one.reshape(-1))),
    "nested": lambda one: '"' + str(one[..., 0].tolist()) + '"',
    "numpy": lambda one: '"' + str(one[..., 0]) + '"',
    "padded": lambda one: " ".join(f"{value:3d}" for value in one.reshape(-1)),
    "trailing": lambda one: " ".join(map(str, one.reshape(-1))) + " ",
    "point": lambda one: " ".join(f"{value:.1f}" for value in one.reshape(-1)),
}


@pytest.mark.parametrize("header", ["emotion,pixels", "emotion,image", "emotion,img"])
@pytest.mark.parametrize("form", FORMS)
def test_marks_between_pixels(tmp_path: Path, form: str, header: str) -> None:
    pixels = smooth((12, 12, 1))
    rows = [f"{'happy' if n % 2 else 'sad'},{FORMS[form](one)}\n" for n, one in enumerate(pixels)]
    (tmp_path / "faces.csv").write_text(f"{header}\n" + "".join(rows))
    learned = read(tmp_path / "faces.csv")
    assert (learned.modality, learned.target) == ("image", "emotion")
    assert (pixels_of(learned, "all") == pixels).all()
    assert (pixels_of(read(tmp_path / "faces.csv", learned), "all") == pixels).all()


@pytest.mark.parametrize(("factor", "form"), [(1 / 255, "{:.3f}"), (1.0, "{:.2f}"), (257, "{:.0f}")])
def test_more_than_bytes_are_scaled_as_learned(tmp_path: Path, factor: float, form: str) -> None:
    pixels = smooth((12, 12, 1))
    pixels[0, 0, 0], pixels[0, 0, 1] = 0, 255
    told = pixels.astype(float) * factor + (0.25 if form == "{:.2f}" else 0) * (pixels < 255)

    def write(name: str, some: np.ndarray) -> Path:
        rows = [f"{n % 2}," + " ".join(map(form.format, one.reshape(-1))) + "\n" for n, one in enumerate(some)]
        (tmp_path / name).write_text("emotion,pixels\n" + "".join(rows))
        return tmp_path / name

    learned = read(write("faces.csv", told))
    assert np.abs(pixels_of(learned, "all").astype(int) - pixels).max() <= 1
    dim = read(write("dim.csv", told[:1] / 4), learned)  # not stretched to its own range
    assert np.abs(pixels_of(dim, "all").astype(int) - pixels[:1] / 4).max() <= 1


def test_nothing_but_zeros_and_ones_is_black_and_white(tmp_path: Path) -> None:
    pixels = np.uint8(smooth((12, 12, 1)) > 128)
    assert (pixels_of(read(fer(tmp_path / "faces.csv", pixels)), "train") == 255 * pixels[:6]).all()


@pytest.mark.parametrize("shape", [(12, 16, 1), (32, 24, 1), (24, 32, 1), (14, 14, 3), (10, 24, 3)])
def test_shapes_that_are_no_square(tmp_path: Path, shape: tuple[int, int, int]) -> None:
    pixels = smooth(shape)
    learned = read(fer(tmp_path / "faces.csv", pixels))
    assert (pixels_of(learned, "train") == pixels[:6]).all()
    (tmp_path / "one.csv").write_text("pixels\n" + cells(pixels)[0] + "\n")
    assert (pixels_of(read(tmp_path / "one.csv", learned), "all") == pixels[:1]).all()


def test_channels_that_follow_each_other(tmp_path: Path) -> None:
    pixels = np.random.default_rng(2).integers(0, 9, (11, 16, 16, 1)) + smooth((16, 16, 1)) // 2 + np.arange(3) * 30
    raw = read(fer(tmp_path / "faces.csv", np.uint8(pixels.transpose(0, 3, 1, 2))))
    assert (pixels_of(raw, "train") == pixels[:6]).all()


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (lambda: " ".join(map(str, RANDOM.integers(0, 256, 192))), "192 numbers a cell are neither"),
        (lambda: " ".join(map(str, RANDOM.integers(0, 256, 49))), "49 numbers a cell are fewer"),
        (lambda: " ".join(map(str, RANDOM.integers(0, 256, RANDOM.integers(64, 999)))), "unlike many"),
        (lambda: "[" + " ".join(map(str, RANDOM.integers(0, 256, 40))) + " ... 7 9]", "cut off"),
    ],
)
def test_pixels_that_make_no_picture_are_told(tmp_path: Path, cell: Callable[[], str], why: str) -> None:
    (tmp_path / "faces.csv").write_text("emotion,pixels\n" + "".join(f"{n % 2},{cell()}\n" for n in range(40)))
    with pytest.raises(DataError, match=f"column 'pixels' can't be read as pictures: .*{why}"):
        read(tmp_path / "faces.csv")
    (tmp_path / "rows.csv").write_text("emotion,steps\n" + "".join(f"{n % 2},{cell()}\n" for n in range(40)))
    assert read(tmp_path / "rows.csv").modality == "table"


def test_a_column_a_pixel_stays_a_table(tmp_path: Path) -> None:
    rows = [f"{n % 2}," + ",".join(map(str, RANDOM.integers(0, 256, 64))) for n in range(30)]
    (tmp_path / "digits.csv").write_text("label," + ",".join(f"pixel{n}" for n in range(64)) + "\n" + "\n".join(rows))
    assert (read(tmp_path / "digits.csv").modality, read(tmp_path / "digits.csv").splits["all"].num_columns) == (
        "table",
        65,
    )
