"""The whole path as a user walks it: the command, the run folder, the model, the predictions."""

import csv
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from tests.agent.command_line import answer, noglue, start

DIGITS = "Recognise handwritten digits."
FEW = "Recognise handwritten digits with pixels_linear, from at most 500 rows."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def digits(home: Path) -> dict[str, Any]:
    return answer(home, "run", DIGITS, "--yes")


@pytest.fixture(scope="module")
def folder(digits: dict[str, Any]) -> Path:
    return Path(digits["path"])


@pytest.fixture(scope="module")
def few(home: Path) -> dict[str, Any]:
    """What is learned in two seconds."""
    return answer(home, "run", FEW, "--yes", "--seed", "3")


def test_digits_are_learned(digits: dict[str, Any]) -> None:
    assert (digits["exit"], digits["status"], digits["error"]) == (0, "succeeded", None)
    assert digits["metrics"]["test"]["accuracy"]["value"] >= 0.96
    assert digits["metrics"]["baseline"]["accuracy"]["value"] < 0.2
    assert digits["data"]["rows"]["test"] == 359
    assert digits["task"]["goal"] == "classify"
    assert digits["task"]["sources"] == []


def test_the_run_folder_holds_what_the_contract_names(folder: Path, digits: dict[str, Any]) -> None:
    for name in ("run.json", "task.json", "plan.json", "journal.jsonl", "predictions.csv", "report.html", "report.md"):
        assert (folder / name).is_file(), name
    for name in ("steps", "data", "sealed", "model"):
        assert (folder / name).is_dir(), name
    assert (folder.parent / "latest").resolve() == folder
    told = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert told == {name: value for name, value in digits.items() if name != "exit"}
    metric = told["metrics"]["test"]["accuracy"]
    assert set(metric) == {"value", "low", "high", "n"}
    assert metric["low"] <= metric["value"] <= metric["high"]


def test_training_was_never_shown_the_sealed_rows(folder: Path) -> None:
    [train] = folder.glob("steps/*-train")
    started = [json.loads(line) for line in (folder / "journal.jsonl").read_text(encoding="utf-8").splitlines()]
    assert any(event.get("step") == "train" for event in started)
    assert not list(train.rglob("*sealed*"))
    from noglue.tools import train as tool

    assert "sealed" not in (*tool.ACCESS.reads, *tool.ACCESS.writes)


def test_predictions_of_a_folder_of_images_are_right(home: Path, digits: dict[str, Any], tmp_path: Path) -> None:
    images, labels = load_digits(return_X_y=True)
    for number in range(30):
        pixels = (images[number].reshape(8, 8) * 255 / 16).round().astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{number:02d}.png")
    out = home / "out.csv"
    told = answer(home, "predict", digits["run"], str(tmp_path), "--out", str(out), "--proba")
    assert (told["exit"], told["rows"]) == (0, 30)
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["input"] for row in rows] == [str(tmp_path / f"{number:02d}.png") for number in range(30)]
    assert sum(row["prediction"] == str(label) for row, label in zip(rows, labels[:30], strict=True)) >= 28
    assert all(abs(sum(float(row[str(label)]) for label in range(10)) - 1) < 0.01 for row in rows)


def test_the_model_folder_alone_predicts_wherever_it_lies(home: Path, folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "model", tmp_path / "carried")
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(tmp_path / "black.png")
    told = answer(
        home, "predict", str(tmp_path / "carried"), str(tmp_path / "black.png"), "--out", str(tmp_path / "o.csv")
    )
    assert (told["exit"], told["rows"]) == (0, 1)
    assert not list((home / "runs").glob(".predict-*"))


