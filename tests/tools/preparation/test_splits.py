"""Held-out rows: every class is covered, nothing stands twice, equal rows stay together, the seed decides."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from noglue.tools.preparation import holdout

STRATA = some.lists(some.integers(0, 5), min_size=2, max_size=120).map(np.array)
SHARE = some.floats(0.05, 0.5)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def turns(rows: np.ndarray, seed: int = 0) -> np.ndarray:
    return holdout.turns(len(rows), rng(seed))


@settings(derandomize=True, deadline=None)
@given(STRATA, SHARE)
def test_every_class_of_two_rows_is_on_both_sides(strata: np.ndarray, share: float) -> None:
    held = holdout.stratified(strata, share, turns(strata))
    for stratum, count in zip(*np.unique(strata, return_counts=True), strict=True):
        inside = held[strata == stratum].sum()
        assert 1 <= inside < count if count >= 2 else inside == 0
        assert abs(inside - share * count) <= 1


@settings(derandomize=True, deadline=None)
@given(STRATA, SHARE, some.data())
def test_equal_rows_stay_together_where_each_has_one_class(
    strata: np.ndarray, share: float, data: some.DataObject
) -> None:
    copies = data.draw(some.lists(some.integers(0, 3), min_size=len(strata), max_size=len(strata)))
    hashes = (strata * 10 + np.array(copies)).astype(np.uint64)
    held = holdout.stratified(strata, share, turns(strata), hashes)
    if len(set(hashes)) > len(set(strata)):  # else some side would be empty
        assert not set(hashes[held]) & set(hashes[~held])
    assert set(strata[~held]) == set(strata)


@settings(derandomize=True, deadline=None)
@given(some.lists(some.integers(0, 12), min_size=10, max_size=80).map(np.array), SHARE)
def test_groups_are_not_torn(groups: np.ndarray, share: float) -> None:
    if len(np.unique(groups)) < 2:
        return
    held = holdout.grouped(groups, groups % 2, share, rng())
    assert held.any()
    assert not held.all()
    assert not set(groups[held]) & set(groups[~held])


def test_groups_keep_the_classes_balanced() -> None:
    groups = np.repeat(np.arange(100), 10)
    strata = (groups % 4 == 0).astype(np.int64)
    held = holdout.grouped(groups, strata, 0.2, rng())
    assert held.mean() == pytest.approx(0.2, abs=0.03)
    assert strata[held].mean() == pytest.approx(0.25, abs=0.1)


def test_the_latest_rows_are_held_out() -> None:
    times = rng().permutation(100)
    held = holdout.latest(times, 0.2)
    assert held.sum() == 20
    assert times[held].min() > times[~held].max()


def test_one_moment_for_nearly_all_rows_leaves_some_to_learn_from() -> None:
    held = holdout.latest(np.array([1] + [2] * 9), 0.2)
    assert held.sum() == 9


def test_the_seed_decides() -> None:
    strata = rng().integers(0, 3, 200)
    same = [holdout.stratified(strata, 0.3, turns(strata, seed)) for seed in (1, 1, 2)]
    assert np.array_equal(same[0], same[1])
    assert not np.array_equal(same[0], same[2])


def test_rows_that_become_equal_move_and_hardly_any_other_does() -> None:
    strata, turn = rng().integers(0, 3, 1000), holdout.turns(1000, rng(1))
    each = np.arange(1000, dtype=np.uint64)
    twice = each.copy()
    twice[900:950] = twice[:50]
    for fraction, count in ((0.2, None), (None, 200)):
        before, after = (
            holdout.stratified(strata, fraction, turn, hashes)
            if fraction
            else holdout.drawn(strata, count, turn, hashes)
            for hashes in (each, twice)
        )
        single = np.r_[50:900, 950:1000]
        assert np.array_equal(after[900:950], after[:50])
        assert (before & after)[single].sum() >= 0.95 * before[single].sum()
        assert after.sum() == pytest.approx(200, abs=10)


def test_rows_that_follow_move_none_of_those_before() -> None:
    turn = holdout.turns(1200, rng())
    assert np.array_equal(turn[:1000], holdout.turns(1000, rng()))


@pytest.mark.parametrize("count", [2, 3, 10, 99])
def test_exactly_so_many(count: int) -> None:
    strata = np.repeat([0, 1, 2], [80, 15, 5])
    chosen = holdout.exactly(strata, count, rng())
    assert chosen.sum() == count
    if count >= 3:
        assert len(np.unique(strata[chosen])) == 3


def test_quantiles_hold_about_equally_many() -> None:
    codes = holdout.quantiles(rng().exponential(size=1000))
    assert len(np.unique(codes)) == 10
    assert np.bincount(codes).min() > 80
    assert len(set(holdout.quantiles(np.zeros(500)))) == 1
