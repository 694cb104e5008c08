"""What the terminal can show, by the environment that it sets.

>>> redraws(sys.stderr, {"TERM": "dumb"}), shows_pictures({"COLORTERM": "truecolor", "TERM": "xterm-256color"})
(False, True)
"""

from collections.abc import Mapping
from typing import TextIO

NO_CURSOR = ("", "dumb", "unknown")  # TERM of what can't move its cursor
EVERY_COLOUR = ("truecolor", "24bit")


def redraws(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether lines of it can be drawn over: a terminal with a cursor, and no log of a continuous integration."""
    moves = environment.get("TERM", "") not in NO_CURSOR
    return stream.isatty() and moves and environment.get("CI", "").lower() not in ("true", "1")


def shows_pictures(environment: Mapping[str, str]) -> bool:
    """Whether blocks in 24-bit colour show as such: a terminal that says so, and nobody who wants none."""
    colours = environment.get("COLORTERM", "").lower() in EVERY_COLOUR
    return colours and not environment.get("NO_COLOR") and environment.get("TERM", "") not in NO_CURSOR
