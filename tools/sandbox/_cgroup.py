"""A control group for a step's memory, where this process may make one: the kernel then counts every page itself.

It counts what the watcher can only add up (memory files, file systems in memory, what is in flight between processes),
and at once, not ten times a second. Root may make one in most machines and some containers; an ordinary user where
systemd has handed the group above to him (a desktop's terminal, `systemd-run --user --scope`). Elsewhere there is none,
and the watcher is all there is.

Source: https://docs.kernel.org/admin-guide/cgroup-v2.html, https://docs.kernel.org/admin-guide/cgroup-v1/memory.html
"""

import itertools
import os
import time
from contextlib import suppress
from pathlib import Path

from noglue.tools.sandbox import _memory

_ROOT = Path("/sys/fs/cgroup")
_NUMBERS = itertools.count()
_ROUNDS = 5  # a process that forks while it is moved leaves a child behind, which the next round moves


def enclose(pid: int, memory_bytes: int) -> Path | None:
    """Move a process and its descendants into a group of at most so many bytes. → the group, or None where none can be
    had. `release` ends it."""
    for above, limit in _candidates():
        group = above / f"noglue-{os.getpid()}-{next(_NUMBERS)}"
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            (group / limit).write_text(str(memory_bytes))
            _move(pid, group)
        except OSError:
            release(group)
            continue
        return group
    return None


def killed(group: Path) -> bool:
    """Whether the kernel has ended a process of the group for its memory."""
    for name in ("memory.events", "memory.oom_control"):
        with suppress(OSError):
            for line in (group / name).read_text(encoding="ascii").splitlines():
                if line.startswith("oom_kill ") and line != "oom_kill 0":
                    return True
    return False


def release(group: Path) -> None:
    """Remove a group whose processes have ended. The kernel takes a moment to see that they have."""
    for _ in range(20):
        with suppress(FileNotFoundError):
            try:
                group.rmdir()
            except OSError:
                time.sleep(0.01)
                continue
        return


def _move(pid: int, group: Path) -> None:
    """Raises OSError where the first of them, which the others descend from, can't be moved."""
    moved: set[int] = set()
    for _ in range(_ROUNDS):
        waiting = [one for one in (pid, *_memory.descendants(pid)) if one not in moved]
        if not waiting:
            return
        for one in waiting:
            with suppress(ProcessLookupError):
                (group / "cgroup.procs").write_text(str(one))
            moved.add(one)


def _candidates() -> list[tuple[Path, str]]:
    """Groups under which one may be made, each with the name of its file for the limit."""
    found = []
    for line in Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines():
        _, controllers, own = line.split(":", 2)
        if controllers == "" and (_ROOT / "cgroup.controllers").exists():
            above = (_ROOT / own.lstrip("/")).parent  # only a group without processes may hand memory down
            with suppress(OSError):
                if above.is_relative_to(_ROOT) and "memory" in (above / "cgroup.subtree_control").read_text().split():
                    found.append((above, "memory.max"))
        elif controllers == "memory":
            found.append((_ROOT / "memory" / own.lstrip("/"), "memory.limit_in_bytes"))
    return found
