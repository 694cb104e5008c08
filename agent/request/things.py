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

from noglue.agent.request import lexicon, quantities

_TOKEN = re.compile(
    r"\"[^\"]+\"|'[^']+'(?!\w)|“[^”]+”|„[^“”]+[“”]|«[^»]+»|`[^`]+`|[^\W_][\w.'%#/-]*[\w%#]|\w+|_\w*|[^\w\s]"
)
_QUOTES = "\"'“„«`"
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
    found = _List(text)
    while found.goes_on():
        pass
    found.close()
    return Things(found.words, found.places, found.prefixes, found.end, found.pronoun)


class _List:
    """A list being read, word by word: `item` is the thing of which words are still coming."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [(match[0], match.start(), match.end()) for match in _TOKEN.finditer(text)]
        self.at, self.end, self.item_end = 0, 0, 0
        self.words: list[str] = []
        self.places: list[int] = []
        self.prefixes: list[str] = []
        self.item: list[str] = []
        self.pronoun = False

    def goes_on(self) -> bool:
        """Read one word; False at the end of the list."""
        if self.at >= len(self.tokens) or len(self.item) > _MOST:
            return False
        token, start, stop = self.tokens[self.at]
        low = token.lower()
        if low == "(" and self.item and self._next(2) == ")":  # `the agent's name (Makler)`: the name is exact
            self.item[:], self.item_end, self.at = (
                [self.tokens[self.at + 1][0]],
                self.tokens[self.at + 2][2],
                self.at + 3,
            )
            return True
        if begun := next((match for form in _forms("beginning") if (match := form.match(self.text, start))), None):
            self._begin(begun)
            return False
        if low in (",", "/", "&", "+") or (low in _words("and") and not self._is_letter(0)):
            return self._join(low)
        if len(token) > 1 and token[0] in _QUOTES:
            self._take(token, stop)
            if self._next(0) in _words("noun"):
                self._take("", self.tokens[self.at][2])
            return True
        return self._word(token, low, stop)

    def close(self) -> None:
        """The thing is whole."""
        if not self.item:
            return
        alone = " ".join(self.item).lower() in _words("pronoun") or self.text[: self.item_end].lower() in _words(
            "pronoun"
        )
        name, found = _bare(self.item), [] if alone else _places(self.item)
        if alone:
            self.pronoun = True
        elif found:
            self.places += found
        elif name:
            self.words.append(name)
        self.end = self.item_end
        self.item.clear()

    def _word(self, token: str, low: str, stop: int) -> bool:
        """One more word of the thing, an article before it, or the end of the list."""
        if not re.match(r"\w", token):
            return False
        if (
            low in _words("stop")
            or (low in _words("verb") and self.item)
            or (low in _words("copula") and not self.item)
        ):
            if low in _words("verb") and (self.words or self.places or self.prefixes or self.pronoun):
                self.item.clear()  # `…, and our lawyer forbids …`: the next clause, not the next name
            if low in _words("pronoun") and not (self.item or self.words):
                self._take(token, stop)  # `leave that out`
            return False
        if not self.item and low in _words("article") and self.at + 1 < len(self.tokens) and not self._is_letter(0):
            self.at += 1
        elif len(self.item) >= _MOST:
            return False
        else:
            self._take(token, stop)
        return True

    def _take(self, token: str, stop: int) -> None:
        if token:
            self.item.append(token)
        self.item_end = stop
        self.at += 1

    def _join(self, low: str) -> bool:
        """A comma or an `and`: another thing follows, or the sentence goes on."""
        after = self._next(1)
        joins = low in _words("and")
        if joins and not self.item and not (self.words or self.places):
            self.at += 1
            return True
        self.close()
        if low == "," and after in _words("and") and not self._is_letter(1):
            self.at += 1
            return True
        if (
            not after
            or (after in _words("stop") and not self._is_letter(1))
            or after in _words("verb")
            or not re.match(rf"[\w{_QUOTES}]", after)
        ):
            return False
        self.at += 1
        return True

    def _is_letter(self, ahead: int) -> bool:
        """`x and y`: a letter is a name, and no Spanish `and`, where nothing follows that it could join."""
        token, after = self._next(ahead), self._next(ahead + 1)
        ends = not re.match(rf"[\w{_QUOTES}]", after) or after in _words("stop") or after in _words("and")
        return len(token) == 1 and token.isalpha() and ends and (not self.item or ahead > 0)

    def _begin(self, begun: "re.Match[str]") -> None:
        """`columns that begin with lab_`."""
        self.prefixes.append(begun["prefix"].strip(_QUOTES + "”»*"))
        if all(word.lower() in _words("noun") for word in self.item):
            self.item.clear()
        self.close()
        self.end, self.at = begun.end(), len(self.tokens)

    def _next(self, ahead: int) -> str:
        return self.tokens[self.at + ahead][0].lower() if self.at + ahead < len(self.tokens) else ""


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
