"""What was recognised where: the text with its recognised parts taken out is what the next rule reads.

>>> marks = [Mark(8, 18, "source", "houses.csv", "houses.csv")]
>>> masked("price in houses.csv, please", …)
'price in ¦, please'
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

GAP = "¦"
_UNWANTED = re.compile(
    (
        r"\b(?:not|don'?t (?:care|report|use|need)(?: about)?|ignore|instead of|rather than|nicht|statt|"
        r"pas|au lieu de|no|en vez de)\s+(?:(?:the|die|with|using|by|an?|mit|avec|con)\s+|l[ae']\s*){0,2}$"
    ),
    re.I,
)


@dataclass(frozen=True)
class Mark:
    """Characters start…end of the paragraph say `value`. kind: `source`, `metric`, or the name of a constraint."""

    start: int
    end: int
    kind: str
    value: Any
    words: str


def masked(text: str, marks: Iterable[Mark], keep_words: bool = False) -> str:
    """The text with every mark replaced by a gap, or (`keep_words`) by its words about the task: names, labels."""
    out, at = [], 0
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if mark.start < at:
            continue
        out.append(text[at : mark.start])
        kept = words_of(mark.words) if mark.kind == "source" else mark.words if mark.kind.startswith("labels") else ""
        out.append(kept if keep_words and kept else f" {GAP} ")
        at = mark.end
    out.append(text[at:])
    return "".join(out)


def words_of(source: str) -> str:
    """`https://example.org/bird_songs.tar.gz` → `bird songs`: what the last part of a place's name says."""
    last = source.rstrip("/\\").replace("\\", "/").rsplit("/", 1)[-1]
    stem = last.split(".", 1)[0] if not last.startswith(".") else last
    return "".join(letter if letter.isalnum() else " " for letter in stem).strip()


def free(start: int, end: int, marks: Iterable[Mark]) -> bool:
    """Whether nothing of start…end was recognised as something else."""
    return all(end <= mark.start or start >= mark.end for mark in marks)


def unwanted(text: str, start: int) -> bool:
    """Whether the words before text[start:] refuse what begins there: "not ", "instead of the "."""
    return bool(_UNWANTED.search(text[max(0, start - 60) : start]))
