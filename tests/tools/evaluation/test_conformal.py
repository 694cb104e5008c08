"""Sets and intervals hold the truth as often as they say, on data of which that is known."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from noglue.tools.evaluation.conformal import Calibration, Guarantee, fewest, quantile

SETS, NEW = 200, 50


def values(draw: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Targets that scatter more the larger they are, and a model that is off on one side."""
    said = draw.gamma(2.0, 2.0, count)
    return said + 0.3 + draw.normal(size=count) * (0.1 + 0.5 * said), said


def classes(draw: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Four classes, the last one rare, and probabilities that tell them in part."""
    truth = draw.choice(4, count, p=[0.6, 0.25, 0.12, 0.03])
    logits = draw.normal(size=(count, 4))
    logits[np.arange(count), truth] += 1.5
    shares = np.exp(logits)
    return truth, shares / shares.sum(axis=1, keepdims=True)


def within(held: int, level: float, most: float = 1.0) -> None:
    """A share of SETS · NEW rows within what chance explains of `level` (of whole sets, whose rows share one error)."""
    share, spread = held / (SETS * NEW), 3.5 * np.sqrt(level * (1 - level) / (SETS * NEW / 10))
    assert level - spread < share < min(most, level + spread + 0.03)


@pytest.mark.parametrize("level", [0.8, 0.9])
@pytest.mark.parametrize("aside", [40, 400])
def test_intervals_hold_as_often_as_they_say(aside: int, level: float) -> None:
    held = 0
    for seed in range(SETS):
        truth, said = values(np.random.default_rng(seed), aside + NEW)
        rows = Calibration(truth[:aside], said[:aside], np.arange(aside))
        low, high = Guarantee.at(rows, level).intervals(said[aside:])
        held += int(((low <= truth[aside:]) & (truth[aside:] <= high)).sum())
    within(held, level)


@pytest.mark.parametrize("aside", [60, 400])
def test_sets_hold_as_often_as_they_say_and_for_each_class(aside: int) -> None:
    held, of, inside = 0, np.zeros(4), np.zeros(4)
    for seed in range(SETS):
        truth, shares = classes(np.random.default_rng(seed), aside + NEW)
        given = shares[np.arange(aside), truth[:aside]]
        rows = Calibration(truth[:aside], given, np.arange(aside), classes=list("abcd"))
        sets = Guarantee.at(rows, 0.9).sets(shares[aside:], shares[aside:].argmax(axis=1))
        there = sets[np.arange(NEW), truth[aside:]]
        held += int(there.sum())
        np.add.at(of, truth[aside:], 1)
        np.add.at(inside, truth[aside:], there)
    within(held, 0.9)
    assert (inside / of > 0.87).all()


def test_of_groups_a_row_of_a_new_group_is_held() -> None:
    held = []
    for seed in range(SETS):
        draw = np.random.default_rng(seed)
        unit = np.repeat(np.arange(60), draw.integers(1, 20, 60))
        truth = (3 * draw.normal(size=60))[unit] + draw.normal(size=len(unit))
        old = unit < 40
        rows = Calibration(truth[old], np.zeros(old.sum()), unit[old], group="patient")
        guarantee = Guarantee.at(rows, 0.9)
        assert guarantee.by == "groups"
        low, high = guarantee.intervals(np.zeros((~old).sum()))
        there = (low <= truth[~old]) & (truth[~old] <= high)
        held.append(np.mean([there[unit[~old] == group].mean() for group in range(40, 60)]))
    assert 0.88 < np.mean(held) < 0.94


def test_of_too_few_groups_rows_count_alone() -> None:
    rows = Calibration(np.arange(40.0), np.zeros(40), np.repeat(np.arange(4), 10), group="patient")
    assert Guarantee.at(rows, 0.9).by == "rows"


def test_a_higher_level_gives_wider_intervals_and_larger_sets() -> None:
    draw = np.random.default_rng(0)
    truth, said = values(draw, 1500)
    rows = Calibration(truth, said, np.arange(1500))
    widths = [np.subtract(*Guarantee.at(rows, level).intervals(said)[::-1]) for level in (0.8, 0.9, 0.99)]
    assert (widths[0] < widths[1]).all()
    assert (widths[1] < widths[2]).all()
    truth, shares = classes(draw, 1500)
    rows = Calibration(truth, shares[np.arange(1500), truth], np.arange(1500), classes=list("abcd"))
    sets = [Guarantee.at(rows, level).sets(shares, shares.argmax(axis=1)) for level in (0.8, 0.9, 0.99)]
    assert (sets[0] <= sets[1]).all()
    assert (sets[1] <= sets[2]).all()


def test_intervals_are_wider_where_the_model_is_farther_off() -> None:
    truth, said = values(np.random.default_rng(1), 2000)
    low, high = Guarantee.at(Calibration(truth, said, np.arange(2000)), 0.9).intervals(np.array([1.0, 10.0]))
    assert (high - low)[1] > 3 * (high - low)[0]
    assert (high + low)[1] / 2 > 10  # the model is off on one side


def test_the_answer_is_always_in_its_set() -> None:
    shares = np.array([[0.1, 0.9], [0.6, 0.4]])
    rows = Calibration(np.zeros(30, np.int64), np.full(30, 0.99), np.arange(30), classes=["a", "b"])
    sets = Guarantee.at(rows, 0.9).sets(shares, np.array([1, 0]))
    assert sets[[0, 1], [1, 0]].all()


def test_what_so_many_rows_can_promise() -> None:
    assert (fewest(0.9), fewest(0.99)) == (9, 99)
    rows = Calibration(np.zeros(20), np.zeros(20), np.arange(20))
    assert rows.highest == pytest.approx(20 / 21)
    with pytest.raises(ValueError, match="20 rows can promise"):
        Guarantee.at(rows, 0.99)


def test_the_quantile_is_that_of_the_order_statistic() -> None:
    scores = np.random.default_rng(0).permutation(99).astype(float)
    assert quantile(scores, np.arange(99), 0.9) == 89  # the 90th of 99
    assert quantile(scores, np.arange(99), 0.995) == np.inf
    assert stats.binom(99, 0.9).cdf(90) > 0.5  # … which at most one in ten is above


def test_what_is_kept_comes_back_and_damage_is_no_promise(tmp_path: Path) -> None:
    rows = Calibration(np.array([0, 1, 1]), np.array([0.5, 0.6, 0.7]), np.arange(3), ["a", "b"], "who", True)
    rows.save(tmp_path)
    again = Calibration.load(tmp_path, ["a", "b"])
    assert again is not None
    assert (again.group, again.ordered, again.said.tolist()) == ("who", True, [0.5, 0.6, 0.7])
    assert Calibration.load(tmp_path, None) is None
    assert Calibration.load(tmp_path, ["a"]) is None  # a class that is not there
    file = tmp_path / "calibration.arrow"
    file.write_bytes(file.read_bytes()[:-9])
    assert Calibration.load(tmp_path, ["a", "b"]) is None
