"""Images to generate more of: what a class needs to be asked for, odd folders, and what is too little."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from noglue.tools.data.arrays import image_array
from noglue.tools.data.hashing import pixel_hashes
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.schema import Schema
from tests.tools.preparing import Run, kinds

RANDOM = np.random.default_rng(5)


def pictures(folder: Path, count: int, size: tuple[int, int] | None = (8, 8)) -> Path:
    """PNG files of noise, of one size or (None) of forty."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        height, width = size or (20 + number % 40, 70 - number % 40)
        pixels = RANDOM.integers(0, 256, (height, width, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return folder


def to_generate(tmp_path: Path, source: Path) -> tuple[Run, Schema, dict[str, str]]:
    """The run, its schema, and warnings by kind."""
    run = Run(tmp_path / "run")
    run.prepare(source, goal="generate")
    return run, run.schema, {warning.kind: warning.message for warning in run.schema.warnings}


def test_three_images_are_refused_with_how_many_are_needed(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        to_generate(tmp_path, pictures(tmp_path / "in", 3))
    assert (caught.value.code, caught.value.kind) == (4, "too-few-rows")
    assert "3 images" in caught.value.message
    assert "at least 20" in caught.value.hint
    _, schema, _ = to_generate(tmp_path, pictures(tmp_path / "enough", 20))
    assert schema.rows == {"train": 18, "test": 2}


def test_forty_sizes_are_said_to_become_one(tmp_path: Path) -> None:
    _, schema, told = to_generate(tmp_path, pictures(tmp_path / "in", 60, None))
    assert (schema.target, schema.classes, schema.split) == (None, None, "random")
    assert schema.image is not None
    assert "one size" in told["varied-size"]
    assert f"{schema.image.width}×{schema.image.height}" in told["varied-size"]
    assert set(schema.rows) == {"train", "test"}


def test_a_class_that_is_empty_or_has_one_image_is_left_out_and_named(tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        pictures(tmp_path / "in" / name, 30)
    pictures(tmp_path / "in" / "axolotl", 1)
    (tmp_path / "in" / "newt").mkdir()
    run, schema, told = to_generate(tmp_path, tmp_path / "in")
    assert (schema.classes, schema.counts) == (["cat", "dog"], {"cat": 27, "dog": 27})
    assert "axolotl (1)" in told["left-out"]
    assert set(run.labels("train")) == set(run.labels("test")) == {0, 1}
    assert sum(schema.rows.values()) == 60


def test_images_of_no_class_are_left_out_and_counted(tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        pictures(tmp_path / "in" / name, 30)
    pictures(tmp_path / "in", 4)
    run, schema, told = to_generate(tmp_path, tmp_path / "in")
    assert told["left-out"].startswith("4 of 64 images are left out")
    assert (run.labels("train") >= 0).all()
    assert schema.classes == ["cat", "dog"]


def test_classes_too_small_to_ask_for_give_way_to_learning_from_every_image(tmp_path: Path) -> None:
    for number in range(30):
        pictures(tmp_path / "in" / f"class{number}", 2)
    run, schema, told = to_generate(tmp_path, tmp_path / "in")
    assert (schema.target, schema.classes, sum(schema.rows.values())) == (None, None, 60)
    assert "can't be asked for" in told["unconditional"]
    assert run.split("train").column_names == ["image"]


def test_copies_never_stand_on_both_sides(tmp_path: Path) -> None:
    source = pictures(tmp_path / "in", 40)
    for number in range(20):
        (source / f"again{number}.png").write_bytes((source / f"{number}.png").read_bytes())
    run, _, told = to_generate(tmp_path, source)
    learned, held = (set(pixel_hashes(image_array(run.split(split)))) for split in ("train", "test"))
    assert not learned & held
    assert "equal to an earlier one" in told["duplicates"]


def test_an_official_test_split_is_kept_and_nothing_is_held_out_of_train(tmp_path: Path) -> None:
    for split, count in (("train", 60), ("t10k", 20)):
        images = RANDOM.integers(0, 256, (count, 6, 5), dtype=np.uint8)
        labels = (np.arange(count) % 3).astype(np.uint8)
        write_idx(tmp_path / "in" / f"{split}-images-idx3-ubyte", images)
        write_idx(tmp_path / "in" / f"{split}-labels-idx1-ubyte", labels)
    _, schema, _ = to_generate(tmp_path, tmp_path / "in")
    assert (schema.split, schema.rows) == ("official", {"train": 60, "test": 20})
    assert schema.counts == {"0": 20, "1": 20, "2": 20}


def write_idx(file: Path, values: np.ndarray) -> None:
    file.parent.mkdir(exist_ok=True)
    sizes = b"".join(int(side).to_bytes(4, "big") for side in values.shape)
    file.write_bytes(bytes([0, 0, 8, values.ndim]) + sizes + values.tobytes())


def test_labels_are_kept_to_be_asked_for(tmp_path: Path) -> None:
    run = Run(tmp_path / "run")
    result = run.prepare("builtin:digits", goal="generate")
    assert result.schema_.target == "label"
    assert result.schema_.counts is not None
    assert sum(result.schema_.counts.values()) == result.rows["train"]
    assert kinds(result) == set()
