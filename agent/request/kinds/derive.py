"""A target that is made from a column: whether it is above a value, or its logarithm.

>>> [(mark.kind, mark.value) for mark in find(Heard.of("predict whether the price is above 50000", []))]
[('target', {'words': 'price'}), ('derive', {'op': 'above', 'value': 50000.0})]
"""

import re

from noglue.agent.request import quantities, things
from noglue.agent.request.heard import Heard
from noglue.agent.request.lexicon import matches
from noglue.agent.request.marks import Mark

TURN = 30
_LEAST = r"at least|no less|is at least|mindestens|au moins|al menos"
_MOST = r"at most|höchstens|au plus|como mucho"
_BELOW = (
    r"below|under|less|lower|smaller|unter|weniger|kleiner|niedriger|"
    r"inférieur|moins|au-dessous|menor|inferior|menos|debajo"
)


def find(heard: Heard) -> list[Mark]:
    """A mark of `target` and one of `derive` beside it, at most once."""
    for clause in heard.still():
        for group in ("above", "log"):
            for match in matches(__file__, group, clause.text):
                named = things.listed(match["list"])
                if named.pronoun and (meant := heard.meant(clause.start + match.start())):
                    return [
                        Mark(meant[1], meant[2], "target", {"words": things.listed(meant[0]).words[0]}, meant[0]),
                        _whole(heard, clause.start + match.start(), clause.start + match.end(), {"op": "log"}),
                    ]
                if not named.words and not named.places:
                    continue
                if group == "above" and not (
                    match.groupdict().get("op") or re.search(r"(?i)cost|earn|exceed", match[0])
                ):
                    continue
                at, end = clause.start, clause.start + match.end()
                if group == "log" and match.end("list") == match.end():
                    end = at + match.start("list") + named.end
                target = {"words": named.words[0]} if named.words else {"place": named.places[0]}
                value = (
                    {"op": "log"}
                    if group == "log"
                    else {"op": _op(match.groupdict().get("op") or ""), "value": quantities.number(match["n"])}
                )
                name = at + match.start("list")
                stop = name + named.end
                return [
                    Mark(name, stop, "target", target, heard.words[name:stop]),
                    Mark(at + match.start(), end, "derive", value, heard.words[at + match.start() : end]),
                ]
    return []


def _whole(heard: Heard, start: int, end: int, value: dict[str, object]) -> Mark:
    return Mark(start, end, "derive", value, heard.words[start:end])


def _op(words: str) -> str:
    for pattern, op in ((_LEAST, "at least"), (_MOST, "at most"), (_BELOW, "below"), ("equal|exactly", "equals")):
        if re.search(pattern, words, re.I):
            return op
    return "above"
