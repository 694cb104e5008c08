"""From everything that the providers named to a list, best first: pages to files, first bytes, score.

The most promising by their words are looked at first; what was learned then puts all in order. What was looked at and
dropped is kept in `left` with its reason, pages that were read in `pages`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from noglue.tools.discovery import inspecting, judging, merging
from noglue.tools.discovery.relevance import Document, Ranking
from noglue.tools.discovery.resolving import PageRead, Resolver
from noglue.tools.net import hub_files as hub
from noglue.tools.net.reach import Reach
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.sources import Candidate, Query

_PAGES, _LOOKED_AT = 14, 8


@dataclass(frozen=True)
class Looking:
    """What is needed to look at pages and files. hub: address of the Hugging Face Hub.

    keys: hosts that the user has a key for. headers: origin → what it wants to see. described: a candidate of the Hub
    with what the Hub's viewer tells of it. progress: called with what is done, how far, of how many.
    """

    web: Reach
    hub: str
    keys: frozenset[str]
    headers: dict[str, dict[str, str]]
    described: Callable[[Candidate], Candidate]
    progress: Callable[[str, int, int], None]


@dataclass
class Assessor:
    """query: its words are the request's own, without filler. prefer: hints for choosing among a page's links.

    looking: None when there is no network. most: bytes; more than that is no candidate.
    """

    query: Query
    prefer: list[str]
    looking: Looking | None
    most: int
    pages: list[PageRead] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def best_first(self, found: list[Candidate]) -> list[Candidate]:
        """Those that come near enough to what was asked for, each with score, reasons and doubts."""
        looked = [(candidate, False) for candidate in found]
        if self.looking is not None:
            whole = merging.merge(self._resolved(found, self.looking))
            looked = self._looked_at(self._by_promise(whole)[:_LOOKED_AT], self.looking)
        ranking = Ranking(Document.of(candidate) for candidate, _ in looked)
        scored = [self._score(candidate, ranking, seen) for candidate, seen in looked]
        self.left += [f"{one.title[:100]}: {_weakness(one)}" for one in scored if one.score < judging.LEAST]
        return sorted((one for one in scored if one.score >= judging.LEAST), key=_place)

    def _resolved(self, found: list[Candidate], looking: Looking) -> list[Candidate]:
        """Pages replaced by the files that they lead to."""
        words = self.query.words.split()
        resolver = Resolver(looking.web, words, self.prefer, looking.hub, looking.keys)
        promising = self._by_promise(found)[:_PAGES]
        whole: list[Candidate] = []
        for number, candidate in enumerate(promising):
            looking.progress("read pages", number, len(promising))
            whole += [candidate] if candidate.urls or candidate.builtin else resolver.resolve(candidate)
        self.pages = resolver.read
        return whole

    def _looked_at(self, promising: list[Candidate], looking: Looking) -> list[tuple[Candidate, bool]]:
        """With what the first bytes or the Hub's viewer tell, and whether they told anything."""
        looked = []
        for number, candidate in enumerate(promising):
            looking.progress("look at files", number, len(promising))
            try:
                looked.append(self._inspected(candidate, looking))
            except DataError as error:
                self.left.append(f"{candidate.title[:100]}: {error.message}")
        return looked

    def _inspected(self, candidate: Candidate, looking: Looking) -> tuple[Candidate, bool]:
        """Raises DataError when there is nothing to be had. What the catalogue knows needs no look."""
        if candidate.source == "catalogue":
            return candidate, False
        repository = hub.repository_of(candidate.urls[0], looking.hub) if candidate.urls else None
        if repository is not None and not candidate.columns:
            candidate = looking.described(candidate.model_copy(update={"name": repository}))
        return inspecting.inspect(candidate, self.query, looking.web, looking.hub, looking.headers)

    def _by_promise(self, found: list[Candidate]) -> list[Candidate]:
        """In the order of what their words promise, as they were."""
        ranking = Ranking(Document.of(candidate) for candidate in found)
        return sorted(found, key=lambda one: _place(self._score(one, ranking, False)))

    def _score(self, candidate: Candidate, ranking: Ranking, seen: bool) -> Candidate:
        """With score, reasons and doubts. What the catalogue has under its own name is meant."""
        document, words = Document.of(candidate), self.query.words.split()
        relevance = 1.0 if candidate.named else ranking.score(words, document)
        return judging.judge(candidate, self.query, relevance, ranking.met(words, document), seen, self.most)


def _place(scored: Candidate) -> tuple[float, bool, str, list[str]]:
    """The best first; of equals, what is built in."""
    return -scored.score, scored.builtin is None, scored.title, scored.urls


def _weakness(candidate: Candidate) -> str:
    return "; ".join(candidate.doubts[:3]) or f"too little in common with the request ({candidate.score:.2f})"
