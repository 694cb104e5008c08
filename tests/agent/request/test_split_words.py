"""Which rows test, and what stays together, in plain words."""

import pytest

from noglue.agent import request
from noglue.agent.task import Constraints


def kinds(words: str) -> dict[str, object]:
    task = request.read(words, ["visits.csv"], Constraints())
    return {wish.kind: wish.value for wish in task.wishes}


@pytest.mark.parametrize(
    ("words", "thing"),
    [
        ("predict status, keep patients apart", "patient"),
        ("predict status and keep the sites apart from one another", "site"),
        ("Sage status voraus, halte die Patienten auseinander", "Patient"),
    ],
)
def test_things_that_are_kept_apart_are_groups(words: str, thing: str) -> None:
    assert kinds(words)["group"] == {"words": thing}


@pytest.mark.parametrize("words", ["keep the test set apart", "keep 20% apart for the test", "keep it apart"])
def test_a_test_set_that_is_kept_apart_is_no_group(words: str) -> None:
    assert "group" not in kinds(f"predict status, {words}")


@pytest.mark.parametrize(
    ("words", "in_time"),
    [
        ("predict status, the most recent 20% as test", True),
        ("predict status with the newest 20 % as test", True),
        ("predict status, the last 20% as test", False),
    ],
)
def test_the_most_recent_rows_are_so_in_time(words: str, in_time: bool) -> None:
    found = kinds(words)
    assert found["test"] == {"share": 0.2, "place": "last"}
    assert ("time" in found) == in_time
