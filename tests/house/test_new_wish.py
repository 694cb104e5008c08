"""A kind of wish is new files only: heard, planned, done and told, in a copy of the tree with nothing edited."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

MODULE = '''
"""A lucky number of folds: `cross your fingers three times`."""

from noglue.agent.request import quantities
from noglue.agent.request.lexicon import matches
from noglue.agent.request.marks import Mark

TURN = 1
SHAPES = {"fingers": (3,)}


def find(heard):
    found = []
    for clause in heard.still():
        for match in matches(__file__, "fingers", clause.text):
            start, end = clause.start + match.start(), clause.start + match.end()
            found.append(Mark(start, end, "fingers", int(quantities.number(match["n"])), heard.words[start:end]))
    return found


def impossible(wish, task, goal):
    return "fingers can't be crossed for pictures" if goal == "generate" else None


def bind(wish, task, profile):
    return wish.model_copy(update={"why": f"over {sum(profile.rows.values())} rows"})


def effects(wish, task, goal):
    return {"train": {"folds": wish.value}}


def done(wish, evidence):
    count = (evidence.result("train").get("folds") or {}).get("count", 0)
    return count == wish.value, f"crossed {count} times"
'''
FORMS = """
[fingers]
en = ["cross your fingers (?P<n>{number}) times"]
"""


def test_a_kind_of_wish_is_heard_planned_and_done_from_new_files_only(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    for name in ("agent", "tools", "tasks", "src/noglue"):
        shutil.copytree(ROOT / name, tree / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    kinds = tree / "agent" / "request" / "kinds"
    (kinds / "fingers.py").write_text(MODULE)
    (kinds / "fingers.toml").write_text(FORMS)
    rows = [(i * 37 % 211 / 211, i * 53 % 197 / 197) for i in range(150)]
    lines = [f"{a:.4f},{b:.4f},{'yes' if a + b > 1 else 'no'}" for a, b in rows]
    (tmp_path / "shop.csv").write_text("age,income,bought\n" + "\n".join(lines) + "\n")
    paragraph = "Predict bought from shop.csv with a linear model. Cross your fingers three times."
    command = [sys.executable, "-P", "-m", "noglue.agent.cli", "run", paragraph, "--planner", "rules", "--json"]
    command += ["--sandbox", "off"]  # a sandbox shows the steps the installed noglue, not this copy
    environment = os.environ | {"PYTHONPATH": str(tree / "src"), "NOGLUE_RUNS": str(tmp_path / "runs")}
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    run = tmp_path / "runs" / "latest"
    (wish,) = [one for one in json.loads((run / "run.json").read_text())["wishes"] if one["kind"] == "fingers"]
    assert (wish["value"], wish["state"], wish["why"]) == (3, "done", "crossed 3 times; over 150 rows")
    assert wish["text"] == "Cross your fingers three times"
    steps = {step["id"]: step for step in json.loads((run / "plan.json").read_text())["steps"]}
    assert steps["train"]["args"]["folds"] == 3
    assert json.loads(ended.stdout)["task"]["unread"] == []
