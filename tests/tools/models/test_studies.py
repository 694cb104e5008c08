"""A search's trials, guided by Optuna or drawn at random: either serves the spaces alike."""

import math
from collections.abc import Callable

import pytest

from noglue.tools.models._tables.studies import AtRandom, ByOptuna, Study

BOTH = pytest.mark.parametrize("new", [ByOptuna, AtRandom])


def best_of(study: Study, trials: int) -> float:
    """Of a loss that is 0 at rate 0.03 and 12 leaves; a trial that is behind after one fold is left."""
    best = math.inf
    for _ in range(trials):
        trial = study.ask()
        rate = trial.suggest_float("rate", 0.001, 1.0, log=True)
        leaves = trial.suggest_int("leaves", 2, 200, log=True)
        loss = abs(math.log(rate / 0.03)) + abs(math.log(leaves / 12))
        trial.report(loss, 1)
        if trial.should_prune():
            study.tell(trial, None)
            continue
        study.tell(trial, loss)
        best = min(best, loss)
    return best


@BOTH
def test_forty_trials_come_near_the_best_settings(new: Callable[[int], Study]) -> None:
    assert sorted(best_of(new(seed), 40) for seed in range(5))[2] < 1.0


@BOTH
def test_the_same_seed_draws_the_same(new: Callable[[int], Study]) -> None:
    assert best_of(new(3), 12) == best_of(new(3), 12) != best_of(new(4), 12)


@BOTH
def test_what_is_behind_is_left_and_what_leads_goes_on(new: Callable[[int], Study]) -> None:
    study, left = new(0), []
    for loss in (3.0, 4.0, 2.0, 5.0, 1.0, 6.0):
        trial = study.ask()
        trial.report(loss, 1)
        left.append(trial.should_prune())
        study.tell(trial, None if left[-1] else loss)
    assert left == [False, True, False, True, False, True]


@BOTH
def test_a_loss_that_is_no_number_is_left(new: Callable[[int], Study]) -> None:
    study = new(0)
    first = study.ask()
    first.report(1.0, 1)
    study.tell(first, 1.0)
    trial = study.ask()
    trial.report(math.nan, 1)
    assert trial.should_prune()


def test_drawn_numbers_lie_within_their_bounds_ends_included() -> None:
    trial = AtRandom(0).ask()
    whole = {trial.suggest_int("a", 2, 5) for _ in range(200)}
    by_logarithm = {trial.suggest_int("b", 1, 6, log=True) for _ in range(500)}
    rates = [trial.suggest_float("c", 0.01, 1.0, log=True) for _ in range(1000)]
    assert whole == {2, 3, 4, 5}
    assert by_logarithm == {1, 2, 3, 4, 5, 6}
    assert min(rates) >= 0.01
    assert max(rates) <= 1.0
    assert 0.4 < sum(rate < 0.1 for rate in rates) / len(rates) < 0.6
    assert {trial.suggest_categorical("d", ["u", "v"]) for _ in range(50)} == {"u", "v"}
