"""Families for time series: what they must reach, and what a clock leaves of them."""

import math
from pathlib import Path

import numpy as np
import pytest

from noglue.tools.models import series_blend, series_convolutions, series_quantiles, series_statistics
from noglue.tools.models._series import ridge, trees
from noglue.tools.models._series.convolutions import Kernels
from noglue.tools.models._series.filling import Scale, filled
from noglue.tools.models._series.hydra import Contest
from noglue.tools.models._series.quantiles import Intervals
from noglue.tools.spec.protocols import Settings
from noglue.tools.spec.schema import load_split
from noglue.tools.spec.step import Step
from tests.tools.models import _series_data


def accuracy(run: Path, family: object) -> float:
    schema = _series_data.Schema.load(run / "data")
    (run / "model").mkdir(exist_ok=True)
    family.train(run / "data", run / "model", schema, Settings(), Step(folder=run, run=run, seed=1))  # type: ignore[attr-defined]
    test = load_split(run / "sealed", "test")
    told = family.load(run / "model", "cpu").predict(test)  # type: ignore[attr-defined]
    return float((told.argmax(axis=1) == np.array(test["label"])).mean())


def test_what_one_channel_does_to_another_is_found_by_convolutions_alone(tmp_path: Path) -> None:
    series, kinds = _series_data.waves(240)
    _series_data.prepared(tmp_path, series, kinds, (120, 160), ["before", "after"])
    assert accuracy(tmp_path, series_convolutions) >= 0.9
    assert accuracy(tmp_path, series_statistics) <= 0.75  # each channel by itself says nothing


def test_digits_as_series(tmp_path: Path) -> None:
    series, digits = _series_data.digits(1000)
    _series_data.prepared(tmp_path, series, digits, (600, 750), [str(digit) for digit in range(10)])
    assert accuracy(tmp_path, series_convolutions) >= 0.86


def test_a_clock_that_has_run_out_leaves_one_group_of_kernels() -> None:
    series, _ = _series_data.waves(30)
    kernels, told, held = Kernels.drawn(60, 2, 1000, seed=0).fit(series, series[:4], seed=0, end=-math.inf)
    assert len(kernels.dilations) == 1
    assert np.array_equal(kernels.measure(series), told)
    assert np.array_equal(told[:4], held)
    assert ((told >= 0) & (told <= 1)).all()


def test_a_series_is_measured_over_its_own_steps() -> None:
    """Whatever stands beside it in a batch, a short one gets the same numbers."""
    series, _ = _series_data.waves(30)
    kernels, told, _ = Kernels.drawn(60, 2, 500, seed=0).fit(series, [], seed=0, end=math.inf)
    alone = np.concatenate([kernels.measure([one]) for one in series])
    assert np.allclose(alone, told, atol=0.03)


def test_gaps_and_flat_channels() -> None:
    assert filled(np.array([[1, np.nan, 3], [np.nan, 2, np.nan], [np.nan] * 3])).tolist() == [
        [1, 2, 3],
        [2] * 3,
        [0] * 3,
    ]
    scale = Scale.fit([np.full((1, 5), 7.0)])
    assert scale.apply(np.full((1, 3), 7.0)).tolist() == [[0.0] * 3]


@pytest.mark.parametrize("family", [series_blend, series_convolutions, series_quantiles, series_statistics])
def test_one_step_and_unequal_lengths_are_no_crash(tmp_path: Path, family: object) -> None:
    draw = np.random.default_rng(0)
    series = [draw.normal(size=(1, 1 + n % 7)).astype(np.float32) for n in range(60)]
    _series_data.prepared(tmp_path, series, np.arange(60) % 2, (30, 45), ["a", "b"])
    assert 0 <= accuracy(tmp_path, family) <= 1


def test_a_blend_is_no_worse_than_its_members_and_says_what_each_is_worth(tmp_path: Path) -> None:
    series, digits = _series_data.digits(500)
    schema = _series_data.prepared(tmp_path, series, digits, (200, 300), [str(digit) for digit in range(10)])
    (tmp_path / "model").mkdir()
    trained = series_blend.train(
        tmp_path / "data", tmp_path / "model", schema, Settings(), Step(folder=tmp_path, run=tmp_path, seed=1)
    )
    assert sum(one.share for one in trained.candidates) == pytest.approx(1.0)
    assert [one.title for one in trained.candidates] == ["convolutions", "quantiles"]
    assert trained.learned_from == ["train", "validation"]
    told = series_blend.load(tmp_path / "model", "cpu").predict(load_split(tmp_path / "sealed", "test"))
    right = float((told.argmax(axis=1) == digits[300:]).mean())
    assert np.allclose(told.sum(axis=1), 1, atol=1e-5)
    assert right >= 0.9
    assert right <= trained.validation["accuracy"] <= right + 0.1  # of other writers, so a little flattered


