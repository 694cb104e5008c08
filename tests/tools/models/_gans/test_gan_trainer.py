"""The loop: a checkpoint goes on as if nothing had happened, NaN leads back, the clock ends it."""

import dataclasses
import time
from pathlib import Path

import pytest
import torch

from noglue.tools.models._gans.gan_trainer import Batch, GanTrainer
from noglue.tools.spec.errors import StepFailed
from noglue.tools.training.trainer import run
from tests.tools.models._gans.gaussians import RING, job
from tests.tools.models._gans.test_modes import PENALISED, step_in
from tests.tools.models._threads import one_thread  # noqa: F401


def weights(playing: GanTrainer) -> torch.Tensor:
    return torch.cat([p.flatten() for p in playing.players.generator.parameters()])


class Interrupted(Exception):
    pass


def interrupted_at(playing: GanTrainer, number: int) -> GanTrainer:
    """The same job, broken off at that batch, as Ctrl-C does it."""
    whole = playing.batch

    def batch(asked: int, strength: float) -> Batch:
        if asked == number:
            raise Interrupted
        return whole(asked, strength)

    return dataclasses.replace(playing, batch=batch)


def test_a_training_goes_on_from_its_checkpoint_to_the_same_weights(tmp_path: Path) -> None:
    whole = job(RING, PENALISED, tmp_path, steps=60)
    whole = dataclasses.replace(whole, checkpoint=tmp_path / "other.safetensors", validate_every=20)
    run(whole.job(), None, step_in(tmp_path))
    broken = dataclasses.replace(job(RING, PENALISED, tmp_path, steps=60, checkpoint_seconds=0.0), validate_every=20)
    with pytest.raises(Interrupted):
        run(interrupted_at(broken, 37).job(), None, step_in(tmp_path))
    resumed = dataclasses.replace(job(RING, PENALISED, tmp_path, steps=60), validate_every=20)
    notes: list[str] = []
    outcome = run(resumed.job(), None, step_in(tmp_path, notes))
    assert notes[0].startswith("continuing from step 3")
    assert outcome.steps == 60
    assert torch.equal(weights(resumed), weights(whole))


def test_another_training_s_checkpoint_is_left_alone(tmp_path: Path) -> None:
    run(job(RING, PENALISED, tmp_path, steps=20, seed=1, checkpoint_seconds=0.0).job(), None, step_in(tmp_path))
    assert (tmp_path / "training.safetensors").is_file()
    notes: list[str] = []
    run(job(RING, PENALISED, tmp_path, steps=20, seed=2).job(), None, step_in(tmp_path, notes))
    assert not any("going on" in note for note in notes)


def test_a_batch_of_nan_leads_back_with_half_the_rates(tmp_path: Path) -> None:
    playing = dataclasses.replace(job(RING, PENALISED, tmp_path, steps=60), validate_every=20)
    whole, spoiled = playing.batch, []

    def batch(number: int, strength: float) -> Batch:
        good = whole(number, strength)
        if number == 30 and not spoiled:
            spoiled.append(number)
            return dataclasses.replace(good, real=good.real * float("nan"))
        return good

    notes: list[str] = []
    outcome = run(dataclasses.replace(playing, batch=batch).job(), None, step_in(tmp_path, notes))
    assert notes == ["the losses ran away at step 31: back to step 20, learning rates halved"]
    assert outcome.steps == 60
    assert torch.isfinite(weights(playing)).all()


def test_nothing_but_nan_ends_as_diverged(tmp_path: Path) -> None:
    playing = job(RING, PENALISED, tmp_path, steps=60)
    whole = playing.batch
    bad = dataclasses.replace(
        playing, batch=lambda n, s: dataclasses.replace(whole(n, s), real=whole(n, s).real * float("nan"))
    )
    with pytest.raises(StepFailed) as failed:
        run(bad.job(), None, step_in(tmp_path))
    assert failed.value.kind == "diverged"


def test_the_clock_ends_it(tmp_path: Path) -> None:
    began = time.monotonic()
    outcome = run(job(RING, PENALISED, tmp_path, steps=10**6).job(), 2.0, step_in(tmp_path))
    assert outcome.stopped == "the time budget was used"
    assert time.monotonic() - began < 10
    assert outcome.history[-1]["step"] == outcome.steps


def test_both_ways_of_playing_move_both_networks(tmp_path: Path) -> None:
    for simultaneous in (False, True):
        rules = dataclasses.replace(PENALISED, simultaneous=simultaneous)
        playing = job(RING, rules, tmp_path, steps=5, seed=3 + simultaneous)
        before = weights(playing).clone(), playing.players.discriminator.layers[0].weight.clone()
        run(playing.job(), None, step_in(tmp_path))
        assert not torch.equal(before[0], weights(playing))
        assert not torch.equal(before[1], playing.players.discriminator.layers[0].weight)


def scored(playing: GanTrainer, distances: list[float]) -> GanTrainer:
    """The same job, whose samples cover a tenth of the data and lie so far from it at one scoring after the other."""
    left = iter(distances)
    low = {"coverage": 0.1, "precision": 0.9, "spread": 0.9}
    return dataclasses.replace(playing, score=lambda generator: {"fd_own": next(left), **low})


def test_one_that_is_better_after_an_alarm_than_ever_before_has_not_collapsed(tmp_path: Path) -> None:
    rung: list[str] = []
    learning = scored(job(RING, PENALISED, tmp_path, steps=1000), [90.0, 85.0, 85.0, 60.0, 40.0])
    assert run(learning.job(), None, step_in(tmp_path, rung)).chosen == 1000
    assert any(note.startswith("collapse alarm") for note in rung)
    (tmp_path / "second").mkdir()  # a slow machine writes a checkpoint there
    with pytest.raises(StepFailed) as failed:
        run(
            scored(job(RING, PENALISED, tmp_path / "second", steps=1000), [90.0, 80.0, 85.0, 85.0, 85.0]).job(),
            None,
            step_in(tmp_path / "second"),
        )
    assert failed.value.kind == "collapsed"
