"""The person at the terminal: a question, one line of answer. No budget pays for the time that it takes.

    >>> person.answer("Download it? [y/N]")
    'y'

Whatever draws on the terminal meanwhile steps aside: see `aside`.
"""

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack

from noglue.agent.redact import shown
from noglue.agent.ui.wording import clean

Aside = Callable[[], AbstractContextManager[None]]

NONE = ("q", "none")  # beside 0

_asides: list[Aside] = []
_waits: list[float] = []  # seconds that each answer of this process took


def choose(question: str, choices: Sequence[str]) -> int | None:
    """The place in `choices` of the one that the person means, asked again until it is one of them.

        Which column is to be predicted?
          1  price
          2  price_per_night
        [1–2, 0 for none]

    A number, or the choice's own words. None: none of them is meant, or the input has ended.
    """
    shortest = clean(f"[1–{len(choices)}, 0 for none]")
    told = [question, *(f"  {number}  {' '.join(choice.split())}" for number, choice in enumerate(choices, 1))]
    asking = clean("\n".join([*told, shortest]))
    while (typed := _typed(asking)) is not None:
        words = typed.strip()
        if words.isdecimal() and int(words) <= len(choices):
            return int(words) - 1 if int(words) else None
        meant = [place for place, choice in enumerate(choices) if choice.casefold() == words.casefold()]
        if len(meant) == 1:
            return meant[0]
        if words.casefold() in NONE:
            return None
        asking = f"It is none of them: {clean(words)!r}. {shortest}" if words else shortest
    return None


def answer(question: str) -> str:
    """What was typed, without blanks around it; nothing where the input has ended."""
    return (_typed(question) or "").strip()


def _typed(question: str) -> str | None:
    """A line, with what ends it; None where the input has ended."""
    with ExitStack() as stack:
        for one in _asides:
            stack.enter_context(one())
        print(shown(question), end=" ", file=sys.stderr, flush=True)
        began = time.monotonic()
        try:
            return sys.stdin.readline() or None
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
