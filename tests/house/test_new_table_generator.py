"""A generator of rows is one new file: trained, judged beside real rows, asked for more, in a copy of the tree."""

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
OFF = ("--sandbox", "off")  # the sandbox shows the steps the installed noglue, not this copy

FAMILY = '''
"""Rows like those of the train split: one of them, each number moved a little."""

import json
import time

from noglue.tools.spec.protocols import Trained
from noglue.tools.spec.schema import load_split

BASELINE = False
ALIASES = ("row jitter",)


def suits(schema):
    return 0.5 if schema.goal == "generate" and schema.modality == "table" else 0.0


def train(data, model, schema, settings, step):
    started = time.monotonic()
    rows = load_split(data, "train")
    kept = {column.name: rows[column.name][:] for column in schema.features}
    numbers = [column.name for column in schema.features if column.kind == "number"]
    (model / "rows.json").write_text(json.dumps({"rows": kept, "numbers": numbers}))
    return Trained(family="row_jitter", seconds=time.monotonic() - started, stopped="all rows were seen once")


class Sampler:
    classes = None
    latent = 4

    def __init__(self, rows, numbers):
        self.rows, self.numbers = rows, numbers

    def latents(self, count, seed):
        import numpy as np

        return np.random.default_rng(seed).standard_normal((count, self.latent), dtype=np.float32)

    def labels(self, count, seed):
        return None

    def decode(self, latents, labels=None, progress=None):
        import numpy as np

        total = len(next(iter(self.rows.values())))
        chosen = (np.abs(latents[:, 0]) * 7919).astype(int) % total
        found = {}
        for place, (name, values) in enumerate(self.rows.items()):
            some = np.array(values, dtype=object)[chosen]
            if name in self.numbers:
                spread = 0.3 * float(np.std([value for value in values if value is not None]))
                moved = some.astype(float) + spread * latents[:, 1 + place % 3]
                some = moved
            found[name] = some
        return found


def load(model, device):
    content = json.loads((model / "rows.json").read_text())
    return Sampler(content["rows"], content["numbers"])
'''


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree with the new file, installed in an environment of its own; and a table of customers."""
    place = tmp_path_factory.mktemp("house")
    tree = place / "tree"
    for name in ("agent", "tools", "tasks", "src/noglue"):
        shutil.copytree(ROOT / name, tree / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    (tree / "tools" / "models" / "row_jitter.py").write_text(FAMILY)
    venv.create(place / "venv", symlinks=True)
    (packages,) = (place / "venv" / "lib").glob("python*/site-packages")
    libraries = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    (packages / "house.pth").write_text("\n".join([str(tree / "src"), *libraries]) + "\n")
    ages = [20 + i * 37 % 61 for i in range(400)]
    rows = [f"{age},{50 * age + i * 53 % 397},{'north' if age > 50 else 'south'}" for i, age in enumerate(ages)]
    (place / "shop.csv").write_text("age,income,region\n" + "\n".join(rows) + "\n")
    return place


def noglue(place: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [str(place / "venv" / "bin" / "python"), "-P", "-m", "noglue.agent.cli", *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {
        "NOGLUE_RUNS": str(place / "runs")
    }
    return subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def run(place: Path) -> dict[str, Any]:
    """What became of it."""
    ended = noglue(place, "run", "Generate new rows like those in shop.csv", "--planner", "rules", *OFF, "--json")
    assert ended.returncode == 0, ended.stderr + ended.stdout
    return json.loads((place / "runs" / "latest" / "run.json").read_text())


def test_it_is_judged_beside_real_rows_and_rows_without_relations(run: dict[str, Any], place: Path) -> None:
    assert (run["task"]["goal"], run["task"]["unread"]) == ("generate", [])
    assert run["model"]["family"] == "row_jitter"
    test, independent = run["metrics"]["test"], run["metrics"]["baseline"]
    assert test["fd_own"]["value"] < independent["fd_own"]["value"]
    assert "Better than independent columns" in run["verdict"]
    report = (place / "runs" / "latest" / "report.html").read_text()
    assert "<th>region</th>" in report
    assert "New table rows, or" in report


def test_more_rows_are_written_signed_and_the_same_by_their_seed(run: dict[str, Any], place: Path) -> None:
    for out in ("more", "again"):
        ended = noglue(place, "generate", "latest", "--count", "120", "--seed", "5", "--out", out, *OFF)
        assert ended.returncode == 0, ended.stderr + ended.stdout
        assert "120 table rows" in ended.stdout
    with (place / "more" / "samples.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 120
    assert list(rows[0]) == ["age", "income", "region"]
    assert {row["region"] for row in rows} == {"north", "south"}
    assert (place / "more" / "samples.csv").read_bytes() == (place / "again" / "samples.csv").read_bytes()
    assert noglue(place, "generate", "latest", "--verify", "more").returncode == 0
    (place / "more" / "samples.csv").write_text("age,income,region\n1,2,south\n")
    assert noglue(place, "generate", "latest", "--verify", "more").returncode == 5
