"""What was asked in words that no rule knew, heard again now that the data are known.

    "The operator is nobody's business"   →  exclude {"columns": ["operator"]}
    "Train on the sites Leeds and Turin"  →  train where site in Leeds, Turin

A clause that nothing explained becomes a wish where three things agree: it asks for something, the sentence encoder's
head takes it for a kind of wish, and what such a wish needs (a column, a value, a number) stands in it and is really
there. Else it stays not understood.
"""

import re
from collections.abc import Callable
from typing import Any

from agent.request import leftover
from agent.request.marks import GAP
from agent.request.wish import Wish
from agent.settle import conditions, mentions
from agent.settle.binding import Room, bind, file_named
from agent.settle.columns import plain
from agent.task import Task
from tools.core.profiles import Column

LEAST = 0.35  # of the head's shares that a kind must have
_SHARES = {"test": ("test", "group", "time", "train", "validation"), "where": ("where", "only", "exclude")}
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?!\w)|\"[^\"]+\"|'[^']+'|„[^“”]+[“”]|«[^»]+»")


def heard_again(unread: list[str], room: Room) -> tuple[list[Wish], list[str]]:
    """Wishes of the clauses that were not understood, bound; and the clauses that still are not."""
    wishes: list[Wish] = []
    left: list[str] = []
    for text, shares in zip(unread, leftover.clause_kinds(unread), strict=True):
        found = _wish(text, shares, room)
        wishes += [found] if found is not None else []
        left += [text] if found is None else []
    return wishes, left


def passed_over(task: Task) -> list[str]:
    """Pieces of the paragraph that no wish, and nothing that was not understood, comes from: taken for background."""
    free = task.paragraph
    for one in [*(wish.text for wish in task.wishes), *task.unread, *task.sources]:
        at = free.find(one) if one else -1
        free = free[:at] + GAP * len(one) + free[at + len(one) :] if at >= 0 else free
    pieces = [piece.strip(" ,;:-–\n") for piece in re.split(rf"[{GAP}.;:!?()\n]+|,\s", free)]
    return [" ".join(piece.split()) for piece in pieces if len(re.findall(r"\w+", piece)) > 1]


def not_background(texts: list[str], room: Room) -> tuple[list[Wish], list[str]]:
    """Of pieces taken for background, those that speak of the data after all: wishes, and what is not understood.

    A comparison with a column asks for some of the rows; columns that give the answer away stay out; columns that are
    all to be learned `from` are used alone; a value or a file beside a word of testing is the test.
    """
    wishes: list[Wish] = []
    unclear: list[str] = []
    for text, shares in zip(texts, leftover.clause_kinds(texts), strict=True):
        found = _said_of_data(text, shares, room)
        if found is None:
            unclear += [text] if _speaks_of_data(text, room) else []
            continue
        bound = bind(found, room)
        wishes += [bound] if bound.state == "open" else []
        unclear += [] if bound.state == "open" else [text]
    return wishes, unclear


def _said_of_data(text: str, shares: dict[str, float], room: Room) -> Wish | None:
    out, alone, names = _OUT.search(text) is not None, _ALONE.search(text) is not None, _named(text, room)
    if _TESTING.search(text) and (value := _test(text, room)) is not None:
        return Wish(text=text, kind="test", value=value)
    if names and (_LEAK.search(text) or (out and shares.get("exclude", 0.0) >= LEAST)):
        return Wish(text=text, kind="exclude", value={"columns": names})
    whole = not re.search(re.escape(text) + r"\s*,", room.task.paragraph)  # a list that goes on is not known yet
    if names and whole and _FROM.search(text) and _only_names(text, names) and "only" not in room.prepare:
        return Wish(text=text, kind="only", value={"columns": names})
    compared = [one for one in conditions.conditions(text, room.columns) if one.op in ("<", "<=", ">", ">=")]
    rows = bool(compared) and not any(one.column == room.target for one in compared)
    if rows and (out or alone or sum(shares.get(kind, 0.0) for kind in ("where", "only", "exclude")) >= LEAST):
        return Wish(text=text, kind="where", value={"clause": text, "keep": not out})
    return None


def _speaks_of_data(text: str, room: Room) -> bool:
    """Whether it can't be background: columns or values beside words that leave out, keep, compare or divide."""
    found = conditions.conditions(text, room.columns)
    asks = _OUT.search(text) or _ALONE.search(text) or _TESTING.search(text)
    compares = any(one.op in ("<", "<=", ">", ">=") for one in found)
    return bool(asks and (found or _named(text, room))) or compares


def _only_names(text: str, names: list[str]) -> bool:
    """Whether nothing but these columns, and words that join them, stands behind `from`."""
    told = plain(text[_FROM.search(text).end() :])  # type: ignore[union-attr]
    for name in sorted(map(plain, names), key=len, reverse=True):
        told = told.replace(name, " ")
    return not set(told.split()) - _JOINING


def _wish(text: str, shares: dict[str, float], room: Room) -> Wish | None:
    for kind in sorted(shares, key=lambda one: -shares[one]):
        if shares[kind] < LEAST:
            return None
        for candidate in _SHARES.get(kind, (kind,)):
            if candidate in ("only", "time") and _OUT.search(text):
                continue  # "only these not": what is denied is never what is learned from
            value = NEEDS[candidate](text, room) if candidate in NEEDS else None
            if value is not None:
                bound = bind(Wish(text=text, kind=candidate, value=value), room)
                return bound if bound.state == "open" else None
    return None


