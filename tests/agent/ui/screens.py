"""A terminal as a person sees it: tmux draws what a program writes, and gives it back as lines; `written` is the bytes.

with Screen("python x.py", width=80) as screen:
    screen.type("yes", "Enter")
    assert "Thanks." in screen.wait_for("Thanks.")
"""

import os
import pty
import re
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import pytest

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux draws the screen")
MARKS = re.compile("[✓✗·⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] ")  # a step's line begins with one
ENDED = "the-program-has-ended"


class Screen:
    """A command in a terminal of so many columns and lines, with all that has scrolled out of it."""

    def __init__(self, command: str, width: int = 80, height: int = 24, **environment: str) -> None:
        self._place = tempfile.TemporaryDirectory(prefix="tmux")
        self._socket = str(Path(self._place.name) / "s")
        environment = {"COLUMNS": "", "LINES": "", **environment}  # pytest's own size is not the screen's
        given = [part for name, value in environment.items() for part in ("-e", f"{name}={value}")]
        size = ["-x", str(width), "-y", str(height)]
        first = ["start-server", ";", "set", "-g", "history-limit", "50000", ";"]  # a server without a session ends
        self._tmux(*first, "new-session", "-d", *size, *given, f"{command}; echo {ENDED}; sleep 600")

    def __enter__(self) -> "Screen":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._tmux("kill-server")
        self._place.cleanup()

    def lines(self, colours: bool = False) -> list[str]:
        """From the first that was written on; colours: with the escapes that make them."""
        shown = self._tmux("capture-pane", "-p", "-S", "-50000", *(["-e"] if colours else []))
        return [line.rstrip() for line in shown.splitlines()]

    def steps(self) -> list[str]:
        """The lines of a run's plan, each of which must stand there once."""
        return [line for line in self.lines() if MARKS.match(line)]

    def has_cursor(self) -> bool:
        """Whether it is shown."""
        return self._tmux("display-message", "-p", "#{cursor_flag}").strip() == "1"

    def type(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def resize(self, width: int, height: int = 24) -> None:
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    def wait_for(self, text: str, times: int = 1, seconds: float = 60.0) -> list[str]:
        """The lines as soon as so many of them hold the text; what is seen may be half of what is being drawn."""
        ends = time.monotonic() + seconds
        lines = self.lines()
        while sum(text in line for line in lines) < times:
            assert time.monotonic() < ends, f"no {text!r} on {times} lines of:\n" + "\n".join(lines)
            time.sleep(0.1)
            lines = self.lines()
        return lines

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-f", "/dev/null", "-S", self._socket, *arguments], capture_output=True, text=True, timeout=30
        )
        assert done.returncode == 0, f"{shlex.join(arguments)}: {done.stderr}"
        return done.stdout


def written(command: Sequence[str], home: Path, **environment: str) -> str:
    """All that the command writes to a terminal, escapes among it."""
    terminal, inside = pty.openpty()
    ends = {"stdin": inside, "stdout": inside, "stderr": inside}
    parts = list[bytes]()
    with subprocess.Popen(command, cwd=home, env=environment, start_new_session=True, **ends):
        os.close(inside)
        with suppress(OSError):  # as a terminal ends
            while part := os.read(terminal, 1 << 16):
                parts.append(part)
    os.close(terminal)
    return b"".join(parts).decode()
