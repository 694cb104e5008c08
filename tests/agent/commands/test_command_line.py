"""Bad usage and bad input: one clear paragraph, the right exit code, no traceback, one JSON object with --json."""

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from tests.agent.command_line import COMMAND, answer, environment, noglue


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("home")
    (place / "one.csv").write_text("x,y\n1,a\n")
    (place / "empty.csv").write_text("")
    (place / "same.csv").write_text("x,y\n" + "".join(f"{i},a\n" for i in range(60)))
    (place / "broken.zip").write_bytes(b"PK\x03\x04 and then nothing of the kind")
    (place / "nothing").mkdir()
    return place


CASES = [
    (["run"], 2),
    (["run", "classify iris", "--budget", "soon"], 2),
    (["run", "classify iris", "--planner", "oracle"], 2),
    (["run", "classify iris", "--device", "toaster"], 2),
    (["run", "classify iris", "--nonsense"], 2),
    (["show", "no-such-run"], 2),
    (["predict", "no-such-run", "x.csv"], 2),
    (["bench", "no-such-task"], 2),
    (["run", ""], 3),
    (["run", "hello"], 3),
    (["run", "book me a flight"], 3),
    (["run", "classify this", "--data", "one.cvs"], 4),
    (["run", "predict y", "--data", "empty.csv"], 4),
    (["run", "predict y", "--data", "one.csv"], 4),
    (["run", "predict y", "--data", "same.csv"], 4),
    (["run", "predict y", "--data", "broken.zip"], 4),
    (["run", "classify these photos", "--data", "nothing"], 4),
    (["run", "classify the images at http://127.0.0.1:9/x.zip"], 4),
    (["run", "predict zebra stripes", "--data", "same.csv"], 3),
    (["run", "classify iris", "--sandbox", "paper"], 2),
    (["run", "classify iris", "--runs", "/proc/none"], 2),
    (["run", "predict y", "--data", ""], 2),
]


@pytest.mark.parametrize(
    ("arguments", "code"), CASES, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_bad_input_ends_in_one_paragraph_and_its_code(home: Path, arguments: list[str], code: int) -> None:
    done = noglue(home, *arguments)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    paragraph = done.stderr.strip().rsplit("\n\n", 1)[-1]
    assert 20 < len(paragraph) < 3000


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "x", "--seed", "-1"],
        ["plan"],
        ["run", "hello"],
        ["run", "predict y", "--data", "one.csv"],
        ["show", "no-such-run"],
    ],
)
def test_with_json_a_failure_too_is_one_object(home: Path, arguments: list[str]) -> None:
    content = answer(home, *arguments)
    assert content["exit"] == content["error"]["code"] != 0
    assert set(content["error"]) == {"code", "kind", "message", "step", "hint"}


def test_the_version_is_told_alone(home: Path) -> None:
    done = noglue(home, "--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"noglue {metadata.version('noglue')}\n"


def test_plan_shows_and_does_nothing(home: Path) -> None:
    before = sorted(home.rglob("*"))
    content = answer(home, "plan", "Recognise handwritten digits.")
    assert [step["tool"] for step in content["plan"]["steps"]][-1] == "report"
    assert set(content["task"]) >= {"paragraph", "goal", "sources", "target", "modality", "metric", "constraints"}
    assert sorted(home.rglob("*")) == before


def test_data_beside_the_working_folder_is_found(home: Path, tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    rows = "".join(f"{x},{x % 7},{3 * x + x % 7}\n" for x in range(120))
    (tmp_path / "there" / "houses.csv").write_text(f"area,rooms,price\n{rows}")
    told = ("--data", "../there/houses.csv", "--family", "linear", "--device", "cpu", "--yes")
    assert noglue(tmp_path / "here", "run", "predict price", *told).returncode == 0
    done = noglue(tmp_path / "here", "predict", "latest", "../there/houses.csv", "--out", "told.csv")
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / "here" / "told.csv").read_text().splitlines()) == 121


def test_nothing_is_written_outside_the_runs_and_the_cache_but_the_key(home: Path) -> None:
    noglue(home, "run", "predict y", "--data", "same.csv")
    left = {path.name for path in home.iterdir()}
    assert left <= {"one.csv", "empty.csv", "same.csv", "broken.zip", "nothing", "runs", "cache", ".local"}
    kept = [path for path in (home / ".local").rglob("*") if not path.is_dir()]
    assert kept in ([], [home / ".local" / "state" / "noglue" / "key"])


def test_a_closed_pipe_is_no_error(home: Path) -> None:
    command = subprocess.list2cmdline([*COMMAND, "bench", "--list"])
    done = subprocess.run(
        ["bash", "-c", f"{command} | head -1"],
        cwd=home,
        env=environment(home),
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_every_benchmark_task_is_well_formed(home: Path) -> None:
    listed = answer(home, "bench", "--list")
    assert {"digits", "iris", "wine", "breast-cancer", "diabetes", "mnist", "fashion-mnist", "cifar10", "adult"} <= set(
        listed
    )


def test_the_module_runs_with_python_safe_path() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "noglue.agent.cli", "--help"], capture_output=True, text=True, check=True
    )
    assert "predict" in done.stdout
