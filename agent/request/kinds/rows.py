"""Rows to keep or to leave out, how many of them, and the classes that alone are wanted.

>>> [(mark.kind, mark.value) for mark in find(Heard.of("predict price, only for houses in the north", []))]
[('where', {'clause': 'houses in the north', 'keep': True})]
"""

import re

from noglue.agent.request import quantities, things
from noglue.agent.request.heard import Heard
from noglue.agent.request.lexicon import first, matches
from noglue.agent.request.marks import Mark, free

TURN = 45
_ASIDE = re.compile(
    r"(?i)(?:\s*,\s*|\s+)(?:please|bitte|s'il (?:te|vous) plaît|por favor|thanks|"
    r"the others? (?:can|may) go|the rest can go)\W*$"
)
_TRAILING = re.compile(
    r"(?i),\s*(?:because|since|as|the|they|it|we|i|so|and|weil|da|denn|die|car|parce|porque|ya|los|las)\b.*$"
)

_EMPTY = re.compile(
    rf"(?:{quantities.NUMBER}|\d+|it|that|this|them|one|about|whether|if|when|how|what|because|once|me|you|es|das|eso|ça|accuracy|cpu|gpu|labels?|columns?)",
    re.I,
)
_OF_COLUMNS = re.compile(
    r"(?i)\W*(?:(?:all|any|the|those|every|each|please|\w+ly|alle|die|toutes|les|todas|las) )*"
    r"(?:columns?|features?|variables?|spalten?|merkmale?|colonnes?|columnas?),? "
    r"(?:with|that|which|where|whose|having|in which|containing|mit|die|deren|avec|qui|dont|con|que|cuyas)\b"
)
_IS = re.compile(r"(?i)\b(?:is|are|was|were|gets?|been|ist|sind|wird|est|sont|es|son)\s+$")


def find(heard: Heard) -> list[Mark]:
    """Marks of `rows`, `where` and `classes`."""
    found: list[Mark] = []
    for clause in heard.still():
        for match in matches(__file__, "each", clause.text):
            _add(found, heard, clause.start, match, "labels_per_class", int(quantities.number(match["n"])))
        for match in matches(__file__, "most", clause.text):
            _add(found, heard, clause.start, match, "rows", _amount(match))
        if first(__file__, "cue", clause.text) is None:
            continue
        for group, keep in (("out", False), ("keep", True)):
            for match in matches(__file__, group, clause.text):
                phrase = re.sub(r"(?i)^(?:please\s+)?(?:take|use|keep|and|but)\s+", "", match["clause"])
                phrase = _ASIDE.sub("", _TRAILING.sub("", phrase)).strip(" ,")
                if phrase and _says_enough(phrase) and not _IS.search(clause.text[: match.start()]):
                    kind, value = _meant(phrase, keep)
                    _add(
                        found,
                        heard,
                        clause.start,
                        match,
                        kind,
                        value,
                        match.start("clause") + match["clause"].find(phrase) + len(phrase),
                    )
    return found


def _amount(match: "re.Match[str]") -> dict[str, float] | None:
    """`{"most": 5000}` or `{"share": 0.1}`."""
    parts = match.groupdict()
    if parts.get("share"):
        return {"share": quantities.share(parts["share"])}
    count = quantities.number(parts["n"])
    return {"most": int(count)} if count >= 1 else None


def _says_which_columns(phrase: str) -> bool:
    """Whether a phrase says which columns are meant, and not which rows: `all columns with more than 5 % missing`."""
    return _OF_COLUMNS.match(phrase) is not None


def _says_enough(phrase: str) -> bool:
    """Not columns of some kind (`columns with more than 5 % missing`), a number alone, a pronoun, or a word of the
    trade: `only one`, `only it`, `only accuracy`.
    """
    if re.search(r"(?i)\b(?:it|they|them|both|these|those)$", phrase):
        return False  # `it was derived by an intern, so it must be dropped` speaks of what was named before
    if _says_which_columns(phrase):
        return False
    word = re.sub(r"(?i)^(?:the|a|an|die|den|les?|la|los|las|el)\s+", "", phrase).lower()
    return "¦" not in phrase and _EMPTY.fullmatch(word) is None


def _meant(phrase: str, keep: bool) -> tuple[str, object]:
    """`use the first two columns and nothing else` speaks of columns, not of rows."""
    named = things.listed(phrase)
    of_columns = named.places or re.search(
        r"(?i)\b(?:columns?|features?|spalten?|merkmale?|colonnes?|columnas?)\b", phrase
    )
    if of_columns and named and named.end >= len(phrase.rstrip(" .,")):
        return ("only" if keep else "exclude"), named.value()
    return "where", {"clause": phrase, "keep": keep}


def _add(
    found: list[Mark],
    heard: Heard,
    start: int,
    match: "re.Match[str]",
    kind: str,
    value: object,
    end: int | None = None,
) -> None:
    begin, stop = start + match.start(), start + (match.end() if end is None else max(end, 0))
    if value is not None and free(begin, stop, found):
        found.append(Mark(begin, stop, kind, value, heard.words[begin:stop]))


def classes(heard: Heard) -> list[Mark]:
    """Of a generator, and of pictures: `only sevens and threes`. At most one mark."""
    for clause in heard.still():
        for match in matches(__file__, "classes", clause.text):
            named = things.listed(match["list"])
            if named.words and all(_says_enough(word) for word in named.words):
                begin, stop = clause.start + match.start(), clause.start + match.start("list") + named.end
                return [Mark(begin, stop, "classes", named.words, heard.words[begin:stop])]
    return []
