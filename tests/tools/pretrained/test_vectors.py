"""The encoders that learners use: batches, what is kept with a model, and a file that was changed."""

from pathlib import Path

import numpy as np
import pytest

from noglue.tools.pretrained import sentences
from noglue.tools.pretrained.sentence_vectors import Embedder
from noglue.tools.pretrained.speech import FILE, SIZE, SpeechEmbedder
from noglue.tools.spec.errors import BudgetSpent, DataError
from tests.tools.sounds import as_int16, tone

TEXTS = ["a cat sat on the mat", "", "the stock market fell " * 20, "a kitten sits on a rug"]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder.published()


def test_many_texts_as_one_by_one_and_as_the_encoder_of_requests(embedder: Embedder) -> None:
    together = embedder.encode([*TEXTS, TEXTS[0]])
    assert together.shape == (5, sentences.SIZE)
    assert np.array_equal(together[0], together[4])
    assert np.array_equal(embedder.encode(TEXTS[3:]), together[3:4]), "neighbours change a vector"
    cosines = (together[[0, 3]] * sentences.shared().encode([TEXTS[0], TEXTS[3]])).sum(axis=1)
    assert (cosines > 0.999).all()
    assert embedder.encode([]).shape == (0, sentences.SIZE)


def test_a_model_takes_the_sentence_encoder_along(embedder: Embedder, tmp_path: Path) -> None:
    embedder.save(tmp_path)
    assert np.array_equal(Embedder.load(tmp_path).encode(TEXTS), embedder.encode(TEXTS))
    (tmp_path / "model.safetensors").unlink()
    with pytest.raises(DataError):
        Embedder.load(tmp_path)


def test_it_ends_with_the_time(embedder: Embedder) -> None:
    with pytest.raises(BudgetSpent):
        embedder.encode(TEXTS, until=0.0)


@pytest.mark.parametrize(("seconds", "rate"), [(0.05, 16_000), (1.0, 16_000), (1.0, 8_000)])
def test_speech_has_a_frame_every_80_milliseconds(seconds: float, rate: int) -> None:
    frames = SpeechEmbedder.published().frames(as_int16(tone(300, 1, seconds, rate)), rate)
    assert frames.shape[1] == SIZE
    assert len(frames) == 1 + int(seconds / 0.08)
    assert np.isfinite(frames).all()


def test_a_changed_speech_embedding_is_refused(tmp_path: Path) -> None:
    SpeechEmbedder.published().save(tmp_path)
    assert SpeechEmbedder.load(tmp_path).content
    with (tmp_path / FILE).open("r+b") as file:
        file.write(b"x")
    with pytest.raises(DataError, match="not the published"):
        SpeechEmbedder.load(tmp_path)
