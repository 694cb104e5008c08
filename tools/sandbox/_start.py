"""How a step is started: a launcher outside, that supervises; bwrap, where there is one, with a launcher inside.

`start` comes back when the command runs, and raises NoSandbox when anything before that went wrong, so a step that
runs is a step that is confined.
"""

import contextlib
import os
import resource
import stat
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from noglue.tools.sandbox._pipes import Orders, Pipes
from noglue.tools.sandbox._process import Process, discard
from noglue.tools.spec.errors import Kind, NoSandbox
from noglue.tools.spec.sandboxes import Limits

_PATIENCE = 30.0  # seconds for the set-up, on however busy a machine


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


def start(
    orders: Orders,
    *,
    environment: Mapping[str, str],
    stderr: Any,
    wrapper: Sequence[str] = (),
    descriptors: Sequence[int] = (),
    scratch: Path | None = None,
    pins: Sequence[Path] = (),
) -> Process:
    """Start `orders.command`, in `wrapper` if there is one, and come back when it runs.

    descriptors: for the wrapper alone. scratch: removed when the step has ended. pins: kept open for as long as the
    step lives, so that the kernel keeps the entries of /proc that Landlock's rules were made for.
    Raises NoSandbox `sandbox-setup`, with what the wrapper wrote to stderr.
    """
    written = _size(stderr)
    outer, inner = Pipes(), Pipes() if wrapper else None
    first = orders
    if inner is not None:
        passed = (inner.source, inner.report, *descriptors, *orders.descriptors)
        first = Orders((*wrapper, *inner.command()), "/", passed, confined=False)
    process = None
    try:
        process = _spawn(outer, first, environment, stderr)
        process.scratch = scratch
        step = _settle(outer, first, inner, orders)
        for path in (*pins, *([Path(f"/proc/{step}")] if pins else [])):
            with contextlib.suppress(FileNotFoundError):
                process.pins.append(os.open(path, os.O_PATH | os.O_CLOEXEC))
    except BaseException as error:
        if process is not None:
            discard(process)
        if isinstance(error, OSError):
            words = "; ".join(filter(None, (str(error), _added(stderr, written))))
            raise NoSandbox(Kind.SANDBOX_SETUP, f"The sandbox could not be set up: {words}") from None
        raise
    finally:
        outer.close()
        if inner is not None:
            inner.close()
    return process


def _spawn(pipes: Pipes, orders: Orders, environment: Mapping[str, str], stderr: Any) -> Process:
    popen = subprocess.Popen(
        pipes.command(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        env=dict(environment),
        pass_fds=(pipes.source, pipes.report, *orders.descriptors),
        start_new_session=True,
        cwd="/",
    )
    return Process(popen, pipes.keep_life())


def _settle(outer: Pipes, first: Orders, inner: Pipes | None, orders: Orders) -> int:
    """Both launchers on their way. → the process that became `first.command`. Raises OSError."""
    deadline = time.monotonic() + _PATIENCE
    outer.close(outer.source, outer.report)
    if inner is not None:
        inner.close(inner.source, inner.report)
    step = outer.give(first, deadline)
    if inner is not None:
        inner.give(replace(orders, supervised=False), deadline)
    return step


def _size(stderr: Any) -> int:
    return os.fstat(stderr if isinstance(stderr, int) else stderr.fileno()).st_size


def _added(stderr: Any, written: int) -> str:
    """What has been added to a log file since it had `written` bytes; nothing where it is not a file."""
    descriptor = stderr if isinstance(stderr, int) else stderr.fileno()
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        return ""
    with open(f"/proc/self/fd/{descriptor}", "rb") as log:  # noqa: PTH123
        log.seek(written)
        return log.read(2000).decode(errors="replace").strip()