def test_an_input_is_never_written_over(home: Path, digits: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("x\n1\n")
    told = answer(home, "predict", digits["run"], str(tmp_path / "in.csv"), "--out", str(tmp_path / "in.csv"))
    assert told["exit"] == 2
    assert (tmp_path / "in.csv").read_text() == "x\n1\n"


def test_resume_after_a_prediction_leaves_the_outcome_as_it_was_and_makes_a_lost_model_again(
    home: Path, digits: dict[str, Any], few: dict[str, Any], tmp_path: Path
) -> None:
    again = answer(home, "resume", digits["run"])
    assert (again["exit"], again["data"], set(again["seconds"])) == (0, digits["data"], set(digits["seconds"]))
    folder = tmp_path / "runs" / few["run"]
    shutil.copytree(few["path"], folder)
    shutil.rmtree(folder / "model")
    assert answer(tmp_path, "resume", few["run"])["error"]["kind"] == "strangers-run", "of another user's home"
    made = answer(tmp_path, "resume", few["run"], "--trust")
    assert made["metrics"] == few["metrics"]
    assert (folder / "model" / "model.json").is_file()


def test_the_journal_verifies_and_an_edit_is_found(home: Path, digits: dict[str, Any], folder: Path) -> None:
    assert noglue(home, "log", digits["run"], "--verify").returncode == 0
    journal = folder / "journal.jsonl"
    before = journal.read_text(encoding="utf-8")
    journal.write_text(before.replace('"tool": "train"', '"tool": "trick"', 1), encoding="utf-8")
    done = noglue(home, "log", digits["run"], "--verify")
    journal.write_text(before, encoding="utf-8")
    assert done.returncode == 5
    assert "was edited" in done.stdout


def test_show_runs_and_log_tell_of_the_run(home: Path, digits: dict[str, Any]) -> None:
    assert answer(home, "show", digits["run"])["run"] == digits["run"]
    assert digits["run"] in [run["run"] for run in answer(home, "runs")["runs"]]
    assert "finished  train" in noglue(home, "log", digits["run"]).stdout
    shown = noglue(home, "show", digits["run"]).stdout
    assert "accuracy on 359 test rows" in shown
    assert "noglue predict" in shown


def test_a_csv_by_its_path_with_a_described_target(home: Path) -> None:
    from sklearn.datasets import load_wine

    frame = load_wine(as_frame=True).frame.rename(columns={"target": "cultivar"})
    frame.to_csv(home / "wines.csv", index=False)
    words = "Tell which cultivar a wine in wines.csv is from by its chemistry"
    content = answer(home, "run", words, "--yes", "--budget", "60s", "--family", "linear")
    assert content["exit"] == 0, content
    assert content["task"]["target"] == "cultivar"
    assert content["metrics"]["test"]["accuracy"]["value"] >= 0.85


Launch = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def launch(home: Path) -> Iterator[Launch]:
    """Starts commands, and ends those that a failed test leaves."""
    started: list[subprocess.Popen[str]] = []

    def begin(*arguments: str) -> "subprocess.Popen[str]":
        started.append(start(home, *arguments))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def newest(home: Path, before: set[Path]) -> Path:
    """The run folder that has come since."""
    while not (new := {path for path in (home / "runs").iterdir() if not path.is_symlink()} - before):
        time.sleep(0.02)
    return new.pop()


def wait_for(path: Path) -> None:
    limit = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < limit, path
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("steps/01-inspect/args.json", FEW),
        ("sealed", FEW),
        ("steps/03-train/args.json", DIGITS),
        ("steps/04-evaluate/args.json", FEW),
    ],
)
def test_kill_9_at_any_moment_then_resume_ends_in_the_same_model(
    home: Path, launch: Launch, digits: dict[str, Any], few: dict[str, Any], moment: str, words: str
) -> None:
    whole = {FEW: few, DIGITS: digits}[words]
    before = set((home / "runs").iterdir())
    process = launch("run", words, "--yes", "--seed", str(whole["seed"]))
    run = newest(home, before)
    wait_for(run / moment)
    time.sleep(0.3)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    finished = [path.parent.name for path in run.glob("steps/*/result.json")]
    resumed = answer(home, "resume", run.name)
    assert resumed["exit"] == 0, resumed
    assert resumed["metrics"] == whole["metrics"]
    assert (run / "model" / "weights.safetensors").read_bytes() == (
        Path(whole["path"]) / "model" / "weights.safetensors"
    ).read_bytes()
    assert noglue(home, "log", run.name, "--verify").returncode == 0
    told = [json.loads(line) for line in (run / "journal.jsonl").read_text(encoding="utf-8").splitlines()]
    again = [event["step"] for event in told if event["event"] == "started"]
    assert all(again.count(name.split("-", 1)[1]) == 1 for name in finished[:-1]), "what was finished is not done again"


def test_ctrl_c_ends_with_130_and_says_how_to_go_on(home: Path, digits: dict[str, Any], launch: Launch) -> None:
    before = set((home / "runs").iterdir())
    process = launch("run", DIGITS, "--yes")
    run = newest(home, before)
    wait_for(run / "data")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "noglue resume" in err
    assert "Traceback" not in out + err
    assert json.loads((run / "run.json").read_text(encoding="utf-8"))["status"] == "interrupted"
