"""The memory that a step holds, all of its processes together: resident pages, and what they keep in memory files.

Address space limits are no use (CUDA reserves far more than it touches). Resident memory is added up over the step's
processes; where that sum alone would say too much, memory that they share is counted once before the verdict falls.
Pages that nobody has mapped are in nobody's resident memory: those of the sandbox's own memory file systems are counted
by file system, and those of memory files (`memfd_create`) by the descriptors that are open. The seccomp filter refuses
memory files to steps that need no GPU, and System V memory to all.
"""

import os
from contextlib import suppress
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_GONE = (FileNotFoundError, ProcessLookupError)
SCRATCH = ("/dev/shm", "/tmp")  # the memory file systems that bwrap mounts


def over_limit(root: int, limit: int, scratch: int | None) -> bool:
    """Whether the processes below `root` hold more than `limit` bytes.

    scratch: the size of each memory file system that the step has to itself, or None where it has none.
    """
    processes = [root, *descendants(root)]
    files = sum(map(_memory_files, processes)) + (0 if scratch is None else _scratch(processes, scratch))
    if sum(map(_resident, processes)) + files <= limit:
        return False
    return sum(map(_proportional, processes)) + files > limit


def descendants(root: int) -> list[int]:
    """The processes below `root`, by the kernel's own lists of children."""
    found: list[int] = []
    queue = [root]
    while queue:
        try:
            threads = list(Path(f"/proc/{queue.pop()}/task").iterdir())
            children = [int(pid) for thread in threads for pid in (thread / "children").read_text().split()]
        except _GONE:
            continue  # it has just ended
        found += children
        queue += children
    return found


def processor_seconds(root: int) -> float:
    """What the processes below `root` have computed so far; it only grows as long as one of them computes."""
    ticks = 0
    for pid in (root, *descendants(root)):
        with suppress(*_GONE):
            fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except _GONE:
        return 0


def _proportional(pid: int) -> int:
    """Resident memory with each shared page divided among those who share it; all of it where that can't be read.

    What was swapped out counts too.
    """
    size = 0
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(("Pss:", "SwapPss:")):
                size += int(line.split()[1]) * 1024
    except PermissionError:
        return _resident(pid)
    except _GONE:
        pass
    return size


def _memory_files(pid: int) -> int:
    """Bytes in memory files that the process holds open, mapped or not."""
    size = 0
    with suppress(PermissionError, *_GONE):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(PermissionError, *_GONE):
                if str(descriptor.readlink()).startswith("/memfd:"):
                    size += descriptor.stat().st_blocks * 512
    return size


def _scratch(processes: list[int], size: int) -> int:
    """Bytes in the step's memory file systems; all that fits in them where they can't be looked at from here."""
    for pid in processes:
        try:
            places = [Path(f"/proc/{pid}/root{name}") for name in SCRATCH]
            if any(
                place.stat().st_dev == Path(name).stat().st_dev for place, name in zip(places, SCRATCH, strict=True)
            ):
                continue  # one of the launchers, outside
            used = [os.statvfs(place) for place in places]
        except OSError:
            continue
        return sum((one.f_blocks - one.f_bfree) * one.f_frsize for one in used)
    return len(SCRATCH) * size if len(processes) > 2 else 0