# ---- what a kind of wish needs -----------------------------------------------------------------------------------


def _named(text: str, room: Room) -> list[str]:
    """Columns whose whole names stand in the clause, but for the one that is learned."""
    told = plain(text)
    found = [column for _, column in mentions.within(text, room.columns) if column.name != room.target]
    return [column.name for column in found if _stands(column, told)]


def _stands(column: Column, told: str) -> bool:
    return re.search(rf"\b{re.escape(plain(column.name))}(?:s|es|n|en|e)?\b", told) is not None


def _columns(text: str, room: Room) -> Any:
    names = _named(text, room)
    return {"columns": names} if names else None


def _column(text: str, room: Room) -> Any:
    """The one column that the clause names, whole or by a word of its name: `patient` of `PatientID`."""
    names = _named(text, room)
    words = {word.removesuffix("s") for word in plain(text).split() if len(word) > 3}
    if not names:
        able = [one for one in room.columns if one.name != room.target and one.kind not in ("number", "constant")]
        names = [one.name for one in able if words & {part.removesuffix("s") for part in plain(one.name).split()}]
    return {"words": names[0]} if len(names) == 1 else None


def _test(text: str, room: Room) -> Any:
    """A share of the rows, also in words, and which; else rows by their values."""
    place = {"place": "last"} if _LAST.search(text) else {}
    if percent := _PERCENT.search(text):
        return {"share": float(percent[1].replace(",", ".")) / 100} | place
    for share, words in _FRACTIONS.items():
        if re.search(rf"(?i)\b(?:{words})\b", text):
            return {"share": share} | place
    return _rows(text, room) or ({"clause": text} if _TESTING.search(text) and _files_of(text, room) else None)


def _files_of(text: str, room: Room) -> bool:
    return file_named(Wish(text=text, kind="test", value={"clause": text}), room) is not None


def _rows(text: str, room: Room) -> Any:
    return {"clause": text} if conditions.conditions(text, room.columns) else None


def _kept(text: str, room: Room) -> Any:
    value = _rows(text, room)
    return None if value is None else value | {"keep": not _OUT.search(text)}


def _missing(text: str, room: Room) -> Any:
    words = [word.strip("\"'„“”«» ") for word in _NUMBER.findall(text)]
    spoken = [one.name for _, one in mentions.within(text, room.columns) if one.name != room.target]
    names = _named(text, room) or spoken[:1]
    return {"words": words[:1], "columns": names} if words else None


_PERCENT = re.compile(r"(?i)(?<![\w.,])(\d+(?:[.,]\d+)?)\s*(?:%|percent|per cent|prozent|pour cent|por ciento)")
_FRACTIONS = {
    0.5: "half|hälfte|moitié|mitad", 1 / 3: "a third|one third|ein drittel|un tiers|un tercio",
    0.25: "quarter|viertel|quart|cuarto|cuarta parte", 0.2: "fifth|fünftel|cinquième|quinto|quinta parte",
    0.1: "tenth|zehntel|dixième|décima parte",
}  # fmt: skip
_LAST = re.compile(r"(?i)\b(?:last|latest|newest|letzte\w*|neueste\w*|derni[eè]r\w*|últim\w*|ultim\w*)\b")
_TESTING = re.compile(r"(?i)\b(?:test\w*|hold\w* out|held out|holdout|zurückhalt\w*|prueba|probar|éprouver|évalu\w+)\b")
_LEAK = re.compile(
    r"(?i)\b(?:giv\w+\b.{0,20}\baway|add\w* up to|leak\w*|spoil\w*|cheat\w*|sum of|known only|only known|off limits|"
    r"verr[aä]t\w*|trah\w+|delata\w*|means? nothing|says nothing|bedeute\w* nichts|ne veut rien dire)\b"
)
_FROM = re.compile(
    r"(?i)\b(?:from|using|given|based on|aus|anhand|mittels|à partir d\w*|d'après|a partir d\w*|usando)\s+"
    r"(?:the |den |der |les |las )?"
)
_JOINING = frozenset(
    ("and", "the", "or", "column", "columns", "only", "alone", "und", "die", "der", "den", "spalten", "nur", "et",
     "les", "le", "la", "y", "las", "los", "el", "de", "des")
)  # fmt: skip
_ALONE = re.compile(r"(?i)\b(?:only|just|alone|nur|allein|ausschlie\w+|seul\w*|uniquement|sol[oa]s?|sólo|solamente)\b")
_OUT = re.compile(
    r"(?i)\b(?:out|drop|remove|skip|forget|ignore|without|not|never|don't|ohne|raus|weg|nicht|kein\w*|lass\w*|vergiss\w*|"
    r"sans|pas|enl[eè]ve\w*|retire\w*|oublie\w*|sin|no|quita\w*|olvida\w*|fuera|descarta\w*)\b"
)
NEEDS: dict[str, Callable[[str, Room], Any]] = {
    "exclude": _columns, "only": _columns, "where": _kept, "train": _rows, "test": _test, "missing": _missing,
    "group": _column, "time": _column,
}  # fmt: skip
