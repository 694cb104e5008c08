"""How runs stand, for `noglue runs` and `show`: at what a living one is, that a killed one is dead, where each lies."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from noglue.agent.commands.predict import newest_with_model
from noglue.agent.run_folder import RunFolder
from noglue.tools.spec.errors import BadUsage
from tests.agent.command_line import COMMAND, answer, environment, noglue

WORKING = """
import sys, time
from pathlib import Path
from noglue.agent.events import Progress, Started
from noglue.agent.run_folder import RunFolder
from noglue.agent.run_status import ProgressFile
folder = RunFolder(Path(sys.argv[1]))
folder.lock()
at = ProgressFile(folder)
at.event(Started(step="train", tool="train", number=3, why="", seconds=None))
time.sleep(2.1)
at.event(Progress(step="train", stage="epoch", done=4, total=10, seconds_left=30.0))
print("there", flush=True)
time.sleep(600)
"""


def left(runs: Path, name: str, status: str = "interrupted", generates: bool | None = None) -> Path:
    """A run's folder, as a run leaves it in its first moments, or with a model."""
    folder = runs / name
    (folder / "steps").mkdir(parents=True)
    task = {"paragraph": "Recognise digits", "goal": "classify", "metric": "accuracy"}
    (folder / "task.json").write_text(json.dumps(task))
    content = {"run": name, "status": status, "task": task, "seconds": {"total": 4.0}, "path": "/before/it/moved",
               "error": None, "metrics": None, "wishes": [], "files": None, "rows": None}  # fmt: skip
    (folder / "run.json").write_text(json.dumps(content))
    if generates is not None:
        (folder / "model").mkdir()
        (folder / "model" / "model.json").write_text("{}")
        (folder / "model" / "schema.json").write_text(json.dumps({"goal": "generate" if generates else "regress"}))
    return folder


@pytest.fixture
def working(tmp_path: Path) -> Iterator[tuple[Path, "subprocess.Popen[bytes]"]]:
    folder = left(tmp_path / "runs", "20260102-000000-recognise-digits")
    with subprocess.Popen([sys.executable, "-c", WORKING, str(folder)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield folder, process
        process.kill()


def test_a_living_run_says_at_what_it_is_and_a_killed_one_runs_no_longer(
    tmp_path: Path, working: tuple[Path, "subprocess.Popen[bytes]"]
) -> None:
    folder, process = working
    assert "running (train, 40 %)" in noglue(tmp_path, "runs").stdout
    told = noglue(tmp_path, "show", folder.name).stdout
    assert told.startswith(f"{folder.name}: running (train, 40 %)\n")
    assert "30 s to go" in told
    content = answer(tmp_path, "show", folder.name)
    assert content["status"] == "running"
    assert {"step": "train", "number": 3, "stage": "epoch", "share": 0.4}.items() <= content["progress"].items()
    resumed = answer(tmp_path, "resume", folder.name)
    assert resumed["error"]["kind"] == "busy"
    assert "running (train, 40 %)" in resumed["error"]["message"]
    process.kill()
    process.wait()
    assert "running" not in noglue(tmp_path, "runs").stdout
    assert answer(tmp_path, "show", folder.name)["status"] == "interrupted"
    assert f"noglue resume {folder.name}" in noglue(tmp_path, "show", folder.name).stdout


LOOKING = """
import fcntl, os, sys, time
lock = os.open(sys.argv[1], os.O_RDONLY)
fcntl.flock(lock, fcntl.LOCK_SH)
print("there", flush=True)
time.sleep(0.04)
"""


def test_who_looks_keeps_nobody_from_working(tmp_path: Path) -> None:
    """Looking takes the lock for a moment, and whoever works waits for that moment."""
    folder = left(tmp_path, "20260102-000000-x")
    (folder / ".lock").touch()
    with subprocess.Popen([sys.executable, "-S", "-c", LOOKING, str(folder / ".lock")], stdout=-1) as looking:
        assert looking.stdout is not None
        looking.stdout.readline()
        RunFolder(folder).lock()
    assert RunFolder(folder).busy()


def test_lines_fit_a_terminal_and_are_whole_in_a_pipe(tmp_path: Path) -> None:
    names = [f"2026010{day}-000000-recognise-handwritten-digits-of-many-people-in-photos" for day in (1, 2)]
    for name in names:
        left(tmp_path / "runs", name)
    assert [line.split()[0] for line in noglue(tmp_path, "runs").stdout.splitlines()] == names
    terminal, inside = pty.openpty()
    wanted = environment(tmp_path) | {"COLUMNS": "60"}
    subprocess.run([*COMMAND, "runs"], cwd=tmp_path, env=wanted, stdin=inside, stdout=inside, check=True)
    os.close(inside)
    lines = os.read(terminal, 65536).decode().splitlines()
    os.close(terminal)
    assert all(len(line) <= 60 for line in lines)
    assert [line.split("…")[0] for line in lines] == [
        name[: line.index("…")] for name, line in zip(names, lines, strict=True)
    ]
    assert noglue(tmp_path, "show", lines[1].split("…")[0]).returncode == 0, "what is left of the name names the run"


def test_paths_are_those_of_where_the_run_lies_now(tmp_path: Path) -> None:
    left(tmp_path / "runs", "20260102-000000-x", "succeeded")
    assert answer(tmp_path, "show", "x")["path"] == str(tmp_path / "runs" / "20260102-000000-x")


def test_latest_is_the_newest_run_whose_model_does_what_is_wanted(tmp_path: Path) -> None:
    for name, generates in (("1-predicts", False), ("2-generates", True), ("3-predicts", False), ("4-failed", None)):
        left(tmp_path, name, generates=generates)
    assert newest_with_model(tmp_path, generating=False).name == "3-predicts"
    assert newest_with_model(tmp_path, generating=True).name == "2-generates"
    (tmp_path / "none").mkdir()
    with pytest.raises(BadUsage, match="has a model that generates"):
        newest_with_model(tmp_path / "none", generating=True)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("digts", "Did you mean 20260102-000000-recognise-digits, 20260101-000000-recognise-digits?"),
        ("lates", "Did you mean latest?"),
        ("recognise", "may be several runs: 20260102-000000-recognise-digits, 20260101"),
        ("weather", "The newest of 2 in"),
        ("runs", "is a folder, but no run"),
    ],
)
def test_a_name_that_is_none_is_answered_with_those_that_may_be_meant(tmp_path: Path, asked: str, told: str) -> None:
    for day in (1, 2):
        left(tmp_path / "runs", f"2026010{day}-000000-recognise-digits")
    done = noglue(tmp_path, "show", asked)
    assert done.returncode == 2
    assert told in " ".join(done.stderr.split())
