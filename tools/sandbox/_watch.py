"""Watching over what the kernel does not limit: the memory of all of a step's processes, and its folders.

Ten times a second, or as often as a walk through the folders allows; where a control group can be had, the kernel
counts the memory too. A step that goes over a limit is ended, and so is
one that can't be watched any more, whatever the reason: it could not be held to its limits.
"""

import os
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from noglue.tools.sandbox import _cgroup, _memory, trees
from noglue.tools.sandbox._places import Places
from noglue.tools.sandbox._process import Process
from noglue.tools.spec.sandboxes import Ended, Limits

_PERIOD = 0.1
_REST = 20  # a folder is walked again after 20 times as long as the last walk took
_REASONS = {
    "bytes": Ended.FOLDER_SIZE,
    "depth": Ended.FOLDER_DEPTH,
    "entries": Ended.FILE_COUNT,
    "hidden": Ended.UNWATCHED,
}


def scratch_bytes(limits: Limits) -> int:
    """The size of each memory file system of a step: a quarter of its memory limit, or of the machine's memory."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return (limits.memory_bytes or machine) // 4


def over(process: Process, places: Places, limits: Limits, *, scratch: bool = False) -> None:
    """Start the watcher of a step, where there is anything to watch. It ends with the step.

    scratch: whether the step has memory file systems of its own.
    """
    folders = (places.folder, *places.writes)
    allowed = None
    if limits.folder_bytes is not None:
        allowed = limits.folder_bytes + _size(places.writes)
        process.verdict = lambda: _folders(folders, allowed)  # once more when the step has ended
    if limits.memory_bytes is not None:
        process.group = _cgroup.enclose(process.pid, limits.memory_bytes)
    if limits.memory_bytes is not None or allowed is not None:
        own = scratch_bytes(limits) if scratch else None
        memory = limits.memory_bytes
        checks: list[Callable[[], Ended | None]] = []
        if memory is not None:
            checks.append(lambda: Ended.MEMORY if _memory.over_limit(process.pid, memory, own) else None)
        if (group := process.group) is not None:  # a part of the step may live on
            checks.append(lambda: Ended.MEMORY if _cgroup.killed(group) else None)
        if allowed is not None:
            checks.append(_Rarely(process.verdict))
        threading.Thread(target=_watch, args=(process, checks), daemon=True, name=f"watch-{process.pid}").start()


def _watch(process: Process, checks: list[Callable[[], Ended | None]]) -> None:
    try:
        while not process.over.wait(_PERIOD):
            for check in checks:
                if (reason := check()) is not None and not process.over.is_set():
                    process.kill(reason)
    except BaseException:
        if not process.over.is_set():  # what a step takes away while it ends may be missed by a check
            process.kill(Ended.UNWATCHED)


class _Rarely:
    """A check that takes its time: the longer it took, the later it is made again; until then it finds nothing."""

    def __init__(self, check: Callable[[], Ended | None]) -> None:
        self._check, self._due = check, 0.0

    def __call__(self) -> Ended | None:
        begin = time.monotonic()
        if begin < self._due:
            return None
        reason = self._check()
        self._due = time.monotonic() + max(0.5, _REST * (time.monotonic() - begin))
        return reason


def _folders(folders: Iterable[Path], allowed: int | None) -> Ended | None:
    """The bound that these folders are over, if any."""
    try:
        trees.measure(folders, trees.Bounds(allowed))
    except trees.OverBounds as over:
        return _REASONS[over.what]
    except OSError:
        return Ended.UNWATCHED
    return None


def _size(folders: Iterable[Path]) -> int:
    """What the step's folders hold before it begins, which is not its doing. A tree over the bounds counts nothing."""
    try:
        return trees.measure(folders).bytes
    except trees.OverBounds:
        return 0
