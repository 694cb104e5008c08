"""Plans that may run, plans that a person saved and edited, and large downloads."""

import json
from pathlib import Path
from typing import Any

import pytest

from agent import checking, plan_table
from agent.consent import LARGE, Consent
from agent.plan import Plan, PlannedStep
from agent.planners.given import Given
from agent.planners.rules import Rules
from agent.planners.scripted import Scripted
from agent.protocols import Attempt
from agent.task import Task
from tools.core.errors import BadUsage, DataError
from tools.core.profiles import Column, Profile

TASK = Task(paragraph="Solve CIFAR-10.", goal="classify", modality="image", sources=["cifar-10"])
CSV = Task(paragraph="Predict y", goal="classify", target="y", modality="table", sources=["http://example.org/x.csv"])


def wrong(plan: Plan, task: Task = TASK) -> list[str]:
    return checking.check(plan, checking.Bounds.of(task, Rules().plan(task)))


def changed(which: str, task: Task = TASK, **fields: Any) -> Plan:
    steps = Rules().plan(task).steps
    return Plan(steps=[step.model_copy(update=fields) if step.id == which else step for step in steps])


@pytest.mark.parametrize("task", [TASK, CSV, Task(paragraph="Recognise handwritten digits.", goal="classify")])
def test_the_rules_plans_may_run(task: Task) -> None:
    assert wrong(Rules().plan(task), task) == []


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        (changed("train", tool="rm"), "there is no tool 'rm'"),
        (changed("train", id="evaluate"), "two steps are called 'evaluate'"),
        (changed("train", args={"baseline": "maybe"}), "baseline"),
        (changed("extract", needs={"files": "train.path"}), "no earlier step"),
        (changed("extract", needs={"nothing": "download.files"}), "no argument 'nothing'"),
        (changed("extract", needs={}), "files: Field required"),
        (changed("evaluate", args={"judge": "/home/me/secret"}), "/home/me/secret"),
        (changed("download", args={"sources": ["http://evil.example/a"]}), "http://evil.example/a"),
        (Plan(steps=Rules().plan(TASK).steps[::-1]), "stands before"),
        (Plan(steps=[step for step in Rules().plan(TASK).steps if step.tool != "evaluate"]), "'evaluate' is missing"),
    ],
)
def test_what_is_wrong_with_a_plan_is_told(plan: Plan, told: str) -> None:
    assert any(told in what for what in wrong(plan)), wrong(plan)


def test_mirrors_and_checksums_of_the_catalogue_are_known_places() -> None:
    assert wrong(changed("download", why="the same")) == []


# ---- a plan given back ---------------------------------------------------------------------------------------------


def saved(tmp_path: Path, task: Task, plan: Plan) -> Path:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({"task": task.model_dump(), "plan": plan.model_dump(), "planner": "rules"}))
    return path


def test_an_edited_plan_is_run_as_it_was_edited(tmp_path: Path) -> None:
    plan = changed("prepare", CSV, args={"goal": "classify", "target": "z", "test_fraction": 0.4, "drop": ["id"]})
    given = Given(saved(tmp_path, CSV, plan), Rules())
    task = given.understand("", [], {"seed": 7})
    assert task.constraints == {"seed": 7}
    columns = [Column(name=name, kind="category", dtype="string", distinct=2) for name in ("id", "y", "z")]
    profile = Profile(modality="table", reader="delimited", files={"all": ["x"]}, rows={"all": 100}, columns=columns)
    looked = Attempt(id="inspect", tool="inspect", args={}, result={"profile": profile.model_dump(mode="json")})
    revised = given.revise(task, given.plan(task), [looked])
    assert revised is not None
    args = revised.step("prepare").args
    assert (args["target"], args["test_fraction"], args["drop"]) == ("z", 0.4, ["id"])


@pytest.mark.parametrize("content", ["no", "[]", '{"task": {}, "plan": {"steps": []}}', '{"plan": {}}'])
def test_what_is_no_plan_is_told_so(tmp_path: Path, content: str) -> None:
    (tmp_path / "plan.json").write_text(content)
    with pytest.raises(BadUsage, match="is no plan"):
        Given(tmp_path / "plan.json", Rules())


def test_an_edited_plan_is_held_to_the_same_checks(tmp_path: Path) -> None:
    with pytest.raises(BadUsage, match="there is no tool 'rm'"):
        Given(saved(tmp_path, CSV, changed("train", CSV, tool="rm")), Rules())
    with pytest.raises(BadUsage, match="can't be read"):
        Given(tmp_path / "none.json", Rules())


# ---- large downloads -----------------------------------------------------------------------------------------------

BIG = "http://big.example/x.zip"
FETCH = Plan(steps=[PlannedStep(id="download", tool="download", args={"sources": [BIG]})])
FOUND = Attempt(id="search", tool="search", args={}, result={"candidates": [{"urls": [BIG], "bytes": 3 * LARGE}]})


def consent(ask: Any, *plans: Plan | None) -> Consent:
    return Consent(Scripted(TASK, [FETCH, *plans]), ask)


def test_a_known_large_size_is_asked_about_before_the_download() -> None:
    questions: list[str] = []
    agreeing = consent(lambda question: not questions.append(question), FETCH)
    revised = agreeing.revise(TASK, FETCH, [FOUND])
    assert revised is not None
    assert "max_bytes" not in revised.step("download").args
    assert questions == [f"{BIG} has 3.0 GB. Download it?"]
    with pytest.raises(DataError, match=r"has 3\.0 GB; more than 1 GB is not downloaded unasked") as caught:
        consent(None, FETCH).revise(TASK, FETCH, [FOUND])
    assert caught.value.code == 4
    assert "--yes" in caught.value.hint


def test_an_unknown_size_is_bounded_and_asked_about_when_the_bound_is_met() -> None:
    asked: list[str] = []
    agreeing = consent(lambda question: not asked.append(question), FETCH)
    bounded = agreeing.approve(FETCH)
    assert bounded.step("download").args["max_bytes"] == LARGE
    error = {"code": 4, "kind": "too-large", "message": "…", "hint": "", "data": {}}
    stopped = Attempt(id="download", tool="download", args=bounded.steps[0].args, error=error)
    revised = agreeing.revise(TASK, bounded, [stopped])
    assert revised is not None
    assert "max_bytes" not in revised.step("download").args
    assert len(asked) == 1
    with pytest.raises(DataError, match="larger than 1 GB"):
        consent(None, None).revise(TASK, bounded, [stopped])


# ---- the table -----------------------------------------------------------------------------------------------------


def test_the_table_says_what_each_step_reads_writes_and_reaches() -> None:
    rows = {row["step"]: row for row in plan_table.rows(Rules().plan(TASK))}
    assert "www.cs.toronto.edu" in rows["download"]["reaches"]
    assert rows["download"]["writes"] == "cache"
    assert rows["train"]["reads"] == "data"
    assert rows["train"]["writes"] == "model"
    assert "sealed" in rows["evaluate"]["reads"]
    assert {row["reaches"] for step, row in rows.items() if step != "download"} == {"–"}
    for width in (80, 100, 160):
        lines = plan_table.lines(Rules().plan(TASK), width)
        assert all(len(line) <= width for line in lines)
    assert lines[0].split() == ["step", "reads", "writes", "reaches", "why"]
