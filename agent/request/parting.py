"""A piece of the request cut where its kinds of clauses change, by the head of clauses.

>>> [(one.text, one.kind) for one in parted(["drop the id and test on the last quarter"], numbered, "en")]
[('drop the id', 'exclude'), ('test on the last quarter', 'test')]

Of all ways to join neighbouring parts the one is taken whose parts the head is surest of, word for word.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from noglue.agent.request import gloss, head
from noglue.tools.pretrained.published import WeightsMissing
from noglue.tools.pretrained.sentences import shared

BEYOND = "beyond_"  # before the name of a goal that can't be reached, as kind of the clause that asks for it
_MONTHS = r"(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[zc])"
STOP = rf"(?:(?<=[!?;])|(?<=\D\.)|(?<=\d\.)(?!\s+{_MONTHS}))\s+"  # the end of a sentence; none in `ab dem 1. Juni`
_JOINING = (
    "and|but|so|while|whereas|because|since|und|aber|sondern|während|weil|denn|damit|et|mais|donc|car|tandis que|"
    "parce que|puisque|y|pero|sino|así que|porque|ya que|mientras"
)
_TURNED = r"(?:aber|jedoch)\s+(?:bitte\s+)?(?:nicht|nie)\b"  # `… aber bitte nicht`: what turns the words before it
_HEADED = r"\s+(?=[^\W\d_][\w-]*(?: \w+)?\s*=\s)"  # `seed = 5` in a list of notes
_ENDS = re.compile(rf"\s*[,;:\n–—•]\s+|\s+-\s+|{STOP}|{_HEADED}|\s+(?!{_TURNED})(?=(?:{_JOINING})\s)", re.IGNORECASE)
_LISTED = re.compile(r"(?:(?:COL|VAL|NUM|FILE|and|or|nor)\W*)+")  # the rest of a list, no clause of its own
_JOINED = re.compile(r"(?:and|or|nor) (?:the )?(COL|VAL)\b")
_OPENS = re.compile(
    r"(?:only|just|without|except|no|drop|exclude|excluding|ignore|ignoring)\b"
)  # a wish in a list of them
_PLACE = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+|(?<!\S)(?:~|\.{1,2})?/(?:[^\s/]+/)*[^\s/]*")  # its letters say nothing
_MOST_PARTS, _MOST_WORDS = 5, 45  # of one clause
_APART = 1.0  # words that a cut costs, so that none is made for nothing
_LESS = 0.85  # what a word of background counts, so that a wish keeps the reason given for it
_NEVER = 1000.0  # what no cut is worth
_OTHER = 2.0  # words that a part costs which by itself surely is of another kind than the whole
_OPENED = 4.0  # words that a part costs which begins as a wish of its own does
_SURE = 0.75  # of the head's share, for that
_TOO_SHORT = 3  # words; a shorter clause costs as much again


@dataclass(frozen=True)
class Labelled:
    """A clause, and how likely each kind of wish is meant by it.

    `background`, `task`, `unknown` and `beyond_…` are kinds too. general: with general words for what it names.
    """

    text: str
    shares: dict[str, float]
    general: str = ""

    @property
    def kind(self) -> str:
        return max(self.shares, key=lambda one: self.shares[one])

    @property
    def is_not_to_be_done(self) -> bool:
        """Whether it asks for something that can't be done here, or isn't known."""
        return self.kind == "unknown" or self.kind.startswith(BEYOND)

    @property
    def beyond(self) -> float:
        """How likely it asks for a goal that can't be reached here."""
        return sum(share for kind, share in self.shares.items() if kind.startswith(BEYOND))

    @property
    def beyond_goal(self) -> str:
        """The likeliest of these goals, by its name in `agent/settle/means.py`; empty without the encoder."""
        known = (kind for kind in self.shares if kind.startswith(BEYOND))
        return max(known, key=lambda one: self.shares[one], default="").removeprefix(BEYOND)

    @property
    def share(self) -> float:
        return self.shares[self.kind]


