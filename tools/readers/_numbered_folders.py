"""Folders that are numbered anew within each of their parents, so that a number alone names nothing.

    Greek/character01  Greek/character02  Latin/character01  Latin/character02      `character01` is two characters
    site_a/cat  site_b/cat      patient_3/grade1  patient_4/grade1                  a cat is a cat, wherever it lies

A level of them and the one above it are read as one, `Greek/character01`, beside each alone. Which is likelier, the
numbers tell: they begin anew at every parent, and end elsewhere, or are written with zeros in front, as indices are and
amounts are not; or the files' own names count through over all the parents.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

BETWEEN = "/"  # of a parent's name and that of the folder in it
_INDEX = re.compile(r"([^\W\d_]*)[ _-]?(\d+)")
_OWN_WORD = re.compile(r"[^\W\d_]+")
_PARTS = re.compile(r"[\W_]+")
_AMOUNT = re.compile(  # a number behind it means the same everywhere
    r"(?i)|ages?|days?|degrees?|digits?|doses?|floors?|grades?|hours?|levels?|marks?|months?|numbers?|phases?|"
    r"points?|quality|ranks?|ratings?|scores?|severity|stages?|stars?|steps?|stufe|weeks?|years?|zahl|ziffer"
)
_MOST_NAMED = 3


def joined(outer: Mapping[Path, str], inner: Mapping[Path, str]) -> dict[Path, str]:
    """Picture → `parent/folder`, of those that lie so deep."""
    return {path: f"{outer[path]}{BETWEEN}{name}" for path, name in inner.items() if path in outer}


def are_numbered(outer: Mapping[Path, str], inner: Mapping[Path, str]) -> bool:
    """Whether the inner folders are indices that begin anew in nearly every outer one, which is called by a word."""
    within = _within(outer, inner)
    found = [_INDEX.fullmatch(name) for names in within.values() for name in names]
    if len(within) < 2 or None in found or len({match[1].casefold() for match in found if match}) != 1:
        return False
    words = {match[0].casefold() if (match := _OWN_WORD.match(name)) else "" for name in within}
    begin_anew = sum(_counts_on(names) for names in within.values())
    return "" not in words and len(words) == len(within) and begin_anew >= 0.9 * len(within)


def are_their_own(outer: Mapping[Path, str], inner: Mapping[Path, str]) -> bool:
    """Whether the same number below two parents surely means two things."""
    within = _within(outer, inner)
    if any(
        (match := _INDEX.fullmatch(name)) and _AMOUNT.fullmatch(match[1]) for names in within.values() for name in names
    ):
        return _files_count_through(outer, inner)
    ends = {max(map(_number, names)) for names in within.values()}
    padded = any(re.search(r"(?<!\d)0\d", name) for names in within.values() for name in names)
    return len(ends) > 1 or padded or _files_count_through(outer, inner)


def note(outer: Mapping[Path, str], inner: Mapping[Path, str], as_one: bool) -> str | None:
    """What a reading makes of numbers that recur, for whoever reads the outcome. as_one: parent and number joined."""
    within = _within(outer, inner)
    if not are_numbered(outer, inner):
        return None
    parents = sorted(within)
    name = sorted(within[parents[0]])[0]
    listed = ", ".join(parents[:_MOST_NAMED]) + (" …" if len(parents) > _MOST_NAMED else "")
    if as_one:
        return f"{name} lies below each of {listed}, and is a class of its own in each: {parents[0]}{BETWEEN}{name}"
    return f"{name} lies below each of {listed}, and is taken for one class; {parents[0]}{BETWEEN}{name} may be another"


def _within(outer: Mapping[Path, str], inner: Mapping[Path, str]) -> dict[str, set[str]]:
    found = defaultdict[str, set[str]](set)
    for path, name in inner.items():
        if path in outer:
            found[outer[path]].add(name)
    return found


def _number(name: str) -> int:
    match = _INDEX.fullmatch(name)
    return int(match[2]) if match else -1


def _counts_on(names: set[str]) -> bool:
    """Without a gap, from 0 or 1."""
    numbers = sorted(map(_number, names))
    return len(numbers) > 1 and numbers[0] in (0, 1) and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _files_count_through(outer: Mapping[Path, str], inner: Mapping[Path, str]) -> bool:
    """Whether a part of the file names stands for each folder of each parent: `0014_01.png` of `Latin/character02`."""
    folders = joined(outer, inner)
    parts = {path: _PARTS.split(path.stem) for path in folders}
    width = min(map(len, parts.values()), default=0)
    kinds = len(set(folders.values()))
    return any(
        len({(folders[path], split[place]) for path, split in parts.items()})
        == len({split[place] for split in parts.values()})
        == kinds
        for place in range(width)
    )
