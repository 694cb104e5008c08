"""The command line with a recorded model: whole runs in the sandbox, plans shown, saved, edited and given back."""

import csv
import json
import os
import random
import struct
from pathlib import Path
from typing import Any

import pytest

from tests.agent.command_line import answer, noglue
from tests.agent.planners.model_server import ModelServer

READER = """
import struct
def read(folder):
    for path in sorted(folder.rglob('*.rec')):
        content = path.read_bytes()
        for at in range(8, len(content), 17):
            size, weight, label = struct.unpack('<ddB', content[at:at + 17])
            yield {'size': size, 'weight': weight, 'kind': 'heavy' if label else 'light'}
"""
STEPS = ["download", "extract", "inspect", "prepare", "train", "evaluate", "report"]


def recording(home: Path, *lines: dict[str, Any]) -> str:
    path = home / "recording.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return f"recorded:{path}"


def says(question: str, **answer: Any) -> dict[str, Any]:
    return {"question": question, "answer": answer}


def records(home: Path, name: str = "files", count: int = 300) -> Path:
    """Rows in a format that nobody knows."""
    draw = random.Random(count)
    rows = [(draw.gauss(0, 1), draw.gauss(5, 1), draw.random() < 0.5) for _ in range(count)]
    packed = [struct.pack("<ddB", size, weight + 6 * heavy, heavy) for size, weight, heavy in rows]
    (home / name).mkdir()
    (home / name / "scale.rec").write_bytes(b"\x00\xffREC\x01\x00\x00" + b"".join(packed))
    return home / name


def kinds(folder: Path) -> list[str]:
    """Of each row, what is to be predicted."""
    content = (folder / "scale.rec").read_bytes()[8:]
    return ["heavy" if content[at + 16] else "light" for at in range(0, len(content), 17)]


def predicted(home: Path, run: str, given: Path) -> list[str]:
    done = noglue(home, "predict", run, str(given), "--out", "out.csv")
    assert done.returncode == 0, done.stderr
    with (home / "out.csv").open(encoding="utf-8", newline="") as file:
        return [row["prediction"] for row in csv.DictReader(file)]


