"""Folders of images as people have them, broken and hostile files among them."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from noglue.tools.pictures.decoding import pixels, size
from noglue.tools.readers import image_folder
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.protocols import Match, Raw


def draw(path: Path, shape: tuple[int, ...] = (8, 8, 3), seed: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(seed).integers(0, 255, shape, dtype=np.uint8)).save(path)
    return path


def sniff(root: Path) -> Match:
    match = image_folder.sniff(sorted(path for path in root.rglob("*") if path.is_file()))
    assert match is not None
    return match


def labels(raw: Raw, split: str) -> list[str]:
    assert raw.target is not None
    told = raw.splits[split][raw.target].to_pylist()
    return told if raw.classes is None else [raw.classes[label] for label in told]


def test_class_folders(tmp_path: Path) -> None:
    for n in range(3):
        draw(tmp_path / "10" / f"{n}.png", seed=n)
        draw(tmp_path / "9" / "deeper" / f"{n}.PNG", seed=n)
    draw(tmp_path / "__MACOSX" / "9" / "0.png")
    draw(tmp_path / "9" / "._0.png")
    match = sniff(tmp_path)
    assert match.files == {"all": [tmp_path]}
    assert image_folder.count(match) == {"all": 6}
    raw = image_folder.read(match)
    assert raw.classes == ["9", "10"]
    assert labels(raw, "all") == ["10"] * 3 + ["9"] * 3
    assert raw.image is not None
    first = np.array(raw.splits["all"]["image"][0].as_py(), np.uint8).reshape(8, 8, 3)
    assert np.array_equal(first, pixels(tmp_path / "10" / "0.png"))


def test_split_folders_inside_others(tmp_path: Path) -> None:
    for split in ("seg_train", "seg_test"):
        for kind in ("sea", "street"):
            for n in range(3):
                draw(tmp_path / "archive" / split / split / kind / f"{n}.jpg", (10 + n, 12, 3))
    draw(tmp_path / "archive" / "seg_pred" / "seg_pred" / "1.jpg")
    match = sniff(tmp_path)
    assert list(match.files) == ["train", "test", "unlabelled"]
    raw = image_folder.read(match)
    assert labels(raw, "train") == labels(raw, "test") == ["sea"] * 3 + ["street"] * 3
    assert raw.splits["unlabelled"].column_names == ["image", "path"]
    assert raw.image is None
    assert raw.splits["train"]["image"][0].as_py().endswith("seg_train/seg_train/sea/0.jpg")


def test_a_test_split_may_hold_one_class(tmp_path: Path) -> None:
    for name in ("train/cat/1", "train/dog/1", "test/dog/1", "test/dog/2"):
        draw(tmp_path / f"{name}.png")
    raw = image_folder.read(sniff(tmp_path))
    assert labels(raw, "test") == ["dog", "dog"]


@pytest.mark.parametrize("header", ["id,breed", "file_name,breed", "image_path,breed"])
def test_labels_in_a_table(tmp_path: Path, header: str) -> None:
    named = {"id": "{}", "file_name": "{}.jpg", "image_path": "some/where/train/{}.jpg"}[header.split(",")[0]]
    for n in range(6):
        draw(tmp_path / "train" / f"{n}.jpg", seed=n)
        draw(tmp_path / "test" / f"{n}.jpg", seed=n)
    rows = "".join(f"{named.format(n)},{'pug' if n % 2 else 'beagle'}\n" for n in range(5))
    (tmp_path / "train.csv").write_text(f"{header}\n{rows}")
    match = sniff(tmp_path)
    assert match.files["about"] == [tmp_path / "train.csv"]
    raw = image_folder.read(match)
    assert raw.target == "breed"
    assert labels(raw, "train") == ["beagle", "pug", "beagle", "pug", "beagle"]
    assert raw.splits["unlabelled"].num_rows == 7
    assert image_folder.count(match) == {"train": 5, "unlabelled": 7}


def test_tables_tell_splits_and_values(tmp_path: Path) -> None:
    for n in range(8):
        draw(tmp_path / "images" / f"{n}.png", seed=n)
    (tmp_path / "train.csv").write_text("file,score\n" + "".join(f"{n}.png,{n}.5\n" for n in range(5)))
    (tmp_path / "test.csv").write_text("file,score\n" + "".join(f"{n}.png,{n}.5\n" for n in range(5, 8)))
    raw = image_folder.read(sniff(tmp_path))
    assert (raw.target, raw.classes) == ("score", None)
    assert raw.splits["test"]["score"].to_pylist() == [5.5, 6.5, 7.5]


def test_classes_in_names(tmp_path: Path) -> None:
    for n in range(6):
        draw(tmp_path / "train" / f"cat.{n}.png")
        draw(tmp_path / "train" / f"dog.{n}.png")
        draw(tmp_path / "test" / f"{n}.png")
    raw = image_folder.read(sniff(tmp_path))
    assert raw.classes == ["cat", "dog"]
    assert raw.splits["unlabelled"].num_rows == 6


def test_unlabelled(tmp_path: Path) -> None:
    for n in range(12):
        draw(tmp_path / f"IMG_{n}.png")
    raw = image_folder.read(sniff(tmp_path))
    assert (list(raw.splits), raw.target, raw.classes) == (["unlabelled"], None, None)
    lone = image_folder.sniff([tmp_path / "IMG_3.png"])
    assert lone is not None
    assert image_folder.read(lone).splits["unlabelled"]["path"].to_pylist() == [str(tmp_path / "IMG_3.png")]


def test_grey_and_colour(tmp_path: Path) -> None:
    for n in range(4):
        draw(tmp_path / "a" / f"{n}.png", (8, 8))
        draw(tmp_path / "b" / f"{n}.png", (8, 8))
    grey = image_folder.read(sniff(tmp_path)).image
    assert grey is not None
    assert grey.channels == 1
    draw(tmp_path / "b" / "9.png", (8, 8, 3))
    mixed = image_folder.read(sniff(tmp_path)).image
    assert mixed is not None
    assert mixed.channels == 3


def test_a_single_other_size_far_behind_keeps_all_encoded(tmp_path: Path) -> None:
    for n in range(300):
        draw(tmp_path / "ab"[n % 2] / f"{n:03}.png", (4, 4) if n != 151 else (5, 4))
    raw = image_folder.read(sniff(tmp_path))
    assert raw.image is None
    assert raw.splits["all"].num_rows == 300


def bomb(path: Path) -> None:
    """A PNG that claims 100,000×100,000 pixels."""
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    end = struct.pack(">I", 0) + b"IEND" + struct.pack(">I", zlib.crc32(b"IEND"))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + end)


def test_broken_and_hostile_files_are_told(tmp_path: Path) -> None:
    for n in range(6):
        draw(tmp_path / "ab"[n % 2] / f"{n}.png", seed=n)
        draw(tmp_path / "ab"[n % 2] / f"{n}.jpg", seed=n)
    (tmp_path / "a" / "empty.png").write_bytes(b"")
    (tmp_path / "a" / "page.jpg").write_text("<html>not here</html>")
    (tmp_path / "a" / "cut.jpg").write_bytes((tmp_path / "a" / "0.jpg").read_bytes()[:-50])
    (tmp_path / "a" / "cut.png").write_bytes((tmp_path / "a" / "0.png").read_bytes()[:-40])
    bomb(tmp_path / "b" / "bomb.png")
    raw = image_folder.read(sniff(tmp_path))
    assert raw.splits["all"].num_rows == 12
    assert sorted(reason.split(":")[0] for reason in raw.skipped) == [
        "bomb.png", "cut.jpg", "cut.png", "empty.png", "page.jpg",
    ]  # fmt: skip
    assert "bomb.png: its header claims" in " ".join(raw.skipped)


def test_nothing_but_broken_files(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"")
    with pytest.raises(DataError, match=r"None of the 1 image files can be opened; a\.png: it is empty"):
        image_folder.read(sniff(tmp_path))


def test_pictures_beside_a_table_are_decoration(tmp_path: Path) -> None:
    draw(tmp_path / "plot.png")
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    (tmp_path / "b.csv").write_text("a,b\n1,2\n")
    assert sniff(tmp_path).confidence < 0.3


def test_rows_are_spread_over_the_classes(tmp_path: Path) -> None:
    for n in range(40):
        draw(tmp_path / f"class_{n // 10}" / f"{n}.png")
    raw = image_folder.read(sniff(tmp_path), rows=8)
    assert raw.splits["all"].num_rows == 8
    assert set(labels(raw, "all")) == {"class_0", "class_1", "class_2", "class_3"}


def test_pixels_of_odd_modes(tmp_path: Path) -> None:
    clear = np.zeros((4, 4, 4), np.uint8)
    Image.fromarray(clear).save(tmp_path / "clear.png")
    assert (pixels(tmp_path / "clear.png") == 255).all()
    deep = np.full((4, 4), 65535, np.uint16)
    Image.fromarray(deep).save(tmp_path / "deep.png")
    assert size(tmp_path / "deep.png") == (4, 4, 1)
    assert (pixels(tmp_path / "deep.png", 1) == 255).all()
    turned = Image.new("RGB", (6, 4))
    exif = turned.getexif()
    exif[0x0112] = 6
    turned.save(tmp_path / "turned.jpg", exif=exif)
    assert size(tmp_path / "turned.jpg") == (6, 4, 3)
    assert pixels(tmp_path / "turned.jpg").shape == (6, 4, 3)
    assert pixels(tmp_path / "turned.jpg", 3, (3, 3)).shape == (3, 3, 3)
