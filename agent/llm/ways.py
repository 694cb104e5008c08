"""How a server wants to be asked, learned from what it refuses, for the rest of a run.

>>> ways = Ways("max_tokens")
>>> ways.learn(400, "'max_tokens' is not supported with this model; use 'max_completion_tokens'")
'it takes no max_tokens; asked again with max_completion_tokens'
>>> ways.learn(400, "'temperature' can't be set with this model")
'it takes no temperature; asked again without'
"""

import re
from dataclasses import dataclass, field

LEAST, USUAL, MOST = 1_000, 3_000, 24_000  # tokens of one answer; a written reader is the longest, thoughts come on top
GROWTH = 4
NAMES = ("max_tokens", "max_completion_tokens")
REFUSALS = (400, 404, 405, 415, 422, 500, 501)  # of a question's form
_SIZE = re.compile(
    r"too (large|big|high|long|many)|at most|maximum|exceed|less than|greater than|out of range", re.IGNORECASE
)
_SYSTEM = re.compile(
    r"system[ _-]?(role|messages?|prompts?|instructions?)\b|roles?\b[^.]{0,40}\bsystem\b", re.IGNORECASE
)


@dataclass
class Ways:
    """limit: what the server calls the most tokens of an answer, None where it takes no such limit."""

    limit: str | None = NAMES[0]
    most: int = USUAL
    temperature: bool = True
    system: bool = True
    _refused: set[str] = field(default_factory=set)
    _grown: bool = False

    def learn(self, status: int, said: str) -> str | None:
        """What is done otherwise from now on, for people; None where the refusal is about nothing of this."""
        if status not in REFUSALS:
            return None
        learned = []
        if self.temperature and _named("temperature", said):
            self.temperature = False
            learned.append("it takes no temperature; asked again without")
        if self.limit and _named(self.limit, said):
            learned += self._otherwise(said)
        if self.system and _SYSTEM.search(said):
            self.system = False
            learned.append("it takes no system message; asked again in one message")
        return "; ".join(learned) or None

    def _otherwise(self, said: str) -> list[str]:
        """Another size where that is what is wrong, else the limit's other name, else none."""
        name, other = str(self.limit), next(name for name in NAMES if name != self.limit)
        if _SIZE.search(said) and not _named(other, said):
            smaller = USUAL if self.most > USUAL else LEAST
            self._grown = True
            if smaller >= self.most:
                return []
            self.most = smaller
            return [f"it takes no {name} as large; asked again with {smaller}"]
        self._refused.add(name)
        self.limit = None if other in self._refused else other
        return [f"it takes no {name}; asked again {f'with {self.limit}' if self.limit else 'without'}"]

    def more(self) -> bool:
        """After an answer that was cut off: whether the next may be longer."""
        if self._grown or self.most >= MOST or self.limit is None:
            return False
        self.most = min(MOST, self.most * GROWTH)
        return True


def _named(name: str, said: str) -> bool:
    return re.search(rf"(?<![A-Za-z0-9_]){name}(?![A-Za-z0-9_])", said) is not None
