"""Large downloads are agreed to, or not made."""

import pytest

from noglue.agent.plan import Plan, PlannedStep
from noglue.agent.policies.large_downloads import LARGE, LargeDownloads
from noglue.agent.protocols import Attempt
from noglue.tools.spec.errors import DataError
from tests.agent.planners.plans import TASK

BIG = "http://big.example/x.zip"
FETCH = Plan(steps=[PlannedStep(id="download", tool="download", args={"sources": [BIG]})])
FOUND = Attempt(id="search", tool="search", args={}, result={"candidates": [{"urls": [BIG], "bytes": 3 * LARGE}]})


def test_a_known_large_size_is_asked_about_before_the_download() -> None:
    questions: list[str] = []
    agreeing = LargeDownloads(lambda question: not questions.append(question))
    revised = agreeing.revise(TASK, FETCH, [FOUND], FETCH)
    assert revised is not None
    assert "max_bytes" not in revised.step("download").args
    assert questions == [f"{BIG} has 3.0 GB. Download it?"]
    with pytest.raises(DataError, match=r"has 3\.0 GB; more than 1 GB is not downloaded without asking") as caught:
        LargeDownloads(None).revise(TASK, FETCH, [FOUND], FETCH)
    assert caught.value.code == 4
    assert "--yes" in caught.value.hint


def test_an_unknown_size_is_bounded_and_asked_about_when_the_bound_is_met() -> None:
    asked: list[str] = []
    agreeing = LargeDownloads(lambda question: not asked.append(question))
    bounded = agreeing.approve(FETCH, [])
    assert bounded.step("download").args["max_bytes"] == LARGE
    error = {"code": 4, "kind": "too-large", "message": "…", "hint": "", "data": {}}
    stopped = Attempt(id="download", tool="download", args=bounded.steps[0].args, error=error)
    revised = agreeing.revise(TASK, bounded, [stopped], FETCH)
    assert revised is not None
    assert "max_bytes" not in revised.step("download").args
    assert len(asked) == 1
    with pytest.raises(DataError, match="larger than 1 GB"):
        LargeDownloads(None).revise(TASK, bounded, [stopped], None)
