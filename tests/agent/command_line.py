"""The command line as a user has it, for tests: real processes, an environment of their own."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-P", "-m", "noglue.agent.cli"]


def environment(home: Path) -> dict[str, str]:
    """Runs and cache below `home`; nothing of the caller's secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return kept | {"HOME": str(home), "NOGLUE_RUNS": str(home / "runs"), "NOGLUE_CACHE": str(home / "cache")}


def start(home: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=home,
        env=environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_heeds_ctrl_c,
    )


def _heeds_ctrl_c() -> None:
    """Tests that run in a shell's background have it ignored, and so would their children."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def noglue(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run it to its end."""
    process = start(home, *arguments)
    out, err = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def answer(home: Path, *arguments: str) -> dict[str, Any]:
    """The one JSON object of a command with --json."""
    done = noglue(home, *arguments, "--json")
    try:
        content: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise AssertionError(f"no JSON: {done.stdout!r} {done.stderr!r}") from None
    return content | {"exit": done.returncode}
