"""What the words around a column say of its being the one to learn.

    "whether they stay, churned"               →  churned     named right behind the words
    "I'd like to know the rent, in net_eur."   →  net_eur     where it stands
    "to have delayMin foretold"                →  delayMin    what is to be told

Each says one thing of one column; `weighing` puts them together.
"""

import re
from collections.abc import Sequence

from noglue.agent.request import gloss
from noglue.agent.request.phrasing import COLUMN
from noglue.agent.settle import denied, labelled_clauses, masking, mentions
from noglue.agent.settle.plain_words import plain
from noglue.agent.settle.room import Room
from noglue.agent.task import Task
from noglue.tools.spec.profiles import Column, Profile

_STANDS = re.compile(
    r"\b(?:stands?|stored|recorded|noted|written|kept|given|called|named|column|field)\b(?: \w+){0,3} COL\b"
    r"|\bCOL(?: \w+){0,2} (?:says?|tells?|holds?|contains?|shows?|records?|gives?|is (?:what|the one|where|NUM))\b"
)
_OTHER = frozenset((
    "explain", "export", "serve", "show", "exclude", "where", "missing", "test", "train", "validation", "group",
    "stratify",
))  # fmt: skip
_FROM = (
    r"from|using|given|based on|on the strength|aus|anhand|mittels|à partir d\w+|d'après|a partir de|usando|selon|según"
)
GIVEN_FROM = re.compile(rf"(?i)\b(?:{_FROM}|with nothing|en ne partant)\b")
SURE = 0.7  # of the head's share, for a clause to be of something else
_FORETOLD = (
    r"(?:foretold|predicted|estimated|guessed|vorhergesagt|vorherzusagen|geschätzt|erraten|prédit\w*|predich\w+)"
)
_WISHED = r"(?:predict\w*|estimate[d]?|forecast\w*|guess\w*|foretell|foretold)"
_ROLE = (
    r"[\"'“”„«»`)]*\s+(?:(?:is|should be|will be|ist|sei|soll|est|sera|es|será) "
    r"(?:the|our|my|das|die|la|le|el|notre|nuestro) (?:target|label|outcome|response|ziel\w*|cible|objetivo)|"
    rf"is what (?:i|we)(?:'d like| would like| want| need) (?:to )?(?:be )?(?:to have )?{_WISHED})"
    r"(?=\W*$|\s*[.,;:!)]|\s+(?:not|and|rather|nicht|und|pas|et|no|y)\b)"
)
_MEANS = r"(?:i\.e\.|that is|also|c'est-à-dire|d\.h\.|das heißt|es decir|o sea|called|namely|alias|soit)"
_GIVEN_BEFORE = re.compile(rf"(?i)\b(?:{_FROM}|with|by means|mit|avec|con)\s[^.;:]{{0,140}}$")
_PREPOSITION = re.compile(
    r"(?i)\b(?:at|in|of|during|by|for|per|on|im|am|zur?|zum|bei|von|des?|du|en|dans|au|aux|pour|por|para|del?|sur|a|al)"
    r"\s+(?:the |its |our |der |dem |den |la |le |les |el |los |las |mon |mi )?$"
)
_BEHIND = re.compile(
    rf"[\"'”“»)\]]?\s*(?:[,:;=(–-]\s*(?:{_MEANS},?\s+)?|{_MEANS},?\s+)"
    rf"(?:the column|die spalte|la colonne|la columna)?\s*[\"'“„«(]?\s*",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"(?:the |die |der |la |le )?(?:\w+[ -]){0,4}(?:columns?|spalte|colonne|columna)(?: (?:\d+|but one|before last))?",
    re.IGNORECASE,
)


def is_of_another_wish(words: str, task: Task, profile: Profile) -> bool:
    """Whether the clause in which the words stand surely asks for something else than to learn them."""
    return _is_surely(_OTHER, words, task, profile)


