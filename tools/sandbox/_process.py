"""A confined step as the parent sees it: how it is started, waited for, watched and ended.

All three backends go the same way: the launcher (`_launch.py`) is started, inside bwrap or bare, with two pipes.

    orders  parent → launcher   what to do; held open while the parent lives, so that its end is noticed
    ready   launcher → parent   "pid N", then "ready" right before exec, or "failed …"; closed by a successful exec

`start` comes back when the command runs, and raises NoSandbox when anything before that went wrong, so a step that
runs is a step that is confined. With bwrap, `--die-with-parent` fires when the *thread* that called `start` ends:
start steps from the main thread, or from one that outlives them.
"""

import contextlib
import json
import marshal
import os
import resource
import select
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tools.core.errors import NoSandbox
from tools.core.protocols import Limits
from tools.sandbox import _python

_PATIENCE = 30.0  # seconds for the set-up, on however busy a machine


@dataclass(frozen=True)
class Orders:
    """What the launcher is told.

    limits: RLIMIT_* → value. own: bytes in `filter` that stand for the process's own number.
    uid, keep: become this user, keeping one capability or none. supervised: nothing else holds the step's descendants
    together. confined: give up every privilege. rules: Landlock's, path → rights, with `handled`
    and `attributes_size` as the kernel's Landlock version has them.
    """

    command: tuple[str, ...]
    folder: str
    descriptors: tuple[int, ...] = ()
    limits: Mapping[int, int] | None = None
    uid: int | None = None
    keep: int | None = None
    supervised: bool = True
    confined: bool = True
    rules: tuple[tuple[str, int], ...] = ()
    handled: tuple[int, int, int] = (0, 0, 0)
    attributes_size: int = 8
    filter: bytes = b""
    own: bytes = b""

    def encode(self) -> bytes:
        text = marshal.dumps({**asdict(self), "limits": dict(self.limits or {})})
        return len(text).to_bytes(8, "little") + text


def resource_limits(limits: Limits) -> dict[int, int]:
    """The limits that the kernel keeps for each process. Memory and folder size are watched instead."""
    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: limits.processes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_CPU: limits.cpu_seconds,
    }
    return {number: value for number, value in wanted.items() if value is not None}


class Process:
    """A running step (`Child` in `tools/core/protocols.py`).

    pid: the process whose end ends them all: pid 1 of the step's name space (bwrap), or the head of its group.
    ended: why noglue ended it (`killed`, or what a watcher found: `memory`, `folder-size`), or the limit it met
    (`cpu-time`); None while it runs, and when it ended by itself.
    """

    def __init__(self, popen: "subprocess.Popen[bytes]", pid: int, life: int, *, group: bool) -> None:
        self._handle = os.pidfd_open(pid)
        self.pid, self.stdout = pid, popen.stdout
        self.ended: str | None = None
        self.over = threading.Event()
        self.pins: list[int] = []
        self.scratch: Path | None = None
        self._popen, self._life, self._group = popen, life, group
        self._lock = threading.Lock()

    def wait(self, timeout: float | None = None) -> int:
        """The exit status (negative: the signal). Raises subprocess.TimeoutExpired. Leaves no process behind."""
        status = self._popen.wait(timeout)
        self._end()
        if not self._group and status > 128:
            status = 128 - status  # bwrap exits with 128 + the signal
        if status == -signal.SIGXCPU and self.ended is None:
            self.ended = "cpu-time"
        return status

    def kill(self, reason: str = "killed") -> None:
        """End the step and everything it started, at any moment of its life."""
        with self._lock:
            if self.ended is None and self._handle >= 0 and not _readable(self._handle, 0):
                self.ended = reason
        self._end()
        self._popen.wait()

    def _end(self) -> None:
        """End what is left: all that is confined, and with it what watches over it."""
        with self._lock:
            if self.over.is_set():
                return
            self.over.set()
            os.close(self._life)  # a supervisor sees this, and ends the group
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            _readable(self._handle, _PATIENCE)  # pid 1 of a name space ends after everything in it
            for descriptor in (self._handle, *self.pins):
                os.close(descriptor)
            self._handle = -1
            if self.scratch is not None:
                shutil.rmtree(self.scratch, ignore_errors=True)


