"""The budget that would do, as it is typed."""

import pytest

from noglue.tools.selection.compete import not_begun
from noglue.tools.spec.short_time import ShortTime


@pytest.mark.parametrize(
    ("had", "needs", "given", "budget"),
    [(1.0, 4.0, 10.0, "30s"), (2.0, 30.0, 15.0, "60s"), (0.0, 105.0, 15.0, "120s"), (1.0, 200.0, 20.0, "4m")],
)
def test_the_budget_that_would_do(had: float, needs: float, given: float, budget: str) -> None:
    assert ShortTime(had=had, needs=needs).budget(given) == budget


def test_no_training_takes_no_time_at_all() -> None:
    assert ShortTime(had=0.1, needs=0.2).in_words().endswith("takes about 1 s")
    why = not_begun("catboost", 0.3, 0.2).why
    assert "less than a second was left, and it takes about 1 s" in why
