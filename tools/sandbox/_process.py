"""A confined step as the parent sees it: waited for, and ended with everything that it started."""

import contextlib
import os
import signal
import subprocess
import threading
import weakref
from collections.abc import Callable
from pathlib import Path

from noglue.tools.sandbox import _cgroup, _memory, trees
from noglue.tools.spec.sandboxes import Ended


class Process:
    """A running step (`Child` in `tools/spec/sandboxes.py`).

    pid: the supervisor, above everything that the step starts. It lives in the launcher (`_launch.py`), and ends them
    all when `life`, the last writing end of a pipe, is closed: by `kill`, or because this process has ended.
    ended: why noglue ended it, or the limit it met; None while it runs, and when it ended by itself.
    group: the control group that holds its memory to the limit, where there could be one.
    verdict: a last look at what it left, when it has ended by itself: the limit that this is over, or None.
    """

    def __init__(self, popen: "subprocess.Popen[bytes]", life: int) -> None:
        self.pid, self.stdout = popen.pid, popen.stdout
        self.ended: Ended | None = None
        self.over = threading.Event()
        self.pins: list[int] = []
        self.scratch: Path | None = None
        self.group: Path | None = None
        self.verdict: Callable[[], Ended | None] = lambda: None
        self._popen, self._life = popen, life
        self._lock = threading.Lock()
        _LIVING.add(self)

    def disown(self) -> None:
        """In a fork of this process: the step is its parent's, whose end must be noticed while the fork lives on."""
        self._lock = threading.Lock()  # another thread may have held it
        if not self.over.is_set():
            self.over.set()
            os.close(self._life)

    def wait(self, timeout: float | None = None) -> int:
        """The exit status (negative: the signal). Raises subprocess.TimeoutExpired. Leaves no process behind."""
        status = self._popen.wait(timeout)
        self._finish()
        if status > 128:
            status = 128 - status  # as bwrap and shells tell of a signal
        if status == -signal.SIGXCPU and self.ended is None:
            self.ended = Ended.CPU_TIME
        if self.ended is None:
            self.ended = self.verdict()
        return status

    def processor_seconds(self) -> float:
        """What it and its descendants have computed so far."""
        return _memory.processor_seconds(self.pid)

    def pause(self) -> None:
        """Stop the step and everything it started where they are, until `go_on` or `kill`.

        Not its supervisor: should this process end meanwhile, that one still ends them all.
        """
        stopped: set[int] = set()
        while new := set(_memory.descendants(self.pid)) - stopped:  # what was begun meanwhile is next
            for pid in new:
                self._signal(pid, signal.SIGSTOP)
            stopped |= new

    def go_on(self) -> None:
        """Let it all run again."""
        for pid in reversed(_memory.descendants(self.pid)):
            self._signal(pid, signal.SIGCONT)

    def _signal(self, pid: int, number: signal.Signals) -> None:
        with self._lock, contextlib.suppress(ProcessLookupError):
            if not self.over.is_set():
                os.kill(pid, number)

    def kill(self, reason: Ended = Ended.KILLED) -> None:
        """End the step and everything it started, at any moment of its life."""
        with self._lock:
            if self.ended is None and self._popen.poll() is None:
                self.ended = reason
        self._finish()

    def _finish(self) -> None:
        with self._lock:
            if self.over.is_set():
                return
            self.over.set()
            os.close(self._life)
            self._popen.wait()
            for descriptor in self.pins:
                os.close(descriptor)
            if self.group is not None:
                self.ended = self.ended or (Ended.MEMORY if _cgroup.killed(self.group) else None)
                _cgroup.release(self.group)
            if self.scratch is not None:
                trees.remove_quietly(self.scratch)


def _disown_all() -> None:
    for process in list(_LIVING):
        process.disown()


_LIVING: "weakref.WeakSet[Process]" = weakref.WeakSet()
os.register_at_fork(after_in_child=_disown_all)


def discard(process: Process) -> None:
    """Kill a step that nobody will read from."""
    process.kill()
    if process.stdout is not None:
        with contextlib.suppress(OSError):
            process.stdout.close()