@pytest.mark.parametrize("family", [series_blend, series_convolutions, series_quantiles])
def test_a_value_of_each_series(tmp_path: Path, family: object) -> None:
    draw = np.random.default_rng(0)
    pace = draw.uniform(0.2, 1.0, 120)
    series = [
        (np.sin(one * np.arange(draw.integers(50, 70)) + draw.uniform(0, 6))[None] + draw.normal(0, 0.1)).astype("f4")
        for one in pace
    ]
    schema = _series_data.prepared(tmp_path, series, 100 * pace, (60, 80), None)
    (tmp_path / "model").mkdir()
    step = Step(folder=tmp_path, run=tmp_path, seed=1)
    family.train(tmp_path / "data", tmp_path / "model", schema, Settings(), step)  # type: ignore[attr-defined]
    told = family.load(tmp_path / "model", "cpu").predict(load_split(tmp_path / "sealed", "test"))  # type: ignore[attr-defined]
    assert np.corrcoef(told, 100 * pace[80:])[0, 1] > 0.9


@pytest.mark.parametrize("groups", [None, np.arange(40) // 4], ids=["rows", "groups"])
def test_rows_left_out_are_told_as_if_they_had_not_been_there(groups: np.ndarray | None) -> None:
    draw = np.random.default_rng(0)
    rows, counts = draw.normal(size=(40, 90)), draw.uniform(0.5, 2, 40)
    taught = rows[:, :2] + draw.normal(size=(40, 2))
    found = ridge.fit(rows, taught, counts, groups)
    own = np.arange(40) if groups is None else groups
    scaled = counts * 40 / counts.sum()
    for left in (0, 5):
        rest = own != left
        share = scaled[rest] / scaled[rest].sum()
        middle, mean = share @ rows[rest], share @ taught[rest]
        root = np.sqrt(scaled[rest])[:, None]
        inputs = (rows[rest] - middle) * root
        matrix = inputs @ inputs.T + found.strength * np.eye(int(rest.sum()))
        weights = inputs.T @ np.linalg.solve(matrix, (taught[rest] - mean) * root)
        assert np.allclose((rows[~rest] - middle) @ weights + mean, found.held[~rest], atol=1e-3)


def test_trees_as_arrays_and_what_they_tell_of_rows_left_out() -> None:
    draw = np.random.default_rng(0)
    matrix = draw.normal(size=(200, 12))
    labels = (matrix[:, 0] + 0.3 * draw.normal(size=200) > 0).astype(int)
    found = trees.fit(matrix, labels, 2, None, seed=0)
    assert found is not None
    grown, held = found
    assert (grown.predict(matrix).argmax(axis=1) == labels).all()
    assert 0.75 < (held.argmax(axis=1) == labels).mean() < 1.0
    groups = np.arange(200) // 10
    assert trees.fit(matrix, labels, 2, groups, seed=0, end=-math.inf) is None
    fold = trees._folds(labels, 2, groups, seed=0)
    assert all(len(set(fold[groups == group])) == 1 for group in range(20))


def test_kernels_that_compete_are_measured_over_the_series_own_steps() -> None:
    series, _ = _series_data.waves(20)
    contest = Contest.drawn(60, 2, 16, seed=0)
    alone = np.concatenate([contest.measure([one]) for one in series])
    assert np.allclose(alone, contest.measure(series), rtol=0.05, atol=0.7)


def test_intervals_of_any_length() -> None:
    draw = np.random.default_rng(0)
    series = [draw.normal(size=(2, n)).astype(np.float32) for n in (1, 3, 40, 50, 60)]
    intervals = Intervals.of(series, most=20_000)
    assert intervals.steps == 40
    assert np.isfinite(intervals.measure(series)).all()
    assert Intervals.of([one.repeat(40, axis=0) for one in series], most=500).depth < intervals.depth
