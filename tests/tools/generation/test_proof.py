"""A judge is asked once it has proved itself: one that sees everything alike is not, nor a measure blind to noise."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from noglue.tools import metrics
from noglue.tools.generation.blindness import blind
from noglue.tools.generation.judge import looking
from noglue.tools.generation.proof import in_words, proven, varied
from noglue.tools.generation.spoilings import mirrored, noise, recoloured, scrambled, shifted
from noglue.tools.metrics._distances import frechet
from noglue.tools.metrics._neighbours import prdc

ORDER = np.random.default_rng(0).permutation(1797)
DIGITS = (load_digits().images[ORDER] * 255 / 16).round().astype(np.uint8)[..., None]
LEARNED, HELD, OTHERS = DIGITS[:600], DIGITS[600:900], DIGITS[900:1200]


def flat(pixels: np.ndarray) -> np.ndarray:
    return pixels.reshape(len(pixels), -1).astype(np.float32)


def test_what_tells_noise_from_data_is_asked() -> None:
    proof = proven(flat, LEARNED, HELD, seed=0, right=0.9, chance=0.1)
    assert proof.passed
    assert proof.near < 0.25 * proof.far
    assert in_words(proof).startswith(
        "right on 90.0 % of 300 others (the likeliest answer on 10.0 %), other real pictures"
    )


@pytest.mark.parametrize(
    ("see", "right", "failed"),
    [
        (lambda pixels: np.ones((len(pixels), 16), np.float32), 0.2, {"chance", "constant", "noise"}),
        (lambda pixels: np.random.default_rng(len(pixels)).standard_normal((len(pixels), 8)), 0.9, {"noise"}),
        (flat, 0.2, {"chance"}),
        (flat, 0.25, {"chance"}),
    ],
)
def test_what_sees_everything_alike_or_knows_nothing_is_not(see, right: float, failed: set[str]) -> None:
    assert set(proven(see, LEARNED, HELD, seed=0, right=right, chance=0.2).failed) == failed


def test_nothing_is_proved_on_a_handful() -> None:
    proof = proven(flat, LEARNED, HELD[:5], seed=0)
    assert (proof.failed, proof.passed) == (["too-few"], False)
    assert in_words(proof) == "not proved, as only 5 pictures could be held back"


def test_features_vary_in_as_many_directions_as_they_do() -> None:
    rows = np.random.default_rng(0).standard_normal((4000, 6))
    assert varied(rows) == pytest.approx(6, abs=0.2)
    assert varied(rows * [9, 0, 0, 0, 0, 0]) == pytest.approx(1)
    assert varied(np.full((50, 6), 0.3) + 1e-7 * rows[:50]) == 0


SPOILT = {
    "mirrored": mirrored,
    "shifted": shifted,
    "recoloured": recoloured,
    "noise": lambda pixels: noise(pixels, np.random.default_rng(1)),
    "scrambled": lambda pixels: scrambled(pixels, np.random.default_rng(1)),
}


@pytest.fixture(scope="module")
def eye():
    return looking(LEARNED, seed=3)


@pytest.mark.parametrize("name", SPOILT)
def test_a_generator_of_spoilt_copies_of_real_pictures_scores_badly(eye, name: str) -> None:
    """Augmentation that leaks shows in the measures, however good the pictures are otherwise."""
    held = eye.features(HELD)
    spoilt, real = eye.features(SPOILT[name](OTHERS)), eye.features(OTHERS)
    assert frechet(held, spoilt) > 4 * frechet(held, real), name
    assert prdc(held, spoilt)["coverage"] < 0.7 < 0.9 < prdc(held, real)["coverage"], name


def test_the_looks_prove_themselves_and_draw_from_the_seed(eye) -> None:
    assert eye.trusted
    assert eye.predictor is None
    assert eye.how == "principal components of the pixels, random convolutions"
    again, other = looking(LEARNED, seed=3), looking(LEARNED, seed=4)
    assert np.array_equal(again.features(HELD), eye.features(HELD))
    assert not np.allclose(other.features(HELD), eye.features(HELD))
    assert eye.features(LEARNED).var(0).sum() == pytest.approx(100, rel=0.05)


def test_of_noise_nothing_can_tell_noise() -> None:
    assert not looking(noise(LEARNED, np.random.default_rng(5)), seed=0).trusted


def test_measures_that_cannot_tell_noise_or_copies_are_named(eye) -> None:
    test, train = eye.features(HELD), eye.features(OTHERS)
    usual = metrics.for_goal("generate")
    spoilt = [eye.features(SPOILT[name](HELD)) for name in ("noise", "scrambled")]
    assert "fd_own" not in blind(usual, test, train, spoilt)
    assert "authenticity" not in blind(usual, test, train, spoilt)
    alike = np.ones((300, 4), np.float32)
    own = {metric.name for metric in usual if metric.sees == "own features"}
    assert set(blind(usual, alike, alike, [alike, alike])) == own
