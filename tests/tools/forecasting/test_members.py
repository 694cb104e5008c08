"""Forecasters, without a run around them: what must hold of any of them, whatever the numbers."""

import subprocess
import sys

import numpy as np
import pytest

from noglue.tools.forecasting.panel import Panel, filled
from noglue.tools.models._forecasts import blending, classical, lag_trees, members
from noglue.tools.models._forecasts.forecaster import Forecaster, load
from noglue.tools.models._forecasts.given import Histories
from tests.tools.forecasting.series import monthly, panel

LOCAL = [name for name, member in members.MEMBERS.items() if member.local]
NAMES = [name for name in LOCAL if classical.available() or name not in members.NEED_EXTRA]
ADDITIVE = ["seasonal naive", "smoothing", "theta"]


def ahead(name: str, known: Panel, steps: int = 12) -> np.ndarray:
    return members.forecast(name, Histories.of(known), steps, lambda: False).mean


@pytest.mark.parametrize("name", NAMES)
def test_a_scaled_series_gets_the_scaled_forecast(name: str) -> None:
    values = monthly(72)
    one, other = (ahead(name, panel([values * factor])) for factor in (1.0, 4.0))
    assert other == pytest.approx(4 * one, rel=1e-6)


@pytest.mark.parametrize("name", ADDITIVE)
def test_a_shifted_series_gets_the_shifted_forecast_where_nothing_multiplies(name: str) -> None:
    values = monthly(72, level=-60.0)  # below nought, where no season can multiply
    assert (values < 0).any()
    one, other = ahead(name, panel([values])), ahead(name, panel([values - 512.0]))
    assert other == pytest.approx(one - 512.0, abs=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_local_members_forecast_each_series_as_if_it_were_alone(name: str) -> None:
    values = [monthly(72), monthly(60, seed=3, level=900.0)]
    both = ahead(name, panel(values))
    for row, one in enumerate(values):
        assert both[row] == pytest.approx(ahead(name, panel([one]))[0], rel=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_a_season_and_a_trend_that_are_there_are_gone_on_with(name: str) -> None:
    values = monthly(120, noise=1.0)
    found = ahead(name, panel([values[:108]]))[0]
    assert np.abs(found - values[108:]).mean() < 15  # the season swings by sixty


def test_the_trees_learn_over_all_series_and_know_no_scale() -> None:
    values = [monthly(96, seed=seed, level=100 * (1 + seed)) for seed in range(4)]
    known = Histories.of(panel([one[:84] for one in values]))
    booster = lag_trees.learn(known, 12, 0, 1, None)
    found = lag_trees.ahead_of(booster, known, 12).mean
    assert np.abs(found - np.stack([one[84:] for one in values])).mean() < 12
    scaled = lag_trees.ahead_of(booster, Histories.of(panel([one[:84] * 1024 for one in values])), 12).mean
    assert scaled == pytest.approx(1024 * found, rel=1e-9)


def test_a_gap_is_filled_by_the_season_around_it() -> None:
    values = monthly(96, noise=0.0)
    gappy = values.copy()
    gappy[[30, 31, 50]] = np.nan
    assert np.abs(filled(gappy, 12) - values).max() < 12


def test_shares_go_down_with_the_error_and_add_up() -> None:
    errors = np.stack([np.full((2, 3), 1.0), np.full((2, 3), 1.2), np.full((2, 3), 9.0)])
    overall, own = blending.weights(blending.Judged(errors))
    assert overall.sum() == pytest.approx(1)
    assert own.sum(axis=1) == pytest.approx([1, 1])
    assert overall[0] > overall[1] > overall[2] == 0
    assert np.isfinite(blending.weights(blending.Judged(np.full((2, 1, 1), np.nan)))[0]).all()


def test_a_width_that_was_too_narrow_is_made_wider() -> None:
    usual = blending.factor(np.zeros(0), 0, 0.9)
    assert usual == pytest.approx(1.645, abs=1e-3)
    assert blending.factor(np.full(500, 3.0), 100, 0.9) > usual
    assert blending.factor(np.full(500, 0.5), 100, 0.9) < usual


def test_a_forecaster_that_was_kept_says_the_same(tmp_path) -> None:
    known = panel([monthly(72), monthly(72, seed=1)])
    made = Forecaster(["smoothing", "theta"], np.array([0.5, 0.5]), {("0",): np.array([0.25, 0.75])}, np.ones(5), 5)
    made.save(tmp_path)
    one, other = made.forecast(known, 6, 0.9), load(tmp_path).forecast(known, 6, 0.9)
    assert other.mean == pytest.approx(one.mean, rel=1e-5)
    assert (other.low < other.mean).all()
    assert (other.mean < other.high).all()


def test_without_the_library_the_others_go_on_and_it_is_said_what_it_would_add() -> None:
    code = (
        "import sys; sys.modules['statsforecast'] = None;"
        "from noglue.tools.models._forecasts import members, training; notes = [];"
        "print(training._to_be_had(list(members.MEMBERS), notes), notes)"
    )
    told = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.startswith("['seasonal naive', 'smoothing', 'theta', 'lag trees'] [")
    assert "pip install 'noglue[forecast]' would add them" in told
