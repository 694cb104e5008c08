"""Columns that stand right behind a word of predicting, one or several of them, and what joins them.

>>> [one.names for one in groups("a model that predicts yield and protein from the rain", ["rain", "yield", "protein"])]
[['yield', 'protein']]
>>> groups("predict price or rating", ["price", "rating"])[0].leaves_open
True
>>> groups("Predict the yield. Also predict the protein.", ["yield", "protein"])[1].adds
True
>>> groups("yield and protein, please", ["rain", "yield", "protein"])
[Group(names=['yield', 'protein'], leaves_open=False, adds=False)]
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from noglue.agent.request import lexicon
from noglue.agent.settle.plain_words import plain

_NEAR = 40  # letters behind a list, in which `too` and `as well` add to what was asked for before


@dataclass(frozen=True)
class Group:
    """names: in order. leaves_open: one of them is meant, as `or` says. adds: to what was asked for before."""

    names: list[str]
    leaves_open: bool = False
    adds: bool = False


def groups(text: str, columns: Sequence[str]) -> list[Group]:
    """What each word of predicting asks for outright; nothing where other words follow it."""
    spelled = {_spelled(name): name for name in columns if plain(name)}
    if not spelled:
        return []
    name = "|".join(sorted((f"(?:{form})" for form in spelled), key=len, reverse=True))
    item = re.compile(rf"[\"'“„«`]?(?P<name>{name})(?!\w)[\"'”“»`]?", re.IGNORECASE)
    found = []
    for verb in _pattern("begins").finditer(text):
        leads = (verb.end(), verb.end("verb"))  # `predict a and b`: the first letter may be a name
        tried = (_listed(text, _past_blanks(text, lead), item, spelled) for lead in leads)
        names, leaves_open, at = next((one for one in tried if one[0]), ([], False, 0))
        if names:
            clause = (
                text[max(0, verb.start() - _NEAR) : verb.start()].rpartition(".")[2] + verb[0] + text[at : at + _NEAR]
            )
            found.append(Group(names, leaves_open, _pattern("adds").search(clause) is not None))
    return found or _named_alone(text, item, spelled)


def _named_alone(text: str, item: "re.Pattern[str]", spelled: dict[str, str]) -> list[Group]:
    """Several columns with which a request without a word of predicting begins, and no column behind them."""
    before = _pattern("opens").match(text)
    names, leaves_open, end = _listed(text, before.end() if before else 0, item, spelled)
    rest = text[end:]
    ends = re.match(rf"\s*(?:[.,;:!?]|$|(?:{'|'.join(map(re.escape, _words('polite')))})(?!\w))", rest, re.IGNORECASE)
    if len(names) < 2 or not ends or re.search(rf"(?<!\w){item.pattern}", rest, re.I):
        return []
    return [Group(names, leaves_open)]


def _listed(text: str, at: int, item: "re.Pattern[str]", spelled: dict[str, str]) -> tuple[list[str], bool, int]:
    """The names from here on, whether `or` joins them, and where they end. A last one that is but the beginning of
    something longer (`market` of `market share`) is none of them.
    """
    names: list[str] = []
    leaves_open, end = False, at
    while (match := item.match(text, at)) is not None:
        if _goes_on(text, match.end()):
            break
        names.append(next(own for form, own in spelled.items() if re.fullmatch(form, match["name"], re.IGNORECASE)))
        end = match.end()
        if (joint := _pattern("joins").match(text, end)) is None:
            break
        alternative = _pattern("or").search(joint[0]) is not None
        after = item.match(text, joint.end())
        leaves_open = leaves_open or (alternative and after is not None and not _goes_on(text, after.end()))
        at = joint.end()
    return list(dict.fromkeys(names)), leaves_open, end


def _goes_on(text: str, end: int) -> bool:
    """Whether a word follows that may belong to the name."""
    following = re.match(r"\s+([^\W\d_]+)", text[end:])
    return following is not None and following[1].lower() not in _words("follows")


def _past_blanks(text: str, at: int) -> int:
    return at + len(text[at:]) - len(text[at:].lstrip())


def _spelled(name: str) -> str:
    """The name as it is, or with blanks, `_` and `-` as one likes."""
    spaced = r"[\s_-]*".join(map(re.escape, plain(name).split()))
    return rf"{re.escape(name)}|{spaced}"


@cache
def _words(kind: str) -> frozenset[str]:
    groups = lexicon.groups(str(Path(__file__)))
    return frozenset(word for words in groups[kind].values() for word in words)


@cache
def _pattern(kind: str) -> "re.Pattern[str]":
    """begins: a word of predicting with the articles behind it. joins, or, adds: what stands between names, or by.
    opens: what a request without such a word may begin with.
    """
    if kind == "begins":
        leads = "|".join(sorted(map(re.escape, _words("leads")), key=len, reverse=True))
        verbs = "|".join(sorted(_words("verbs"), key=len, reverse=True))
        return re.compile(rf"(?i)(?<!\w)(?P<verb>{verbs})(?!\w)(?:\s+(?:{leads})(?!\w))*(?:\s+l')?")
    if kind == "opens":
        leads = "|".join(sorted(map(re.escape, _words("leads") | _words("polite")), key=len, reverse=True))
        return re.compile(rf"(?i)\s*(?:(?:{leads})(?!\w)[,:]?\s+)*(?:l')?")
    words = "|".join(sorted(map(re.escape, _words("or" if kind == "or" else kind)), key=len, reverse=True))
    if kind != "joins":
        return re.compile(rf"(?i)(?<!\w)(?:{words})(?!\w)")
    leads = "|".join(sorted(map(re.escape, _words("leads")), key=len, reverse=True))
    both = "|".join(sorted(map(re.escape, _words("joins") | _words("or")), key=len, reverse=True))
    return re.compile(rf"(?i)(?:\s*[,&+/]\s*(?:(?:{both})\s+)?|\s+(?:{both})\s+)(?:(?:{leads})\s+)*(?:l')?")
