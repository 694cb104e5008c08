"""Values that really mean a missing one.

>>> [mark.value for mark in find(Heard.of("A zero in the third column really means that nobody measured it.", []))]
[{'words': ['0'], 'places': [3]}]
"""

import re
from typing import Any

from noglue.agent.request import quantities, things
from noglue.agent.request.heard import Heard
from noglue.agent.request.lexicon import matches
from noglue.agent.request.marks import Mark, free

TURN = 10
_WRITTEN = {"zero": "0", "null": "0", "nullen": "0", "nullwert": "0", "zéro": "0", "cero": "0", "question mark": "?",
            "fragezeichen": "?", "dash": "-", "dashe": "-", "minus one": "-1", "empty string": ""}  # fmt: skip


def find(heard: Heard) -> list[Mark]:
    """Marks of `missing`."""
    found: list[Mark] = []
    for clause in heard.clauses:
        for match in matches(__file__, "means", clause.text):
            start, end = clause.start + match.start(), clause.start + match.end()
            if free(start, end, found):
                found.append(Mark(start, end, "missing", _value(match), heard.words[start:end]))
    return found


def _value(match: "re.Match[str]") -> dict[str, Any]:
    parts = match.groupdict()
    written = parts["value"].strip("\"'“”„«» ").lower().removeprefix("the word ")
    bare = re.sub(r"s$", "", written) if not re.fullmatch(r"n/?a", written) else written
    minus = re.fullmatch(r"minus (.+)", bare)
    word = f"-{quantities.number(minus[1]):g}" if minus else _WRITTEN.get(bare, _as_written(parts["value"], bare))
    named = things.listed(parts.get("where") or parts.get("where2") or "")
    return {"words": [word]} | {name: part for name, part in named.value().items() if name != "prefixes"}


def _as_written(value: str, bare: str) -> str:
    written = value.strip("\"'“”„«» ")
    return bare if re.fullmatch(r"-?\d+(?:\.\d+)?s", written) else written
