"""On macOS nothing can be run yet, and it is said plainly; what runs no step works, and nothing breaks on the way.

No Mac was at hand. A child process is made to look like Python there: what its `os` module lacks is taken away, and
`sys.platform` says so.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.agent.command_line import environment

ON_A_MAC = """
import ctypes.util, multiprocessing, os, platform, resource, select, shutil, signal, socket, ssl, subprocess, sys
import sysconfig, urllib.request, uuid
sysconfig.get_config_vars()
lacking = "O_PATH O_TMPFILE sched_getaffinity sched_setaffinity pidfd_open memfd_create setresuid setresgid getresuid "
lacking += "copy_file_range posix_fadvise eventfd splice unshare setns"
for name in lacking.split():
    if hasattr(os, name):
        delattr(os, name)
"""
NAMED = "sys.platform = 'darwin'\nplatform.system = lambda: 'Darwin'\n"
COMMAND = f"{ON_A_MAC}{NAMED}\nfrom noglue.agent import cli\ncli.main()"
EVERY_MODULE = f"""{ON_A_MAC}
import importlib, pkgutil
import noglue.agent, noglue.tools
for package in (noglue.agent, noglue.tools):
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        try:
            importlib.import_module(found.name)
        except SystemExit:
            pass
"""


def on_a_mac(code: str, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-P", "-c", code, *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment(folder), capture_output=True, text=True, check=False, timeout=200
    )


def test_every_module_can_be_imported_there(tmp_path: Path) -> None:
    done = on_a_mac(EVERY_MODULE, tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["plan", "Predict y", "--data", "x.csv", "--yes"], ["runs"]]
)
def test_what_runs_no_step_works_there(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,y\n1,yes\n2,no\n", encoding="utf-8")
    done = on_a_mac(COMMAND, tmp_path, *arguments)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("sandbox", ["auto", "off"])
def test_a_run_is_refused_there_with_what_to_do(sandbox: str, tmp_path: Path) -> None:
    done = on_a_mac(COMMAND, tmp_path, "run", "Recognise digits.", "--yes", "--sandbox", sandbox)
    words = " ".join(done.stderr.split())
    assert done.returncode == 7
    assert "for Darwin there is no sandbox yet" in words
    assert "Linux container" in words


def test_doctor_says_so_there(tmp_path: Path) -> None:
    done = on_a_mac(f"import torch\n{COMMAND}", tmp_path, "doctor")
    assert done.returncode == 7
    assert "for Darwin there is no sandbox yet" in done.stdout
