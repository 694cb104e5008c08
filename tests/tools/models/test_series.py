"""Families for time series: what they must reach, and what a clock leaves of them."""

import math
from pathlib import Path

import numpy as np
import pytest

from noglue.tools.models import series_convolutions, series_statistics
from noglue.tools.models._series.convolutions import Kernels
from noglue.tools.models._series.filling import Scale, filled
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
    series, kinds = _series_data.waves(300)
    _series_data.prepared(tmp_path, series, kinds, (160, 200), ["before", "after"])
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


@pytest.mark.parametrize("family", [series_convolutions, series_statistics])
def test_one_step_and_unequal_lengths_are_no_crash(tmp_path: Path, family: object) -> None:
    draw = np.random.default_rng(0)
    series = [draw.normal(size=(1, 1 + n % 7)).astype(np.float32) for n in range(60)]
    _series_data.prepared(tmp_path, series, np.arange(60) % 2, (30, 45), ["a", "b"])
    assert 0 <= accuracy(tmp_path, family) <= 1
