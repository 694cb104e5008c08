"""The same tests as an ordinary user, where the suite runs as root (the other way around they have run already).

A copy of the package is installed for that user, into an environment of the system's own Python.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

import noglue

NOBODY = 65534
HERE = Path(__file__).parent
SYSTEM = Path(f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}")


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("the suite runs as an ordinary user already")
    packages = Path(sysconfig.get_path("purelib"))
    if not SYSTEM.exists() or shutil.which("setpriv") is None:
        pytest.skip(f"needs {SYSTEM} and setpriv")
    if any(not parent.stat().st_mode & 1 for parent in packages.parents):
        pytest.skip(f"an ordinary user can't read {packages}")
    top = Path("/var/tmp") / f"noglue-test-{os.getpid()}"
    made = subprocess.run([SYSTEM, "-m", "venv", "--without-pip", top / "venv"], capture_output=True, check=False)
    if made.returncode != 0:
        shutil.rmtree(top, ignore_errors=True)
        pytest.skip(f"{SYSTEM} can't make an environment")
    site = next((top / "venv" / "lib").glob("python*/site-packages"))
    package = Path(str(noglue.__file__)).parent
    shutil.copytree(package, site / "noglue", ignore=shutil.ignore_patterns("__pycache__"))
    (site / "more.pth").write_text(f"{packages}\n")
    shutil.copytree(HERE, top / "tests", ignore=shutil.ignore_patterns("__pycache__", Path(__file__).name))
    os.chown(top, NOBODY, NOBODY)
    yield top / "venv" / "bin" / "python"
    shutil.rmtree(top)


PARTS = ["test_reading.py", "test_writing.py"]
SLOW = ["test_processes.py", "test_no_network.py", "test_resources.py", "test_parent_side.py", "test_fails_closed.py"]


@pytest.mark.parametrize("part", [*PARTS, *(pytest.param(part, marks=pytest.mark.slow) for part in SLOW)])
def test_as_an_ordinary_user(part: str, python: Path) -> None:
    top = python.parents[2]
    user = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups"]
    pytest_ = [
        str(python),
        "-P",
        "-m",
        "pytest",
        "--import-mode=importlib",
        "-p",
        "no:cacheprovider",
        "-q",
        "-W",
        "error",
    ]
    done = subprocess.run(
        [*user, *pytest_, "--basetemp", str(top / "temporary"), str(top / "tests" / part)],
        capture_output=True,
        text=True,
        cwd=top,
        env={"PATH": "/usr/bin:/bin", "HOME": str(top)},
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert " passed" in done.stdout
