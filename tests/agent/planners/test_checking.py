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
from tools.core.errors import BadUsage, DataError, TaskUnclear
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
    revised = given.revise(task, given.plan(task), [looked("id", "y", "z")])
    assert revised is not None
    args = revised.step("prepare").args
    assert (args["target"], args["test_fraction"], args["drop"]) == ("z", 0.4, ["id"])


def looked(*names: str) -> Attempt:
    columns = [Column(name=name, kind="category", dtype="string", distinct=2) for name in names]
    profile = Profile(modality="table", reader="delimited", files={"all": ["x"]}, rows={"all": 100}, columns=columns)
    return Attempt(id="inspect", tool="inspect", args={}, result={"profile": profile.model_dump(mode="json")})


def test_a_target_edited_into_the_plan_is_the_tasks_and_one_that_is_no_column_ends_the_run(tmp_path: Path) -> None:
    given = Given(saved(tmp_path, CSV, changed("prepare", CSV, args={"goal": "classify", "target": "nope"})), Rules())
    task = given.understand("", [], {})
    assert task.target == "nope"
    with pytest.raises(TaskUnclear, match=r"'nope' \(prepare\) is none of the columns: id, y"):
        given.revise(task, given.plan(task), [looked("id", "y")])
    assert given.revise(task, given.plan(task), [looked("id", "nope")]) is not None


def test_a_place_that_the_plan_states_is_never_swapped_for_another(tmp_path: Path) -> None:
    """The catalogue's CIFAR-10 that can't be had is looked for; with a plan that states its place it is not."""
    error = {"code": 4, "kind": "not-found", "message": "gone", "hint": "", "data": {}}
    gone = [Attempt(id="download", tool="download", args=Rules().plan(TASK).step("download").args, error=error)]
    searching = Rules().revise(TASK, Rules().plan(TASK), gone)
    assert searching is not None
    assert "search" in {step.tool for step in searching.steps}
    given = Given(saved(tmp_path, TASK, Rules().plan(TASK)), Rules())
    assert given.understand("", [], {}).sources == ["cifar-10"]
    assert given.revise(TASK, given.plan(TASK), gone) is None


def test_places_edited_into_a_plan_are_the_users(tmp_path: Path) -> None:
    plan = changed("download", CSV, args={"sources": ["http://127.0.0.1:8000/z.csv"]})
    given = Given(saved(tmp_path, CSV, plan), Rules())
    assert given.understand("", [], {}).sources == ["http://127.0.0.1:8000/z.csv"]
    hidden = changed("download", CSV, args={"sources": ["https://[redacted]@host/z.csv"]})
    with pytest.raises(BadUsage, match="secret was taken out"):
        Given(saved(tmp_path, CSV, hidden), Rules())


@pytest.mark.parametrize(
    ("task", "plan", "told"),
    [
        ({"constraints": {"budget_seconds": "soon"}}, {}, "task.constraints.budget_seconds: Input should be a valid n"),
        ({"constraints": {"seed": -1}}, {}, "task.constraints.seed"),
        ({"constraints": {"family": "vibes"}}, {}, "no family 'vibes', only"),
        ({"metric": "vibes"}, {}, "no metric 'vibes', only"),
        ({}, {"metric": "vibes"}, "train: there is no metric 'vibes', only"),
        ({}, {"family": "vibes"}, "train: there is no family 'vibes', only"),
    ],
)
def test_what_no_step_could_work_with_is_told_before_the_run(
    tmp_path: Path, task: dict[str, Any], plan: dict[str, Any], told: str
) -> None:
    path = saved(tmp_path, CSV.model_copy(update=task), changed("train", CSV, args=plan))
    with pytest.raises(BadUsage) as caught:
        Given(path, Rules())
    assert told in caught.value.message


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"task":\n {]}', "line 2, column 3"),
        ("[]", "`task` and `plan`"),
        ('{"task": {"paragraph": "x"}}', "`plan` is missing"),
        ('{"task": {"paragraph": "x"}, "plan": {"steps": [{"id": "train"}]}}', "plan.steps.0.tool (step 'train')"),
    ],
)
def test_what_is_no_plan_is_told_where(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "plan.json").write_text(content)
    with pytest.raises(BadUsage) as caught:
        Given(tmp_path / "plan.json", Rules())
    assert told in caught.value.message


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
