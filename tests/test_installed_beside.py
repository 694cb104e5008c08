"""A user's own `tools.py`, `agent.py`, `tasks/` or `tools/` never meets ours: of the command, of `import noglue`."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.agent.command_line import environment

COMMAND = [str(Path(sys.executable).parent / "noglue"), "run", "Predict y", "--yes", "--data", "x.csv"]
IMPORT = [sys.executable, "-c", "import noglue, tools; print(noglue.plan('Recognise digits.').task.goal, tools.MINE)"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A user's folder: modules and packages of our names that must not be run, and a small table."""
    for name in ("agent.py", "tasks.py", "tests.py"):
        (tmp_path / name).write_text("raise SystemExit('a file of the user was run')\n", encoding="utf-8")
    for name in ("agent", "tools"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("MINE = 'mine'\n", encoding="utf-8")
    rows = [f"{number},{number % 7},{'yes' if number % 2 else 'no'}" for number in range(80)]
    (tmp_path / "x.csv").write_text("\n".join(["a,b,y", *rows, ""]), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("path", [{}, {"PYTHONPATH": "."}], ids=["plain", "PYTHONPATH=."])
def test_the_command_runs_in_it(project: Path, path: dict[str, str]) -> None:
    command = [*COMMAND, "--budget", "60s", "--family", "linear"]
    done = subprocess.run(
        command, cwd=project, env=environment(project) | path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", [{}, {"PYTHONPATH": "."}], ids=["plain", "PYTHONPATH=."])
def test_noglue_is_imported_in_it(project: Path, path: dict[str, str]) -> None:
    done = subprocess.run(
        IMPORT, cwd=project, env=environment(project) | path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.split()) == (0, ["classify", "mine"]), done.stderr
