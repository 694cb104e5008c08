import pytest

from noglue.tools.reporting.quantities import clock, duration, size


@pytest.mark.parametrize(
    ("count", "told"), [(None, "–"), (0, "0 bytes"), (999, "999 bytes"), (1234567, "1.2 MB"), (3.2e12, "3200.0 GB")]
)
def test_sizes(count: float | None, told: str) -> None:
    assert size(count) == told


@pytest.mark.parametrize(
    ("seconds", "told", "on_a_clock"),
    [
        (0.42, "0.4 s", "0.4 s"),
        (45, "45 s", "45.0 s"),
        (59.97, "1 min", "1:00"),
        (75.2, "1 min 15 s", "1:15"),
        (600, "10 min", "10:00"),
        (3700, "1 h 1 min", "1:01:40"),
        (7200, "2 h", "2:00:00"),
    ],
)
def test_times(seconds: float, told: str, on_a_clock: str) -> None:
    assert (duration(seconds), clock(seconds)) == (told, on_a_clock)
