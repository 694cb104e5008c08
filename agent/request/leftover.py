"""What of a request no wish explains: asked for and not understood, wished in other words, or background.

>>> heard = Heard.of("Predict price. Paint the plots in blue, many thanks!", [])
>>> judged(heard, known=["Predict price"]).unread
['Paint the plots in blue']

The head that `agent/request/fit.py` fits on clauses of ours says what each is: a wish, where what that kind needs is
said as well (`values_in_words.py`); else it is not understood yet, or background. Words that outright ask are never
background.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from noglue.agent.request import gloss, lexicon, parting, values_in_words
from noglue.agent.request.heard import Heard
from noglue.agent.request.marks import GAP, Mark
from noglue.agent.request.parting import Labelled
from noglue.agent.request.phrasing import numbered
from noglue.agent.request.wish import Wish
from noglue.agent.request.wishes import is_said_by_a_flag

_SURE, _ASKS, _BACKGROUND = 0.6, 0.7, 0.85
_MOSTLY = 0.5  # of the shares, for a clause to say what to learn rather than to wish something of it
_SURE_OF_OTHER = 0.95  # of all shares but its own, for a mark to be none
_NOTHING = ("background", "task")
_RENAMED = {"budget": "budget_seconds"}  # the constraint that a wish of another name states
EARLY = frozenset(
    ("budget", "device", "seed", "offline")
)  # what must be known before any data are; the rest is surer then
_FEWEST = 2  # words of a clause that is a wish
_FEW = 5  # words; what is shorter and was partly recognised says nothing of its own


@dataclass
class Judged:
    """wishes: marks of kinds that the head alone recognises. unread: clauses as they were written."""

    wishes: list[Mark] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def judged(heard: Heard, known: Sequence[str], flagged: Sequence[Wish] = (), encoder: bool = True) -> Judged:
    """What is left of the request. `known`: words that are explained already: the target, words of the goal; `flagged`:
    what the flags state."""
    found = Judged()
    pieces = [(start, text) for start, text in _pieces(heard) if not any(part and part in text for part in known)]
    pieces = [(start, text) for start, text in pieces if not is_courtesy(text) and not is_the_whole(text)]
    language = gloss.language(heard.words)
    cut = parting.parted([text for _, text in pieces], numbered, language) if encoder else [[] for _ in pieces]
    for (start, text), clauses in zip(pieces, cut, strict=True):
        for one in clauses or [Labelled(text, {"unknown": 0.0})]:
            at = start + max(0, text.find(one.text))
            if (mark := _wish(one, at, language, {mark.kind for mark in [*heard.marks, *found.wishes]})) is not None:
                found.wishes.append(mark)
            elif _is_asked(one) and not is_said_by_a_flag(one.kind, one.text, flagged):
                found.unread.append(one.text)
    return found


def is_another(mark: Mark, heard: Heard) -> bool:
    """Whether the clause in which a mark stands surely says something else.

    What is to be learned is no other goal; hours that somebody trains are no time for the run.
    """
    clause = next((one for one in heard.clauses if one.start <= mark.start < one.end), None)
    if clause is None:
        return False
    at = mark.start - clause.start
    own = next((name for name, other in _RENAMED.items() if other == mark.kind), mark.kind)
    for label in parting.parted([clause.text], numbered, gloss.language(heard.words))[0]:
        start = clause.text.find(label.text)
        if start <= at < start + len(label.text):
            if mark.kind == "goal":
                return label.share >= _BACKGROUND and label.kind != "task" and not label.is_not_to_be_done
            other = label.kind not in (own, "task") and label.share >= _SURE
            return other and label.shares.get(own, 0.0) < 1 - _SURE_OF_OTHER
    return False


def _wish(label: Labelled, at: int, language: str, heard: Iterable[str]) -> Mark | None:
    """A wish of the kind that the clause is taken for, if the words alone say all that it needs."""
    kind = _RENAMED.get(label.kind, label.kind)
    if label.share < _SURE or label.kind not in EARLY or kind in heard or len(label.text.split()) < _FEWEST:
        return None
    value = values_in_words.needed(label.kind, label.text, language)
    return None if value is None else Mark(at, at + len(label.text), kind, value, label.text)


def _is_asked(label: Labelled) -> bool:
    nothing = sum(label.shares.get(kind, 0.0) for kind in _NOTHING)
    if label.share == 0.0:
        return asks(label.text)
    if label.kind == "task" and label.share >= _MOSTLY:
        return False
    return (asks(label.text) and nothing < _BACKGROUND) or (nothing < 1 - _ASKS and label.kind not in _NOTHING)


def _pieces(heard: Heard) -> list[tuple[int, str]]:
    """What is left of each clause, where it was not recognised, or where enough of it was not."""
    found = []
    for clause in heard.clauses:
        left = heard.left[clause.start : clause.end]
        if GAP not in left:
            found.append((clause.start, heard.words[clause.start : clause.end]))
            continue
        for match in re.finditer(rf"[^{GAP}]+", left):
            text = match[0].strip(" ,;:-")
            if len(re.findall(r"\w+", text)) > _FEW and asks(text):
                found.append((clause.start + match.start() + match[0].index(text), text))
    return found


def asks(text: str) -> bool:
    """Whether words of it outright ask for something."""
    return any(pattern.search(text) for pattern in _forms("asks"))


def is_courtesy(text: str) -> bool:
    """Whether it thanks, greets or begs, or has no words."""
    return any(pattern.search(text) for pattern in _forms("courtesy")) or len(re.findall(r"\w\w+", text)) == 0


def is_the_whole(text: str) -> bool:
    """Whether it names a problem by its data and asks for no more: `solve the CIFAR-10 problem`, `make new digits`."""
    return any(pattern.search(text) for group in ("problem", "making") for pattern in _forms(group))


@cache
def _forms(group: str) -> tuple["re.Pattern[str]", ...]:
    return tuple(
        re.compile(part.replace(" ", r"\s+"), re.I)
        for parts in lexicon.groups(__file__)[group].values()
        for part in parts
    )
