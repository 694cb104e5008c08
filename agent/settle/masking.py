"""A clause with what it names of the data put in general words, as the head of clauses has learned them.

>>> general("Leave unit_price out of it and test on Leeds, 20 rows", room)
'Leave COL out of it and test on VAL, NUM rows'

Columns become `COL`, values and classes `VAL`, numbers `NUM`, files `FILE`: what is asked does not hang on their names.
"""

import re
import unicodedata
from collections.abc import Iterator

from noglue.agent.request.phrasing import COLUMN, FILE, VALUE, numbered
from noglue.agent.settle.plain_words import plain
from noglue.agent.settle.room import Room

_FILE = re.compile(
    r"(?<![\w/])[\w./-]*\w\.(?:csv|tsv|xlsx?|ods|json|jsonl|parquet|txt|zip|tar|gz|arff|dat|sqlite|db)\b"
)
_QUOTED = re.compile(
    r"\"([^\"]{1,40})\"|“([^”]{1,40})”|„([^“”]{1,40})[“”]|«\s*([^»]{1,40}?)\s*»|(?<!\w)'([^']{1,40})'(?!\w)"
)
_PLAIN_WORDS = re.compile("yes|no|ja|nein|oui|non|si|true|false|not|none|other|all|new|old|good|bad|low|high|un|on|one")
DOT = "·"  # in the place of a dot in a name, where sentences are cut
_MOST_VALUES = 60  # of a column, for its values to be looked for
_SHORT = 2  # letters of a name that is only known as it is written

Span = tuple[int, int, str]


def general(text: str, room: Room) -> str:
    """The clause in general words."""
    out, at = [], 0
    for start, end, word in spans(text, room):
        out += [text[at:start], word]
        at = end
    return numbered("".join([*out, text[at:]]))


def spans(text: str, room: Room) -> list[Span]:
    """Where the clause names something of the data, in order, none over another."""
    found: list[Span] = []
    folded = _folded(text)
    for span in [*_files(text), *_columns(text, folded, room), *_values(folded, room), *_quoted(text)]:
        if all(span[1] <= start or span[0] >= end for start, end, _ in found):
            found.append(span)
    return sorted(found)


def _files(text: str) -> Iterator[Span]:
    for match in _FILE.finditer(text):
        yield match.start(), match.end(), FILE


def _columns(text: str, folded: str, room: Room) -> Iterator[Span]:
    for name in sorted((one.name for one in room.columns), key=len, reverse=True):
        if len(name) <= _SHORT:
            pattern, place = rf"(?<!\w){re.escape(name)}(?!\w)", text
        else:
            parts = r"[^\w,;:\n]{0,3}_?".join(map(re.escape, plain(name).split()))
            ended = r"\)" if name.endswith(")") else ""
            pattern, place = rf"(?<!\w){parts}(?:{ended}|s|es|n|en|e)?(?!\w)", folded
        for match in re.finditer(pattern, place) if plain(name) else ():
            yield match.start(), match.end(), COLUMN


def _values(folded: str, room: Room) -> Iterator[Span]:
    cells = {value for one in room.columns if one.distinct <= _MOST_VALUES for value in one.values} | set(room.classes)
    for value in sorted(cells, key=len, reverse=True):
        word = _folded(value)
        if len(word) <= _SHORT or _PLAIN_WORDS.fullmatch(word) or re.fullmatch(r"[\d.,\s:/-]+", word):
            continue
        for match in re.finditer(rf"(?<!\w){re.escape(word)}(?:s|es|n|en|e)?(?!\w)", folded):
            yield match.start(), match.end(), VALUE


def _quoted(text: str) -> Iterator[Span]:
    for match in _QUOTED.finditer(text):
        yield match.start(), match.end(), VALUE


def _folded(text: str) -> str:
    """Lower case without accents, letter for letter, so that places stay."""
    return "".join(unicodedata.normalize("NFD", letter)[0] for letter in text).lower()
