"""The numbers that a request says, and the numbers and texts that the value of a wish holds.

numbers_said("at most 20 %, seed seven")     →  ((8, 12), 0.2), ((19, 24), 7.0)
numbers_in({"share": 0.2}, room)             →  0.2
"""

import re
from collections.abc import Iterator
from typing import Any

from noglue.agent.request import quantities
from noglue.agent.settle.room import Room

Span = tuple[int, int]
_ARTICLES = frozenset(("one", "un", "une", "uno", "una", "ein", "eine", "eins", "einen", "half", "both"))
_IN_TEXT = re.compile(r"\d+(?:[.,]\d+)?")
_DATE = re.compile(r"(?<![\w.])\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?!\w)")
_NUMBER = re.compile(
    rf"(?<![\w.])\d+(?:\.\d+)?e-?\d+(?!\w)|(?<!\w)(?:{quantities.SHARE}|{quantities.NUMBER})(?![a-z]*\d)", re.IGNORECASE
)


def numbers_in(value: Any, room: Room) -> Iterator[float]:
    """Every number in a value: places of columns and how many things are listed among them."""
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        yield float(value)
    elif isinstance(value, str):
        yield from (float(match[0].replace(",", ".")) for match in _IN_TEXT.finditer(value))
        names = [one.name for one in room.columns]
        if value in names:
            yield float(names.index(value) + 1)
    elif isinstance(value, dict):
        for one in value.values():
            yield from numbers_in(one, room)
    elif isinstance(value, list | tuple):
        yield float(len(value))
        for one in value:
            yield from numbers_in(one, room)


def texts_in(value: Any) -> Iterator[str]:
    """Every text in it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts_in(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts_in(one)


def numbers_said(text: str) -> Iterator[tuple[Span, float]]:
    """Numbers and shares, in digits and in words; of a date none but the year."""
    dates = [match.span() for match in _DATE.finditer(text)]
    for match in _NUMBER.finditer(text):
        words = match[0]
        if words.lower() in _ARTICLES or any(start <= match.start() < end for start, end in dates):
            continue
        value = _value(words)
        if value is not None:
            yield match.span(), value
    for start, end in dates:
        yield (start, end), float(max(map(int, re.findall(r"\d+", text[start:end]))))


def _value(words: str) -> float | None:
    for read in (float, quantities.number, quantities.share):
        try:
            return float(read(words))
        except (ValueError, KeyError):
            continue
    return None
