"""Where a model looks is found where it is known: in a corner, a moment, a pitch, a stretch of a channel."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from noglue.tools.data.arrays import arrow_column, image_array, image_column
from noglue.tools.explanation import explain_audio, explain_image, explain_series
from noglue.tools.explanation.occlusion import spread, windows
from noglue.tools.series import arrays
from noglue.tools.sound import content
from noglue.tools.sound.form import SoundForm
from noglue.tools.spec.profiles import Column, ImageShape
from noglue.tools.spec.schema import Schema
from noglue.tools.values import conform

RANDOM = np.random.default_rng(0)


class Of:
    """A model that is a function of the rows: of values, or the probability of the second of two classes."""

    def __init__(self, says: Callable[[datasets.Dataset], np.ndarray], classes: bool = True) -> None:
        self.says, self.classes = says, classes

    def predict(self, rows: datasets.Dataset, progress: Any = None) -> np.ndarray:
        found = self.says(rows)
        return np.stack([1 - found, found], axis=1) if self.classes else found


def facts(modality: str, column: Column, **more: Any) -> Schema:
    return Schema(goal="classify", modality=modality, target=None, features=[column], classes=["no", "yes"],
                  rows={}, split="random", **more)  # fmt: skip


def given(schema: Schema, column: pa.Array | pa.ChunkedArray) -> datasets.Dataset:
    features = conform.features_of(schema, target=False)
    return conform.dataset(pa.table({schema.features[0].name: column}), features)


def test_a_corner_of_a_picture(tmp_path: Path) -> None:
    shape = ImageShape(height=24, width=32, channels=3)
    schema = facts("image", Column(name="image", kind="image", dtype="uint8"), image=shape)
    pixels = RANDOM.integers(0, 40, (2, 24, 32, 3)).astype(np.uint8)
    pixels[:, :8, :10] = 250
    model = Of(lambda rows: image_array(rows)[:, :8, :10].mean(axis=(1, 2, 3)) / 255)
    rows = given(schema, image_column(pixels))
    told = explain_image.because(model, rows, schema, None, np.array([1, 0]), lambda done: None, tmp_path)
    assert told[0].reasons[0].name == "upper left"
    assert told[0].reasons[0].amount > 0
    assert told[1].reasons[0].amount < 0  # it speaks against the other class
    drawn = np.asarray(Image.open(tmp_path / str(told[0].picture))).astype(int)
    height, width = drawn.shape[:2]
    redness = drawn[..., 0] - drawn[..., 2]
    assert redness[: height // 4, : width // 4].mean() > 40 + redness[height // 2 :, width // 2 :].mean()


def test_a_corner_of_a_photo_that_stays_a_file() -> None:
    import io

    shape = ImageShape(height=300, width=400, channels=3, varied=True)
    schema = facts("image", Column(name="image", kind="image", dtype=conform.ENCODED), image=shape)
    pixels = RANDOM.integers(0, 40, (300, 400, 3)).astype(np.uint8)
    pixels[200:, 270:] = 250
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    kind = conform.features_of(schema, target=False).arrow_schema.field("image").type
    rows = given(schema, pa.array([{"bytes": file.getvalue(), "path": None}], kind))

    def bright(some: datasets.Dataset) -> np.ndarray:
        return np.array([np.asarray(one["image"])[-60:, -60:].mean() / 255 for one in some])

    (told,) = explain_image.because(Of(bright), rows, schema, None, np.array([1]), lambda done: None, None)
    assert (told.reasons[0].name, told.picture) == ("lower right", None)


def test_a_moment_and_a_pitch_of_a_recording(tmp_path: Path) -> None:
    form = SoundForm(rate=8000, seconds=60.0).kept()
    schema = facts("audio", Column(name="audio", kind="content", dtype="int16"), form=form)
    samples = RANDOM.normal(0, 50, 8000)
    samples[4800:6400] += 8000 * np.sin(2 * np.pi * 1000 * np.arange(1600) / 8000)

    def tone(rows: datasets.Dataset) -> np.ndarray:
        found = []
        for row in range(len(rows)):
            spectrum = np.abs(np.fft.rfft(np.array(rows[row]["audio"], float)))
            found.append(spectrum[900:1100].max())
        return np.array(found) / 1e8

    rows = given(schema, content.lists([samples.astype(np.int16)]))
    (told,) = explain_audio.because(Of(tone), rows, schema, None, np.array([1]), lambda done: None, tmp_path)
    names = [reason.name for reason in told.reasons]
    assert "600 to 1,200 Hz" in names[:2]
    assert "0.67 to 0.83 s" in names[:3]
    assert (tmp_path / str(told.picture)).is_file()


def test_a_stretch_of_a_channel() -> None:
    schema = facts("series", Column(name="series", kind="content", dtype="float32"))
    series = RANDOM.normal(0, 0.1, (2, 60)).astype(np.float32)
    series[1, 30:40] += 5
    model = Of(lambda rows: np.array([one[1].max() / 10 for one in arrays.arrays(arrow_column(rows, "series"))]))
    rows = given(schema, arrays.column([series]))
    (told,) = explain_series.because(model, rows, schema, None, np.array([1]), lambda done: None, None)
    assert told.reasons[0].name == "steps 30 to 39 of channel 2"
    assert told.reasons[0].amount > 0


@pytest.mark.parametrize("length", [1, 2, 3, 7, 8, 9, 100])
def test_windows_cover_all_and_stay_inside(length: int) -> None:
    parts = windows(length, 8)
    covered = np.zeros(length)
    for start, end in parts:
        assert 0 <= start < end <= length
        covered[start:end] += 1
    assert (covered > 0).all()
    counts = spread((length,), [(slice(*part),) for part in parts], np.ones(len(parts)))
    assert counts == pytest.approx(np.ones(length))
