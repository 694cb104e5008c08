import subprocess
import sys
from pathlib import Path

import pytest

from noglue.agent.run_folder import RunFolder, all_runs, slug
from noglue.tools.spec.errors import BadUsage


def made(runs: Path, paragraph: str = "Recognise digits") -> RunFolder:
    folder = RunFolder.create(runs, paragraph)
    folder.write_json("task.json", {})
    return folder


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("Recognise handwritten digits!", "recognise-handwritten-digits"),
        ("Solve the CIFAR-10 problem at http://127.0.0.1:8000/cifar.html", "solve-the-cifar-10-problem-at"),
        ("churn from http://me:pw@host/customers.csv?token=SECRET", "churn-from-customers-csv"),
        ("../../etc/passwd", "etc-passwd"),
        ("私の写真", "run"),
        ("x" * 500, "x" * 48),
    ],
)
def test_slugs_are_safe_names(paragraph: str, expected: str) -> None:
    assert slug(paragraph) == expected


def test_runs_of_the_same_second_do_not_collide_and_latest_is_the_newest(tmp_path: Path) -> None:
    folders = [made(tmp_path) for _ in range(5)]
    assert len({folder.path for folder in folders}) == 5
    assert RunFolder.find(tmp_path, "latest").path == folders[-1].path
    assert [run.name for run in all_runs(tmp_path)] == sorted(folder.name for folder in folders)


def test_a_run_is_found_by_name_by_part_and_by_folder(tmp_path: Path) -> None:
    folder = made(tmp_path, "Tell wines apart")
    assert RunFolder.find(tmp_path, folder.name).path == folder.path
    assert RunFolder.find(tmp_path, "wines").path == folder.path
    assert RunFolder.find(tmp_path / "elsewhere", str(folder.path)).path == folder.path


def test_an_unknown_run_is_bad_usage(tmp_path: Path) -> None:
    with pytest.raises(BadUsage, match="no run 'wines'"):
        RunFolder.find(tmp_path, "wines")


def test_one_program_at_a_time(tmp_path: Path) -> None:
    folder = made(tmp_path)
    folder.lock()
    code = (
        "from pathlib import Path; from noglue.agent.run_folder import RunFolder;"
        f"RunFolder(Path({str(folder.path)!r})).lock()"
    )
    other = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=False)
    assert "Another noglue is working on" in other.stderr
    folder.unlock()
    assert subprocess.run([sys.executable, "-P", "-c", code], check=False).returncode == 0


def test_a_runs_folder_that_can_not_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(BadUsage, match="can't be made"):
        RunFolder.create(tmp_path / "file" / "runs", "x")
