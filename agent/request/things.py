"""Columns and other things as people list them: by name, by place, by how their names begin.

>>> listed("the year, the district and column 7, because they are wrong")
Things(words=['year', 'district'], places=[7], prefixes=[], end=34, pronoun=False)
>>> listed("the columns that begin with lab_")
Things(words=[], places=[], prefixes=['lab_'], end=32, pronoun=False)
"""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from agent.request import lexicon, quantities

_TOKEN = re.compile(
    r"\"[^\"]+\"|'[^']+'(?!\w)|“[^”]+”|„[^“”]+[“”]|«[^»]+»|`[^`]+`|[^\W_][\w.'%#/-]*[\w%#]|\w+|_\w*|[^\w\s]"
)
_MOST = 5  # words of one thing


@dataclass(frozen=True)
class Things:
    """words: as written, without articles. end: characters read. pronoun: the list is `it`, `them`, …"""

    words: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    end: int = 0
    pronoun: bool = False

    def __bool__(self) -> bool:
        return bool(self.words or self.places or self.prefixes)

    def value(self) -> dict[str, Any]:
        """As a wish holds it: only what there is."""
        parts = {"columns": self.words, "places": self.places, "prefixes": self.prefixes}
        return {name: part for name, part in parts.items() if part}


def listed(text: str) -> Things:
    """The things at the start of a text, up to where the sentence goes on."""
    words: list[str] = []
    places: list[int] = []
    prefixes: list[str] = []
    pronoun, end, item, item_end = False, 0, list[str](), 0
    tokens = [(match[0], match.start(), match.end()) for match in _TOKEN.finditer(text)]
    at = 0

    def close() -> None:
        nonlocal end, pronoun
        if not item:
            return
        name = _bare(item)
        found = _places(item)
        if len(item) == 1 and item[0].lower() in _words("pronoun"):
            found, name = [], item[0]
        if found:
            places.extend(found)
        elif name.lower() in _words("pronoun"):
            pronoun = True
        elif name:
            words.append(name)
        end = item_end
        item.clear()

    while at < len(tokens):
        token, start, stop = tokens[at]
        low = token.lower()
        if low == "(" and item and at + 2 < len(tokens) and tokens[at + 2][0] == ")":
            item[:], item_end, at = [tokens[at + 1][0]], tokens[at + 2][2], at + 3  # `the agent's name (Makler)`
            continue
        if begun := next((match for form in _forms("beginning") if (match := form.match(text, start))), None):
            prefixes.append(begun["prefix"].strip("\"'“”„«»`"))
            if item and not any(word.lower() not in _words("noun") for word in item):
                item.clear()
            close()
            end, at = begun.end(), len(tokens)
            break
        if low in (",", "/", "&", "+") or low in _words("and"):
            after = tokens[at + 1][0].lower() if at + 1 < len(tokens) else ""
            if low not in (",", "/", "&", "+") and not item and not (words or places):
                at += 1
                continue
            close()
            if low == "," and after in _words("and"):
                at += 1
                continue
            if not after or (after in _words("stop") or after in _words("verb")) or not re.match(r"[\w\"'“„«`]", after):
                break
            at += 1
            continue
        quoted = len(token) > 1 and token[0] in "\"'“„«`"
        if not quoted and (not re.match(r"\w", token) or (item and (low in _words("stop") or low in _words("verb")))):
            if low in _words("verb") and (words or places or prefixes or pronoun):
                item.clear()  # `…, and our lawyer forbids …`: the next clause, not the next name
            break
        if not item and not quoted and (low in _words("stop") or low in _words("copula")):
            break
        if not item and low in _words("article") and at + 1 < len(tokens):
            at += 1
            continue
        if len(item) >= _MOST:
            break
        item.append(token)
        item_end = stop
        at += 1
        if quoted:
            following = tokens[at][0].lower() if at < len(tokens) else ""
            if following in _words("noun"):
                item_end, at = tokens[at][2], at + 1
    close()
    return Things(words, places, prefixes, end, pronoun)


def names(text: str) -> list[str]:
    """Only the words of what is listed."""
    return listed(text).words


def _bare(item: list[str]) -> str:
    """Without quotes, articles and the word `column`; `l'âge` is `âge`."""
    if len(item) == 1 and item[0][0] in "\"'“„«`":
        return item[0][1:-1].strip()
    kept = [re.sub(r"^[ldLD]'(?=\w)", "", word) for word in item]
    kept = [word.strip("\"'“”„«»`") for word in kept]
    bare = [word for word in kept if word.lower() not in _words("noun")]
    while bare and bare[0].lower() in _words("article"):
        bare.pop(0)
    while bare and bare[-1].lower() in _words("tail"):
        bare.pop()
    return " ".join(bare).removesuffix("'s")


def _places(item: list[str]) -> list[int]:
    """`column 7`, `the seventh column`, `the first two columns`, `columns 3 - 5`; empty for names."""
    text = " ".join(word.lower() for word in item)
    match = re.fullmatch(rf"(?:{_either('noun')}|no\.?|nr\.?|number|nummer|numéro|número|n°|#)+\s*(\d+)", text)
    if match:
        return [int(match[1])]
    match = re.fullmatch(rf"(?:{_either('noun')})?\s*(\d+)\s*(?:-|to|bis|à|a)\s*(\d+)", text)
    if match:
        return list(range(int(match[1]), int(match[2]) + 1))
    match = re.fullmatch(
        rf"({quantities.ORDINAL})\s+({quantities.NUMBER})\s+(?:{_either('noun')}|{_either('counted')})", text
    )
    if match and (first := quantities.ordinal(match[1])):
        count = int(quantities.number(match[2]))
        return list(range(1, count + 1)) if first == 1 else list(range(-count, 0)) if first == -1 else []
    match = re.fullmatch(rf"({quantities.ORDINAL})(?:\s+(?:{_either('noun')}|{_either('counted')}))", text)
    match = match or re.fullmatch(rf"(?:{_either('noun')})\s+({quantities.ORDINAL})", text)
    place = quantities.ordinal(match[1]) if match else None
    return [] if place is None else [place]


def _either(kind: str) -> str:
    return "|".join(sorted(map(re.escape, _words(kind)), key=len, reverse=True))


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(word for words in lexicon.groups(__file__)[kind].values() for word in words)


@cache
def _forms(kind: str) -> tuple["re.Pattern[str]", ...]:
    return tuple(
        re.compile(part.replace(" ", r"\s+"), re.I)
        for parts in lexicon.groups(__file__)[kind].values()
        for part in parts
    )
