"""What this process and one launcher say to each other.

orders  parent → launcher   what to do; the first launcher's stays open while the parent lives, which it watches
report  launcher → parent   "pid N" where it splits in two, "ready" right before exec, or "failed …"
"""

import contextlib
import marshal
import os
import select
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

_LAUNCHER = Path(__file__).resolve().with_name("_launch.py")


@dataclass(frozen=True)
class Orders:
    """What a launcher is told.

    descriptors: kept open, with standard input, output and error. limits: RLIMIT_* → value.
    supervised: stay above the command and end everything that it started. confined: give up every privilege.
    uid, keep: become this user, keeping one capability or none. rules: Landlock's, path → rights, with `handled` and
    `attributes_size` as the kernel's version has them. filter: seccomp's; `own`: bytes in it that stand for the
    process's own number.
    """

    command: tuple[str, ...]
    folder: str
    descriptors: tuple[int, ...] = ()
    limits: Mapping[int, int] | None = None
    supervised: bool = True
    confined: bool = True
    uid: int | None = None
    keep: int | None = None
    rules: tuple[tuple[str, int], ...] = ()
    handled: tuple[int, int, int] = (0, 0, 0)
    attributes_size: int = 8
    filter: bytes = b""
    own: bytes = b""

    def encode(self) -> bytes:
        text = marshal.dumps({**asdict(self), "limits": dict(self.limits or {})})
        return len(text).to_bytes(8, "little") + text


class Pipes:
    """Both pipes of one launcher, whose ends `source` and `report` it inherits."""

    def __init__(self) -> None:
        self.source, self.life = os.pipe()
        self.ready, self.report = os.pipe()
        self._open = {self.source, self.life, self.ready, self.report}

    def command(self) -> tuple[str, ...]:
        """The launcher's command line."""
        # imported, not run, so that Python keeps it compiled; appended, so that it stands in nobody's way
        code = f"import sys; sys.path.append({str(_LAUNCHER.parent)!r}); import {_LAUNCHER.stem} as it; it.main()"
        return (sys.executable, "-I", "-S", "-c", code, str(self.source), str(self.report))

    def close(self, *ends: int) -> None:
        """Close these ends, or all that are open."""
        for end in set(ends or self._open) & self._open:
            self._open.remove(end)
            os.close(end)

    def keep_life(self) -> int:
        """The end that the launcher watches; from now on the caller closes it."""
        self._open.remove(self.life)
        return self.life

    def give(self, orders: Orders, deadline: float) -> int:
        """Send a launcher on its way, and come back when its command runs. → the process that became the command.

        Raises OSError, with what the launcher reported, when it does not come to that.
        """
        data = orders.encode()
        with contextlib.suppress(BrokenPipeError):  # the launcher has ended, or never ran: its report will be empty
            while data:
                data = data[os.write(self.life, data) :]
        said, step = self._answer(deadline), 0
        if said.startswith("pid "):
            said, step = self._answer(deadline), int(said.removeprefix("pid "))
        if said == "ready":
            said = self._answer(deadline)  # a successful exec closes the pipe
            if not said:
                return step
        raise OSError(said.removeprefix("failed ") or "it ended without a word")

    def _answer(self, deadline: float) -> str:
        """The next line of the report; empty when there is none to come, or not before `deadline` (monotonic)."""
        text = b""
        while not text.endswith(b"\n") and _readable(self.ready, deadline - time.monotonic()):
            piece = os.read(self.ready, 1)
            if not piece:
                break
            text += piece
        return text.decode(errors="replace").strip()


def _readable(descriptor: int, seconds: float) -> bool:
    """Whether there is something to read, or nothing more to come, within so many seconds."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(max(0.0, seconds) * 1000))
