"""What is to be told from what, where a paragraph says it.

>>> find("Tell the brown bears from the black ones by their claws")
['brown bears', 'black ones']
>>> find("is it a bobcat, a coyote or a gray fox?")
['bobcat', 'coyote', 'gray fox']
>>> find("two brands of tea, Green Garden and Morning Leaf")
['Green Garden', 'Morning Leaf']

The words stay as they were written: a column may hold them, or their initials (`matches`).
"""

import re
import unicodedata

_ARTICLE = r"(?:(?:an?|the|one|ein\w*|die|der|das|den|une?|les?|la|el|los|las|una)\s+)"
_THING = r"[^\W\d_][\w-]+"
_STOPS = r"(?=\s*(?:[,.;:!?()]|$)|\s+(?:by|from|given|using|with|in|on|at|when|going|based|according|anhand|nach|aus|" \
    r"mit|auf|im|par|selon|avec|sur|dans|d'après|à|por|según|con|en|a)\b)"  # fmt: skip
_APART = re.compile(
    rf"\b(?:tell|tells|telling|distinguish\w*|separat\w+|discriminat\w+|unterscheide\w*|trenne\w*|distingu\w+|"
    rf"s[ée]par\w+)\s+(?:between\s+|zwischen\s+|entre\s+)?{_ARTICLE}?"
    rf"(?P<one>{_THING}(?:\s+{_THING}){{0,3}}?)\s+(?:from|and|von|und|des?|d'avec|et|y)\s+{_ARTICLE}?"
    rf"(?P<other>{_THING}(?:\s+{_THING}){{0,2}}?){_STOPS}",
    re.I,
)
_FEW = rf"{_THING}(?:\s+{_THING})??"
_ORS = r"\s*,?\s+(?:or|oder|ou|o|vs\.?|versus)\s+"
_OR = re.compile(
    rf"(?P<list>\b{_ARTICLE}{_FEW}(?:,\s*{_ARTICLE}{_FEW})*){_ORS}(?P<last>{_ARTICLE}(?:{_FEW}{_STOPS}|{_THING}))"
    rf"|\b(?P<bare>{_THING}(?:,\s*{_THING})*){_ORS}(?P<end>{_THING})",
    re.I,
)
_PROPER = r"[A-Z][\w'-]+(?:\s+[A-Z][\w'-]+)+"
_NAMES = re.compile(rf"\b(?P<list>{_PROPER}(?:,\s*{_PROPER})*),?\s+(?:and|or|und|oder|et|ou|y|o)\s+(?P<last>{_PROPER})")
_NOTHING = frozenset(
    ("not", "no", "so", "nicht", "non", "pas", "better", "worse", "more", "less", "other", "else", "both")
)


def find(paragraph: str) -> list[str]:
    """Two or more, in the order of the paragraph; empty where it names none."""
    apart = _APART.search(paragraph)
    if apart and not {"me", "us", "you", "if"} & {word.lower() for word in apart["one"].split()}:
        return [_bare(apart["one"]), _bare(apart["other"])]
    for form in (_NAMES, _OR):
        for match in form.finditer(paragraph):
            first, *others = [part for part in match.groups() if part]
            found = [_bare(thing) for thing in [*first.split(","), *others]]
            if not any(thing.lower() in _NOTHING for thing in found):
                return list(dict.fromkeys(found))
    return []


def matches(value: str, thing: str) -> bool:
    """Does a cell stand for a thing: the same word, a part of it, or its initials (`CH` for Citrus Hill)?

    >>> matches("B", "blue rock crabs"), matches("PS", "poorly segmented cells"), matches("malign", "malignant")
    (True, True, True)
    """
    cell, words = _plain(value), _plain(thing).split()
    if not cell or not words:
        return False
    if cell.isalpha() and len(cell) <= min(len(words), 3) and cell == "".join(word[0] for word in words)[: len(cell)]:
        return True
    cell_words = cell.split()
    return any(_alike(mine, theirs) for mine in cell_words for theirs in words) and len(cell_words) <= len(words) + 1


def _alike(one: str, other: str) -> bool:
    """`malign`, `malignant`; `cat`, `cats`."""
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= 3 and long.startswith(short) and len(long) - len(short) <= 4)


def _bare(thing: str) -> str:
    return re.sub(rf"^{_ARTICLE}", "", thing.strip(), flags=re.I)


def _plain(text: str) -> str:
    """Lower case, no accents, words apart."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", bare.lower()))
