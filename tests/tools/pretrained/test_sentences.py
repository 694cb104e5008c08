"""The numpy encoder: its vectors, its checksum, its absence."""

from pathlib import Path

import numpy as np
import pytest

from noglue.tools.pretrained import sentences
from noglue.tools.pretrained.published import WeightsMissing


@pytest.fixture(scope="module")
def real() -> sentences.Encoder:
    return sentences.shared()


def test_unit_vectors_close_when_the_meaning_is(real: sentences.Encoder) -> None:
    vectors = real.encode(["a cat sat on the mat", "a kitten sits on a rug", "the stock market fell"])
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    cosines = vectors @ vectors.T
    assert cosines[0, 1] > 0.6 > 0.3 > cosines[0, 2]


def test_published_similarity(real: sentences.Encoder) -> None:
    """The model card's example, its value from the sentence-transformers library: 0.6660."""
    vectors = real.encode(["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."])
    assert vectors[0] @ vectors[1] == pytest.approx(0.6660, abs=2e-3)
    assert vectors[0] @ vectors[2] == pytest.approx(0.1046, abs=2e-3)


def test_padding_changes_nothing(real: sentences.Encoder) -> None:
    short, long = "iris", "predict how long it takes until the delivery arrives at the door of the customer"
    together = sentences.forward(real.weights, [real.tokenizer.encode(text).ids for text in (short, long)])
    alone = sentences.forward(real.weights, [real.tokenizer.encode(short).ids])
    assert np.allclose(together[0], alone[0], atol=1e-5)


def test_gelu_is_the_exact_one() -> None:
    from math import erf

    x = np.linspace(-6, 6, 101, dtype=np.float32)
    exact = [0.5 * value * (1 + erf(value / 2**0.5)) for value in x.tolist()]
    assert np.allclose(sentences.gelu(x), exact, atol=2e-6)


def test_altered_weights_are_refused(tmp_path: Path) -> None:
    data = bytearray((sentences.folder() / "model.safetensors").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "model.safetensors").write_bytes(data)
    with pytest.raises(WeightsMissing, match="SHA-256"):
        sentences.Encoder(tmp_path)


def test_missing_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match=r"model\.safetensors"):
        sentences.Encoder(tmp_path)
