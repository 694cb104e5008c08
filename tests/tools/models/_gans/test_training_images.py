"""What a generator learns from: too few images, labels that are missing, sizes, and whether images may be mirrored."""

from pathlib import Path

import numpy as np
import pytest

from noglue.tools.models._gans.training_images import TrainingImages
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.profiles import ImageShape
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step
from tests.tools.models._generating_data import DIGITS, prepared, some_digits
from tests.tools.models._image_data import array_rows, coloured, digits, file_rows, png


def material(run: Path, schema: Schema, limit: int = 32) -> TrainingImages:
    return TrainingImages.read(run / "data", schema, limit, Step(folder=run, run=run))


def partly_labelled(run: Path, missing: np.ndarray, count: int = 40) -> tuple[Schema, np.ndarray, np.ndarray]:
    """Digits without a label where `missing` says so."""
    pixels, labels = digits(count)
    labels = np.where(missing, -1, labels)
    return prepared(run, array_rows(pixels, labels, DIGITS), DIGITS), pixels, labels


def test_all_of_it_is_there(tmp_path: Path) -> None:
    found = material(tmp_path, some_digits(tmp_path, 40))
    pixels, labels = digits(40)
    assert np.array_equal(found.pixels, pixels)
    assert (found.pixels.dtype, found.labels.dtype) == (np.uint8, np.int64)
    assert np.array_equal(found.labels, labels)
    assert found.classes == DIGITS
    assert found.frequencies() == pytest.approx((np.bincount(labels) / 40).tolist())
    assert len(found.notes) == 1  # on mirroring


@pytest.mark.parametrize(("count", "labelled"), [(1, True), (15, True), (15, False)])
def test_too_few_images_are_refused(tmp_path: Path, count: int, labelled: bool) -> None:
    with pytest.raises(DataError, match=f"There are {count} images to learn from") as caught:
        material(tmp_path, some_digits(tmp_path, count, labelled))
    assert caught.value.kind == "too-few-rows"
    assert caught.value.data == {"rows": count}


def test_sixteen_are_enough(tmp_path: Path) -> None:
    assert len(material(tmp_path, some_digits(tmp_path, 16)).pixels) == 16


def test_too_few_that_carry_a_label_are_refused_as_well(tmp_path: Path) -> None:
    schema, _, _ = partly_labelled(tmp_path, np.arange(20) >= 15, count=20)
    with pytest.raises(DataError) as caught:
        material(tmp_path, schema)
    assert (caught.value.kind, caught.value.data) == ("too-few-rows", {"rows": 15})


def test_where_most_labels_are_missing_it_learns_without_any(tmp_path: Path) -> None:
    schema, pixels, _ = partly_labelled(tmp_path, np.arange(40) >= 18)
    found = material(tmp_path, schema)
    assert found.classes is None
    assert found.frequencies() is None
    assert np.array_equal(found.pixels, pixels)
    assert not found.labels.any()
    assert "only 45% of the images have a label: learning without labels" in found.notes


def test_where_few_labels_are_missing_those_images_are_left_out(tmp_path: Path) -> None:
    missing = np.arange(40) % 13 == 5
    schema, pixels, labels = partly_labelled(tmp_path, missing)
    found = material(tmp_path, schema)
    assert found.classes == DIGITS
    assert np.array_equal(found.pixels, pixels[~missing])
    assert np.array_equal(found.labels, labels[~missing])
    assert "3 images without a label are left out" in found.notes


def test_half_of_the_labels_are_enough(tmp_path: Path) -> None:
    schema, _, _ = partly_labelled(tmp_path, np.arange(40) % 2 == 0)
    found = material(tmp_path, schema)
    assert found.classes == DIGITS
    assert len(found.pixels) == 20


def test_a_class_without_an_image_is_never_drawn(tmp_path: Path) -> None:
    pixels, labels = digits(200)
    rows = np.flatnonzero(labels != 3)
    found = material(tmp_path, prepared(tmp_path, array_rows(pixels[rows], labels[rows], DIGITS), DIGITS))
    shares = found.frequencies()
    assert shares is not None
    assert shares[3] == 0
    assert sum(shares) == pytest.approx(1)


def test_images_of_several_sizes_are_brought_to_one_and_it_is_said(tmp_path: Path) -> None:
    pixels, labels = coloured(21)
    files = [png(image, (16 + number % 3, 24), "RGB") for number, image in enumerate(pixels)]
    shape = ImageShape(height=24, width=17, channels=3, varied=True)
    names = ["red", "blue"]
    found = material(tmp_path, prepared(tmp_path, file_rows(files, labels, names), names, shape))
    assert found.pixels.shape == (21, 24, 17, 3)
    assert "images of different sizes are brought to 24×17 pixels" in found.notes


def test_images_above_the_limit_are_made_smaller_and_it_is_said(tmp_path: Path) -> None:
    pixels, _ = coloured(20)
    found = material(tmp_path, prepared(tmp_path, array_rows(pixels)), limit=12)
    assert found.pixels.shape == (20, 12, 10, 3)
    assert (found.size.height, found.size.width, found.size.channels) == (12, 10, 3)
    assert "images are brought to 12×10 pixels" in found.notes


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (
            ["cat", "dog"],
            "images are not mirrored in training: 60 % of 10 pictures can be told from their mirror images",
        ),
        (["b", "d"], "images are not mirrored in training: class 'b' may be a digit, a letter"),
        (["left shoe", "right shoe"], "images are not mirrored in training: class 'left shoe' names"),
        (None, "images are not mirrored in training: 60 % of 10 pictures can be told from their mirror images"),
    ],
)
def test_what_was_not_shown_to_mean_the_same_is_not_mirrored(
    tmp_path: Path, names: list[str] | None, said: str
) -> None:
    pixels, labels = coloured(20)
    rows = array_rows(pixels, labels, names) if names else array_rows(pixels)
    found = material(tmp_path, prepared(tmp_path, rows, names))
    assert not found.flip
    assert found.notes[-1].startswith(said)
