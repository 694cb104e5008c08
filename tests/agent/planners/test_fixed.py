"""Plans that a person saved, edited and gave back."""

import json
from pathlib import Path
from typing import Any

import pytest

from noglue.agent.plan import Plan
from noglue.agent.planners.fixed import Given
from noglue.agent.planners.rules import Rules
from noglue.agent.protocols import Attempt
from noglue.agent.task import Constraints, Task
from noglue.tools.spec.errors import BadUsage, TaskUnclear
from noglue.tools.spec.profiles import Column, Profile
from tests.agent.command_line import answer
from tests.agent.planners.plans import CSV, TASK, changed


def saved(tmp_path: Path, task: Task, plan: Plan) -> Path:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({"task": task.model_dump(), "plan": plan.model_dump(), "planner": "rules"}))
    return path


def test_an_edited_plan_is_run_as_it_was_edited(tmp_path: Path) -> None:
    plan = changed("prepare", CSV, args={"goal": "classify", "target": "z", "test_fraction": 0.4, "drop": ["id"]})
    given = Given(saved(tmp_path, CSV, plan), Rules())
    task = given.understand("", [], Constraints(seed=7))
    assert task.constraints.stated() == {"seed": 7}
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
    task = given.understand("", [], Constraints())
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
    assert given.understand("", [], Constraints()).sources == ["cifar-10"]
    assert given.revise(TASK, given.plan(TASK), gone) is None


def test_places_edited_into_a_plan_are_the_users(tmp_path: Path) -> None:
    plan = changed("download", CSV, args={"sources": ["http://127.0.0.1:8000/z.csv"]})
    given = Given(saved(tmp_path, CSV, plan), Rules())
    assert given.understand("", [], Constraints()).sources == ["http://127.0.0.1:8000/z.csv"]
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
    path = tmp_path / "plan.json"
    content = {"task": CSV.model_dump() | task, "plan": changed("train", CSV, args=plan).model_dump()}
    path.write_text(json.dumps(content))
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
    with pytest.raises(BadUsage, match="is not a plan"):
        Given(tmp_path / "plan.json", Rules())


def test_an_edited_plan_is_held_to_the_same_checks(tmp_path: Path) -> None:
    with pytest.raises(BadUsage, match="there is no tool 'rm'"):
        Given(saved(tmp_path, CSV, changed("train", CSV, tool="rm")), Rules())
    with pytest.raises(BadUsage, match="can't be read"):
        Given(tmp_path / "none.json", Rules())


def test_a_run_that_is_gone_on_with_is_still_bound_by_the_plan_that_it_was_given(tmp_path: Path) -> None:
    """Its data was missing at first; `inspect` fills in the plan only in the second sitting."""
    table, gone = tmp_path / "shops.csv", tmp_path / "gone.csv"
    table.write_text("shop,rain,till,sold\n" + "".join(f"{n % 3},{n % 7},{n * 2},{n % 5}\n" for n in range(200)))
    planned = answer(tmp_path, "plan", "Predict sold with a linear model", "--data", str(table))
    step = next(step for step in planned["plan"]["steps"] if step["tool"] == "prepare")
    step["args"] |= {"target": "till", "goal": "regress", "drop": ["rain"], "test_fraction": 0.5}
    (tmp_path / "plan.json").write_text(json.dumps({"task": planned["task"], "plan": planned["plan"]}))
    table.rename(gone)
    failed = answer(tmp_path, "run", "--plan", str(tmp_path / "plan.json"))
    assert failed["exit"] == 4, failed
    gone.rename(table)
    (tmp_path / "plan.json").unlink()
    done = answer(tmp_path, "resume", failed["run"])
    assert done["exit"] == 0, done
    prepared = json.loads(next(Path(done["path"]).glob("steps/*-prepare/args.json")).read_text())["args"]
    assert (prepared["target"], prepared["drop"], prepared["test_fraction"]) == ("till", ["rain"], 0.5)
    assert done["metrics"]["test"]["rmse"]["n"] == 100
