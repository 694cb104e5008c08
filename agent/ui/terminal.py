"""The person at the terminal: a question, one line of answer. No budget pays for the time that it takes.

    >>> terminal = Terminal()
    >>> terminal.agrees("Download it?")
    True

Whatever draws on the terminal meanwhile is paused: see `pause_display`.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager

from noglue.agent.redact import shown
from noglue.agent.suspending import clock
from noglue.agent.ui.wording import clean
from noglue.agent.ui.wrapping import fitted
from noglue.tools.showing import visible

Pause = Callable[[], AbstractContextManager[None]]

NONE = ("q", "n", "no", "none")  # beside 0
YES = ("y", "yes", "j", "ja", "o", "oui", "s", "si", "sí")
NO = ("n", "no", "nein", "non")


class Terminal:
    """One session's questions and how long their answers took. may_ask: whether a person is there to answer.

    began: by `clock`, when the session did; `before`: how many seconds ago that was, as a command's own start.
    """

    def __init__(self, may_ask: bool = True, before: float = 0.0) -> None:
        self.may_ask, self.began = may_ask, clock() - before
        self._displays: list[Pause] = []
        self._aside = False
        self._waited = 0.0  # seconds that the answers took

    def choose(
        self,
        question: str,
        choices: Sequence[str],
        *,
        shown: Sequence[str] | None = None,
        usual: int | None = None,
        hint: str = "0 for none",
    ) -> int | None:
        """The place in `choices` of the one that the person means, asked again until it is one of them.

            Which column is to be predicted?
              1  price
              2  price_per_night
            [1–2, 0 for none]

        A number, or the choice's own words. None: none of them is meant. shown: the choices as they are listed, where
        that is not their own words; further lines of one belong to it. usual: the number that Enter stands for, and the
        end of the input; without one Enter is no answer, and the end of the input means none. hint: what else may be
        typed than a choice's number.
        """
        numbers = f"1–{len(choices)}" if len(choices) > 1 else "1"
        shortest = f"[{numbers}, {hint}]"
        listed = [line for number, one in enumerate(shown or choices, 1) for line in _listed(number, one)]
        asking = "\n".join([clean(question), *listed, shortest])
        while (typed := self._typed(asking)) is not None:
            words = typed.strip()
            if not words and usual is not None:
                return _place(usual)
            if words.isdecimal() and int(words) <= len(choices):
                return _place(int(words))
            meant = [place for place, choice in enumerate(choices) if choice.casefold() == words.casefold()]
            if len(meant) == 1:
                return meant[0]
            if words.casefold() in NONE:
                return None
            asking = f"{clean(repr(words))} is none of them. {shortest}" if words else shortest
        return None if usual is None else _place(usual)

    def agrees(self, question: str) -> bool:
        """Whether the answer is yes, asked again until it is yes or no. Enter, and the end of the input, mean no."""
        asking = f"{question} [y/N]"
        while (typed := self._typed(asking)) is not None:
            word = typed.strip().casefold()
            if word in YES:
                return True
            if not word or word in NO:
                return False
            asking = f"{clean(repr(typed.strip()))} is neither yes nor no. [y/N]"
        return False

    def answer(self, question: str) -> str:
        """What was typed, without blanks around it; nothing where the input has ended."""
        return (self._typed(question) or "").strip()

    def _typed(self, question: str) -> str | None:
        """A line, with what ends it; None where the input has ended."""
        with self.aside():
            lines = [
                line for one in visible.block(str(shown(question))).split("\n") for line in fitted(one, sys.stderr)
            ]
            print("\n".join(lines), end=" ", file=sys.stderr, flush=True)
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


def _place(number: int) -> int | None:
    return number - 1 if number else None


def _listed(number: int, choice: str) -> list[str]:
    """`  1  price`; further lines of a choice stand below its words."""
    first, *more = choice.split("\n")
    return [clean(f"  {number}  {' '.join(first.split())}"), *(clean(f"     {line}") for line in more)]
