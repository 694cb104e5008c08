"""Columns that must stay out, and columns that alone may be used.

>>> [(mark.kind, mark.value) for mark in find(Heard.of("predict price but ignore the year and the id", []))]
[('exclude', {'columns': ['year', 'id']})]

What is in a list ends where the sentence goes on; `it` and `them` are what the clause before named. A list that goes
on with `whose`, `with`, `in` speaks of rows (rows.py).
"""

import re
from collections.abc import Iterator

from noglue.agent.request import lexicon, things
from noglue.agent.request.heard import Heard
from noglue.agent.request.lexicon import groups, matches
from noglue.agent.request.marks import Mark, free
from noglue.agent.request.things import Things

TURN = 44
_NEAR = 60  # characters between an exclusion and what is said to be so too
_GROUPS = (("only_after", "only"), ("except", "exclude"), ("only", "only"), ("after", "exclude"),
           ("around", "exclude"), ("before", "exclude"), ("also", "exclude"))  # fmt: skip

_AMOUNT = re.compile(  # `ohne viel Zeit`, `sans aucune connexion` name no column
    r"(?i)(?:viel|wenig|große|much|any|too|beaucoup|trop|aucune?|much[oa]s?|ningun[oa]?|ningún|keinerlei|jeglichen?|below|above|under|over|unter|über|\d[\d.,]*)\s"
)
_WITHOUT = re.compile(r"(?i)(?:without|ohne|sans|sin)\b")
_EXCEPT = (
    r"(?:except|außer|ausgenommen|sauf|salvo|excepto) (?:(?:for|für|pour|para|the|all|die|alle|les|las|los) )*"
    r"(?:{row}|{people}) $"
)
_DENIED = re.compile(r"(?i)\b(?:ne|nicht|no|not|don't|doesn't|aren't|isn't)\b")
_SUBJECT = (
    r"\W*(?:(?:and|but|und|aber|et|mais|y|pero|the|all|any|die|alle|les|tous|toutes|las|los|tod[ao]s) )*"
    r"(?:{row}|{people}) "
)
_ROWS_OUT = (
    r"(?:drop|remov\w+|exclud\w+|leav\w+ out|omit|skip|ignor\w+|discard|delete|throw \w+|only|just|keep|not use|"
    r"n't use) (?:(?:out|only|all|any|the|those|every|away) )*(?:{row}|{people}|those|ones) $"
)
_OPENS = re.compile(
    r"(?i)(?:,|\b(?:and also|but|so|because|since|that|und auch|aber|denn|weil|mais|car|pero|porque|also|please))\s+"
)


def find(heard: Heard) -> list[Mark]:
    """Marks of `exclude` and `only`, and of `background` for the words that `it` stands for."""
    found: list[Mark] = []
    for group, kind in _GROUPS:
        for clause in heard.still():
            for match in matches(__file__, group, clause.text):
                if group == "also" and not _follows(clause.start + match.start(), found):
                    continue
                if _says_which(clause.text, match):
                    continue
                marks = list(_marks(heard, clause.start, match, group, kind))
                if all(free(mark.start, mark.end, found) for mark in marks):
                    found += marks
    return found


def _marks(heard: Heard, start: int, match: "re.Match[str]", group: str, kind: str) -> Iterator[Mark]:
    listed, at, end = match["list"], match.start("list"), match.end()
    if group in ("before", "around", "only_after"):
        listed, skipped = _last(listed) if group == "before" else (listed, 0)
        at += skipped
        begin = start + (at if group == "before" else match.start())
    else:
        begin = start + match.start()
    named = things.listed(listed)
    if group not in ("before", "around", "only_after"):
        end = at + named.end
    elif named.end < len(listed.rstrip()) and not re.match(r"\W+\w+(?:\W+\w+)?\W*$", listed[named.end :]):
        return
    if named.pronoun or match.groupdict().get("it"):
        meant = heard.meant(start + match.start())
        if meant is None:
            return
        also, other = things.listed(meant[0]), named
        named = Things(also.words + other.words, also.places + other.places, also.prefixes + other.prefixes, other.end)
        yield Mark(meant[1], meant[2], "background", None, heard.words[meant[1] : meant[2]])
    if _speaks_of_columns(named, listed[named.end :]):
        if _discriminates(match[0]):
            yield Mark(begin, start + end, "fairness", named.value(), heard.words[begin : start + end])
        yield Mark(begin, start + end, kind, named.value(), heard.words[begin : start + end])


def _follows(at: int, found: list[Mark]) -> bool:
    """Whether an exclusion ends just before: `…, de même que l'identifiant` says the same of another."""
    return any(mark.kind == "exclude" and 0 <= at - mark.end <= _NEAR for mark in found)


def _says_which(text: str, match: "re.Match[str]") -> bool:
    """Whether `without` says which rows a sentence is about: `les patients sans balcon ne nous intéressent pas`."""
    if _WITHOUT.match(match[0]) is None:
        return False
    before = text[: match.start()]
    if any(lexicon.compiled(form).search(before) is not None for form in (_EXCEPT, _ROWS_OUT)):
        return True
    subject = lexicon.compiled(_SUBJECT).fullmatch(text[: match.start()])
    return subject is not None and _DENIED.search(text, match.start()) is not None


def _discriminates(words: str) -> bool:
    return re.search(r"(?i)discriminat|favou?r|treat people", words) is not None


def _last(listed: str) -> tuple[str, int]:
    """The thing in front of a verb: what stands behind the last comma or joining word that opens a clause."""
    cuts = [match.end() for match in _OPENS.finditer(listed)]
    opens = [cut for cut in cuts if cut < len(listed.rstrip())]
    start = opens[-1] if opens else 0
    joined = re.match(r"(?i)(?:and|und|et|y|auch|or)\s+", listed[start:])
    start += joined.end() if joined else 0
    return listed[start:], start


def _speaks_of_columns(named: Things, rest: str) -> bool:
    """Not of rows (`the houses in the north`), nor of other things (`the internet`, `boosting`)."""
    if not named:
        return False
    if named.places or named.prefixes:
        return True
    if any(_AMOUNT.match(word) for word in named.words):
        return False
    if any(re.match(r"(?i)(?:all )?(?:other|anderen?|übrigen|autres|otr[oa]s|rest)\b", word) for word in named.words):
        return False
    if any(_no_column().fullmatch(word.split()[-1]) or len(word) < 1 for word in named.words):
        return False
    return not _goes_on().match(rest)


def _no_column() -> "re.Pattern[str]":
    return re.compile("(?:" + "|".join(groups(__file__)["not_columns"]["any"]) + ")", re.I)


def _goes_on() -> "re.Pattern[str]":
    return lexicon.compiled(r"\s*(?:column|columns)?\s*{whose}")
