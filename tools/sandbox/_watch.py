"""Watching over what the kernel does not limit: the memory of all of a step's processes, and the size of its folders.

Address space limits are no use (CUDA reserves far more than it touches), so resident memory is added up over the step's
processes ten times a second, and a step that goes over its limit is ended. Where the sum alone would say so, memory
that the processes share is counted once before the verdict falls.
"""

import os
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from noglue.tools.sandbox._places import Places
from noglue.tools.sandbox._process import Process
from noglue.tools.spec.protocols import Ended, Limits

_PAGE = os.sysconf("SC_PAGE_SIZE")
_PERIOD = 0.1
_REST = 20  # a folder is walked again after 20 times as long as the last walk took


def scratch_bytes(limits: Limits) -> int:
    """The size of each memory file system of a step: a quarter of its memory limit, or of the machine's memory."""
    machine = os.sysconf("SC_PHYS_PAGES") * _PAGE
    return (limits.memory_bytes or machine) // 4


def over(process: Process, places: Places, limits: Limits) -> None:
    """Start the watcher of a step, where there is anything to watch. It ends with the step."""
    if limits.memory_bytes is not None or limits.folder_bytes is not None:
        threading.Thread(
            target=_watch, args=(process, places, limits), daemon=True, name=f"watch-{process.pid}"
        ).start()


def _watch(process: Process, places: Places, limits: Limits) -> None:
    allowed = None if limits.folder_bytes is None else limits.folder_bytes + size(places.writes)
    due = 0.0
    while not process.over.wait(_PERIOD):
        if limits.memory_bytes is not None and _too_large(process.pid, limits.memory_bytes):
            process.kill(Ended.MEMORY)
        begin = time.monotonic()
        if allowed is not None and begin >= due:
            if size((places.folder, *places.writes)) > allowed:
                process.kill(Ended.FOLDER_SIZE)
            due = time.monotonic() + max(0.5, _REST * (time.monotonic() - begin))


def size(folders: Iterable[Path]) -> int:
    """Bytes on disk of everything in these folders, links not followed."""
    total = 0
    for folder in folders:
        for _, _, files, descriptor in os.fwalk(folder, onerror=None):
            for name in files:
                try:
                    total += os.stat(name, dir_fd=descriptor, follow_symlinks=False).st_blocks * 512
                except FileNotFoundError:
                    continue  # removed since it was listed
    return total


def _too_large(root: int, limit: int) -> bool:
    processes = [root, *descendants(root)]
    return sum(map(_resident, processes)) > limit and sum(map(_proportional, processes)) > limit


def descendants(root: int) -> list[int]:
    """The processes below `root`, by the kernel's own lists of children."""
    found: list[int] = []
    queue = [root]
    while queue:
        try:
            threads = list(Path(f"/proc/{queue.pop()}/task").iterdir())
            children = [int(pid) for thread in threads for pid in (thread / "children").read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended
        found += children
        queue += children
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _proportional(pid: int) -> int:
    """Resident memory with each shared page divided among those who share it; all of it where that can't be read."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except PermissionError:
        return _resident(pid)
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0
