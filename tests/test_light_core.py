"""`pip install noglue` alone, without an extra: tables need no torch; images say which extra they need."""

import json
import math
import random
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.agent.command_line import environment

# The extras' packages are not found, as in an environment without them.
GONE = """
import sys
from importlib.machinery import PathFinder

GONE = ("torch", "PIL", "cryptography", "tokenizers", "langchain", "langchain_core", "catboost", "optuna")

class Without(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in GONE else super().find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = Without
"""
STEP = f"""{GONE}
import runpy
runpy.run_module("noglue.tools.process.step_process", run_name="__main__")
"""
RUN = f"""{GONE}
import json, os
from pathlib import Path

from noglue.agent import session
from noglue.agent.commands.predict import Wanted, predict
from noglue.agent.config.settings import device, places
from noglue.agent.context import RunContext
from noglue.agent.planners.rules import Rules
from noglue.agent.redact import Redactor
from noglue.agent.run_folder import RunFolder
from noglue.agent.task import Constraints
from noglue.agent.ui.terminal import Terminal
from noglue.tools.sandbox.off import Unconfined

class WithoutExtras(Unconfined):
    def start(self, command, inside, stderr):
        python, safe, _module, _step, *arguments = command
        return super().start([python, safe, "-c", {STEP!r}, *arguments], inside, stderr)

paragraph, *data = sys.argv[1:]
rules = Rules()
task = rules.understand(paragraph, data, Constraints(seed=0, budget_seconds=60.0))
ctx = RunContext(
    places(None), rules, [], WithoutExtras(), "off", "", [], device("auto"), Redactor(os.environ), Terminal()
)
run = session.begin(task, rules.plan(task), ctx)
if run["error"] is None:
    run["predicted"] = predict(RunFolder(Path(run["path"])), data, Wanted(), ctx, Path("predictions.csv"))
print(json.dumps(run))
"""


def run(home: Path, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-P", "-c", RUN, *arguments]
    done = subprocess.run(command, cwd=home, env=environment(home), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    content: dict[str, Any] = json.loads(done.stdout)
    return content


def letters(folder: Path) -> Path:
    draw = random.Random(0)
    rows = [(draw.gauss(0, 1), draw.choice("uvw")) for _ in range(100)]
    lines = [f"{number:.3f},{letter},{'yes' if number + (letter == 'u') > 0.3 else 'no'}" for number, letter in rows]
    table = folder / "x.csv"
    table.write_text("\n".join(["a,b,y", *lines, ""]), encoding="utf-8")
    return table


def test_a_table_is_learned_and_predicted_without_torch(tmp_path: Path) -> None:
    table = letters(tmp_path)
    content = run(tmp_path, "Predict y with boosted trees", str(table))
    assert content["error"] is None
    assert content["metrics"]["test"]["accuracy"]["value"] > 0.85
    assert content["predicted"]["rows"] == 100
    assert len((tmp_path / "predictions.csv").read_text(encoding="utf-8").splitlines()) == 101


@pytest.mark.slow
def test_a_blend_of_tables_does_without_what_an_extra_brings_and_says_so(tmp_path: Path) -> None:
    table = letters(tmp_path)
    content = run(tmp_path, "Predict y", str(table))
    assert content["error"] is None
    assert content["metrics"]["test"]["accuracy"]["value"] > 0.8
    report = unescape((Path(content["path"]) / "report.html").read_text(encoding="utf-8"))
    assert "Without CatBoost and Optuna" in report
    assert "pip install 'noglue[tables]'" in report


def test_catboost_asked_for_by_name_says_what_installs_it(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,y\n" + "1,yes\n2,no\n" * 40, encoding="utf-8")
    code = f"{GONE}\nfrom noglue.agent import cli\ncli.main()"
    command = [sys.executable, "-P", "-c", code, "run", "Predict y with CatBoost.", "--data", "x.csv", "--yes"]
    done = subprocess.run(command, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "pip install 'noglue[tables]' installs it" in " ".join(done.stderr.split())


def test_images_name_the_extra_they_need(tmp_path: Path) -> None:
    error = run(tmp_path, "Recognise handwritten digits.")["error"]
    assert (error["kind"], error["code"], error["step"]) == ("missing-package", 5, "03-train")
    assert error["message"] == "Images need torch, which is not installed."
    assert error["hint"] == "pip install 'noglue[images]' installs it."


def test_series_name_the_extra_they_need(tmp_path: Path) -> None:
    draw, folder = random.Random(0), tmp_path / "waves"
    folder.mkdir()
    lines = []
    for place in range(60):
        pitch = (0.2, 0.9)[place % 2]
        values = ",".join(f"{math.sin(pitch * step) + draw.gauss(0, 0.1):.3f}" for step in range(40))
        lines.append(f"{values}:{('slow', 'fast')[place % 2]}")
    head = "@problemName waves\n@timestamps false\n@univariate true\n@classLabel true slow fast\n@data\n"
    (folder / "waves.ts").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    error = run(tmp_path, "Classify the series.", str(folder))["error"]
    assert (error["kind"], error["code"]) == ("missing-package", 5)
    assert error["message"] == "Time series need torch, which is not installed."
    assert error["hint"] == "pip install 'noglue[series]' installs it."


def test_the_command_says_so_too(tmp_path: Path) -> None:
    code = f"{GONE}\nfrom noglue.agent import cli\ncli.main()"
    command = [sys.executable, "-P", "-c", code, "run", "Recognise digits.", "--device", "cuda"]
    done = subprocess.run(command, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Device cuda needs torch, which is not installed. pip install 'noglue[images]'" in " ".join(
        done.stderr.split()
    )
