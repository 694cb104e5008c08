"""What a search found is shown, and what the person chooses is what is fetched."""

import io
import sys

import pytest

from noglue.agent.planners.rules import Rules
from noglue.agent.policies.choose_data import ChooseData, ask_which_data
from noglue.agent.protocols import Attempt
from noglue.agent.task import Constraints
from noglue.agent.ui.terminal import Terminal
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.sources import Candidate

PARAGRAPH = "Classify rock crabs as blue or orange by the size of their shells."


def found(name: str, **facts) -> Candidate:
    return Candidate(name=name, title=name, urls=[f"https://example.org/{name}.csv"], score=0.8, **facts)


def run(answer, *candidates: Candidate):
    shown: list[list[str]] = []

    def ask(offered: list[Candidate]) -> int | None:
        shown.append([one.title for one in offered])
        return answer

    planner, policy = Rules(), ChooseData(ask)
    task = planner.understand(PARAGRAPH, [], Constraints())
    plan = planner.plan(task)
    listed = [one.model_dump(mode="json") for one in candidates]
    history = [Attempt(id="search", tool="search", args={"queries": ["crabs"]}, result={"candidates": listed})]

    def revise(plan):
        return policy.revise(task, plan, history, planner.revise(task, plan, history))

    return revise(plan), shown, revise


def test_the_one_that_is_chosen_is_fetched_and_asked_for_once():
    plan, shown, revise = run(1, found("crabs"), found("cray"), found("krill"))
    assert shown == [["crabs", "cray", "krill"]]
    assert plan.step("download").args["sources"] == ["https://example.org/cray.csv"]
    assert "chosen at the terminal" in plan.step("download").why
    assert revise(plan) == plan
    assert len(shown) == 1


def test_enter_takes_the_best():
    plan, _, _ = run(0, found("crabs"), found("cray"))
    assert plan.step("download").args["sources"] == ["https://example.org/crabs.csv"]


def test_none_of_them_ends_the_run():
    with pytest.raises(DataError, match="None of the data"):
        run(None, found("crabs"), found("cray"))


def test_a_single_candidate_needs_no_question():
    plan, shown, _ = run(None, found("crabs"))
    assert shown == []
    assert plan.step("download").args["sources"]


@pytest.mark.parametrize(
    ("typed", "place"), [("\n", 0), ("2\n", 1), ("0\n", None), ("9\nyes\n2\n", 1), ("cr\n1\n", 0), ("", 0)]
)
def test_what_is_typed(capsys, typed, place):
    odd = found("cr\x1b[2Jay", doubts=["its licence is not stated"], rows=200, licence="MIT", why="mentions crabs")
    stdin, sys.stdin = sys.stdin, io.StringIO(typed)
    try:
        assert ask_which_data(Terminal(), [found("crabs"), odd]) == place
    finally:
        sys.stdin = stdin
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert ("is none of them. [1–2, Enter for 1, 0 for none]" in said) == (typed.count("\n") > 1)
    assert "about 200 rows, MIT" in said
    assert "but its licence is not stated" in said