def test_files_that_no_reader_knows_are_read_by_one_that_the_model_writes_and_the_run_repeats_without_it(
    tmp_path: Path,
) -> None:
    words = f"Predict kind with a linear model from {records(tmp_path)}"
    plan = says("plan", steps=[{"id": step, "tool": step} for step in STEPS])
    model = recording(tmp_path, says("task"), plan, says("reader", code=READER, target="kind"), says("settle"))
    done = answer(tmp_path, "run", words, "--model", model)
    assert (done["exit"], done["planner"], done["error"]) == (0, "llm", None)
    assert done["metrics"]["test"]["accuracy"]["value"] > 0.9
    assert "written-reader" in [one["kind"] for one in done["data"]["warnings"]]
    folder = Path(done["path"])
    assert list(folder.glob("steps/*-read_with/reader.py"))
    assert "struct.unpack" in (folder / "report.html").read_text(encoding="utf-8")
    asked = [json.loads(line) for line in (folder / "llm.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["question"] for line in asked[1:]] == ["task", "plan", "reader", "settle"]

    new = records(tmp_path, "new", 4)
    assert predicted(tmp_path, folder.name, new / "scale.rec") == kinds(new)
    assert predicted(tmp_path, str(folder / "model"), new) == kinds(new)
    (tmp_path / "usual.csv").write_text("weight,size\n4.5,0\n11.5,0\n")
    assert predicted(tmp_path, folder.name, tmp_path / "usual.csv") == ["light", "heavy"]

    kept = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    task = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    again = [step for step in kept["steps"] if step["tool"] != "report"]
    report = next(step for step in kept["steps"] if step["tool"] == "report")
    (tmp_path / "plan.json").write_text(json.dumps({"task": task, "plan": {"steps": [*again, report | {"args": {}}]}}))
    repeated = answer(tmp_path, "run", "--plan", str(tmp_path / "plan.json"))
    assert (repeated["exit"], repeated["planner"]) == (0, "rules")
    assert repeated["metrics"]["test"] == done["metrics"]["test"]


def test_a_plan_shows_its_table_and_with_v_what_was_sent(tmp_path: Path) -> None:
    model = recording(tmp_path, says("task"), says("plan", steps=[{"id": "x", "tool": "x"}]) | {"times": 3})
    shown = noglue(tmp_path, "plan", "Recognise handwritten digits.", "--model", model, "-v")
    assert shown.returncode == 0
    assert "planner     llm" in shown.stdout
    assert "reads" in shown.stdout
    assert "--- sent, question 1, human" in shown.stdout
    assert "there is no tool 'x'" in shown.stdout
    assert "the rules decide" in shown.stdout


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--planner", "llm"], "needs a model"),
        (["--model", "nobody"], "names no model"),
        (["--model", "cohere:x"], "pip install langchain-cohere"),
        (["--plan", "none.json"], "already says what is wanted"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(tmp_path: Path, flags: list[str], told: str) -> None:
    done = noglue(tmp_path, "run", "Recognise handwritten digits.", *flags)
    assert done.returncode == 2
    assert told in " ".join(done.stderr.split())
    assert not os.path.lexists(tmp_path / "runs")


def test_no_secret_is_printed_and_what_has_to_be_stored_is_for_its_owner_alone(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("OPENAI_API_KEY=env-secret-value\n")
    words = "Predict y from http://me:pass-word@127.0.0.1:9/x.csv, key env-secret-value"
    with ModelServer([""], key="x", wrong_key="no key env-secret-value") as server:
        flags = ["--model", server.url, "--planner", "auto"]
        outs = [noglue(tmp_path, "plan", words, *flags, *more) for more in ([], ["--json"], ["-v"])]
        runs = [noglue(tmp_path, "run", words, *flags), noglue(tmp_path, "run", words, *flags, "--json", "-v")]
    assert [done.returncode for done in outs] == [0, 0, 0]
    for done in [*outs, *runs]:
        assert "127.0.0.1:9" in done.stdout + done.stderr
        assert "pass-word" not in done.stdout + done.stderr
        assert "env-secret-value" not in done.stdout + done.stderr
    assert [done.returncode for done in runs] == [4, 4]
    for name in ("task.json", "plan.json"):
        assert (tmp_path / "runs" / "latest" / name).stat().st_mode & 0o077 == 0


def test_a_server_that_keeps_failing_leaves_the_plan_to_the_rules_or_is_an_error(tmp_path: Path) -> None:
    with ModelServer([""], first=[500] * 99) as server:
        plan = noglue(tmp_path, "plan", "Recognise handwritten digits.", "--model", server.url)
        assert (plan.returncode, "planner     rules" in plan.stdout) == (0, True), plan.stderr
        strict = noglue(tmp_path, "plan", "Recognise handwritten digits.", "--model", server.url, "--planner", "llm")
        assert (strict.returncode, "does not answer" in strict.stderr) == (5, True), strict.stderr


@pytest.mark.parametrize("flags", [["--max-calls", "0"], []])
def test_the_llm_planner_whose_answers_never_count_is_an_error(tmp_path: Path, flags: list[str]) -> None:
    model = recording(tmp_path, {"answer": "nonsense", "times": 9})
    told = answer(tmp_path, "plan", "Recognise handwritten digits.", "--model", model, *flags)
    assert (told["exit"], told["planner"]) == (0, "rules")
    done = noglue(tmp_path, "run", "Recognise handwritten digits.", "--model", model, "--planner", "llm", *flags)
    assert (done.returncode, "no answer of a model counts" in " ".join(done.stderr.split())) == (5, True)


def members(home: Path, count: int = 240) -> Path:
    """People who leave the sooner the fewer their visits are, and a plan that is written down once they have gone."""
    draw = random.Random(count)
    path = home / "members.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["age", "visits", "site", "plan", "churned"])
        for _ in range(count):
            visits = draw.randint(0, 30)
            gone = visits + draw.gauss(0, 3) < 14
            site, plan = draw.choice(["Leeds", "Turin"]), "none" if gone else draw.choice(["gold", "basic"])
            rows.writerow([draw.randint(18, 80), visits, site, plan, "yes" if gone else "no"])
    return path


def test_wishes_that_only_the_model_hears_are_done_and_every_difference_stands_in_the_report(tmp_path: Path) -> None:
    clerk, turin = "The plan is written down by the clerk once people have gone", "without the people of Turin"
    words = f"Predict churned with a linear model from {members(tmp_path)}, {turin}. {clerk}."
    wishes = [
        {"text": clerk, "kind": "exclude", "value": {"columns": ["plan"]}},
        {"text": turin, "kind": "test", "value": {"clause": "people of Turin"}},
        {"text": "and mail it to me", "kind": "export", "value": True},
        {"text": clerk, "kind": "folds", "value": "many"},
    ]
    plan = {"steps": [{"id": step, "tool": step} for step in STEPS]}
    said = [{"goal": "classify", "target": "churned", "wishes": wishes}, plan, {"target": None}]
    with ModelServer([json.dumps(one) for one in said]) as server:
        done = answer(tmp_path, "run", words, "--model", server.url)
    assert (done["exit"], done["planner"], done["error"]) == (0, "llm", None)
    assert "plan" not in done["data"]["features"]
    told = {wish["kind"]: wish for wish in done["wishes"]}
    assert (told["exclude"]["state"], told["test"]["state"]) == ("done", "done")
    assert "read so by the language model" in told["exclude"]["why"]
    assert "the rules read: leave out people of Turin" in told["test"]["why"]
    assert "export" not in told
    folder = Path(done["path"])
    report = (folder / "report.md").read_text(encoding="utf-8")
    assert "the rules read: leave out people of Turin" in report
    assert "read so by the language model" in report
    journal = [json.loads(line) for line in (folder / "journal.jsonl").read_text(encoding="utf-8").splitlines()]
    said_so = "\n".join(str(line.get("message")) for line in journal)
    for note in ("mail it to me” is left out", "malformed and left out: folds", "the data will decide"):
        assert note in said_so
        assert note in done["task"]["evidence"]["wishes"]
