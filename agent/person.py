"""The person at the terminal: a question, one line of answer. No budget pays for the time that it takes.

    >>> person.answer("Download it? [y/N]")
    'y'

Whatever draws on the terminal meanwhile steps aside: see `aside`.
"""

import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack

from agent.redact import shown

Aside = Callable[[], AbstractContextManager[None]]

_asides: list[Aside] = []
_waits: list[float] = []  # seconds that each answer of this process took


def answer(question: str) -> str:
    """What was typed, without blanks around it; nothing where the input has ended."""
    with ExitStack() as stack:
        for one in _asides:
            stack.enter_context(one())
        print(shown(question), end=" ", file=sys.stderr, flush=True)
        began = time.monotonic()
        try:
            return sys.stdin.readline().strip()
        finally:
            _waits.append(time.monotonic() - began)


def clock() -> float:
    """Seconds as `time.monotonic` counts them, which stand still while an answer is waited for."""
    return time.monotonic() - sum(_waits)


def aside(steps: Aside) -> None:
    """From now on, `steps` is entered before a question is put, and left once it is answered."""
    _asides.append(steps)


def no_longer(steps: Aside) -> None:
    _asides.remove(steps)
