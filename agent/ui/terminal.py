"""The person at the terminal: a question, one line of answer. No budget pays for the time that it takes.

    >>> terminal = Terminal()
    >>> terminal.answer("Download it? [y/N]")
    'y'

Whatever draws on the terminal meanwhile is paused: see `pause_display`.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager

from noglue.agent.redact import shown
from noglue.agent.suspending import clock
from noglue.agent.ui.wording import clean
from noglue.tools.showing import visible

Pause = Callable[[], AbstractContextManager[None]]

NONE = ("q", "none")  # beside 0


class Terminal:
    """One session's questions and how long their answers took. may_ask: whether a person is there to answer.

    began: by `clock`, when the session did; `before`: how many seconds ago that was, as a command's own start.
    """

    def __init__(self, may_ask: bool = True, before: float = 0.0) -> None:
        self.may_ask, self.began = may_ask, clock() - before
        self._displays: list[Pause] = []
        self._aside = False
        self._waited = 0.0  # seconds that the answers took

    def choose(self, question: str, choices: Sequence[str]) -> int | None:
        """The place in `choices` of the one that the person means, asked again until it is one of them.

            Which column is to be predicted?
              1  price
              2  price_per_night
            [1–2, 0 for none]

        A number, or the choice's own words. None: none of them is meant, or the input has ended.
        """
        shortest = f"[1–{len(choices)}, 0 for none]"
        listed = [clean(f"  {number}  {' '.join(choice.split())}") for number, choice in enumerate(choices, 1)]
        asking = "\n".join([clean(question), *listed, shortest])
        while (typed := self._typed(asking)) is not None:
            words = typed.strip()
            if words.isdecimal() and int(words) <= len(choices):
                return int(words) - 1 if int(words) else None
            meant = [place for place, choice in enumerate(choices) if choice.casefold() == words.casefold()]
            if len(meant) == 1:
                return meant[0]
            if words.casefold() in NONE:
                return None
            asking = f"It is none of them: {clean(repr(words))}. {shortest}" if words else shortest
        return None

    def answer(self, question: str) -> str:
        """What was typed, without blanks around it; nothing where the input has ended."""
        return (self._typed(question) or "").strip()

    def _typed(self, question: str) -> str | None:
        """A line, with what ends it; None where the input has ended."""
        with self.aside():
            print(visible.block(str(shown(question))), end=" ", file=sys.stderr, flush=True)
            began = clock()
            try:
                return sys.stdin.readline() or None
            finally:
                self._waited += clock() - began

    def clock(self) -> float:
        """Seconds as `time.monotonic` counts them, which stand still while an answer is waited for, or after Ctrl-Z."""
        return clock() - self._waited

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What draws is paused meanwhile; where it is already, it stays so."""
        with ExitStack() as paused:
            for display in [] if self._aside else self._displays:
                paused.enter_context(display())
            before, self._aside = self._aside, True
            try:
                yield
            finally:
                self._aside = before

    def pause_display(self, pause: Pause) -> None:
        """From now on, `pause` is entered before a question is put, and left once it is answered."""
        self._displays.append(pause)

    def forget_display(self, pause: Pause) -> None:
        self._displays.remove(pause)
