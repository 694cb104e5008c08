"""What a clause says of what is learned: its classes, the measure, and a target made of the column."""

import re
from typing import Any

from noglue.agent.request import measures, quantities, values_in_words
from noglue.agent.settle.clause_in_data import CELL_WORDS, DENIES, Said, keeps
from noglue.agent.settle.plain_words import plain
from noglue.agent.settle.room import Room

_ABOVE = re.compile(
    r"\b(?:above|over|more|exceed\w*|pass|passes|passed|reach\w*|surpass\w*|higher|greater|older|longer|heavier|beyond|"
    r"from|at least|dearer|expensive|later)\b"
)
_BELOW = re.compile(r"\b(?:below|under|less|fewer|lower|smaller|younger|shorter|lighter|cheaper|until|at most|up to)\b")
_LIMIT = re.compile(  # a limit in words: `more than two`, `two or more`
    rf"(?:{_ABOVE.pattern}|{_BELOW.pattern})\W+(?:\w+\W+){{0,2}}?{quantities.NUMBER}\b|"
    rf"\b{quantities.NUMBER}\W+(?:\w+\W+)?(?:or|and) (?:more|less|above|below|over|under|fewer)\b"
)
_AT = re.compile(r"\b(?:at least|or more|from|at most|or less|up to|and more|and above)\b")
_LOG = re.compile(r"\blog\w*\b", re.I)
_NAMED_CLASS = re.compile(r"\b(?:the|a|das|ein|le|un|el|un|is|ist|est|es) (?:no|non|nein)(?: |$)")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?!\w)")
_NEAR = 30  # letters from a limit to the word that says on which side of it
_LIKELY, _AGREED = 0.8, 0.3  # of what measures of the goal have together; with a rule of words


def one_class_in_words(said: Said) -> Any:
    name = one_class(said)
    return None if name is None else {"words": name}


def one_class(said: Said) -> str | None:
    """The class that the clause is about: the only one; of several the only one in quotes, or that it names again."""
    names = _classes_named(said)
    if len(names) < 2:
        return next(iter(names), None)
    quoted = [one for one in names if re.search(rf"[\"'“„«]\s*{re.escape(one)}\s*[\"'”“»]", said.text, re.IGNORECASE)]
    text = plain(said.text)
    again = [one for one in names if len(re.findall(rf"\b{re.escape(plain(one))}\b", text)) > 1]
    return next((some[0] for some in (quoted, again) if len(some) == 1), None)


def label(said: Said) -> Any:
    return one_class(said)


def classes(said: Said) -> Any:
    """Those that are named, or all others where they are to stay out."""
    names, all_ = _classes_named(said), said.room.classes
    kept = names if keeps(said) else [name for name in all_ if name not in names]
    return kept if names and 0 < len(kept) < len(all_) else None


def are_all_named(said: Said) -> bool:
    names = _classes_named(said)
    return len(names) > 1 and len(names) == len(said.room.classes)


def _classes_named(said: Said) -> list[str]:
    text, english = plain(said.text), plain(said.english)
    quoted = {plain(part) for match in CELL_WORDS.finditer(said.text) for part in [match[0]]}
    found = []
    for name in sorted(said.room.classes, key=len, reverse=True):
        stem = re.escape(plain(name))
        if DENIES.fullmatch(plain(name)) and plain(name) not in quoted and not _NAMED_CLASS.search(f"{text} "):
            continue
        if plain(name) and (re.search(rf"\b{stem}(?:s|es|n|en|e)?\b", text) or re.search(rf"\b{stem}s?\b", english)):
            found.append(name)
    return [name for name in said.room.classes if name in found]


def metric(said: Said) -> Any:
    """A measure by name; else the one that everyday words most likely ask for, of those that fit the goal."""
    if (named := values_in_words.measure_named(said.text)) is not None:
        return named
    shares = measures.everyday(said.text, said.language)
    fitting = {name: share for name, share in shares.items() if measures.goal_of(name) == said.room.goal}
    whole = sum(fitting.values())
    best = max(fitting, key=lambda name: fitting[name], default=None)
    if best is not None and fitting[best] >= _LIKELY * whole:
        return best
    ruled = values_in_words.needed("metric", said.text, said.language)
    return ruled if not shares or fitting.get(str(ruled), 0.0) >= _AGREED * whole else None


def derive(said: Said) -> Any:
    if _LOG.search(said.english):
        return {"op": "log"}
    english = re.sub(r"(?<=\d),(?=\d{3})", "", said.english)
    numbers = [float(match[0]) for match in _NUMBER.finditer(english)]
    numbers = [float(one) for one in values_in_words.numbers(said.text, said.language)] or numbers
    limits = [one for one in numbers if _is_held_by_the_target(one, said.room)]
    if len(limits) != 1:
        return None
    at = next((one for one in _NUMBER.finditer(english) if float(one[0]) == limits[0]), None)
    near = english[max(0, at.start() - _NEAR) : at.end() + _NEAR // 2] if at else english
    above, below = _ABOVE.search(near), _BELOW.search(near)
    if at is None and _LIMIT.search(english) is None:
        return None
    if above is None and below is None:
        return None
    up = below is None or (above is not None and above.start() < below.start())
    op = ("at least" if up else "at most") if _AT.search(near) else ("above" if up else "below")
    return {"op": op, "value": limits[0]}


def _is_held_by_the_target(number: float, room: Room) -> bool:
    """Whether it lies within what the target holds, as a limit between its values does."""
    column = next((one for one in room.columns if one.name == room.target), None)
    if column is None or column.minimum is None or column.maximum is None:
        return True
    return column.minimum <= number <= column.maximum
