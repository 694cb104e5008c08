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

from agent.request import clauses, leftover
from agent.request.wish import Wish
from agent.settle import conditions, mentions
from agent.settle.binding import Room, bind
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
    """Clauses that no wish, and nothing that was not understood, comes from: they were taken for background."""
    told = [wish.text for wish in task.wishes if wish.text] + task.unread
    spans = [(at, at + len(one)) for one in told if (at := task.paragraph.find(one)) >= 0]
    spans += [(at, at + len(one)) for one in task.sources if (at := task.paragraph.find(one)) >= 0]
    free = [one for one in clauses.cut(task.paragraph) if not any(a < one.end and one.start < b for a, b in spans)]
    return [one.text for one in free]


def not_background(texts: list[str], room: Room) -> tuple[list[Wish], list[str]]:
    """Of clauses taken for background, those that speak of the data after all: wishes, and what is not understood.

    A comparison with a column asks for some of the rows; a column by its name beside a word of leaving out is left out.
    """
    wishes: list[Wish] = []
    unclear: list[str] = []
    for text, shares in zip(texts, leftover.clause_kinds(texts), strict=True):
        out, alone = _OUT.search(text) is not None, _ALONE.search(text) is not None
        compared = [one for one in conditions.conditions(text, room.columns) if one.op in ("<", "<=", ">", ">=")]
        rows = any(one.column == room.target for one in compared) is False and bool(compared)
        if rows and (out or alone or sum(shares.get(kind, 0.0) for kind in ("where", "only", "exclude")) >= LEAST):
            bound = bind(Wish(text=text, kind="where", value={"clause": text, "keep": not out}), room)
            wishes += [bound] if bound.state == "open" else []
        elif out and shares.get("exclude", 0.0) >= LEAST and (names := _named(text, room)):
            wishes.append(bind(Wish(text=text, kind="exclude", value={"columns": names}), room))
    return wishes, unclear


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
    names = _named(text, room)
    return {"words": names[0]} if len(names) == 1 else None


def _rows(text: str, room: Room) -> Any:
    return {"clause": text} if conditions.conditions(text, room.columns) else None


def _kept(text: str, room: Room) -> Any:
    value = _rows(text, room)
    return None if value is None else value | {"keep": not _OUT.search(text)}


def _missing(text: str, room: Room) -> Any:
    words = [word.strip("\"'„“”«» ") for word in _NUMBER.findall(text)]
    names = _named(text, room)
    return {"words": words[:1], "columns": names} if words else None


_ALONE = re.compile(r"(?i)\b(?:only|just|alone|nur|allein|ausschlie\w+|seul\w*|uniquement|sol[oa]s?|sólo|solamente)\b")
_OUT = re.compile(
    r"(?i)\b(?:out|drop|remove|skip|forget|ignore|without|not|never|don't|ohne|raus|weg|nicht|kein\w*|lass\w*|vergiss\w*|"
    r"sans|pas|enl[eè]ve\w*|retire\w*|oublie\w*|sin|no|quita\w*|olvida\w*|fuera|descarta\w*)\b"
)
NEEDS: dict[str, Callable[[str, Room], Any]] = {
    "exclude": _columns, "only": _columns, "where": _kept, "train": _rows, "test": _rows, "missing": _missing,
    "group": _column, "time": _column,
}  # fmt: skip
