"""The command line as a user has it, for tests: real processes, an environment of their own.

`noglue` and `answer` are forked from a process that has imported the command and compiled what it reads paragraphs
with (`warm_command.py`), which takes an interpreter that begins anew a second; `start` begins anew.
"""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-P", "-m", "noglue.agent.cli"]
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.agent.warm_command"])


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
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        process = FORKS.Process(target=_command, args=(home, out, err, arguments))
        process.start()
        process.join()
        code = process.exitcode
        process.close()
        assert code is not None
        texts = [file.read_text(encoding="utf-8") if file.exists() else "" for file in (out, err)]
    return subprocess.CompletedProcess(["noglue", *arguments], code, *texts)


def _command(home: Path, out: Path, err: Path, arguments: tuple[str, ...]) -> None:
    """In the forked process."""
    from noglue.agent import cli

    wanted = environment(home)
    os.environ.clear()
    os.environ.update(wanted)
    os.chdir(home)
    for number, file in ((1, out), (2, err)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    sys.argv = ["noglue", *arguments]
    cli.main()


def answer(home: Path, *arguments: str) -> dict[str, Any]:
    """The one JSON object of a command with --json."""
    done = noglue(home, *arguments, "--json")
    try:
        content: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise AssertionError(f"no JSON: {done.stdout!r} {done.stderr!r}") from None
    return content | {"exit": done.returncode}
