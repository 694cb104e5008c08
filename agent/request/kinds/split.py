"""What the test rows are: a share, a number, the last part, a file, rows of which something holds; folds and groups.

Drawn at random (`random`) where the words ask for it: how the rows were divided shows in the end whether they were.

>>> [(mark.kind, mark.value) for mark in find(Heard.of("hold out the last 20 % of the rows as the test set", []))]
[('test', {'share': 0.2, 'place': 'last'})]
"""

import re
from collections.abc import Iterator
from typing import Any

from noglue.agent.request import lexicon, quantities, things
from noglue.agent.request.heard import Heard
from noglue.agent.request.lexicon import matches
from noglue.agent.request.marks import GAP, Mark, free
from noglue.agent.request.wish import Wish

TURN = 20
SHAPES: dict[str, tuple[Any, ...]] = {"random": (True,)}
_USUAL_FOLDS = 5
_LOST = re.compile(
    r"(?i)^(?:the )?(?:test|training|rest|data|it|set|others?|new|unseen)(?: (?:set|data|rows|ones|part))?$"
)
_NOT_GROUPS = re.compile(
    r"(?i)(?:the|a|it|class|classes|type|kind|date|time|year|data|model|datum|zeit|fecha|tiempo|temps|random|chance|\d+)$"
)
_NO_SHUFFLING = re.compile(
    r"(?i)(?:\b(?:not|never|no|without|avoid|instead of|rather than|nicht|nie|kein\w*|ohne|statt|pas|sans|jamais|sin|"
    r"nunca)|n't)(?:\W+\w+){0,3}\W*$"
)
_NOT_FOR_US = re.compile(
    r"(?i)\W*(?:\w+\W+){0,2}?(?:would|will|can|could|leaks?|makes|is|are|was|were|must|should|may|nicht|each|every|between|"
    r"epochs?|wäre|würde|serait|sería)\b"
)
_OF_TIME = lexicon.compiled(r"(?: |-){time_unit}")  # six of these are no six rows


def find(heard: Heard) -> list[Mark]:
    """Marks of `test`, `train`, `validation`, `folds`, `repeats`, `stratify`, `group`, `time` and `random`."""
    found: list[Mark] = []
    for clause in heard.still():
        for start, end, kind, value in [*_read(heard, clause.text, clause.start)]:
            if free(start, end, [mark for mark in found if mark.kind != "train"]) or kind == "train":
                found.append(Mark(start, end, kind, value, heard.words[start:end]))
    for sentence in _sentences(heard):
        for start, end, kind, value in [*_grouped(*sentence), *_parts(heard, *sentence)]:
            if free(
                start, end, [mark for mark in found if mark.kind != "train" and (start, end) != (mark.start, mark.end)]
            ):
                found.append(Mark(start, end, kind, value, heard.words[start:end]))
    return [*found, *_in_time(found), *_drawn(found)]


def done(wish: Wish, evidence: Any) -> tuple[bool, str]:
    """Of `random`: whether chance alone has chosen the test rows, at most within each class or range of the target."""
    split, group, time = (evidence.schema.get(name) for name in ("split", "group", "time"))
    if split in ("random", "stratified"):
        return True, evidence.schema.get("split_why") or "the test rows are drawn at random"
    if split == "grouped" and group:
        return False, f"rows of one {group} stay together"
    if split == "time" and time:
        return False, f"the last rows by {time} are the test"
    return False, evidence.schema.get("split_why") or f"the split is {split}"


def _in_time(found: list[Mark]) -> Iterator[Mark]:
    """Where the last rows are said to be the most recent ones, they are so in time."""
    if any(mark.kind == "time" for mark in found):
        return
    for mark in found:
        last = mark.kind == "test" and isinstance(mark.value, dict) and mark.value.get("place") == "last"
        if last and any(True for _ in matches(__file__, "recent", mark.words)):
            yield Mark(mark.start, mark.end, "time", True, mark.words)
            return


def _drawn(found: list[Mark]) -> Iterator[Mark]:
    """`hold out a random 20 % of the rows`: how they are drawn, beside how many."""
    if any(mark.kind == "random" for mark in found):
        return
    for mark in found:
        place = mark.value.get("place") if isinstance(mark.value, dict) else None
        if mark.kind == "test" and not place and any(True for _ in matches(__file__, "drawn", mark.words)):
            yield Mark(mark.start, mark.end, "random", True, mark.words)
            return


