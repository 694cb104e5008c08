"""One number for how much a column says of the target, whatever their kinds."""

import numpy as np
import pytest

from noglue.tools.overview.relation import binned, grouped, relation

ROWS = 4000


def _draw(seed: int = 0) -> tuple[np.random.Generator, np.ndarray]:
    random = np.random.default_rng(seed)
    return random, random.normal(size=ROWS)


@pytest.mark.parametrize("correlation", [0.3, 0.6, 0.9])
def test_of_two_bell_shaped_numbers_it_is_the_size_of_their_correlation(correlation: float) -> None:
    random, x = _draw()
    y = correlation * x + np.sqrt(1 - correlation**2) * random.normal(size=ROWS)
    assert relation(binned(x), binned(y)) == pytest.approx(correlation, abs=0.06)
    assert relation(binned(-x), binned(y)) == pytest.approx(correlation, abs=0.06)


def test_it_sees_what_a_correlation_does_not() -> None:
    _, x = _draw()
    assert abs(np.corrcoef(x, x**2)[0, 1]) < 0.1
    told = relation(binned(x), binned(x**2))
    assert told is not None
    assert told > 0.9


def test_the_same_scale_for_categories_and_classes() -> None:
    random, x = _draw()
    classes = (x > 0).astype(np.int64)
    assert relation(grouped(classes), grouped(classes)) == pytest.approx(1.0, abs=0.01)
    assert relation(binned(x), grouped(classes)) == pytest.approx(1.0, abs=0.03)
    swapped = np.where(random.random(ROWS) < 0.25, 1 - classes, classes)
    told = relation(grouped(swapped), grouped(classes))
    assert told is not None
    assert 0.4 < told < 0.8


def test_noise_counts_as_nothing_however_many_values_it_has() -> None:
    random, x = _draw(3)
    target = grouped(random.integers(0, 3, ROWS))
    loud = [relation(binned(random.normal(size=ROWS)), target) for _ in range(60)]
    assert sum(1 for told in loud if told) <= 4  # one in a hundred is what chance exceeds
    assert relation(grouped(np.arange(ROWS)), target) == 0.0  # an identifier
    assert relation(grouped(random.integers(0, 500, ROWS)), binned(x)) == 0.0


def test_that_a_cell_is_missing_may_say_something() -> None:
    random, x = _draw()
    target = (random.random(ROWS) < 0.5).astype(np.int64)
    told = relation(binned(np.where(target == 1, np.nan, x)), grouped(target))
    assert told == pytest.approx(1.0, abs=0.01)


def test_where_nothing_can_be_told_there_is_no_number() -> None:
    assert relation(binned(np.arange(5.0)), binned(np.arange(5.0))) is None
    assert relation(binned(np.arange(50.0)), grouped(np.zeros(50, np.int64))) is None
    assert relation(binned(np.full(50, 2.0)), binned(np.arange(50.0))) == 0.0
