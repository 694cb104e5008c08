"""Ctrl-Z: a run is stopped with all of its steps, and `fg` lets both go on.

The steps live in sessions of their own, which the terminal's signal does not reach; left alone they would compute on
while their agent sleeps. So the agent stops their processes itself, then itself, and wakes them after it has woken.

No budget pays for the time in between (`clock`). A step that keeps to a time of its own counts it all the same: one
that is stopped for longer than it had left ends with what it has when it wakes (`docs/decisions/0029-commands.md`).
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import FrameType

from noglue.tools.spec.sandboxes import Child

Aside = Callable[[], AbstractContextManager[None]]


class _State:
    """Of this process, as signals are. steps: how many are under way. watched: those that run, which are stopped by
    whoever watches them: one that is only being launched would be missed by a signal's handler."""

    def __init__(self) -> None:
        self.stopped = 0.0
        self.asked = False
        self.steps = 0
        self.watched: list[Child] = []
        self.aside: Aside = nullcontext


_STATE = _State()


def clock() -> float:
    """Seconds as `time.monotonic` counts them, which stand still while this process is stopped by Ctrl-Z."""
    return time.monotonic() - _STATE.stopped


@contextmanager
def suspensions(aside: Aside) -> Iterator[None]:
    """Ctrl-Z stops the steps too, from here on. aside: what draws on the terminal steps aside meanwhile.

    Nothing is changed outside of the main thread, where no signal can be listened to, and where somebody else already
    listens or ignores it.
    """
    on_main = threading.current_thread() is threading.main_thread()
    if not on_main or signal.getsignal(signal.SIGTSTP) is not signal.SIG_DFL:
        yield
        return
    _STATE.aside = aside
    signal.signal(signal.SIGTSTP, _heard)
    try:
        yield
    finally:
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        _STATE.aside, _STATE.asked = nullcontext, False


@contextmanager
def step() -> Iterator[None]:
    """While a step is under way, from before its launch: it is stopped once it is watched."""
    _STATE.steps += 1
    try:
        yield
    finally:
        _STATE.steps -= 1
        _stop_if_asked()


@contextmanager
def watched(child: Child) -> Iterator[Callable[[], float]]:
    """While a step is watched. → what whoever watches calls often: it stops the step and this process where that was
    asked for, and gives the seconds that both were stopped, mostly 0."""
    _STATE.watched.append(child)
    try:
        yield _stop_if_asked
    finally:
        _STATE.watched.remove(child)


def _heard(_number: int, _frame: FrameType | None) -> None:
    _STATE.asked = True
    if not _STATE.steps:  # nobody looks often
        _stop_if_asked()


def _stop_if_asked() -> float:
    if not _STATE.asked:
        return 0.0
    _STATE.asked = False
    children = list(_STATE.watched)
    with _STATE.aside():
        for child in children:
            child.pause()
        began = time.monotonic()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)  # until SIGCONT; no stop at all where no shell could wake us
        signal.signal(signal.SIGTSTP, _heard)
        seconds = time.monotonic() - began
        _STATE.stopped += seconds
        for child in children:
            child.go_on()
    return seconds
