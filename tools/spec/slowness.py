"""How much slower this process goes than it would alone: other programs' share of the processors, as measured.

>>> slowness()          # twelve busy processes on two cores
6.8
"""

import os
import time
from pathlib import Path

ENOUGH = 0.02  # seconds of computing, below which nothing can be said
IDLE = 0.25  # waited, for each second of computing, on a machine that counts as idle: our own threads take turns too
MOST = 20.0
ACCOUNT = Path("/proc/self/schedstat")  # nanoseconds computed, nanoseconds waited for a processor, turns


def slowness() -> float:
    """1 on an idle machine, 3 where two of three seconds went by waiting for a processor, since the process began.

    Of the main thread; 1 where the kernel does not say (not Linux).
    """
    try:
        computed, waited = (int(part) / 1e9 for part in ACCOUNT.read_text(encoding="ascii").split()[:2])
    except (OSError, ValueError):
        return 1.0
    if computed < ENOUGH or waited < IDLE * computed:
        return 1.0
    return min(MOST, (computed + waited) / computed)


def cores() -> int:
    """Processors that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def age() -> float:
    """Seconds since this process began, which on a busy machine imports a command for many; 0 where that is unknown."""
    try:
        fields = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        began = int(fields[19]) / os.sysconf("SC_CLK_TCK")  # since the machine did
        return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - began)
    except (OSError, ValueError, IndexError, AttributeError):
        return 0.0
