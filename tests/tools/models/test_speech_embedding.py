"""Recordings told by the speech embedding: few labels, and what the recordings without one add."""

from pathlib import Path

import numpy as np
import pytest

from noglue.tools.models import speech_embedding
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.step import Step
from tests.tools.preparing import Run
from tests.tools.sounds import folder

PITCHES = {"low": 220, "middle": 470, "high": 1100}


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder(tmp_path_factory.mktemp("sounds"), PITCHES, 40)


def learned(sounds: Path, place: Path, **asked: object) -> tuple[Run, Trained]:
    run = Run(place)
    run.prepare(str(sounds), **asked)
    step = Step(folder=place, run=run.folder, seed=0)
    return run, speech_embedding.train(run.folder / "data", place / "model", run.schema, Settings(), step)


def test_tones_are_told_apart(sounds: Path, tmp_path: Path) -> None:
    run, trained = learned(sounds, tmp_path)
    test = run.split("test")
    said = speech_embedding.load(tmp_path / "model", "cpu").predict(test)
    assert (said.argmax(axis=1) == np.array(test["label"])).mean() > 0.9
    assert [one.title for one in trained.candidates] == ["speech embedding", "speech embedding and spectrogram"]
    assert sum(one.chosen for one in trained.candidates) == 1


def test_recordings_without_a_label_are_named_by_their_neighbours(sounds: Path, tmp_path: Path) -> None:
    _, trained = learned(sounds, tmp_path, labels=9, keep_unlabelled=True)
    last = trained.candidates[-1]
    assert "recordings named by their neighbours" in last.title
    chosen = next(one for one in trained.candidates if one.chosen)
    assert trained.validation == chosen.validation
