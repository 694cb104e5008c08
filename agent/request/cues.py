"""Which expressions can fit a text at all, told from their letters: the others need not be compiled.

>>> stems("(?:please )?stratif(?:y|ied)(?: by (?P<list>.+))?")
frozenset({'stratif'})
>>> may_fit("(?:please )?stratif(?:y|ied)", "a stratified split"), may_fit("(?:please )?stratif(?:y|ied)", "at random")
(True, False)

Compiling a few hundred long expressions takes two seconds, and a request needs a handful of them.
"""

import re
from functools import cache, lru_cache

_SHORTEST = 2  # letters of a stem
_PIECE = "¤"  # before the name of a piece of `lexicon.toml`, which is a word like others
_GROUP = re.compile(r"\((?P<kind>\?[:=!]|\?<[=!]|\?P<\w+>)?(?P<inside>[^()]*)\)(?P<optional>[?*]|\{0)?")


@cache
def stems(expression: str) -> frozenset[str]:
    """Beginnings of words of which each match holds at least one; empty where a match may do without letters.

    What is optional counts for nothing, and an expression that can begin inside a word is held to match anything.
    """
    text = re.sub(r"\{([a-z_]+)\}(\??)", lambda piece: " " if piece[2] else f" {_PIECE}{piece[1]} ", expression)
    if re.search(r"(?:\\w[*+]\??|\.[*+]\??|[^\s(|]\)[?*]?)(?=[^\W\d_]{2})", text):
        return frozenset()
    text = re.sub(r"\\[wdsSWDbB]|\\.|\[[^\]]*\]", " ", text)
    text = re.sub(r"[^\W\d_][?*]", " ", text)
    while (group := _GROUP.search(text)) is not None:
        look = (group["kind"] or "").startswith(("?=", "?!", "?<=", "?<!"))
        tail = text[: group.start()][-1:].isalpha()  # `nouv(eaux|elles)` begins like `nouv`
        kept = "" if look or tail or group["optional"] else _alternatives(group["inside"])
        text = f"{text[: group.start()]} {kept} {text[group.end() :]}"
    return frozenset() if _alternatives(text) == "" else frozenset(_words(text.lower()))


def _alternatives(text: str) -> str:
    """All of a group's words, or none where one alternative has no word."""
    return text.replace("|", " ") if all(_words(part) for part in text.split("|")) else ""


def _words(text: str) -> list[str]:
    return [word for word in re.findall(rf"{_PIECE}?[^\W\d_]+", text) if len(word) >= _SHORTEST]


def may_fit(expression: str, text: str) -> bool:
    """Whether a word of the text begins like one of the expression."""
    needed = stems(expression)
    return not needed or not needed.isdisjoint(_beginnings(text)) or any(_holds(text, stem) for stem in needed)


def named(alias: str, text: str) -> bool:
    """Whether all words of a name stand somewhere in the text, in whatever case and however joined."""
    low = text.lower()
    return all(word in low for word in re.findall(r"[^\W\d_]+|\d+", alias.lower()))


def _holds(text: str, stem: str) -> bool:
    """Whether a piece of the lexicon, as `¤number`, stands in the text."""
    return stem.startswith(_PIECE) and _piece(stem[1:]).search(text) is not None


@cache
def _piece(name: str) -> "re.Pattern[str]":
    from agent.request import lexicon

    return re.compile(lexicon.pieces()[name].replace(" ", r"\s+"), re.I)


@lru_cache(maxsize=64)
def _beginnings(text: str) -> frozenset[str]:
    return frozenset(
        word[:length] for word in re.findall(r"[^\W\d_]+", text.lower()) for length in range(_SHORTEST, len(word) + 1)
    )
