"""Every measure of samples in the folder, held to the same contract, and the arithmetic to other people's."""

import math

import numpy as np
import pytest
import scipy.linalg
from sklearn.metrics.pairwise import polynomial_kernel
from sklearn.neighbors import NearestNeighbors

from noglue.agent.request import measures
from noglue.tools import metrics
from noglue.tools.evaluation.intervals import generation_score
from noglue.tools.metrics import _distances, _neighbours
from noglue.tools.spec import catalogue

NAMES = [n for n in catalogue.names("noglue.tools.metrics") if metrics.load(n).sees.endswith("features")]
MEANS = [n for n in NAMES if metrics.load(n).rows is not None]


@pytest.fixture(params=NAMES)
def metric(request):
    return metrics.load(request.param)


def clouds(seed=0, n=400, d=12):
    """Real features, others of the same two clusters, noisy ones, and some of one cluster far off."""
    rng = np.random.default_rng(seed)
    middles = np.stack([np.zeros(d), np.full(d, 4.0)])

    def some(noise):
        rows = middles[rng.integers(0, 2, n)] + rng.normal(0, 1, (n, d)) * np.linspace(0.5, 1.5, d)
        return (rows + rng.normal(0, noise, (n, d))).astype(np.float32) if noise else rows.astype(np.float32)

    return some(0), some(0), some(1.5), (20 + rng.normal(0, 0.1, (n, d))).astype(np.float32)


def test_other_real_rows_beat_noisy_ones_beat_those_far_off(metric):
    real, fresh, noisy, far = clouds()
    if metric.name == "authenticity":  # what lies far from the training rows is no copy of them
        copies = real + np.float32(1e-3)
        assert metric.compute(real, fresh) == pytest.approx(0.6, abs=0.15)
        assert metric.compute(real, copies) == 0.0
        assert metric.compute(real, far) == 1.0
        return
    best, middle, worst = (metric.compute(real, fake) for fake in (fresh, noisy, far))
    if metric.name != "sample_recall":  # noise spreads the samples, which alone is no fault of recall
        assert metric.better(best, middle)
    assert metric.better(middle, worst)
    assert not metric.better(worst, best)


def test_the_order_of_rows_does_not_matter(metric):
    real, fresh, noisy, _ = clouds()
    for fake in (fresh, noisy[:300]):
        order = np.random.default_rng(1).permutation(len(fake))
        again = metric.compute(real[::-1].copy(), fake[order])
        assert again == pytest.approx(metric.compute(real, fake), rel=1e-6, abs=1e-9)


def test_what_is_not_finite_and_no_rows_give_nan_and_no_score(metric):
    real, fresh, _, _ = clouds(n=30)
    broken = fresh.copy()
    broken[3, 3] = np.nan
    for a, b in ((real, broken), (broken, fresh), (real, fresh[:0]), (real[:0], fresh)):
        assert math.isnan(metric.compute(a, b))
        assert generation_score(metric, a, b, seed=0) is None


def test_few_rows_and_rows_that_are_all_the_same_are_borne(metric):
    real, fresh, _, _ = clouds(n=3)
    assert math.isfinite(metric.compute(real, fresh))
    assert math.isfinite(metric.compute(np.ones((9, 5), np.float32), np.ones((9, 5), np.float32)))


def test_its_interval_holds_its_value_and_narrows_with_more_rows(metric):
    real, _, noisy, _ = clouds(n=2000)
    few, many = (generation_score(metric, real[:n], noisy[:n], seed=0) for n in (200, 2000))
    assert few.low <= few.value <= few.high
    assert (few.n, many.n) == (200, 2000)
    assert many.value == pytest.approx(metric.compute(real, noisy))
    assert many.high - many.low < 0.6 * (few.high - few.low)
    assert generation_score(metric, real[:200], noisy[:200], seed=0) == few


@pytest.mark.parametrize("name", ["fd_own", "kd_own"])
def test_a_distances_interval_is_as_wide_as_the_distances_scatter(name):
    metric, n = metrics.load(name), 300
    found = [generation_score(metric, *(clouds(seed, n)[i] for i in (0, 2)), seed=0) for seed in range(30)]
    scatter = np.std([score.value for score in found], ddof=1)
    width = np.mean([score.high - score.low for score in found])
    assert 0.8 < width / (2 * 2.09 * scatter) < 2.2


# ---- the arithmetic ----------------------------------------------------------------------------------------------


def test_the_frechet_distance_is_that_of_scipy():
    real, _, noisy, _ = clouds(n=300)
    a, b = real.astype(np.float64), noisy.astype(np.float64)
    one, two = np.cov(a.T), np.cov(b.T)
    expected = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(one + two - 2 * scipy.linalg.sqrtm(one @ two).real)
    assert _distances.frechet(real, noisy) == pytest.approx(expected, rel=1e-9)


def test_the_frechet_distance_of_known_clouds_and_of_singular_ones():
    rows = np.random.default_rng(0).normal(0, 1, (20, 64)).astype(np.float32)  # fewer rows than columns
    assert _distances.frechet(rows, rows) == pytest.approx(0, abs=1e-9)
    assert _distances.frechet(rows, rows + 1) == pytest.approx(64, rel=1e-5)  # moved by 1 in every column
    wide = np.float32(3) * (rows - rows.mean(0)) + rows.mean(0)
    assert _distances.frechet(rows, wide) == pytest.approx(4 * rows.var(0, ddof=1).sum(), rel=1e-5)
    assert _distances.frechet(rows[:1], rows[:1] + 1) == pytest.approx(64, rel=1e-5)


