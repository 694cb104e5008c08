"""`--fail-under`: what must be reached, by the measure's own direction; a run that misses it is whole, exit code 8."""

import json
from pathlib import Path
from typing import Any

import pytest

from noglue.agent import fail_under
from noglue.agent.plan import Plan, PlannedStep
from noglue.agent.planners.rules import Rules
from noglue.agent.policies.fail_under import FailUnder
from noglue.agent.protocols import Attempt
from noglue.agent.task import Task
from noglue.tools.spec.errors import BadUsage, Failure, ScoreTooLow, TaskUnclear
from tests.agent.command_line import answer, noglue


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (["accuracy=0.9"], {"accuracy": 0.9}),
        (["acc=90%", " RMSE = 3.5 "], {"accuracy": 0.9, "rmse": 3.5}),
        (["ROC AUC=.8", "log loss=4e-1"], {"roc_auc": 0.8, "log_loss": 0.4}),
        (["r2=-0.5"], {"r2": -0.5}),
        (["accuracy=0.9", "accuracy=90%"], {"accuracy": 0.9}),
        ([], {}),
    ],
)
def test_pairs_are_read_by_names_that_people_use(given: list[str], wanted: dict[str, float]) -> None:
    assert fail_under.asked(given) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (["accuracy"], "no measure with a number"),
        (["accuracy=high"], "no measure with a number"),
        (["accuracy>0.9"], "no measure with a number"),
        (["acuracy=0.9"], "no measure 'acuracy'"),
        (["accuracy=90"], "at most 1"),
        (["rmse=5%"], "no share"),
        (["accuracy=0.9", "acc=0.8"], "twice"),
        ([""], "no measure with a number"),
    ],
)
def test_what_is_no_such_pair_is_refused(given: list[str], why: str) -> None:
    with pytest.raises(BadUsage, match=why):
        fail_under.asked(given)


@pytest.mark.parametrize(
    ("measure", "least", "reached", "met"),
    [
        ("accuracy", 0.9, 0.9, True),
        ("accuracy", 0.9, 0.89, False),
        ("rmse", 3.0, 2.9, True),
        ("rmse", 3.0, 3.1, False),
        ("r2", 0.5, float("nan"), False),
        ("accuracy", 0.9, None, False),
    ],
)
def test_a_measure_knows_what_is_worse(measure: str, least: float, reached: float | None, met: bool) -> None:
    scores = {"test": {measure: {"value": reached}}} if reached is not None else {"test": {}}
    [one] = fail_under.judged({measure: least}, scores)
    assert one.met is met
    content = {"fail_under": [one.model_dump()], "path": "/runs/x"}
    assert fail_under.missed(content) == ([] if met else [one])
    if not met:
        error = fail_under.too_low(content)
        assert (type(error), error.code, error.data["path"]) == (ScoreTooLow, 8, "/runs/x")
        assert isinstance(Failure.model_validate(error.failure().model_dump()).error(), ScoreTooLow)


def planned(paragraph: str, goal: Any) -> Plan:
    return Rules().plan(Task(paragraph=paragraph, goal=goal, sources=["http://example.org/x.csv"], target="y"))


def prepared(goal: str, classes: list[str] | None) -> list[Attempt]:
    return [Attempt(id="prepare", tool="prepare", args={}, result={"schema": {"goal": goal, "classes": classes}})]


def test_its_measures_are_computed_and_asked_for_once() -> None:
    policy = FailUnder(["mcc", "accuracy"])
    once = policy.approve(planned("x", "classify"), [])
    assert once.step("evaluate").args["measures"] == ["mcc", "accuracy"]
    assert policy.approve(once, []) == once


@pytest.mark.parametrize(
    ("measure", "goal", "history", "why"),
    [
        ("rmse", "classify", [], "to classify"),
        ("accuracy", None, prepared("regress", None), "to regress"),
        ("fid", "generate", [], "Inception"),
        ("roc_auc", "classify", prepared("classify", ["a", "b", "c"]), "of two classes, and these data have 3"),
    ],
)
def test_what_the_run_does_not_compute_ends_it_before_it_trains(
    measure: str, goal: Any, history: list[Attempt], why: str
) -> None:
    with pytest.raises(TaskUnclear, match=why):
        FailUnder([measure]).approve(planned("x", goal), history)


def test_as_long_as_the_goal_is_open_nothing_is_refused() -> None:
    assert FailUnder(["rmse"]).approve(planned("x", None), []).step("evaluate").args["measures"] == ["rmse"]
    assert FailUnder(["rmse"]).approve(Plan(steps=[PlannedStep(id="a", tool="inspect")]), []).steps[0].tool == "inspect"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("home")
    sizes = [37 * x % 101 for x in range(120)]
    rows = "".join(f"{size},{x % 7},{3 * size + x % 7}\n" for x, size in enumerate(sizes))
    (place / "houses.csv").write_text(f"area,rooms,price\n{rows}")
    return place


@pytest.fixture(scope="module")
def met(home: Path) -> dict[str, Any]:
    """medae is measured only where it is asked for."""
    told = ("--family", "linear", "--yes", "--device", "cpu", "--fail-under", "medae=1000", "--fail-under", "r2=0.5")
    return answer(home, "run", "predict price in houses.csv", *told)


def test_a_run_that_reaches_it_says_so(home: Path, met: dict[str, Any]) -> None:
    assert met["exit"] == 0, met["error"]
    found = {one["measure"]: one for one in met["fail_under"]}
    assert set(found) == {"medae", "r2"}
    assert all(one["met"] for one in found.values())
    assert found["medae"]["reached"] == met["metrics"]["test"]["medae"]["value"]
    assert "checked  " in noglue(home, "show", met["run"]).stdout
    task = json.loads((Path(met["path"]) / "task.json").read_text())
    assert task["constraints"]["fail_under"] == {"medae": 1000.0, "r2": 0.5}


def test_a_run_that_misses_it_is_whole_and_ends_with_exit_code_8(home: Path, met: dict[str, Any]) -> None:
    """A finished run is only judged anew, so that nothing has to be trained again for it."""
    missed = answer(home, "resume", met["run"], "--fail-under", "r2=0.5", "--fail-under", "mae=0")
    assert (missed["exit"], missed["status"], missed["error"]) == (8, "succeeded", None)
    assert [(one["measure"], one["met"]) for one in missed["fail_under"]] == [("r2", True), ("mae", False)]
    done = noglue(home, "resume", met["run"], "--fail-under", "mae=0")
    assert done.returncode == 8
    assert "has succeeded already: there is nothing left to do" in done.stdout
    assert "is more than the 0 asked for" in " ".join(done.stderr.split())
    assert answer(home, "resume", met["run"])["exit"] == 0, "by its own thresholds"


def test_what_can_not_be_measured_is_said_at_once_and_leaves_no_run(home: Path) -> None:
    before = set((home / "runs").iterdir()) if (home / "runs").exists() else set()
    asked = ("Predict price, a number, in houses.csv", "--target", "price", "--fail-under")
    assert answer(home, "run", *asked, "accuracy=0.9")["error"]["kind"] == "fail-under"
    assert answer(home, "run", *asked, "price=3")["exit"] == 2
    assert set((home / "runs").iterdir() if (home / "runs").exists() else set()) == before
