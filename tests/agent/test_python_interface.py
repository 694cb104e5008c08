"""`from agent import run, plan`: typed, light, with the same errors."""

import subprocess
import sys
from pathlib import Path

import pytest

import agent
from agent.interface import Outcome
from tools.core.errors import BadUsage, DataError


def test_importing_it_is_light_and_the_module_of_that_name_is_still_there() -> None:
    code = """
import sys
import agent
assert not {'pydantic', 'torch', 'langchain_core'} & set(sys.modules)
from agent.plan import Plan
from agent import plan, run
assert callable(plan) and callable(run) and Plan(steps=[]).steps == []
"""
    subprocess.run([sys.executable, "-P", "-c", code], check=True)


def test_a_plan_is_typed() -> None:
    preview = agent.plan("Recognise handwritten digits.", planner="rules", seed=3)
    assert [step.tool for step in preview.plan.steps] == ["inspect", "prepare", "train", "evaluate", "report"]
    assert (preview.task.goal, preview.task.constraints["seed"], preview.planner) == ("classify", 3, "rules")


def test_errors_are_those_of_the_command_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no"):
        agent.run(f"Predict y from {tmp_path}/nothing.csv", runs=tmp_path, planner="rules")
    with pytest.raises(BadUsage, match="no length of time"):
        agent.plan("Recognise digits.", budget="soon")


def test_a_run_gives_scores_and_predictions(tmp_path: Path) -> None:
    values = [(i * 37 % 211 / 211, i * 53 % 197 / 197) for i in range(200)]
    rows = "\n".join(f"{a:.4f},{b:.4f},{'yes' if a + b > 1 else 'no'}" for a, b in values)
    (tmp_path / "x.csv").write_text(f"a,b,bought\n{rows}\n")
    outcome = agent.run(
        "Predict bought, with a linear model",
        data=tmp_path / "x.csv",
        runs=tmp_path / "runs",
        budget=120,
        planner="rules",
    )
    assert isinstance(outcome, Outcome)
    assert outcome.status == "succeeded"
    assert outcome.metrics["test"]["accuracy"].value > 0.85
    assert outcome.report.is_file()
    (tmp_path / "new.csv").write_text("a,b\n0.9,0.8\n0.1,0.2\n")
    predicted = outcome.predict(tmp_path / "new.csv", proba=True)
    assert [row.prediction for row in predicted] == ["yes", "no"]
    assert predicted[0].probabilities["yes"] > 0.5