def is_to_be_learned(words: str, task: Task, profile: Profile) -> bool:
    """Whether the clause in which the words stand surely says what to learn."""
    return _is_surely(frozenset(("task", "derive")), words, task, profile)


def _is_surely(kinds: frozenset[str], words: str, task: Task, profile: Profile) -> bool:
    """Whether every clause in which the words stand is surely of one of these kinds."""
    place = labelled_clauses.place(words, task.paragraph)
    within = [one.label for one in labelled_clauses.clauses(task, profile) if one.overlaps(place)]
    within = [one for one in within if len(re.findall(r"\w+", one.text)) > 1]  # a name in brackets says nothing
    return bool(within) and all(one.kind in kinds and one.share >= SURE for one in within)


def tells_what_to_learn(task: Task, profile: Profile) -> bool:
    """Whether a clause surely says what is to be learned, in whatever words."""
    return any(one.label.kind == "task" and one.label.share >= SURE for one in labelled_clauses.clauses(task, profile))


def behind(words: str, paragraph: str, columns: Sequence[Column], free: Sequence[Column]) -> str | None:
    """A column right behind the words, by name or by place: in brackets, after a comma, as what is meant."""
    for match in re.finditer(re.escape(words), paragraph):
        after = _BEHIND.match(paragraph[match.end() :])
        rest = paragraph[match.end() + after.end() :] if after else ""
        for column in sorted(free, key=lambda one: -len(one.name)):
            if rest and re.match(rf"{re.escape(column.name)}(?!\w)", rest, re.IGNORECASE):
                return column.name
        place = _PLACE.match(rest)
        if place is not None and (name := _at(place[0], columns)) is not None:
            return name
    return None


def stated(paragraph: str, columns: Sequence[Column]) -> tuple[str, str] | None:
    """The one column that a sentence states to be the target, and its words: `registered is the target`, `casual is
    what I want forecast`.
    """
    found = {}
    for column in columns:
        spaced = r"[\s_-]*".join(map(re.escape, plain(column.name).split())) or re.escape(column.name)
        for match in re.finditer(rf"(?<!\w)(?:{re.escape(column.name)}|{spaced}){_ROLE}", paragraph, re.IGNORECASE):
            found[column.name] = match[0]
    return next(iter(found.items())) if len(found) == 1 else None


def is_foretold(name: str, paragraph: str) -> bool:
    """`to have nota_estado foretold`, `delayMin soll geschätzt werden`."""
    return re.search(rf"(?<!\w){re.escape(name)}\W+(?:\w+\W+){{0,2}}?{_FORETOLD}", paragraph, re.IGNORECASE) is not None


def _at(words: str, columns: Sequence[Column]) -> str | None:
    """The one column that the words name by its place."""
    places = mentions.places(words, len(columns))
    return mentions.at(places[0], columns) if len(places) == 1 else None


def is_aside(before: str, words: str) -> bool:
    """Whether an everyday word stands behind one that gives a time, a place or a reason, or behind what is given."""
    if _GIVEN_BEFORE.search(before):
        return True
    return re.search(r"[_\d]|[a-z][A-Z]", words) is None and _PREPOSITION.search(before) is not None


def is_called(words: str, column: Column) -> bool:
    """Whether the words are the column's name, but for an ending of at most two letters."""
    text, name = plain(words), plain(column.name)
    return text == name or (text.startswith(name) and len(text) - len(name) < 3)


def stands_there(task: Task, room: Room) -> str | None:
    """The one column of which a sentence says that something stands in it: `the result is in the column grade`."""
    language = gloss.language(task.paragraph)
    for _, sentence in denied.sentences(task.paragraph):
        general = gloss.english(masking.general(sentence, room), language)
        if _STANDS.search(general) and not denied.denies(sentence):
            named = [sentence[start:end] for start, end, word in masking.spans(sentence, room) if word == COLUMN]
            met = {one.name for one in room.columns if any(is_called(words, one) for words in named)}
            if len(met) == 1:
                return met.pop()
    return None
