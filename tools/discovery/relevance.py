"""How much of a request a text answers: the share of its words, rare ones counting more.

    >>> rank = Ranking([Document("Wine", "chemical analysis of wines"), Document("Ships", "a list of ships")])
    >>> rank.score(["wine", "chemistry"], Document("Wine", "chemical analysis of wines"))
    0.9

A word in the title or the name counts whole, among columns and classes nearly so, in the text less: a long page has
every word somewhere. Rarity is that among the candidates themselves (inverse document frequency, Spärck Jones 1972).
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from noglue.tools.discovery.search_words import stem, stems
from noglue.tools.spec.sources import Candidate

TITLE, FACTS, TEXT = 1.0, 0.9, 0.75
_MORE = 0.5  # of what is missing, for a text that says a word again and again


@dataclass
class Document:
    """A candidate's words. facts: columns, classes, file names."""

    title: str
    text: str = ""
    facts: str = ""

    @classmethod
    def of(cls, candidate: Candidate) -> "Document":
        facts = " ".join([*candidate.columns, *candidate.classes, *(url.rpartition("/")[2] for url in candidate.urls)])
        return cls(f"{candidate.title} {candidate.name}", candidate.text, facts)

    @cached_property
    def weights(self) -> dict[str, float]:
        """Stem → how much it counts that the stem is here."""
        found: dict[str, float] = {}
        counted = Counter(stems(self.text))
        for word, times in counted.items():
            found[word] = TEXT + (1 - TEXT) * _MORE * min(1.0, (times - 1) / 4)
        for part, weight in ((self.facts, FACTS), (self.title, TITLE)):
            found |= {word: max(weight, found.get(word, 0.0)) for word in stems(part)}
        return found


class Ranking:
    """Over all candidates of one search."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._among: Counter[str] = Counter()
        self._count = 0
        for document in documents:
            self._among.update(document.weights.keys())
            self._count += 1

    def rarity(self, word: str) -> float:
        return 1.0 + math.log((1 + self._count) / (1 + self._among[stem(word)]))

    def score(self, words: Sequence[str], document: Document) -> float:
        """0…1. Without any words to compare: 0."""
        total = sum(self.rarity(word) for word in words)
        met = sum(self.rarity(word) * document.weights.get(stem(word), 0.0) for word in words)
        return round(met / total, 4) if total else 0.0

    @staticmethod
    def met(words: Sequence[str], document: Document) -> list[str]:
        """Which of the words are there."""
        return [word for word in words if stem(word) in document.weights]
