"""Lines broken at words where a person reads them at a terminal, whole where a program does.

>>> wrapped("model    runs/20261130-houses/model (blend of table models)", 40)
['model    runs/20261130-houses/model', '         (blend of table models)']
"""

import re
import shutil
import sys
import unicodedata
from typing import TextIO

_LABEL = re.compile(r" *\S{1,14}(?: \S{1,12})? {2,}")  # `model    `, `not done  `, `  1  `
LEAST_TEXT = 16  # columns beside an indent


class Whole(str):
    """A line to be copied: never broken here, so that the terminal that breaks it gives it back as one."""

    __slots__ = ()


def fitted(line: str, stream: TextIO | None = None) -> list[str]:
    """The line as it is to be printed to the stream, standard output if none is given."""
    if isinstance(line, Whole) or not (sys.stdout if stream is None else stream).isatty():
        return [line]
    return wrapped(line, shutil.get_terminal_size().columns)


def wrapped(line: str, width: int) -> list[str]:
    """At most so many columns each. What follows hangs below the text behind a label, or two columns in.

    A word that is longer than a line, as a path, is not broken: it goes on behind what stands before it.
    """
    if columns(line) <= width:
        return [line]
    label = _LABEL.match(line)
    begins = len(line) - len(line.lstrip(" "))
    indent = label.end() if label else begins + 2 if begins else 0
    indent = indent if width - indent >= LEAST_TEXT else 0
    head = line[: label.end() if label else begins]
    lines, current, taken = list[str](), head, columns(head)
    for word in line[len(head) :].split():
        wide = columns(word)
        gap = "" if (current == head and not lines) or not current.strip() else " "
        if taken + len(gap) + wide > width and wide <= width - indent and current.strip():
            lines.append(current)
            current, taken, gap = " " * indent, indent, ""
        current += gap + word
        taken = (taken + len(gap) + wide) if taken + len(gap) + wide <= width else (taken + len(gap) + wide) % width
    return [*lines, current]


def columns(text: str) -> int:
    """As a terminal counts them: two for wide letters, none for marks above others."""
    return sum(_columns(letter) for letter in text) if not text.isascii() else len(text)


def _columns(letter: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in ("W", "F") else 1
