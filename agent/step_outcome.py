"""How a step ends: its events until then, how long it is waited for, and what is taken for its result.

Every wait has an end by the clock on the wall. What a step leaves is a claim (see `agent/claims.py`): a step that did
not end by itself has no result, whatever it has written.
"""

import os
import signal
import subprocess
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from noglue.agent import claims
from noglue.agent.events import Note, Progress, read_events
from noglue.agent.suspending import clock, watched
from noglue.tools.files.step_result import read_json, read_result
from noglue.tools.reporting.quantities import duration
from noglue.tools.spec.errors import BudgetSpent, DataError, Failure, Kind, StepFailed
from noglue.tools.spec.sandboxes import Child, Ended

RESULT_LIMIT = 64 << 20
LOG_LIMIT = 64 << 20
LEAVING_SECONDS = 20.0  # for a step that has said its last word; under load a large process takes long to go
STALLED_SECONDS = 900.0  # without an event, and without computing
LOOK_SECONDS = 15.0
_CRASHES = {-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGABRT, -signal.SIGILL, -signal.SIGFPE}

Tell = Callable[[Progress | Note], None]


class _Stall:
    """Notices that a step neither speaks nor computes."""

    def __init__(self, child: Child, patience: float) -> None:
        self._child, self._patience = child, patience
        self._seconds, self._moved = -1.0, clock()
        self._due = self._moved + min(LOOK_SECONDS, patience)

    def spoke(self) -> None:
        self._moved = clock()

    def over(self) -> bool:
        now = clock()
        if now >= self._due:
            self._due = now + min(LOOK_SECONDS, self._patience)
            seconds = self._child.processor_seconds()
            if seconds != self._seconds:
                self._seconds, self._moved = seconds, now
        return now - self._moved > self._patience


def watch(child: Child, seconds: float | None, tell: Tell, patience: float = STALLED_SECONDS) -> tuple[int, bool]:
    """Pass the step's events on until it ends. → exit status, whether it was stopped for taking too long.

    seconds: what it may take, or None. patience: seconds for which it may neither speak nor compute.
    """
    limit = None if seconds is None else clock() + seconds
    stall, leaving = _Stall(child, patience), min(LEAVING_SECONDS, patience)
    try:
        with watched(child) as stopped:
            for event in read_events(child.stdout):
                if event is not None:
                    stall.spoke()
                    tell(event)
                if (asleep := stopped()) > 0:
                    tell(
                        Note(message=f"It was stopped for {duration(asleep)}, which does not count against the budget.")
                    )
                if (limit is not None and clock() > limit) or stall.over():
                    child.kill()
                    return child.wait(LEAVING_SECONDS), True
        return child.wait(leaving), False  # its last word: the stream of events has ended
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait(LEAVING_SECONDS), True
    except BaseException:
        child.kill()
        child.wait(LEAVING_SECONDS)
        raise
    finally:
        child.stdout.close()


def collect(folder: Path, tool: Any, child: Child, status: int, late: bool, *, reads: bool) -> Any:
    """The step's result as the tool's own model, or its error raised.

    late: it was stopped for taking too long. reads: it read strangers' files, which a crash of it is laid to.
    """
    refuse_ended(folder, child, status, late)
    if status in _CRASHES and reads:
        raise DataError(
            Kind.UNREADABLE,
            f"Reading the data crashed the program ({signal.Signals(-status).name}): a file is damaged, or malicious.",
            hint=f"The log is in {folder / 'log.txt'}. Save the data again, or in another format.",
        )
    if status != 0:
        raise StepFailed(
            Kind.BUG,
            f"{folder.name} ended without a result (exit status {status}): {_last_line(folder)}",
            hint=f"The log is in {folder / 'log.txt'}; `noglue resume` tries the step again.",
            log=str(folder / "log.txt"),
        )
    try:
        content = read_json(folder / "result.json", RESULT_LIMIT)
        if not content["ok"]:
            raise Failure.model_validate(content["error"]).error()
        return tool.Result.model_validate(content["result"])
    except FileNotFoundError:
        raise StepFailed(Kind.BAD_RESULT, f"{folder.name} left no result.") from None
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise StepFailed(
            Kind.BAD_RESULT, f"{folder.name} left a result that can't be used: {str(error)[:300]}"
        ) from error


def accepted(result: Any, run: Path, own: Iterable[str], given: Iterable[str]) -> dict[str, Any]:
    """The result as JSON, once its paths are held to be the step's own or given to it. Raises StepFailed."""
    claims.hold_result(result, run, own, given)
    checked: dict[str, Any] = result.model_dump(mode="json")
    return checked


def refuse_ended(folder: Path, child: Child, status: int, late: bool) -> None:
    """Raise for a step that did not end by itself: BudgetSpent for one that was late, StepFailed for its limits."""
    if late:
        raise BudgetSpent(
            Kind.TIMEOUT,
            f"{folder.name} did not end within its time and was stopped.",
            hint="Give it more time with --budget.",
        )
    reason = child.ended
    if reason is None and status == -signal.SIGKILL:
        reason = Ended.MEMORY  # the kernel's own killer
    if reason is Ended.MEMORY:
        raise StepFailed(
            Kind.OUT_OF_MEMORY,
            f"{folder.name} was stopped, most likely because it took more memory than there is "
            f"({most_memory() / 1e9:.1f} GB for one step).",
            hint="Fewer rows (say `at most 10000 rows`) or a machine with more memory would help.",
        )
    if reason is Ended.UNWATCHED:
        raise StepFailed(Kind.UNWATCHED, f"{folder.name} was stopped: its limits could no longer be enforced.")
    if reason is not None:
        raise StepFailed(Kind(reason), f"{folder.name} was stopped: it went over its {reason.replace('-', ' ')} limit.")


def most_memory() -> int:
    """Nine tenths of the memory that the machine, or the container's control group, has; in bytes."""
    most = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for file in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with suppress(OSError, ValueError):
            most = min(most, int(Path(file).read_text(encoding="ascii")))
    return most * 9 // 10


def _last_line(folder: Path) -> str:
    """The log's last line, where Python names the exception."""
    try:
        lines = read_result(folder / "log.txt", LOG_LIMIT)[-4096:].decode(errors="replace").strip().splitlines()
    except (OSError, StepFailed):
        return "it left no log"
    return lines[-1][:300] if lines else "its log is empty"
