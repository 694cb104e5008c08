"""Which columns words mean that name no target: those to leave out, to use alone, to divide or to filter by.

    >>> named("customer numbers", columns).names
    ['customer_id']
    >>> named("the columns that begin with lab_", columns, prefix=True)

By name first, then but for a slip, by its head, as an identifier, by meaning. Of several that fit equally well a plural
means all; a singular leaves the choice open (`tie`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from noglue.agent.request import quantities
from noglue.agent.settle import column_matching as matching
from noglue.agent.settle.plain_words import folded, plain
from noglue.tools.spec.profiles import Column

LEAST = 0.8  # of a claim by name, for words that are not a column's name
CLOSE = 0.04  # claims that differ by less are as good as each other
_COLUMN = re.compile(
    r"\b(?:the|all|any|each|every|our|my|its|their|das|die|der|den|dem|alle|les?|la|toutes?|tous|el|los|las|tod[ao]s|"
    r"columns?|fields?|features?|variables?|attributes?|values?|information|data|flags?|"
    r"spalten?|felder|feld|merkmale?|angaben?|variablen?|colonnes?|champs?|columnas?|campos?)\b",
    re.IGNORECASE,
)
_NOUN = r"(?:columns?|cols?|fields?|variables?|spalten?|feld(?:er)?|colonnes?|champs?|columnas?|campos?)"
_NUMBERED = re.compile(
    rf"(?i)\b{_NOUN}[^\w-]+(?:no\.?|nr\.?|number|n°)?\s*(\d+)(?!\s*%)((?:\s*(?:,|and|und|et|y|to|bis|à|a|through|-|–)\s*\d+\b)*)"
)
_OWN = re.compile(r"(?i)'s (?:names?|values?|identity)$")  # `the manager's name`, of a column `manager`
_TO = re.compile(r"(?i)\b(?:to|bis|à|a|through)\b|-|–")
_ORDINAL = re.compile(
    rf"(?i)\b(?P<o>{quantities.ORDINAL})(?:\s+{_NOUN}|\s+(?:one|thing|entry)\b)(?P<but>\s+but\s+one)?"
    rf"|\b{_NOUN}\s+(?P<p>{quantities.ORDINAL})\b"
    rf"|\b(?:the|das|die|la|le|el)\s+(?P<q>{quantities.ORDINAL})\s+(?:is|says|tells|gives|holds|shows|ist|sagt|est|dit|es|dice)\b"
)


@dataclass(frozen=True)
class Found:
    """names: as the files have them; empty where nothing answers. tie: several that the words fit equally well.

    exact: the words are the name itself.
    """

    names: list[str] = field(default_factory=list)
    tie: list[str] = field(default_factory=list)
    exact: bool = False


def named(
    words: str, columns: Sequence[Column], head_first: bool = False, owners: bool = False, meaning: bool = True
) -> Found:
    """The columns that these words mean. Nothing is guessed: weak claims are none.

    owners: whether `patient` may mean `patient_id`, as it does where rows are kept together.
    meaning: whether, where no name fits, the one counts that means the same.
    """
    exact = [column.name for column in columns if _equal(words, column.name)]
    if exact:
        return Found(exact[:1] if len(exact) == 1 else _same_case(words, exact), exact=True)
    bare = " ".join(_COLUMN.sub(" ", words).split()) or words
    bare = _OWN.sub("", bare) or bare
    exact = [column.name for column in columns if _equal(bare, column.name) or _equal(_singular(bare), column.name)]
    if len(exact) == 1:
        return Found(exact, exact=True)
    able = [column for column in columns if owners or not is_key(column) or _identifying().search(plain(bare))]
    claims = [(matching.claim(bare, column.name, head_first), column) for column in able]
    strong = sorted((one for one in claims if one[0] >= LEAST), key=lambda one: -one[0])
    if strong:
        best = [column.name for claim, column in strong if claim > strong[0][0] - CLOSE]
        if len(best) == 1 or _plural(bare):
            return Found(best)
        return Found(tie=best)
    if identifiers := _identifiers(bare, columns):
        return Found(identifiers)
    near = matching.nearest(bare, able) if able and meaning else None
    return Found([near]) if near is not None else Found()


def beginning(prefix: str, columns: Sequence[Column]) -> list[str]:
    """Columns of one family: whose names begin so."""
    start = prefix.strip().rstrip("*").casefold()
    return [column.name for column in columns if column.name.casefold().startswith(start)]


def at(place: int, columns: Sequence[Column]) -> str | None:
    """From 1, or from -1 for the last."""
    index = place - 1 if place > 0 else len(columns) + place
    return columns[index].name if 0 <= index < len(columns) and place else None


def places(text: str, count: int) -> list[int]:
    """`column 7`, `columns 3 to 6`, `the last column but one`, `la 6e colonne`: from 1, or from -1, of so many."""
    found: list[int] = []
    for match in _NUMBERED.finditer(text):
        numbers = [int(match[1]), *map(int, re.findall(r"\d+", match[2]))]
        ranged = len(numbers) == 2 and _TO.search(match[2])
        found += range(numbers[0], numbers[1] + 1) if ranged else numbers
    for match in _ORDINAL.finditer(text):
        place = quantities.ordinal(match["o"] or match["p"] or match["q"])
        found += [-2 if place == -1 and match["but"] else place] if place is not None else []
    return [place for place in dict.fromkeys(found) if 0 < abs(place) <= count]


def within(clause: str, columns: Sequence[Column]) -> list[tuple[int, Column]]:
    """Columns whose whole names, or words for them, stand in a clause, with the place of the word, the surest first."""
    text = plain(clause)
    found = []
    for column in columns:
        name = plain(column.name)
        if name and (match := re.search(rf"\b{re.escape(name)}(?:s|es|n|en|e)?\b", text)):
            found.append((0, match.start(), column))
        elif (place := matching.spoken_of(text, column.name)) is not None:
            found.append((1, place, column))
    return [(place, column) for _, place, column in sorted(found, key=lambda one: one[:2])]


def _equal(words: str, name: str) -> bool:
    return folded(words) == folded(name) != ""


def _same_case(words: str, names: list[str]) -> list[str]:
    """Of `Class` and `class` the one that is written so."""
    return [name for name in names if name == words.strip()] or names[:1]


def _singular(words: str) -> str:
    return re.sub(r"(?<=\w{2})s\b", "", words)


def _plural(words: str) -> bool:
    return bool(re.search(r"(?:s|en|er)\W*$", words)) and not words.strip().casefold().endswith("ss")


@cache
def _identifying() -> "re.Pattern[str]":
    return re.compile(
        r"(?:id|ids|identifiers?|numbers?|no|nr|key|keys|nummern?|kennung(?:en)?|numeros?|identifiants?|"
        r"identificador(?:es)?|clave|index)$"
    )


def is_key(column: Column) -> bool:
    """Whether its name says that it numbers something: `patient_id`, `order number`."""
    return len(plain(column.name).split()) > 1 and _identifying().search(plain(column.name)) is not None


def _identifiers(words: str, columns: Sequence[Column]) -> list[str]:
    """`customer numbers`, `the running number`: what only tells rows apart."""
    if plain(words) in ("", "no") or not _identifying().search(plain(words)):
        return []
    able = [one.name for one in columns if one.kind == "identifier" or _identifying().search(plain(one.name))]
    first = set(plain(words).split()[:-1])
    closer = [name for name in able if first & set(plain(name).split())]
    return closer or (able if len(able) == 1 else [])
