"""Pictures in memory: arrays in the data's own scale, files, bytes and Pillow's pictures get the same answers."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

import noglue
from noglue.tools.spec.errors import BadUsage, DataError


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[noglue.Model]:
    """Of scikit-learn's digits, whose pixels are 0 to 16."""
    words = "Recognise handwritten digits with pixels_linear, from at most 500 rows."
    with noglue.run(words, runs=tmp_path_factory.mktemp("pictures") / "runs", planner="rules") as made:
        yield made


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    images, labels = load_digits(return_X_y=True)
    return images[:40].reshape(-1, 8, 8), labels[:40]


def png(pixels: np.ndarray) -> bytes:
    sink = io.BytesIO()
    Image.fromarray(np.rint(pixels * 255 / 16).astype(np.uint8)).save(sink, "PNG")
    return sink.getvalue()


def test_arrays_are_of_the_scale_that_was_learned_from(
    model: noglue.Model, digits: tuple[np.ndarray, np.ndarray]
) -> None:
    images, labels = digits
    said = model.predict(images)
    assert isinstance(said, np.ndarray)
    assert (said.astype(int) == labels).mean() > 0.9
    assert model.predict(images[..., None]).tolist() == said.tolist()
    assert model.predict(images[:, None]).tolist() == said.tolist(), "the channel before height and width"
    assert model.predict(list(images)) == said.tolist()
    assert model.predict(images[0]) == said[0]
    assert np.allclose(model.predict_proba(images).sum(axis=1), 1, atol=1e-4)


def test_files_bytes_and_pillow_pictures_are_the_same_pictures(
    model: noglue.Model, digits: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    images = digits[0][:12]
    said = model.predict(images).tolist()
    files = [tmp_path / f"{number:02d}.png" for number in range(len(images))]
    for file, pixels in zip(files, images, strict=True):
        file.write_bytes(png(pixels))
    assert model.predict(files) == said
    assert model.predict([str(file) for file in files]) == said
    assert model.predict([file.read_bytes() for file in files]) == said
    assert model.predict([Image.open(file) for file in files]) == said
    assert model.predict(files[0]) == said[0]
    assert model.predict(tmp_path) == said, "a folder, in natural order"
    assert [row.prediction for row in model.predictions(*files)] == [str(one) for one in said]


def test_a_picture_that_cannot_be_read_keeps_its_place(
    model: noglue.Model, digits: tuple[np.ndarray, np.ndarray]
) -> None:
    good = png(digits[0][0])
    with pytest.warns(noglue.InputWarning, match="One input has no answer"):
        said = model.predict([good, b"nothing", good])
    assert said[1] is None
    assert said[0] == said[2] is not None


def test_what_is_no_picture_is_refused(model: noglue.Model) -> None:
    with pytest.raises(BadUsage, match="holds no pictures"):
        model.predict(np.zeros(5))
    with pytest.raises(BadUsage, match="not something this model"):
        model.predict({"pixel": 3})
    with pytest.raises(DataError, match="no picture"):
        model.predict([np.zeros((9, 9, 7))])
    with pytest.raises(BadUsage, match="can't be mixed"):
        model.predict([np.zeros((8, 8)), "a.png"])
