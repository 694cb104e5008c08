"""The default recipe finds every mode, and a generator that can't is caught by the watch."""

from pathlib import Path

import pytest

from noglue.tools.models._gans.design import RELATIVISTIC, Rules
from noglue.tools.spec.errors import StepFailed
from noglue.tools.spec.step import Step
from noglue.tools.training.trainer import run
from tests.tools.models._gans.gaussians import GRID, RING, found, job, sampled
from tests.tools.models._threads import one_thread  # noqa: F401

PENALISED = Rules(RELATIVISTIC, penalty="zero-centred", weight=(0.1, 0.1), rates=(1e-3, 1e-3), betas=(0.0, 0.99))


def step_in(folder: Path, notes: list[str] | None = None) -> Step:
    kept = notes if notes is not None else []
    return Step(folder=folder, run=folder, emit=lambda e: kept.append(e.message) if e.event == "note" else None)


def test_the_default_finds_all_eight_modes_of_the_ring_without_an_alarm(tmp_path):
    playing = job(RING, PENALISED, tmp_path, steps=800)
    outcome = run(playing.job(), None, step_in(tmp_path))
    assert found(sampled(playing.players.average), RING) == 8
    assert outcome.alarms == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_default_finds_all_twenty_five_modes_of_the_grid(tmp_path, seed):
    playing = job(GRID, PENALISED, tmp_path, steps=3000, seed=seed)
    run(playing.job(), None, step_in(tmp_path))
    assert found(sampled(playing.players.average), GRID) == 25


@pytest.mark.parametrize(  # the ring is caught as the grid is
    "modes", [pytest.param(RING, marks=pytest.mark.slow), GRID], ids=["ring", "grid"]
)
def test_a_starved_generator_rings_the_alarm_and_ends_as_collapsed(tmp_path, modes):
    notes: list[str] = []
    playing = job(modes, PENALISED, tmp_path, steps=2400, starved=True)
    with pytest.raises(StepFailed) as failed:
        run(playing.job(), None, step_in(tmp_path, notes))
    assert failed.value.kind == "collapsed"
    assert found(sampled(playing.players.average), modes) <= len(modes) // 2
    rung = [note for note in notes if note.startswith("collapse alarm")]
    assert rung
    assert "learning rates halved, augmentation 0.2" in rung[0]
    assert failed.value.data["alarms"] == [note.removeprefix("collapse alarm at ") for note in rung]
