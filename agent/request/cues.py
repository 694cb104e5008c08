"""Which expressions can fit a text at all, told from their letters: the others need not be compiled.

>>> stems("(?:please )?stratif(?:y|ied)(?: by (?P<list>.+))?")
(frozenset({'stratif'}),)
>>> may_fit("(?:please )?stratif(?:y|ied)", "a stratified split"), may_fit("(?:please )?stratif(?:y|ied)", "at random")
(True, False)

Compiling a few hundred long expressions takes two seconds, and a request needs a handful of them.
"""

import re
from functools import cache, lru_cache

_SHORTEST = 2  # letters of a stem
_PIECE = "¤"  # before the name of a piece of `lexicon.toml`, which is a word like others
_INSIDE = "÷"  # where a group may begin inside a word
_SET = "§"  # around the number of a set that stands in the place of its group
_GROUP = re.compile(r"\((?P<kind>\?[:=!]|\?<[=!]|\?P<\w+>)?(?P<inside>[^()]*)\)(?P<optional>[?*]|\{0)?")


@cache
def stems(expression: str) -> tuple[frozenset[str], ...]:
    """Beginnings of words: of each set every match holds at least one; no sets where a match may do without letters.

    What is optional counts for nothing, nor does the rest of a word after a letter that may be another, and an
    expression that can begin inside a word is held to match anything.
    """
    text = re.sub(r"\{([a-z_]+)\}(\??)", lambda piece: " " if piece[2] else f" {_PIECE}{piece[1]} ", expression)
    if re.search(r"(?:\\w[*+]\??|\.[*+]\??|[^\s(|]\)[?*]?)(?=[^\W\d_]{2})", text):
        return ()
    text = re.sub(r"(?:\\.|\[[^\]]*\]|\.)(?:[?*+]|\{[^}]*\})?\??[^\W\d_]*", " ", text)
    text = re.sub(r"[^\s(|)][?*](?=\()", _INSIDE, text)
    text = re.sub(r"[^\s(|)][?*][^\W\d_]*", " ", text)
    groups: list[frozenset[str]] = []
    while (group := _GROUP.search(text)) is not None:
        look = (group["kind"] or "").startswith(("?=", "?!", "?<=", "?<!"))
        before = text[: group.start()][-1:]
        tail = before.isalpha() or before == _INSIDE  # `nouv(eaux|elles)` begins like `nouv`
        behind = re.sub(r"^[^\W\d_]+", "", text[group.end() :])  # `(re)train`: the rest begins inside a word
        needed = None if look or tail or group["optional"] else _one_of(group["inside"], groups)
        if needed is not None:
            groups.append(needed)
        kept = "" if needed is None else f"{_SET}{len(groups) - 1}{_SET}"
        joined = behind.startswith("(") and any(map(_ends_inside, group["inside"].split("|")))
        text = f"{text[: group.start()]} {kept} {_INSIDE if joined else ''}{behind}"
    if "|" in text:
        whole = _one_of(text, groups)
        return () if whole is None else (whole,)
    return tuple(_items(text, groups))


def _ends_inside(alternative: str) -> bool:
    """Whether what follows at once goes on in the same word, as in `(vorhersage|prognose)(intervall|band)`."""
    return alternative[-1:].isalpha()


def _one_of(alternatives: str, groups: list[frozenset[str]]) -> frozenset[str] | None:
    """Of each alternative what is rarest in it, all in one set; None where one of them has no word."""
    parts = [_items(part, groups) for part in alternatives.split("|")]
    if not all(parts):
        return None
    return frozenset().union(*(max(items, key=lambda item: min(map(len, item))) for items in parts))


def _items(text: str, groups: list[frozenset[str]]) -> list[frozenset[str]]:
    """The sets of a sequence: each word is one of its own."""
    sets = [groups[int(number)] for number in re.findall(rf"{_SET}(\d+){_SET}", text)]
    bare = re.sub(rf"{_SET}\d+{_SET}", " ", text).lower()
    words = [word for word in re.findall(rf"{_PIECE}?[^\W\d_]+", bare) if len(word) >= _SHORTEST]
    return [*sets, *(frozenset((word,)) for word in words)]


def may_fit(expression: str, text: str) -> bool:
    """Whether the words that an expression can't do without stand in the text."""
    begun = _beginnings(text)
    return all(not one.isdisjoint(begun) or any(_holds(text, stem) for stem in one) for one in stems(expression))


def named(alias: str, text: str) -> bool:
    """Whether all words of a name stand somewhere in the text, in whatever case and however joined."""
    low = text.lower()
    return all(word in low for word in _words(alias))


@cache
def _words(alias: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W\d_]+|\d+", alias.lower()))


def _holds(text: str, stem: str) -> bool:
    """Whether a piece of the lexicon, as `¤number`, stands in the text."""
    return stem.startswith(_PIECE) and _stands(text, stem[1:])


@lru_cache(maxsize=1024)
def _stands(text: str, piece: str) -> bool:
    return _piece(piece).search(text) is not None


@cache
def _piece(name: str) -> "re.Pattern[str]":
    from noglue.agent.request import lexicon

    return re.compile(lexicon.pieces()[name].replace(" ", r"\s+"), re.I)


@lru_cache(maxsize=64)
def _beginnings(text: str) -> frozenset[str]:
    return frozenset(
        word[:length] for word in re.findall(r"[^\W\d_]+", text.lower()) for length in range(_SHORTEST, len(word) + 1)
    )
