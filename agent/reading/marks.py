"""What was recognised where: the text with its recognised parts taken out is what the next rule reads.

>>> marks = [Mark(8, 18, "source", "houses.csv", "houses.csv")]
>>> masked("price in houses.csv, please", …)
'price in ¦, please'
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

GAP = "¦"


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
