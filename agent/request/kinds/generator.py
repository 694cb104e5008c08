"""What only a generator is asked for, and that pictures are not mirrored.

>>> [(mark.kind, mark.value) for mark in find(Heard.of("Train a GAN that draws new ones. Never mirror a picture.", []))]
[('flips', False)]
"""

from noglue.agent.request import quantities
from noglue.agent.request.heard import Heard
from noglue.agent.request.lexicon import matches
from noglue.agent.request.marks import Mark, free

TURN = 12


def find(heard: Heard) -> list[Mark]:
    """Marks of `flips`; `made` finds what a generator alone is asked for."""
    return _marks(heard, "flips", lambda match: False)


def made(heard: Heard) -> list[Mark]:
    """Marks of `count` and `label`, once the goal is known to be to generate."""
    counted = _marks(heard, "count", lambda match: int(quantities.number(match["n"])))
    found = [mark for mark in counted if mark.value > 1][:1]
    labels = _marks(heard, "label", lambda match: match["w"])
    return found + [mark for mark in labels if free(mark.start, mark.end, found)][:1]


def _marks(heard: Heard, kind: str, value: "object") -> list[Mark]:
    found: list[Mark] = []
    for clause in heard.still():
        for match in matches(__file__, kind, clause.text):
            start, end = clause.start + match.start(), clause.start + match.end()
            if free(start, end, found):
                parsed = value(match) if callable(value) else value
                found.append(Mark(start, end, kind, parsed, heard.words[start:end]))
    return found
