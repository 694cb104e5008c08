"""A planted copycat is flagged, and an honest sampler is not, with many rows and few."""

import itertools

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from noglue.tools.generation.memorization import closeness, memorization, nearest

SEEDS = range(3)
SIZES = [(1000, 390, 400), (1000, 100, 200), (300, 100, 100)]  # train, test, samples


def digits(seed, train, test, samples):
    """uint8 images in random order: train with its labels, test, and as many held out."""
    found = load_digits()
    order = np.random.default_rng(seed).permutation(len(found.images))
    pixels = (found.images[order] * 255 / 16).round().astype(np.uint8)[..., None]
    ends = np.cumsum([train, test, samples])
    return (
        pixels[: ends[0]],
        found.target[order][:train],
        *(pixels[a:b] for a, b in itertools.pairwise(ends)),
    )


def judged(train, test, fake, seed=0):
    to = PCA(32, svd_solver="full").fit(flat(train)).transform
    return memorization(train, test, fake, *(to(flat(p)).astype(np.float32) for p in (train, test, fake)), seed=seed)


def flat(pixels):
    return pixels.reshape(len(pixels), -1).astype(np.float64)


def noisy(pixels, random):
    return np.clip(pixels + random.integers(-5, 6, pixels.shape), 0, 255).astype(np.uint8)


def gaussians(train, labels, count, random):
    parts = []
    for label in range(10):
        rows = flat(train[labels == label])
        parts.append(random.multivariate_normal(rows.mean(0), np.cov(rows.T) + 30 * np.eye(64), count // 10))
    return np.concatenate(parts).round().clip(0, 255).astype(np.uint8).reshape(-1, 8, 8, 1)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("sizes", SIZES)
def test_copies_noisy_copies_and_half_of_them_are_flagged(sizes, seed):
    train, _, test, held = digits(seed, *sizes)
    random = np.random.default_rng(seed)
    copies = train[random.integers(0, len(train), len(held))]
    half = np.concatenate([noisy(copies[::2], random), held[::2]])
    for fake in (copies, noisy(copies, random), half):
        found = judged(train, test, fake)
        assert found.flagged
        assert found.ct < -3
        assert found.near_copies > 0.4 * len(fake)
        assert found.authentic < 0.4
        assert found.message.startswith("Copies of training images")


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("sizes", SIZES)
def test_held_out_images_and_a_gaussian_of_each_class_are_not(sizes, seed):
    train, labels, test, held = digits(seed, *sizes)
    for fake in (held, gaussians(train, labels, len(held), np.random.default_rng(seed))):
        found = judged(train, test, fake)
        assert not found.flagged
        assert found.near_copies < 0.05 * len(fake)
        assert found.message.startswith("No sign of copying")
        assert found.samples == len(fake)


def test_a_few_copies_among_honest_samples_are_told_of():
    train, _, test, held = digits(0, 1000, 390, 400)
    found = judged(train, test, np.concatenate([train[:60], held[:340]]))
    assert not found.flagged
    assert 60 <= found.near_copies < 80
    assert found.message.startswith("Some samples may be copies")


@pytest.mark.parametrize("seed", SEEDS)
def test_data_that_repeat_themselves_flag_no_honest_sample_but_do_a_copier(seed):
    train, _, test, held = digits(seed, 800, 300, 300)
    test[:90], held[:90] = train[:90], train[90:180]  # three in ten are in the train split as well
    train = np.concatenate([train, train[:200]])
    assert not judged(train, test, held).flagged
    assert judged(train, test, train[:300]).flagged


def test_fewer_rows_than_a_cell_needs_and_rows_that_are_all_the_same_are_borne():
    train, _, test, held = digits(0, 20, 5, 10)
    found = memorization(train, test, held, flat(train), flat(test), flat(held), seed=0)
    assert not found.flagged
    same = np.zeros((250, 8, 8, 1), np.uint8)
    found = memorization(same, same, same, flat(same), flat(same), flat(same), seed=0)
    assert not found.flagged
    assert found.ct == 0


def test_closeness_is_a_standard_score_of_honest_samples():
    scores = []
    for seed in range(60):
        random = np.random.default_rng(seed)
        train, test, fake = (random.normal(0, 1, (n, 4)).astype(np.float32) for n in (300, 80, 90))
        scores.append(closeness(train, test, fake, seed=0))
    assert abs(np.mean(scores)) < 0.5
    assert 0.7 < np.std(scores) < 1.4


def test_the_nearest_images_are_found_in_pixels_and_in_features():
    train, _, _, held = digits(0, 200, 1, 5)
    fake = np.concatenate([train[7:9], held])
    turned = flat(train)[::-1].copy()  # features that say something else: of the image as far from the end
    found = nearest(train, turned, fake, flat(fake))
    assert found.by_pixels[:2].tolist() == [7, 8]
    assert found.by_features[:2].tolist() == [192, 191]
    assert found.distances[:2].tolist() == [0, 0]
    apart = np.sqrt(((flat(fake)[:, None] - flat(train)[None]) ** 2).mean(2)).min(1)
    assert found.distances == pytest.approx(apart, rel=1e-3, abs=1e-3)


def test_large_colour_images_are_compared_at_a_smaller_size():
    random = np.random.default_rng(0)
    coarse = random.integers(0, 256, (30, 6, 6, 3)).astype(np.uint8)
    train = coarse.repeat(16, axis=1).repeat(16, axis=2)
    found = nearest(train, flat(coarse), noisy(train[10:20], random), flat(coarse[10:20]))
    assert found.by_pixels.tolist() == list(range(10, 20))
