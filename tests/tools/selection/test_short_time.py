"""The budget that would do, as it is typed."""

import pytest

from noglue.tools.spec.short_time import ShortTime


@pytest.mark.parametrize(
    ("had", "needs", "given", "budget"),
    [(1.0, 4.0, 10.0, "30s"), (2.0, 30.0, 15.0, "60s"), (0.0, 105.0, 15.0, "120s"), (1.0, 200.0, 20.0, "4m")],
)
def test_the_budget_that_would_do(had: float, needs: float, given: float, budget: str) -> None:
    assert ShortTime(had=had, needs=needs).budget(given) == budget
