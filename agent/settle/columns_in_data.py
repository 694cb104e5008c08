"""What a clause says of columns: which ones it means by name, place or description, and which cells are missing."""

import re
from dataclasses import replace
from typing import Any

from noglue.agent.request import lexicon
from noglue.agent.request.phrasing import COLUMN
from noglue.agent.request.wish import Wish
from noglue.agent.settle import masking, mentions, unnamed_columns
from noglue.agent.settle.clause_in_data import CELL_WORDS, DENIES, OUT, Said, before_reason, columns_named, keeps
from noglue.agent.settle.plain_words import plain
from noglue.agent.settle.room import Room, named_before
from noglue.tools.spec.profiles import Column

_TIMELY = re.compile(
    r"\b(?:time|times|date|dates|chronolog\w*|later|past|future|newest|newer|recent\w*|before|after|afterwards|earlier|"
    r"older|oldest|latest|years?|months?|season|history|tomorrow|order of|ordered by|sorted|"
    r"(?:not|never|no|without|\w+n't)\W+(?:\w+\W+){0,2}(?:shuffl\w*|mixed|mix))\b"
)
_WRITTEN = {
    "zero": "0",
    "zeros": "0",
    "zeroes": "0",
    "question mark": "?",
    "dash": "-",
    "hyphen": "-",
    "minus one": "-1",
}
_ITEM = re.compile(r"(?:(?!\s(?:and|or|nor|und|oder|noch|sowie|et|ou|ni|y|o|e)\s)[^,;:.()])+", re.IGNORECASE)
_ARTICLE = re.compile(
    r"(?i)^(?:(?:and|or|nor|und|oder|noch|sowie|et|ou|ni|y|o|e|the|its|their|der|die|das|den|dem|le|la|les|l'|el|los|las|de"
    r"|du|des|del)\s+|l')+"
)
_TOGETHER = re.compile(
    r"\b(?:together|both|sides?|split\w*|separate\w*|apart|across|same|mix\w*|whole|entire|each|once)\b"
)
_MOST_WORDS = 4  # of a description of one column


def columns(said: Said) -> Any:
    """By whole names, by places, by descriptions; else what `it` stands for."""
    said = replace(said, text=before_reason(said.text, said.room))
    names = columns_named(said.text, said.room)
    places_ = mentions.places(said.text, len(said.room.columns))
    further = _listed(said) if names else [] if places_ else _described(said)
    names += [name for name in further if name not in names]
    if not names and not places_:
        wish = Wish(text=said.text, kind="exclude")
        names = named_before(wish, said.room)
    found = {key: value for key, value in (("columns", names), ("places", places_)) if value}
    return found or None


def _described(said: Said) -> list[str]:
    """Columns that up to four words of the clause describe, the longest descriptions first."""
    words = re.findall(r"[^\W_][\w'’.-]*", said.text)
    able = [one for one in said.room.columns if not said.room.is_target(one.name)]
    found: list[str] = []
    for long in range(min(_MOST_WORDS, len(words)), 0, -1):
        for start in range(len(words) - long + 1):
            name = _means(" ".join(words[start : start + long]), able, said.room.head_first)
            if name is not None and name not in found:
                found.append(name)
        if found:
            return found
    return found


def _listed(said: Said) -> list[str]:
    """Columns that are described in a list with others that are named: `from ph, sel and the age of the wheel`."""
    able = [one for one in said.room.columns if not said.room.is_target(one.name)]
    named = [(start, end) for start, end, word in masking.spans(said.text, said.room) if word == COLUMN]
    found = []
    for match in _ITEM.finditer(said.text):
        if any(start < match.end() and match.start() < end for start, end in named):
            continue
        words = _ARTICLE.sub("", match[0].strip())
        name = _means(words, able, said.room.head_first) if 0 < len(words.split()) <= _MOST_WORDS else None
        found += [name] if name is not None else []
    return found


def _means(words: str, able: list[Column], head_first: bool) -> str | None:
    if lexicon.speaks_of_rows(words) or DENIES.fullmatch(words.lower().split()[-1]):
        return None  # `no` is no `member_no`
    answer = mentions.named(words, able, head_first, meaning=False)
    if len(answer.names) != 1 or (not answer.exact and unnamed_columns.is_made_up(answer.names[0])):
        return None  # `outcome 1 = lived` is no `column_1`
    return answer.names[0]


def only(said: Said) -> Any:
    return columns(said) if keeps(said) else None


def group(said: Said) -> Any:
    """The one column that the clause names, whole, or as whose rows they are: `patient` of `PatientID`."""
    if OUT.search(said.english) and not _TOGETHER.search(said.english):
        return None  # who drives must not play a part
    names = columns_named(said.text, said.room)
    if not names:
        words = {word.removesuffix("s") for word in plain(f"{said.text} {said.english}").split() if len(word) > 3}
        able = [
            one
            for one in said.room.columns
            if not said.room.is_target(one.name) and one.kind not in ("number", "constant", "date")
        ]
        names = [one.name for one in able if words & {part.removesuffix("s") for part in plain(one.name).split()}]
    names = names or [name for name in _described(said) if _may_own(name, said.room)]
    return {"words": names[0]} if len(names) == 1 else None


def _may_own(name: str, room: Room) -> bool:
    column = next(one for one in room.columns if one.name == name)
    return column.kind not in ("number", "constant", "date")


def time(said: Said) -> Any:
    names = [name for name in columns_named(said.text, said.room) if _tells_time(name, said.room)]
    return {"words": names[0]} if names else True if _TIMELY.search(said.english) else None


def _tells_time(name: str, room: Room) -> bool:
    column = next(one for one in room.columns if one.name == name)
    return (
        column.kind == "date" or re.search(r"year|date|time|jahr|datum|ann[eé]e|a[nñ]o|fecha", name, re.I) is not None
    )


def stratify(said: Said) -> Any:
    names = columns_named(said.text, said.room)
    return {"words": names[0]} if names else None


def missing_cells(said: Said) -> Any:
    """The cells' words, and the columns that they stand in."""
    named = masking.spans(said.text, said.room)
    free = [match for match in CELL_WORDS.finditer(said.text) if not _within(match.span(), named)]
    words = [match[0].strip("\"'„“”«» ") for match in free]
    words += [
        value for word, value in _WRITTEN.items() if re.search(rf"\b{word}\b", said.english) and value not in words
    ]
    names = columns_named(said.text, said.room)
    present = [word for word in words if _is_held(word, said.room)] or words
    return {"words": present[:1], "columns": names} if present else None


def _within(place: tuple[int, int], named: list[masking.Span]) -> bool:
    return any(start <= place[0] and place[1] <= end for start, end, word in named if word == COLUMN)


def _is_held(word: str, room: Room) -> bool:
    return any(word in one.values or word in one.examples for one in room.columns)
