"""Requests to tell made things from real ones, which speak of generating and yet ask for a classifier.

>>> find("tell real paintings from generated ones")
'tell … generated'
>>> find("generate paintings that nobody can tell from real ones")

A word of telling comes first and something made, forged or synthetic soon after it, with no word of making before that.
The words are in `real_vs_fake.toml`.
"""

import re
import tomllib
from functools import cache
from pathlib import Path

_BETWEEN = 8  # words


def find(text: str) -> str:
    """The two words that show it, or nothing. `text`: sources already masked."""
    text = text.lower()
    for made in _pattern("made").finditer(text):
        before = text[: made.start()]
        if _pattern("making").search(before):
            return ""
        near = re.search(rf"(?:\w[\w'’-]*\W+){{0,{_BETWEEN}}}$", before)
        verb = _pattern("telling").search(before, near.start() if near else 0)
        if verb:
            return f"{verb[0]} … {made[0]}"
        after = re.match(r"\W+(?:\w+\W+){0,2}?" + _pattern("named").pattern, text[made.end() :])
        if after:
            return f"{made[0]}{after[0]}"
    return ""


@cache
def _pattern(kind: str) -> "re.Pattern[str]":
    """Any of these words of `real_vs_fake.toml`, as a word of its own."""
    entries = tomllib.loads((Path(__file__).parent / "real_vs_fake.toml").read_text(encoding="utf-8"))[kind]
    parts = (re.escape(entry).replace(r"\*", r"\w*") for entry in sorted(entries, key=len, reverse=True))
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + r")(?!\w)")
