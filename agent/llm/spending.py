"""What asking has cost: calls, tokens, seconds and, where the price is known, dollars. And when to stop.

A call is a request that goes out, whatever comes of it: tries again, parameters that were refused, answers cut short.
One that is not answered counts as if it had been, with the longest answer, until it is known to have cost nothing.

>>> spent = Spending(Choice("openai", "gpt-4.1-mini"), Limits(cost=0.10, calls=40))
>>> spent.add(1200, 300, 2.4)
>>> round(spent.cost, 5), spent.refusal("a" * 4000)
(0.00096, None)
"""

import math
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noglue.agent.llm.choice import Choice
from noglue.agent.llm.ways import USUAL

PRICES = Path(__file__).parent / "prices.toml"
FREE = ("ollama", "recorded")  # runs on one's own machine
SHARE = 0.25  # of the budget, for all questions together, also those that were not answered
ROOM, LEAST = 30.0, 2.0  # seconds that the run itself is left, and that a question gets, however small the budget
CHARACTERS = 3  # of a prompt for a token, at least
_VERSION = re.compile(r"[-@](\d{8}|\d{4}-\d\d-\d\d|latest)$")  # a dated name of the same model


@dataclass(frozen=True)
class Limits:
    """cost: dollars. seconds: the run's budget, of which questions get `share`. None: not limited."""

    cost: float | None = None
    calls: int = 40
    seconds: float | None = None


class Spending:
    """One run's account. answers: how many of the calls brought one."""

    def __init__(self, choice: Choice, limits: Limits) -> None:
        self.limits, self.calls, self.tokens_in, self.tokens_out, self.seconds = limits, 0, 0, 0, 0.0
        self.answers = 0
        self._open = (0, 0)
        self.price = price(choice)

    def begin(self, characters: int, most: int) -> None:
        """A request goes out, of so many characters; its answer may have `most` tokens."""
        self._open = (0, 0)
        self.add(characters // CHARACTERS, most)
        self._open = (characters // CHARACTERS, most)

    def settle(self, tokens_in: int = 0, tokens_out: int = 0, *, answered: bool = False) -> None:
        """What the request that went out last has cost after all: nothing where the server refused it."""
        self.tokens_in += tokens_in - self._open[0]
        self.tokens_out += tokens_out - self._open[1]
        self.answers += answered
        self._open = (0, 0)

    def add(self, tokens_in: int, tokens_out: int, seconds: float = 0.0) -> None:
        self.calls += 1
        self.tokens_in += tokens_in
        self.tokens_out += tokens_out
        self.seconds += seconds

    def left(self) -> float:
        """Seconds that questions may still take: what is left of their share of the budget, but a few always."""
        return math.inf if self.limits.seconds is None else max(LEAST, share(self.limits.seconds) - self.seconds)

    @property
    def cost(self) -> float | None:
        """Dollars, or None where the price is not known."""
        return None if self.price is None else self._dollars(self.tokens_in, self.tokens_out)

    def refusal(self, prompt: str, most: int = USUAL) -> str | None:
        """Why one more request may not go out, reckoned with the longest answer there can be (`most` tokens)."""
        if self.calls >= self.limits.calls:
            calls = "1 call" if self.limits.calls == 1 else f"{self.limits.calls} calls"
            return f"the limit of {calls} (--max-calls) is reached"
        if self.limits.seconds is not None and self.seconds > share(self.limits.seconds):
            return f"the questions' share of the budget ({share(self.limits.seconds):.0f} s) is spent"
        if self.limits.cost is None or self.cost is None:
            return None
        then = self.cost + self._dollars(len(prompt) // CHARACTERS, most)
        if then > self.limits.cost:
            return f"another question could pass ${self.limits.cost:g} (--max-cost); ${self.cost:.4f} are spent"
        return None

    def warning(self) -> str | None:
        """That a limit of cost can't be kept."""
        if self.limits.cost is not None and self.price is None:
            return f"the model's price is not known, so only calls (at most {self.limits.calls}) and tokens are counted"
        return None

    def facts(self) -> dict[str, Any]:
        """For the journal: `{"calls": 3, "tokens_in": 3411, "tokens_out": 512, "dollars": 0.0022}`."""
        counted = {"calls": self.calls, "tokens_in": self.tokens_in, "tokens_out": self.tokens_out}
        return counted | {"seconds": round(self.seconds, 2), "dollars": self.cost and round(self.cost, 6)}

    def _dollars(self, tokens_in: int, tokens_out: int) -> float:
        assert self.price is not None
        return (tokens_in * self.price[0] + tokens_out * self.price[1]) / 1e6


def share(budget: float) -> float:
    """Seconds for all questions together.

    >>> [share(seconds) for seconds in (20.0, 40.0, 60.0, 600.0)]
    [2.0, 10.0, 15.0, 150.0]
    """
    return max(LEAST, min(SHARE * budget, budget - ROOM))


def price(choice: Choice) -> tuple[float, float] | None:
    """Dollars for a million tokens in and out; None where it is not known, as at a server of one's own."""
    if choice.provider in FREE:
        return 0.0, 0.0
    if choice.base_url is not None:
        return None
    known = tomllib.loads(PRICES.read_text(encoding="utf-8")).get(choice.provider, {})
    found = known.get(_VERSION.sub("", choice.name))
    return None if found is None else (float(found[0]), float(found[1]))