def parted(texts: Sequence[str], general: Callable[[str], str], language: str) -> list[list[Labelled]]:
    """For each text its clauses. general: puts what a clause names in general words. Empty lists without the encoder.

    language: `en`, `de`, `fr` or `es`.
    """
    cut = [_parts(text) for text in texts]
    spans = [[(a, b) for a in range(len(parts)) for b in _ends(parts, a)] for parts in cut]
    clauses = [
        text[parts[a][0] : parts[b - 1][1]]
        for text, parts, pairs in zip(texts, cut, spans, strict=True)
        for a, b in pairs
    ]
    labels = iter(kinds(clauses, general, language))
    found = [{pair: next(labels) for pair in pairs} for pairs in spans] if clauses else [{} for _ in texts]
    return [_best(len(parts), whole) for parts, whole in zip(cut, found, strict=True)]


def kinds(clauses: Sequence[str], general: Callable[[str], str], language: str) -> list[Labelled]:
    """Each clause with the shares of the head; without any where the encoder is missing."""
    spoken = [_PLACE.sub("the folder", text) for text in clauses]
    try:
        vectors = shared().encode([gloss.english(text, language) for text in spoken])
    except WeightsMissing:
        return [Labelled(text, {"unknown": 0.0}) for text in clauses]
    masked = [gloss.english(general(text), language) for text in spoken]
    shares = head.of_clauses("clause", vectors, masked)
    return [Labelled(*one) for one in zip(clauses, shares, masked, strict=True)]


def _parts(text: str) -> list[tuple[int, int]]:
    """Start and end of what stands between two places where a clause may end."""
    bounds = [(match.start(), match.end()) for match in _ENDS.finditer(text)]
    starts = [0, *(end for _, end in bounds)]
    ends = [*(start for start, _ in bounds), len(text)]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if re.search(r"\w", text[start:end])]


def _ends(parts: list[tuple[int, int]], first: int) -> range:
    return range(first + 1, min(len(parts), first + _MOST_PARTS) + 1)


def _best(count: int, whole: dict[tuple[int, int], Labelled]) -> list[Labelled]:
    """The way to cut that the head is surest of (dynamic programming over the ends)."""
    best: list[tuple[float, list[Labelled]]] = [(0.0, [])]
    for end in range(1, count + 1):
        ways = []
        for start in range(max(0, end - _MOST_PARTS), end):
            one = whole[start, end]
            words = len(re.findall(r"\w+", one.text))
            if words <= _MOST_WORDS or end - start == 1:
                cost = _APART * (2 if words < _TOO_SHORT else 1)
                cost += _OTHER * sum(_is_other(whole[at, at + 1], one) for at in range(start, end) if end - start > 1)
                cost += _OPENED * sum(_opens(whole[at, at + 1]) for at in range(start + 1, end))
                first = whole[start, start + 1]
                cost += _NEVER if start and _is_rest(whole[start - 1, start], one, first) else 0.0
                weight = _LESS if one.kind == "background" else 1.0
                ways.append((best[start][0] + weight * words * one.share - cost, [*best[start][1], one]))
        best.append(max(ways, key=lambda way: way[0]))
    return best[count][1]


def is_list(general: str) -> bool:
    """Whether a clause in general words is nothing but what it names."""
    return _LISTED.fullmatch(general.strip()) is not None


def _is_other(part: Labelled, whole: Labelled) -> bool:
    """Whether a part surely asks for something else than the clause that it would be joined into."""
    return part.kind not in (whole.kind, "background", "unknown") and part.share >= _SURE


def _opens(part: Labelled) -> bool:
    """Whether a part begins as a wish of its own does in a list of them: `without the plan, only Leeds, seed 4`."""
    return _OPENS.match(part.general.strip().lower()) is not None


def _is_rest(before: Labelled, clause: Labelled, first: Labelled) -> bool:
    """Whether a clause only goes on with the list that the part before it ends in: `Leeds | and Turin for the test`."""
    joined = _JOINED.match(clause.general)
    if _LISTED.fullmatch(first.general) and before.general.rstrip(" .").endswith(("COL", "VAL")):
        return True
    return _LISTED.fullmatch(clause.general) is not None or (
        joined is not None and before.general.rstrip(" .").endswith(joined[1])
    )
