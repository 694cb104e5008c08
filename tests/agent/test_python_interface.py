"""`import noglue`: typed, light, with the same errors."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import noglue
from noglue.agent.model.model import Model
from noglue.agent.plan import Plan
from noglue.tools.spec.errors import BadUsage, DataError, TaskUnclear


def test_importing_it_is_light_and_the_module_of_that_name_is_still_there() -> None:
    code = """
import sys
import noglue
assert not {'pydantic', 'torch', 'langchain_core'} & set(sys.modules)
from noglue.agent.plan import Plan
from noglue import plan, run
assert callable(plan) and callable(run) and Plan(steps=[]).steps == []
"""
    subprocess.run([sys.executable, "-P", "-c", code], check=True)


def test_a_plan_is_typed() -> None:
    preview = noglue.plan("Recognise handwritten digits.", planner="rules", seed=3)
    assert [step.tool for step in preview.plan.steps] == ["inspect", "prepare", "train", "evaluate", "report"]
    assert (preview.task.goal, preview.task.constraints.seed, preview.planner) == ("classify", 3, "rules")


def test_errors_are_those_of_the_command_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no"):
        noglue.run(f"Predict y from {tmp_path}/nothing.csv", runs=tmp_path, planner="rules")
    with pytest.raises(BadUsage, match="not a length of time"):
        noglue.plan("Recognise digits.", budget="soon")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"paragraph": None}, "The request is missing"),
        ({"paragraph": 3}, "paragraph='3'"),
        ({"data": 3}, "data='3'"),
        ({"data": ["a.csv", 3]}, "data="),
        ({"data": "a\0b"}, "NUL"),
        ({"runs": "a\0b"}, "NUL"),
        ({"target": 3}, "target='3'"),
        ({"exclude": ["a", 3]}, "exclude="),
        ({"group": ["a"]}, "group="),
        ({"metric": "acuracy"}, "no measure 'acuracy'"),
        ({"family": "linaer"}, "no model family 'linaer'"),
        ({"test": 1.5}, "--test 1.5"),
        ({"test": "none.csv"}, "neither"),
        ({"target": "y", "exclude": "y"}, "the same column: y"),
        ({"seed": -1}, "seed='-1'"),
        ({"seed": "a"}, "seed='a'"),
        ({"seed": True}, "seed='True'"),
        ({"max_calls": -1}, "max_calls='-1'"),
        ({"max_cost": float("nan")}, "max_cost='nan'"),
        ({"plan": 3}, "plan='3'"),
        ({"paragraph": None, "plan": Plan(steps=[])}, "Steps alone"),
        ({"plan": "none.json"}, "already says what is wanted"),
        ({"paragraph": None, "plan": "none.json"}, "can't be read"),
    ],
)
def test_what_makes_no_sense_is_bad_usage_and_nothing_is_run(
    tmp_path: Path, arguments: dict[str, Any], told: str
) -> None:
    given = {"paragraph": "Recognise handwritten digits.", "runs": tmp_path / "runs", "planner": "rules"} | arguments
    with pytest.raises(BadUsage) as caught:
        noglue.run(**given)
    assert told in caught.value.message
    assert not (tmp_path / "runs").exists()


def test_a_plan_is_given_back_edited(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,y,z\n" + "\n".join(f"{i},{i % 2},{i % 3}" for i in range(60)))
    preview = noglue.plan(f"Predict y from {tmp_path}/x.csv", planner="rules")
    preview.plan.step("prepare").args["target"] = "nope"
    for given in ({"plan": preview}, {"paragraph": preview.task.paragraph, "plan": preview.plan}):
        with pytest.raises(TaskUnclear, match="none of the columns: a, y, z"):
            noglue.run(**given, runs=tmp_path / "runs", planner="rules")
    task = json.loads((tmp_path / "runs" / "latest" / "task.json").read_text())
    assert task["target"] == "nope"


def test_predict_needs_inputs(tmp_path: Path) -> None:
    task = noglue.plan("Recognise handwritten digits.", planner="rules").task
    outcome = Model(
        run="x",
        status="succeeded",
        task=task,
        device="cpu",
        planner="rules",
        sandbox="off",
        seed=0,
        path=tmp_path / "x",
    )
    for inputs in ((), ("a\0b",), (3,)):
        with pytest.raises(BadUsage, match="inputs="):
            outcome.predictions(*inputs)


def test_a_run_gives_scores_and_predictions(tmp_path: Path) -> None:
    values = [(i * 37 % 211 / 211, i * 53 % 197 / 197) for i in range(200)]
    rows = "\n".join(f"{a:.4f},{b:.4f},{'yes' if a + b > 1 else 'no'}" for a, b in values)
    (tmp_path / "x.csv").write_text(f"a,b,bought\n{rows}\n")
    outcome = noglue.run(
        "Predict bought, with a linear model",
        data=tmp_path / "x.csv",
        runs=tmp_path / "runs",
        budget=120,
        planner="rules",
    )
    assert isinstance(outcome, noglue.Model)
    assert outcome.status == "succeeded"
    assert outcome.metrics["test"]["accuracy"].value > 0.85
    assert outcome.report.is_file()
    (tmp_path / "new.csv").write_text("a,b\n0.9,0.8\n0.1,0.2\n")
    predicted = outcome.predictions(tmp_path / "new.csv", proba=True)
    assert [row.prediction for row in predicted] == ["yes", "no"]
    assert predicted[0].probabilities["yes"] > 0.5
    assert predicted[0].kept == {}
    kept = outcome.predictions(tmp_path / "new.csv", keep=("b", "a"))
    assert [row.kept for row in kept] == [{"b": "0.8", "a": "0.9"}, {"b": "0.2", "a": "0.1"}]
    assert [row.prediction for row in kept] == ["yes", "no"]
    with pytest.raises(BadUsage, match="no column 'c'"):
        outcome.predictions(tmp_path / "new.csv", keep="c")
    assert outcome.model is not None
    assert outcome.model.bytes
    assert outcome.wishes == outcome.task.wishes
