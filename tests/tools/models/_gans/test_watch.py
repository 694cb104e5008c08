import pytest

from noglue.tools.models._gans.design import MOST_STRENGTH
from noglue.tools.models._gans.watch import Watch

GOOD = {"fd_own": 10.0, "coverage": 0.8, "precision": 0.9, "spread": 0.95, "loss_d": 0.5, "step": 5000.0}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"coverage": 0.3}, "coverage fell from 0.80 to 0.30 while precision held"),
        ({"spread": 0.5, "coverage": 0.7}, "samples grew alike"),
        ({"spread": 0.3, "coverage": 0.7}, "samples grew alike"),
        ({"loss_d": 0.001}, "the discriminator has won"),
    ],
)
def test_each_sign_of_collapse_rings(changed, said):
    watch = Watch(collapsed=0.02)
    assert watch.look(GOOD, 0.4) is None
    assert said in str(watch.look({**GOOD, **changed}, 0.5))


def test_a_generator_that_never_spread_rings_once_it_had_its_time():
    watch = Watch(collapsed=0.02)
    starved = {**GOOD, "coverage": 0.03, "spread": 0.2}
    assert watch.look(starved, 0.1) is None
    assert "much alike" in str(watch.look(starved, 0.4))


@pytest.mark.parametrize("changed", [{"coverage": 0.75}, {"coverage": 0.3, "precision": 0.4}, {"loss_d": 0.3}])
def test_what_is_no_collapse_does_not_ring(changed):
    watch = Watch(collapsed=0.02)
    watch.look(GOOD, 0.4)
    assert watch.look({**GOOD, **changed}, 0.5) is None


def test_nothing_rings_before_anything_was_learned_or_while_it_gets_better():
    watch = Watch(collapsed=0.02)
    poor = {**GOOD, "coverage": 0.02, "spread": 0.1}
    assert watch.look({**poor, "step": 100.0}, 0.6) is None
    assert watch.look({**poor, "spread": 0.2}, 0.6) is None


def test_a_loss_without_a_floor_has_not_won():
    watch = Watch(collapsed=None)
    watch.look(GOOD, 0.4)
    assert watch.look({**GOOD, "loss_d": -30.0}, 0.5) is None


def test_an_alarm_halves_the_rates_and_augments_more_until_the_family_is_given_up():
    watch, rate, strength = Watch(collapsed=0.02), 1.0, 0.1
    rate, strength = watch.intervene("why", 10, rate, strength)
    assert (rate, strength) == (0.5, pytest.approx(0.3))
    for step in (20, 30, 40):
        assert not watch.exhausted
        rate, strength = watch.intervene("why", step, rate, strength)
    assert watch.exhausted
    assert strength <= MOST_STRENGTH


def test_nothing_rings_in_the_first_quarter_whatever_falls():
    watch = Watch(collapsed=0.02)
    watch.look(GOOD, 0.05)
    assert watch.look({**GOOD, "coverage": 0.3}, 0.2) is None
    assert watch.look({**GOOD, "coverage": 0.3}, 0.3) is not None


def test_after_a_while_without_an_alarm_what_it_took_is_given_back():
    watch = Watch(collapsed=0.02)
    rate, strength = watch.intervene("why", 10, 1.0, 0.0)
    for _ in range(4):
        assert watch.relax(rate, strength) == (rate, strength)
    assert watch.relax(rate, strength) == (1.0, 0.0)
    assert watch.relax(0.5, 0.0) == (0.5, 0.0)  # a rate that a divergence took stays
