"""The column to learn where the words for it match none: another clause of the request says which it is.

    "whether they stay, churned"                              →  churned     named right behind the words
    "I'd like to know the rent. It stands in net_eur."        →  net_eur     where it stands
    "what we never know: the delay is what counts, delayMin"  →  delayMin    the clause that says what is learned

Nothing is guessed: a column that is only mentioned is none.
"""

import re
from collections.abc import Sequence
from functools import partial

from agent.request import gloss, parting
from agent.settle import denied, masking
from agent.settle.binding import Room
from agent.settle.columns import plain
from agent.settle.target import Choice
from agent.task import Task
from tools.core.profiles import Column, Profile

_STANDS = re.compile(
    r"\b(?:stands?|stored|found|recorded|noted|written|kept|given|is|are|see|under|called|named|column|field|find|look)\b"
    r"(?: \w+){0,3} COL\b|\bCOL(?: \w+){0,2} (?:says?|tells?|holds?|contains?|shows?|records?|gives?|is (?:what|the one|where))\b"
)
_GIVEN = re.compile(r"\b(?:from|using|given|by|based|with|out of|on the basis|without|if|when|knowing|through|per)\b")
_BEHIND = r"[\"'”“»)\]]?\s*(?:[,:;=(–-]|,?\s*(?:i\.e\.|that is|also|c'est-à-dire|d\.h\.|das heißt|es decir|called|namely|alias))\s*[\"'“„«(]?\s*"
LEAST = 0.5  # of the head's share that a clause says what is learned


def named_otherwise(task: Task, profile: Profile, words: str | None, taken: frozenset[str]) -> Choice | None:
    """The column that the request names for what it wants learned, beside the words that were heard; None without one.

    taken: columns that the request speaks of for another use.
    """
    free = [one for one in profile.columns if one.name not in taken and not denied.tells_splits(one.name)]
    if words and (name := _behind(words, task.paragraph, free)) is not None:
        return Choice(name, 0.95, f'named right behind "{words}"')
    room = Room(task, profile, task.goal, None)
    language = gloss.language(task.paragraph)
    sentences = [text for _, text in denied.sentences(task.paragraph)]
    for clauses in parting.parted(sentences, partial(masking.general, room=room), language):
        for one in clauses:
            if one.kind == "task" and one.share >= LEAST and (name := _of_task(one.text, room, free, language)):
                return Choice(name, 0.85, f'named where it says what to learn: "{one.text}"')
    for sentence in sentences:
        general = gloss.english(masking.general(sentence, room), language)
        if _STANDS.search(general) and not denied.denies(sentence) and (name := _only_one(sentence, room, free)):
            return Choice(name, 0.8, "the request says that it stands there")
    return None


def _behind(words: str, paragraph: str, free: Sequence[Column]) -> str | None:
    """A column's name right behind the words: in brackets, after a comma, as what is meant."""
    for match in re.finditer(re.escape(words), paragraph):
        after = re.match(_BEHIND, paragraph[match.end() :])
        rest = paragraph[match.end() + after.end() :] if after else ""
        for column in sorted(free, key=lambda one: -len(one.name)):
            if rest and re.match(rf"{re.escape(column.name)}(?!\w)", rest, re.IGNORECASE):
                return column.name
    return None


def _of_task(clause: str, room: Room, free: Sequence[Column], language: str) -> str | None:
    """The one column before what it is to be learned from."""
    spans = [span for span in masking.spans(clause, room) if span[2] == masking.COLUMN]
    given = _GIVEN.search(gloss.english(masking.general(clause, room), language))
    named = [name for start, end, _ in spans if (name := _name(clause[start:end], free)) is not None]
    if given is not None and len(named) > 1:
        before = gloss.english(masking.general(clause, room), language)[: given.start()].count(masking.COLUMN)
        named = named[:before]
    return named[0] if len(set(named)) == 1 else None


def _only_one(sentence: str, room: Room, free: Sequence[Column]) -> str | None:
    named = {
        _name(sentence[start:end], free) for start, end, word in masking.spans(sentence, room) if word == masking.COLUMN
    }
    named.discard(None)
    return named.pop() if len(named) == 1 else None


def _name(words: str, free: Sequence[Column]) -> str | None:
    same = [one.name for one in free if plain(one.name) == plain(words)]
    near = [
        one.name
        for one in free
        if plain(words).startswith(plain(one.name)) and len(plain(words)) - len(plain(one.name)) < 3
    ]
    return next(iter([*same, *near]), None)