def _read(heard: Heard, text: str, at: int) -> Iterator[tuple[int, int, str, Any]]:
    for match in matches(__file__, "ratio", text):
        first, second, third = (int(part) if part else 0 for part in (match["a"], match["b"], match["c"]))
        if first + second + third == 100:
            yield at + match.start(), at + match.end(), "test", {"share": round((third or second) / 100, 4)}
            if third:
                yield at + match.start(), at + match.end(), "validation", {"share": second / 100}
    yield from _sized(text, at)
    for match in matches(__file__, "stratify", text):
        named = things.listed(match.groupdict().get("list") or "")
        end = match.start("list") + named.end if named.words else match.end()
        yield at + match.start(), at + end, "stratify", {"words": named.words[0]} if named.words else True
    for match in matches(__file__, "random", text):
        if not _NO_SHUFFLING.search(text[: match.start()]) and not _NOT_FOR_US.match(text[match.end() :]):
            yield at + match.start(), at + match.end(), "random", True
    for match in matches(__file__, "time", text):
        when = match.groupdict().get("when")
        plain = when is None or re.fullmatch(r"(?i)time|dates?|datum|zeit|temps|tiempo", when)
        yield at + match.start(), at + match.end(), "time", True if plain else {"words": when}
    yield from _grouped(text, at)


def _sized(text: str, at: int) -> Iterator[tuple[int, int, str, Any]]:
    """Parts by a span of time, a share or a number of rows; so many folds and repeats."""
    for group in ("test", "train"):
        for match in matches(__file__, f"span_{group}", text):
            yield at + match.start(), at + match.end(), group, {"clause": match["span"]}
    for group in ("folds", "repeats", "validation", "test"):
        for match in sorted(matches(__file__, group, text), key=lambda match: match.start() - match.end()):
            timely = group in ("validation", "test") and _OF_TIME.match(text[match.end() :])
            value = None if timely else _value(group, match)
            if value is not None:
                yield at + match.start(), at + match.end(), group, value


def _grouped(text: str, at: int) -> Iterator[tuple[int, int, str, Any]]:
    for match in matches(__file__, "group", text):
        thing = match.groupdict().get("thing")
        if thing and not _NOT_GROUPS.match(thing):
            yield at + match.start(), at + match.end(), "group", {"words": thing}


def _value(group: str, match: "re.Match[str]") -> Any:
    parts = match.groupdict()
    if group == "folds":
        if parts.get("n"):
            count = int(quantities.number(parts["n"]))
            return count if count > 1 else None
        return "leave-one-out" if parts.get("loo") else _USUAL_FOLDS
    if group == "repeats":
        return int(quantities.number(parts["n"]))
    value: dict[str, Any]
    if parts.get("train"):
        value = {"share": round(1 - quantities.share(parts["train"]), 6)}
        return value | ({"place": "last"} if parts.get("place2") else {})
    stated = parts["share"]
    try:
        value = {"share": quantities.share(stated)}
    except ValueError:
        rows = int(quantities.number(stated))
        if rows < 2:
            return None
        value = {"rows": rows}
    place = (parts.get("place") or "").lower()
    if place:
        value["place"] = "first" if place.startswith(("first", "erst", "prem", "prim")) else "last"
    return value


def _sentences(heard: Heard) -> list[tuple[str, int]]:
    """The request between full stops, longer than clauses: `train on a, and test on b`."""
    return [(match[0], match.start()) for match in re.finditer(r"(?:[^.;!?\n]|\.(?=\w))+", heard.left)]


def _parts(heard: Heard, text: str, at: int) -> Iterator[tuple[int, int, str, Any]]:
    for group in ("parts", "test_part"):
        for match in matches(__file__, group, text):
            stated = {name: (words, match.start(name)) for name, words in match.groupdict().items() if words}
            values = {name: _part(heard, words, at + start) for name, (words, start) in stated.items()}
            if all(value is not None for value in values.values()):
                for name in ("train", "test"):
                    if name in values:
                        yield at + match.start(), at + match.end(), name, values[name]
                return


def _part(heard: Heard, words: str, at: int) -> dict[str, Any] | None:
    """`{"file": "a.csv"}`, or `{"clause": "customers who signed up before 2023"}`; None for `the test set`."""
    gap = words.find(GAP)
    if gap >= 0:
        source = heard.source_at(at + gap)
        return {"file": source.value} if source else None
    bare = words.strip()
    if _LOST.match(bare) or re.search(
        rf"(?i)^(?:the )?(?:last|first|rest)?\s*(?:{quantities.SHARE}|{quantities.NUMBER})", bare
    ):
        return None
    return {"clause": bare} if len(bare.split()) > 1 or re.fullmatch(r"(?-i:[A-Z]\w+)", bare) else None
