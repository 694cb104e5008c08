"""A goal is new files only: goal, measure, family; heard, planned, trained, scored and used in a copy of the tree."""

import csv
import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

GOAL = '''
"""Say how unusual each row is. No column is to be told."""

from noglue.tools.goals._predictions import evaluate
from noglue.tools.spec.goals import GoalPlugin


def baseline(schema, train, rows):
    import numpy as np

    return "calling no row more unusual than another", np.zeros(rows)


def columns(predicted, schema):
    import pyarrow as pa

    return {"score": pa.array(predicted), "unusual": pa.array(predicted > 2)}


GOAL = GoalPlugin(
    name="outliers",
    measure="notices_changes",
    evaluate=evaluate,
    target="none",
    baseline=baseline,
    chance="no row stands out",
    columns=columns,
    heard=("anomaly",),
    request="Find the unusual among",
    thing="unusual rows",
    does="it finds unusual rows",
    title="unusual rows of {modality} data",
    card="Says how unusual a row is by {given}.",
)
'''
FORMS = """
[heard]
en = ["(?:which|what) rows (?:stick|stand) out[^,;.:!?()]*"]
"""
MEASURE = '''
"""How often a row is called more unusual once its numbers are moved far away."""

from noglue.tools.metrics import Metric

FAR = 1000.0


def observe(evidence):
    """1 where the model notices, else 0."""
    import datasets
    import numpy as np

    numbers = [column.name for column in evidence.schema.features if column.kind == "number"]
    moved = {name: np.asarray(evidence.rows[name]) + FAR for name in numbers}
    noticed = evidence.model.predict(datasets.Dataset.from_dict(moved)) > evidence.predicted
    return np.asarray(noticed, np.float64)


def compute(truth, noticed):
    return float(noticed.mean()) if len(noticed) else float("nan")


METRIC = Metric(
    name="notices_changes",
    title="changes noticed",
    goal="outliers",
    higher=True,
    unit="fraction",
    needs=frozenset({"model", "rows"}),
    observe=observe,
    compute=compute,
)
'''
FAMILY = '''
"""How far a row lies from the mean, in standard deviations, averaged over the columns of numbers."""

import json
import time

from noglue.tools.spec.protocols import Trained
from noglue.tools.spec.schema import load_split

BASELINE = False
ALIASES = ("standard distance",)


def suits(schema):
    return 0.5 if schema.goal == "outliers" and schema.modality == "table" else 0.0


def train(data, model, schema, settings, step):
    import numpy as np

    started, rows = time.monotonic(), load_split(data, "train")
    means = {}
    for column in schema.features:
        if column.kind == "number":
            values = np.asarray(rows[column.name], np.float64)
            means[column.name] = (float(values.mean()), float(values.std()) or 1.0)
    (model / "means.json").write_text(json.dumps(means))
    return Trained(family="standard_distance", seconds=time.monotonic() - started, stopped="all rows were seen once")


class Distance:
    def __init__(self, means):
        self.means = means

    def predict(self, rows, progress=None):
        import numpy as np

        far = [abs(np.asarray(rows[name], np.float64) - mean) / std for name, (mean, std) in self.means.items()]
        if progress is not None:
            progress(len(rows), len(rows))
        return np.mean(far, axis=0)


def load(model, device):
    return Distance(json.loads((model / "means.json").read_text()))
'''


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree with the new files, installed in an environment of its own; and a table of customers."""
    place = tmp_path_factory.mktemp("house")
    tree = place / "tree"
    for name in ("agent", "tools", "tasks", "src/noglue"):
        shutil.copytree(ROOT / name, tree / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    (tree / "tools" / "goals" / "outliers.py").write_text(GOAL)
    (tree / "tools" / "goals" / "outliers.toml").write_text(FORMS)
    (tree / "tools" / "metrics" / "notices_changes.py").write_text(MEASURE)
    (tree / "tools" / "models" / "standard_distance.py").write_text(FAMILY)
    venv.create(place / "venv", symlinks=True)
    (packages,) = (place / "venv" / "lib").glob("python*/site-packages")
    libraries = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    (packages / "house.pth").write_text("\n".join([str(tree / "src"), *libraries]) + "\n")
    rows = [f"{20 + i * 37 % 61},{1000 + i * 53 % 1970}" for i in range(150)]
    (place / "shop.csv").write_text("age,income\n" + "\n".join(rows) + "\n")
    (place / "new.csv").write_text("age,income\n45,2000\n900,90000\n,2000\n")
    return place


def noglue(place: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [str(place / "venv" / "bin" / "python"), "-P", "-m", "noglue.agent.cli", *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {
        "NOGLUE_RUNS": str(place / "runs")
    }
    return subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def run(place: Path) -> dict[str, Any]:
    """What became of it."""
    ended = noglue(
        place, "run", "Find the unusual rows in shop.csv", "--planner", "rules", "--sandbox", "off", "--json"
    )
    assert ended.returncode == 0, ended.stderr + ended.stdout
    return json.loads((place / "runs" / "latest" / "run.json").read_text())


def test_it_is_heard_and_planned(run: dict[str, Any], place: Path) -> None:
    assert run["task"]["goal"] == "outliers"
    assert run["task"]["target"] is None
    assert run["task"]["unread"] == []
    (wish,) = [one for one in run["wishes"] if one["kind"] == "goal"]
    assert (wish["value"], wish["state"]) == ("outliers", "done")
    folder = place / "runs" / "latest"
    assert json.loads((folder / "task.json").read_text())["goal"] == "outliers"
    steps = {step["id"]: step for step in json.loads((folder / "plan.json").read_text())["steps"]}
    assert steps["prepare"]["args"]["goal"] == "outliers"


def test_its_own_words_ask_for_it(place: Path) -> None:
    ended = noglue(place, "plan", "Which rows stick out in shop.csv?", "--planner", "rules", "--json")
    assert ended.returncode == 0, ended.stderr + ended.stdout
    assert json.loads(ended.stdout)["task"]["goal"] == "outliers"


def test_its_own_measure_sees_the_model_and_stands_beside_chance(run: dict[str, Any]) -> None:
    assert run["task"]["metric"] == "notices_changes"
    score = run["metrics"]["test"]["notices_changes"]
    assert score["value"] == 1.0
    assert score["low"] <= score["value"] <= score["high"]
    assert run["metrics"]["baseline"]["notices_changes"]["value"] == 0.0
    assert run["model"]["family"] == "standard_distance"
    assert "calling no row more unusual than another gives 0.0 %" in run["verdict"]


def test_its_own_columns_are_predicted_for_the_test_rows_and_new_ones(run: dict[str, Any], place: Path) -> None:
    folder = place / "runs" / "latest"
    scored = read(folder / "predictions.csv")
    assert list(scored[0]) == ["input", "score", "unusual"]
    assert len(scored) == run["data"]["rows"]["test"] > 0
    report = (folder / "report.md").read_text()
    assert "changes noticed" in report
    assert "Says how unusual a row is" in (folder / "model" / "README.md").read_text()
    ended = noglue(place, "predict", "latest", "new.csv", "--out", "new-scores.csv", "--sandbox", "off")
    assert ended.returncode == 0, ended.stderr + ended.stdout
    usual, odd, incomplete = read(place / "new-scores.csv")
    assert list(usual) == ["input", "score", "unusual", "problem"]
    assert (usual["unusual"], odd["unusual"]) == ("False", "True")
    assert (incomplete["score"], incomplete["unusual"]) == ("", "")


def test_it_makes_nothing_new(run: dict[str, Any], place: Path) -> None:
    ended = noglue(place, "generate", run["run"])
    assert ended.returncode == 2
    assert "it finds unusual rows" in ended.stderr
