"""BM25 over titles and texts: what the mini internet's search engine ranks by.

S. Robertson, H. Zaragoza (2009), The Probabilistic Relevance Framework: BM25 and Beyond.
https://doi.org/10.1561/1500000019
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_K1, _B = 1.5, 0.75
_TITLE = 3  # a word of the title counts as often


@dataclass(frozen=True)
class Found:
    """A page that has words of the query. place: its number. content: some 200 characters around the first of them."""

    place: int
    score: float
    content: str


class Index:
    """`pages`: (title, text) each."""

    def __init__(self, pages: Sequence[tuple[str, str]]) -> None:
        self._pages = pages
        self._counts = [Counter(words(title) * _TITLE + words(text)) for title, text in pages]
        self._lengths = [sum(counts.values()) for counts in self._counts]
        self._mean = sum(self._lengths) / max(1, len(pages))
        self._in = Counter(word for counts in self._counts for word in counts)

    def search(self, query: str, limit: int = 20) -> list[Found]:
        """Best first; nothing for a query of unknown words."""
        asked = set(words(query))
        scored = [(self._score(asked, place), place) for place in range(len(self._pages))]
        best = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: (-pair[0], pair[1]))[:limit]
        return [Found(place, round(score, 3), self._snippet(asked, place)) for score, place in best]

    def _score(self, asked: set[str], place: int) -> float:
        counts, total = self._counts[place], 0.0
        for word in asked & counts.keys():
            rarity = math.log(1 + (len(self._pages) - self._in[word] + 0.5) / (self._in[word] + 0.5))
            length = 1 - _B + _B * self._lengths[place] / self._mean
            total += rarity * counts[word] * (_K1 + 1) / (counts[word] + _K1 * length)
        return total

    def _snippet(self, asked: set[str], place: int) -> str:
        text = self._pages[place][1]
        starts = [match.start() for match in re.finditer(r"[^\W_]+", text) if _root(match[0].lower()) in asked]
        start = max(0, starts[0] - 60) if starts else 0
        return ("…" if start else "") + text[start : start + 200].strip()


def words(text: str) -> list[str]:
    """Lower case, plural and singular alike."""
    return [_root(word) for word in re.findall(r"[^\W_]+", text.lower())]


def _root(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
