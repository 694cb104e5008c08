"""A request while it is being read: its clauses, what was recognised, and what nothing has explained yet.

>>> heard = Heard.of("Predict price; don't use the id.", sources=[])
>>> heard.take([Mark(15, 31, "exclude", {"columns": ["id"]}, "don't use the id")])
>>> heard.left
'Predict price; ¦¦¦¦¦¦¦¦¦¦¦¦¦¦¦¦.'
"""

import re
from dataclasses import dataclass, field

from noglue.agent.request import clauses, things
from noglue.agent.request.clauses import Clause
from noglue.agent.request.lexicon import first, matches
from noglue.agent.request.marks import GAP, Mark

_HERE = __file__
_PRONOUN = re.compile(
    r"(?:it|that|them|this|those|these|that one|sie|es|ihn|das|die|diese|diesen|le|la|les|l|ça|cela|lo|los|las|eso)$",
    re.I,
)


@dataclass
class Heard:
    """words: the request as written, with plain apostrophes. left: as long, what was recognised blanked out."""

    words: str
    sources: list[Mark]
    clauses: list[Clause]
    left: str
    marks: list[Mark] = field(default_factory=list)

    @classmethod
    def of(cls, paragraph: str, sources: list[Mark]) -> "Heard":
        words = re.sub("[’‘´]", "'", paragraph).replace("\u00a0", " ").replace("\u202f", " ")
        heard = cls(words, sources, [], words)
        heard._blank(sources)
        heard.clauses = clauses.cut(heard.left)
        return heard

    def take(self, found: list[Mark]) -> None:
        """Keep what was found, and blank it out."""
        self.marks += found
        self._blank(found)

    def give_back(self, mark: Mark) -> None:
        """As if it had not been found."""
        self.marks.remove(mark)
        self.left = self.left[: mark.start] + self.words[mark.start : mark.end] + self.left[mark.end :]

    def still(self) -> list[Clause]:
        """The clauses as they are now, without what was recognised."""
        return [Clause(one.start, one.end, self.left[one.start : one.end]) for one in self.clauses]

    def source_at(self, at: int) -> Mark | None:
        """The data set, file or address that stands at a character."""
        return next((mark for mark in self.sources if mark.start <= at < mark.end), None)

    def meant(self, at: int, spoken: str = "") -> tuple[str, int, int] | None:
        """What `it`, `them`, `sie` at a character stand for: the words, and where they are; None for nothing known.

        The column named last, else what the clause before is about.
        """
        number = clauses.around(self.clauses, at)
        for clause in reversed(self.clauses[max(0, number - 2) : number + 1]):
            said = self.words[clause.start : min(clause.end, at)]
            found = [*matches(_HERE, "column", said), *matches(_HERE, "object", said)]
            found = sorted(found, key=lambda match: -match.start()) or [
                match for match in [first(_HERE, "subject", said)] if match
            ]
            for match in found:
                name = things.listed(match["list"])
                if name and not _PRONOUN.match(name.words[0] if name.words else ""):
                    start = clause.start + match.start("list")
                    return match["list"][: name.end], start, start + name.end
        return None

    def _blank(self, found: list[Mark]) -> None:
        for mark in found:
            self.left = self.left[: mark.start] + GAP * (mark.end - mark.start) + self.left[mark.end :]
