"""Images: pixels that a format stores, files in class folders, small ones and photos, broken ones and repeats."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from noglue.tools.data.arrays import image_array
from noglue.tools.data.hashing import pixel_hashes
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.requested import Condition
from tests.tools.preparing import Run, kinds

RANDOM = np.random.default_rng(2)


def picture(height: int, width: int) -> Image.Image:
    return Image.fromarray(RANDOM.integers(0, 256, (height, width, 3), dtype=np.uint8))


def folders(base: Path, shape: tuple[int, int] | None, count: int = 20, split: str = "") -> Path:
    """`cat` and `dog`, `count` PNG files each, of one size or (None) of many."""
    for name in ("cat", "dog"):
        folder = base / split / name
        folder.mkdir(parents=True)
        for i in range(count):
            picture(*(shape or (70 + i, 90 - i))).save(folder / f"{i}.png")
    return base


def test_small_files_of_one_size_become_pixels(tmp_path: Path) -> None:
    run = Run(tmp_path / "run")
    result = run.prepare(folders(tmp_path / "in", (6, 5)))
    schema = run.schema
    assert (schema.classes, schema.modality, schema.goal) == (["cat", "dog"], "image", "classify")
    assert schema.image is not None
    assert (schema.image.height, schema.image.width, schema.image.channels) == (6, 5, 3)
    assert schema.features[0].dtype == "uint8"
    assert image_array(run.split("train")).shape == (schema.rows["train"], 6, 5, 3)
    assert sum(result.rows.values()) == 40


def test_pixels_and_labels_stay_together(tmp_path: Path) -> None:
    source = folders(tmp_path / "in", (6, 5), split="train")
    folders(tmp_path / "in", (6, 5), count=8, split="test")
    run = Run(tmp_path / "run")
    assert run.prepare(source).split == "official"
    files = {np.asarray(Image.open(file)).tobytes(): file.parent.name for file in source.rglob("*.png")}
    for split in ("train", "validation", "test"):
        names = [files[pixels.tobytes()] for pixels in image_array(run.split(split))]
        assert names == [run.schema.classes[code] for code in run.labels(split)]  # type: ignore[index]
    held = {np.asarray(Image.open(file)).tobytes() for file in (source / "test").rglob("*.png")}
    assert {pixels.tobytes() for pixels in image_array(run.split("test"))} == held


def test_photos_stay_files(tmp_path: Path) -> None:
    run = Run(tmp_path / "run")
    source = folders(tmp_path / "in", None)
    result = run.prepare(source)
    assert run.schema.features[0].dtype == "encoded"
    assert run.schema.image is not None
    assert run.schema.image.varied
    rows = run.split("train")
    first = rows[0]
    whole = {np.asarray(Image.open(file)).tobytes(): file.parent.name for file in source.rglob("*.png")}
    assert whole[np.asarray(first["image"]).tobytes()] == run.schema.classes[first["label"]]  # type: ignore[index]
    assert str(tmp_path) not in (run.folder / "data" / "schema.json").read_text()
    assert str(tmp_path).encode() not in next((run.folder / "data" / "train").glob("*.arrow")).read_bytes()
    assert sum(result.rows.values()) == 40


@pytest.mark.parametrize("shape", [(6, 5), None])
def test_broken_files_are_left_out_and_told(tmp_path: Path, shape: tuple[int, int] | None) -> None:
    source = folders(tmp_path / "in", shape)
    (source / "cat" / "0.png").write_bytes(b"no image at all")
    whole = io.BytesIO()
    picture(80, 80).save(whole, "PNG")
    damaged = bytearray(whole.getvalue())
    damaged[200:260] = bytes(60)  # the header and the end are right, the pixels are not
    (source / "dog" / "0.png").write_bytes(damaged)
    run = Run(tmp_path / "run")
    result = run.prepare(source)
    assert sum(result.rows.values()) == 38
    told = " ".join(warning.message for warning in result.warnings)
    assert "0.png" in told
    assert kinds(result) & {"unreadable", "damaged"}


def test_equal_images_stay_on_one_side(tmp_path: Path) -> None:
    source = folders(tmp_path / "in", (6, 5), count=30)
    for i in range(12):
        (source / "cat" / f"again{i}.png").write_bytes((source / "cat" / f"{i}.png").read_bytes())
    run = Run(tmp_path / "run")
    result = run.prepare(source)
    seen = set(pixel_hashes(image_array(run.split("train")))) | set(pixel_hashes(image_array(run.split("validation"))))
    assert not seen & set(pixel_hashes(image_array(run.split("test"))))
    assert sum(result.rows.values()) == 72


def test_images_to_generate_more_of(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for i in range(30):
        picture(8, 8).save(tmp_path / "in" / f"face{i}.png")
    run = Run(tmp_path / "run")
    result = run.prepare(tmp_path / "in", goal="generate")
    assert result.rows == {"train": 27, "test": 3}
    assert run.split("train").column_names == ["image"]
    with pytest.raises(DataError) as caught:
        run.prepare(tmp_path / "in", goal="classify")
    assert caught.value.kind == "no-labels"


def test_generating_keeps_the_labels_there_are(tmp_path: Path) -> None:
    run = Run(tmp_path / "run")
    result = run.prepare("builtin:digits", goal="generate")
    assert result.schema_.classes is not None
    assert set(result.rows) == {"train", "test"}
    assert set(run.labels("train")) == set(range(10))


def test_digits_to_regress_on(tmp_path: Path) -> None:
    run = Run(tmp_path / "run")
    run.prepare("builtin:digits", goal="regress")
    assert run.schema.target_range == (0.0, 9.0)
    assert run.split("train").features["label"].dtype == "float64"


def test_classes_and_rows_that_were_asked_for(tmp_path: Path) -> None:
    source = folders(tmp_path / "in", (6, 5))
    (tmp_path / "in" / "newt").mkdir()
    for i in range(12):
        picture(6, 5).save(tmp_path / "in" / "newt" / f"{i}.png")
    run = Run(tmp_path / "run")
    result = run.prepare(source, classes=["Newt", "cat"], test_fraction=0.25)
    assert (result.classes, sum(result.rows.values()), result.rows["test"]) == (["cat", "newt"], 32, 8)
    assert result.ledger is not None
    assert (result.ledger.found, [one.count for one in result.ledger.left_out.values()]) == (52, [20])
    result = run.prepare(source, where=[Condition(column="label", op="!=", value="newt")], positive="cat")
    assert (result.classes, sum(result.rows.values())) == (["dog", "cat"], 40)
    result = run.prepare(source, goal="generate", classes=["dog", "newt"])
    assert (result.classes, sum(result.rows.values())) == (["dog", "newt"], 32)
    with pytest.raises(DataError) as caught:
        run.prepare(source, classes=["cat", "axolotl"])
    assert (caught.value.kind, caught.value.hint) == ("unknown-class", "The classes are: cat, dog, newt.")


def test_damaged_pictures_are_counted(tmp_path: Path) -> None:
    source = folders(tmp_path / "in", None)
    whole = (source / "cat" / "3.png").read_bytes()
    (source / "cat" / "3.png").write_bytes(whole[: len(whole) // 2])
    result = Run(tmp_path / "run").prepare(source)
    assert result.ledger is not None
    assert result.ledger.found == 40
    assert [one.count for one in result.ledger.left_out.values()] == [1]
