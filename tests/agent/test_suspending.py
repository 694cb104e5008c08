"""Ctrl-Z at a real terminal, with a real shell: the steps stop with the run, and `fg` lets both go on."""

import json
import os
import pty
import re
import select
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from noglue.tools.sandbox._memory import descendants, processor_seconds
from tests.agent.command_line import COMMAND, environment

CTRL_C, CTRL_Z = b"\x03", b"\x1a"
PATIENCE = 60.0


class Shell:
    """An interactive bash in a terminal of its own."""

    def __init__(self, home: Path) -> None:
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(home)
            surroundings = environment(home) | {"TERM": "xterm", "PS1": "$ "}
            os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], surroundings)
        self.seen = ""

    def type(self, keys: bytes) -> None:
        os.write(self.terminal, keys)

    def wait_for(self, what: str) -> None:
        """Until this stands on the screen, since the last time."""
        limit = time.monotonic() + PATIENCE
        while not re.search(what, self.seen):
            assert time.monotonic() < limit, self.seen[-3000:]
            self.read(0.2)
        self.seen = ""

    def read(self, seconds: float) -> None:
        if select.select([self.terminal], [], [], seconds)[0]:
            self.seen += os.read(self.terminal, 65536).decode(errors="replace")

    def until(self, true: Callable[[], bool]) -> None:
        limit = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < limit, self.seen[-3000:]
            self.read(0.1)

    def end(self) -> None:
        for pid in [*descendants(self.pid), self.pid]:
            os.kill(pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    one = Shell(tmp_path)
    yield one
    one.end()


def states(pids: list[int]) -> str:
    """`T` for each that is stopped."""
    found = ""
    for pid in pids:
        try:
            found += Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            continue
    return found


def test_the_steps_stop_with_the_run_and_go_on_with_it(shell: Shell, tmp_path: Path) -> None:
    began = time.time()
    shell.type(f"{' '.join(COMMAND)} run 'Recognise handwritten digits.' --yes\n".encode())
    training = "runs/latest/steps/03-train/args.json"
    shell.until((tmp_path / training).exists)
    shell.until(lambda: len(descendants(descendants(shell.pid)[0])) > 2)  # launchers, and the step
    [agent, *below] = descendants(shell.pid)
    shell.type(CTRL_Z)
    shell.wait_for("Stopped")
    assert states([agent]) == "T"
    supervisor = below[0]  # would still end them all, should the agent be killed now
    shell.until(lambda: set(states([pid for pid in descendants(agent) if pid != supervisor])) == {"T"})
    before = processor_seconds(agent)
    time.sleep(1.5)
    assert processor_seconds(agent) == before, "nothing computes"
    shell.type(b"fg\n")
    shell.until(lambda: processor_seconds(agent) > before)
    shell.until(lambda: "was stopped for" in (tmp_path / "runs/latest/journal.jsonl").read_text())
    assert "T" not in states([agent, *descendants(agent)])
    shell.type(CTRL_C)
    shell.wait_for("The run was interrupted")
    [run] = [path for path in (tmp_path / "runs").iterdir() if not path.is_symlink()]
    assert "interrupted" in (run / "report.md").read_text().splitlines()[2].lower(), "it says how far it came"
    journal = [json.loads(line) for line in (run / "journal.jsonl").read_text().splitlines()]
    [note] = [one for one in journal if "was stopped for" in one.get("message", "")]
    assert note["step"] == "train"
    total = json.loads((run / "run.json").read_text())["seconds"]["total"]
    assert total < (run / "run.json").stat().st_mtime - began - 1.2, "the time in between is nobody's"