def test_the_kernel_distance_is_that_of_scikit_learn_and_its_mean_is_zero():
    real, _, noisy, _ = clouds(n=200)
    a, b, c = (polynomial_kernel(x, y, degree=3, coef0=1) for x, y in ((real, real), (noisy, noisy), (real, noisy)))
    expected = sum((k.sum() - np.trace(k)) / (200 * 199) for k in (a, b)) - 2 * c.mean()
    assert _distances.kernel(real, noisy) == pytest.approx(expected, rel=1e-4)
    found = [_distances.kernel(*clouds(seed, n=60)[:2]) for seed in range(60)]
    assert abs(np.mean(found)) < 3 * np.std(found) / 60**0.5
    assert min(found) < 0 < max(found)


def test_many_rows_in_parts_give_nearly_the_kernel_distance_of_all():
    real, _, noisy, _ = clouds(n=4500, d=4)
    parted = _distances.kernel(real, noisy)
    assert parted == _distances.kernel(real, noisy)
    whole = _distances._discrepancy(*(_distances._doubles(rows) for rows in (real, noisy)))
    assert parted == pytest.approx(whole, rel=0.1)
    assert math.isfinite(_distances.kernel(real, noisy[:3]))


def test_neighbours_are_those_of_scikit_learn():
    real, fresh, noisy, _ = clouds(n=700)
    for fake in (fresh, noisy[:450]):
        reach = [NearestNeighbors(n_neighbors=6).fit(rows).kneighbors(rows)[0][:, 5] for rows in (real, fake)]
        apart = np.linalg.norm(real[:, None].astype(np.float64) - fake[None], axis=2)
        expected = {
            "precision": (apart <= reach[0][:, None]).any(0).mean(),
            "recall": (apart <= reach[1][None]).any(1).mean(),
            "density": (apart <= reach[0][:, None]).sum(0).mean() / 5,
            "coverage": (apart.min(1) <= reach[0]).mean(),
        }
        assert _neighbours.prdc(real, fake) == pytest.approx(expected, abs=2e-3)


def test_blocks_join_without_a_seam():
    rows = np.random.default_rng(0).normal(0, 1, (4001, 3)).astype(np.float32)  # 16 million distances: two blocks
    indices, distances = _neighbours.nearest(rows, rows)
    assert (indices == np.arange(len(rows))).all()
    assert (distances == 0).all()
    indices, distances = _neighbours.nearest(rows, rows, apart=True)
    known = NearestNeighbors(n_neighbors=2).fit(rows).kneighbors(rows)
    assert (indices == known[1][:, 1]).mean() > 0.999
    assert distances == pytest.approx(known[0][:, 1], abs=1e-3)


def test_a_generator_of_one_mode_is_precise_and_covers_little():
    real, fresh, _, _ = clouds(n=1000)
    one = fresh[fresh.mean(1) < 2]
    whole, half = _neighbours.prdc(real, fresh), _neighbours.prdc(real, one)
    assert half["precision"] > 0.85
    assert half["coverage"] < 0.6 < 0.9 < whole["coverage"]
    assert half["recall"] < 0.6


def test_real_rows_that_are_all_repeated_reach_no_farther_than_their_copies():
    rows = np.repeat(np.random.default_rng(0).normal(0, 1, (50, 8)).astype(np.float32), 8, axis=0)
    assert _neighbours.prdc(rows, rows[::8])["precision"] == 1.0
    assert _neighbours.prdc(rows, rows[::8] + 0.1)["precision"] == 0.0


def test_the_inception_score_of_known_probabilities():
    metric = metrics.load("inception_score")
    sure, unsure = np.eye(10)[np.arange(1000) % 10], np.full((1000, 10), 0.1)
    one = np.eye(10)[np.zeros(1000, int)]
    assert metric.compute(sure, sure) == pytest.approx(10, rel=0.06)
    assert metric.compute(sure, unsure) == pytest.approx(1)
    assert metric.compute(sure, one) == pytest.approx(1)
    assert math.isnan(metric.compute(sure, sure[:0]))
    score = generation_score(metric, sure, 0.7 * sure + 0.3 * unsure, seed=0)
    assert 1 < score.low < score.value < score.high < 10


# ---- what they are called ----------------------------------------------------------------------------------------


def test_only_the_inception_networks_features_make_a_distance_a_fid_or_kid():
    for name in catalogue.names("noglue.tools.metrics"):
        metric = metrics.load(name)
        called = {word for text in (name, metric.title, *metric.aliases) for word in text.lower().split()}
        if {"fid", "kid", "inception"} & called:
            assert metric.sees.startswith("inception")


@pytest.mark.parametrize(
    "text",
    [
        "predict the population density of each county",
        "tell forest coverage types apart, report precision and recall",
        "is there a kid in the picture?",
        "check the authenticity of banknotes",
    ],
)
def test_words_of_other_paragraphs_name_no_measure_of_samples(text):
    assert all(measures.goal_of(mark.value) != "generate" for mark in measures.find(text))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("new digits with the lowest FID", "fid"),
        ("judge them by the Fréchet inception distance", "fid"),
        ("report FD-own", "fd_own"),
        ("the best sample coverage", "coverage"),
    ],
)
def test_a_measure_of_samples_is_understood_by_its_name(text, name):
    assert [mark.value for mark in measures.find(text)] == [name]
