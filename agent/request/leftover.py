"""What of a request no wish explains: asked for and not understood, wished in other words, or background.

>>> heard = Heard.of("Predict price. Paint the plots in blue, many thanks!", [])
>>> judged(heard, told=["Predict price"], encoder=None).unread
['Paint the plots in blue']

Words that outright ask for something are never background by default. Where the words are silent, the head that
`agent/request/fit.py` fits on clauses of ours decides, if it is sure; what is unsure and asks is not understood.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from agent.request import head, lexicon
from agent.request.encoder import Encoder
from agent.request.heard import Heard
from agent.request.marks import GAP, Mark

NAMED = ("explain", "export", "serve", "intervals", "calibrate", "privacy", "fairness", "robustness", "size", "speed")
_SURE, _ASKS, _BACKGROUND = 0.8, 0.9, 0.85
_NOTHING = ("background", "task")
_FEW = 5  # words; what is shorter and was partly recognised says nothing of its own


@dataclass
class Judged:
    """wishes: marks of kinds that the head alone recognises. unread: clauses as they were written."""

    wishes: list[Mark] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def judged(heard: Heard, told: Sequence[str], encoder: Encoder | None) -> Judged:
    """What is left of the request. `told`: words that are explained already: the target, words of the goal."""
    found = Judged()
    pieces = [(start, text) for start, text in _pieces(heard) if not any(part and part in text for part in told)]
    kinds = _kinds([text for _, text in pieces], encoder)
    for (start, text), shares in zip(pieces, kinds, strict=True):
        if _is_courtesy(text):
            continue
        best = max(shares, key=lambda kind: shares[kind]) if shares else ""
        asking, nothing = asks(text), sum(shares.get(kind, 0.0) for kind in _NOTHING)
        if best in NAMED and shares[best] >= _SURE:
            found.wishes.append(Mark(start, start + len(text), best, True, text))
        elif (asking and nothing < _BACKGROUND) or (shares and 1 - nothing >= _ASKS and best not in _NOTHING):
            found.unread.append(text)
    return found


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


def _kinds(texts: list[str], encoder: Encoder | None) -> list[dict[str, float]]:
    if encoder is None or not texts:
        return [{} for _ in texts]
    return [
        head.probabilities("clause", vector, text) for text, vector in zip(texts, encoder.encode(texts), strict=True)
    ]


def clause_kinds(texts: Sequence[str]) -> list[dict[str, float]]:
    """Kind of wish → share, for each clause, as the head takes it; empty without the encoder."""
    from agent.request.encoder import EncoderMissing, shared

    try:
        return _kinds(list(texts), shared())
    except EncoderMissing:
        return [{} for _ in texts]


def asks(text: str) -> bool:
    """Whether words of it outright ask for something."""
    return any(pattern.search(text) for pattern in _forms("asks"))


def _is_courtesy(text: str) -> bool:
    return any(pattern.search(text) for pattern in _forms("courtesy")) or len(re.findall(r"\w\w+", text)) == 0


@cache
def _forms(group: str) -> tuple["re.Pattern[str]", ...]:
    return tuple(
        re.compile(part.replace(" ", r"\s+"), re.I)
        for parts in lexicon.groups(__file__)[group].values()
        for part in parts
    )
