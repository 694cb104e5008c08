"""The request cut into clauses: sentences, their parts after `;` and `, but …`, and what stands in parentheses.

>>> [clause.text for clause in cut("We have shops (the left column says who left); predict it, but don't use the id.")]
['We have shops', 'the left column says who left', 'predict it', "but don't use the id"]

Offsets are those of the paragraph. A relative part stays with its noun.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from noglue.agent.request import lexicon

_LONGEST = 240  # characters of a clause
_MONTHS = "jan|feb|mär|apr|mai|jun|jul|aug|sep|okt|nov|dez"


@dataclass(frozen=True)
class Clause:
    """paragraph[start:end] is `text`, without blanks and marks at its ends."""

    start: int
    end: int
    text: str


def cut(text: str) -> list[Clause]:
    """In the order of the text. A dot inside a number, a file's name or after `e.g.` ends nothing."""
    plain = re.sub(r"\((\w[\w.-]*)\)", r"<\1>", text)  # a name in brackets belongs to the words before it
    plain = re.sub(rf"(?i)(?<=\b\d)\.(?= (?:{_MONTHS}))|(?<=\b\d\d)\.(?= (?:{_MONTHS}))", "_", plain)
    bounds = sorted(
        {0, len(text), *(at for pattern in _ends() for match in pattern.finditer(plain) for at in match.span())}
    )
    found = []
    for start, end in (short for pair in pairwise(bounds) for short in _short(plain, *pair)):
        words = text[start:end]
        bare = re.sub(r"^[–—-]+(?!\d)", "", words.strip(" \t\n,.;:!?¿¡()[]¦")).strip(" \t\n,.;:!?¿¡()[]–—¦")
        if re.search(r"\w", bare):
            at = start + words.index(bare)
            found.append(Clause(at, at + len(bare), bare))
    return found


def _short(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence that never ends is cut at a comma or a blank, so that reading it takes no longer than it is."""
    while end - start > _LONGEST:
        at = max(text.rfind(mark, start, start + _LONGEST) for mark in (", ", " "))
        at = at if at > start else start + _LONGEST
        yield start, at
        start = at
    yield start, end


def around(clauses: list[Clause], at: int) -> int:
    """The number of the clause in which a character is, or of the last one before it."""
    return max((number for number, clause in enumerate(clauses) if clause.start <= at), default=0)


@cache
def _ends() -> list["re.Pattern[str]"]:
    """What ends a clause; the match itself belongs to none, except words, of which only the place before counts."""
    joins = "|".join(word for words in lexicon.groups(__file__)["join"].values() for word in words)
    verbs = "|".join(word for words in lexicon.groups(__file__)["verb"].values() for word in words)
    asides = r"(?:please|bitte|also|then|auch|aussi|también|in the end)"
    abbreviated = "".join(rf"(?<!\b{word})" for word in (r"e\.g", r"i\.e", r"z\.B", "bzw", "etc"))
    return [
        re.compile(rf"[!?;\n]+|[()\[\]]|\s[–—-]+\s|{abbreviated}\.(?=\s|$)|:(?=\s)"),
        re.compile(rf",?\s+(?=(?:{joins})\s+(?:{asides}\s+)*(?:{verbs})(?!\w))".replace(" ", r"\s+"), re.I),
        re.compile(rf",\s+(?=(?:{asides}\s+)?(?:{verbs})(?!\w))".replace(" ", r"\s+"), re.I),
        re.compile(
            r",\s+(?=(?:but|so|thus|hence|therefore|aber|sondern|deshalb|daher|mais|donc|pero|así que|por eso)\s)", re.I
        ),
    ]