def start(
    wrapper: Sequence[str],
    orders: Orders,
    *,
    environment: Mapping[str, str],
    stderr: Any,
    descriptors: Sequence[int] = (),
    status: tuple[int, int] | None = None,
    scratch: Path | None = None,
    pins: Sequence[Path] = (),
) -> Process:
    """Start `wrapper` + the launcher, give it its orders, and come back when the command runs.

    descriptors: for the wrapper alone. status: both ends of the pipe that bwrap's `--json-status-fd` names.
    scratch: removed when the step has ended. pins: kept open for as long as the step lives, so that the kernel keeps
    the entries of /proc that Landlock's rules were made for.
    Raises NoSandbox `sandbox-setup`, with what the wrapper wrote to stderr.
    """
    written = _size(stderr)
    source, life = os.pipe()
    ready, report = os.pipe()
    passed = [source, report, *([status[1]] if status else [])]
    try:
        popen = subprocess.Popen(
            [*wrapper, sys.executable, "-I", "-S", str(_python.LAUNCHER), str(source), str(report)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=dict(environment),
            pass_fds=[*orders.descriptors, *descriptors, *passed],
            start_new_session=True,
            cwd="/",
        )
    except OSError as error:
        for descriptor in (life, ready, *([status[0]] if status else [])):
            os.close(descriptor)
        raise NoSandbox(
            "sandbox-setup", f"{(*wrapper, sys.executable)[0]} can't be started: {error.strerror}"
        ) from None
    finally:
        for descriptor in passed:
            os.close(descriptor)
    try:
        process = _confirm(popen, orders, life, ready, status[0] if status else None, stderr, written)
        process.scratch = scratch
        if status is not None:
            process.pins.append(status[0])  # bwrap writes to it at its end, and must not meet a closed pipe
        for path in (*pins, *([Path(f"/proc/{process.pid}")] if pins else [])):
            with contextlib.suppress(FileNotFoundError):
                process.pins.append(os.open(path, os.O_PATH | os.O_CLOEXEC))
        return process
    finally:
        os.close(ready)


def _confirm(
    popen: "subprocess.Popen[bytes]",
    orders: Orders,
    life: int,
    ready: int,
    status: int | None,
    stderr: Any,
    written: int,
) -> Process:
    """The step, once the launcher has said that it is confined; otherwise nothing is left of it."""
    deadline = time.monotonic() + _PATIENCE
    process: Process | None = None
    try:
        if status is not None:
            found = json.loads(_line(status, deadline) or "{}").get("child-pid")
            with contextlib.suppress(ProcessLookupError):
                process = None if found is None else Process(popen, found, life, group=False)
        _send(life, orders.encode())
        answer = _line(ready, deadline)
        if answer.startswith("pid "):
            process = Process(popen, int(answer.split()[1]), life, group=True)
            answer = _line(ready, deadline)
        failure = _line(ready, deadline) if answer == "ready" else answer or _tail(stderr, written)
        if answer == "ready" and not failure and process is not None:
            return process
        raise NoSandbox("sandbox-setup", f"The sandbox could not be set up: {failure or 'it ended without a word'}")
    except BaseException:
        if process is not None:
            process.kill()
        else:
            os.close(life)
            popen.kill()
            popen.wait()
        if status is not None:
            os.close(status)
        raise


def _send(pipe: int, data: bytes) -> None:
    while data:
        try:
            data = data[os.write(pipe, data) :]
        except BrokenPipeError:
            return  # the launcher has ended, or never ran; `ready` tells


def _line(pipe: int, deadline: float) -> str:
    """A line without its end, or what there is of it when the other side closes or time is up."""
    text = b""
    while not text.endswith(b"\n") and _readable(pipe, deadline - time.monotonic()):
        piece = os.read(pipe, 1)
        if not piece:
            break
        text += piece
    return text.decode(errors="replace").rstrip("\n")


def _readable(descriptor: int, seconds: float) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(max(0.0, seconds) * 1000))


def _size(stderr: Any) -> int:
    return os.fstat(stderr if isinstance(stderr, int) else stderr.fileno()).st_size


def _tail(stderr: Any, written: int) -> str:
    """What has been added to a log file since it had `written` bytes; nothing where it is not a file."""
    descriptor = stderr if isinstance(stderr, int) else stderr.fileno()
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        return ""
    with open(f"/proc/self/fd/{descriptor}", "rb") as log:  # noqa: PTH123
        log.seek(written)
        return log.read(2000).decode(errors="replace").strip()
