"""The recipe for one GPU, for a few steps on the CPU: that it learns, answers and refuses; its figures need a GPU."""

from pathlib import Path

import numpy as np
import pytest

from noglue.tools.models import airbench
from noglue.tools.spec.errors import StepFailed
from noglue.tools.spec.protocols import Settings
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step
from tests.tools.models._image_data import array_rows, coloured, prepared

NAMES = ["red", "blue"]


def data(run: Path) -> Schema:
    pixels, labels = coloured(160)
    parts = [array_rows(pixels[a:b], labels[a:b], NAMES) for a, b in ((0, 120), (120, 160))]
    return prepared(run, parts[0], parts[1], NAMES)


@pytest.mark.parametrize("aim", [94, 96])
def test_a_few_steps_on_the_processor(aim: int, tmp_path: Path) -> None:
    schema = data(tmp_path)
    settings = Settings(epochs=4, options={"aim": aim, "width": 0.125})
    trained = airbench.train(
        tmp_path / "data", tmp_path / "model", schema, settings, Step(folder=tmp_path, run=tmp_path)
    )
    assert trained.validation["accuracy"] > 0.8
    assert trained.settings["convolutions"] == (3 if aim == 96 else 2)
    pixels, labels = coloured(40, seed=9)
    answers = airbench.load(tmp_path / "model", "cpu").predict(array_rows(pixels))
    assert (answers.argmax(axis=1) == labels).mean() > 0.8
    assert np.allclose(answers.sum(axis=1), 1, atol=1e-5)


def test_another_aim_is_refused(tmp_path: Path) -> None:
    schema = data(tmp_path)
    with pytest.raises(StepFailed) as found:
        airbench.train(
            tmp_path / "data", tmp_path / "model", schema, Settings(options={"aim": 99}),
            Step(folder=tmp_path, run=tmp_path),
        )  # fmt: skip
    assert found.value.kind == "argument"
