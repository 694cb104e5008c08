"""The size that pictures are learned at fits the time, and a training that goes on keeps it."""

from pathlib import Path

import numpy as np
import pytest
import torch

from noglue.tools.models import r3gan
from noglue.tools.models._gans.gan_trainer import Players
from noglue.tools.models._gans.resolution import SIDES, affordable, planned
from noglue.tools.models._gans.setting import Setting
from noglue.tools.training.machine import Machine
from tests.tools.models._generating_data import prepared
from tests.tools.models._image_data import array_rows

MACHINE = Machine(torch.device("cpu"), torch.float32)


@pytest.mark.parametrize(
    ("sides", "pace", "seconds", "side"),
    [
        ((24, 32, 48, 64), 0.02, 480.0, 32),
        ((24, 32, 48, 64), 0.02, 1000.0, 48),
        ((24, 32, 48, 64), 0.02, 1e5, 64),
        ((24, 32, 48, 64), 0.1, 80.0, 24),
        ((24, 32, 48, 64), 5.0, 10.0, 24),
        ((24, 28), 5.0, 10.0, 24),
        ((24, 28), 0.01, 1e5, 28),
        ((16,), 5.0, 1.0, 16),
        ((24, 32, 40), 0.02, 1e5, 40),
    ],
)
def test_more_time_buys_larger_pictures_and_less_smaller_ones(
    sides: tuple[int, ...], pace: float, seconds: float, side: int
) -> None:
    assert affordable(sides, pace, seconds) == side


def ask(run: Path, seconds: float | None, extent: int = 70) -> tuple[int, str]:
    if not (run / "data").exists():
        pixels = np.random.default_rng(0).integers(0, 256, (40, extent, extent, 1)).astype(np.uint8)
        prepared(run, array_rows(pixels))

    def players(setting: Setting) -> Players:
        return Players(r3gan.design(setting), MACHINE)

    return planned(run / "data", players, 32, 8, seconds, run / "side.json", MACHINE)


def test_it_is_measured_and_kept(tmp_path: Path) -> None:
    side, why = ask(tmp_path, 1e9)
    assert side == max(SIDES["cpu"])
    assert why.startswith(f"learned at {side} pixels, as there is time for more: about")
    assert ask(tmp_path, 0.01) == (side, why), "a training that goes on chose anew"


def test_short_times_get_small_pictures_and_unlimited_ones_the_usual(tmp_path: Path) -> None:
    for part in ("short", "unlimited"):
        (tmp_path / part).mkdir()
    side, why = ask(tmp_path / "short", 0.5)
    assert side == min(SIDES["cpu"])
    assert "as time is short" in why
    assert ask(tmp_path / "unlimited", None) == (32, "")


def test_small_pictures_stay_as_they_are(tmp_path: Path) -> None:
    assert ask(tmp_path, 1e9, extent=20) == (20, "")
