"""The column to learn where the words for it match none: another clause of the request says which it is.

    "whether they stay, churned"                              →  churned     named right behind the words
    "I'd like to know the rent. It stands in net_eur."        →  net_eur     where it stands
    "what we never know: the delay is what counts, delayMin"  →  delayMin    the clause that says what is learned

Nothing is guessed: a column that is only mentioned is none.
"""

import re
from collections.abc import Sequence

from agent.request import gloss
from agent.request.parting import Told
from agent.request.phrasing import COLUMN
from agent.settle import columns as matching
from agent.settle import denied, masking, mentions, needs, telling
from agent.settle.binding import Room
from agent.settle.columns import plain
from agent.settle.target import Choice
from agent.task import Task
from tools.core.profiles import Column, Profile

_STANDS = re.compile(
    r"\b(?:stands?|stored|recorded|noted|written|kept|given|called|named|column|field)\b(?: \w+){0,3} COL\b"
    r"|\bCOL(?: \w+){0,2} (?:says?|tells?|holds?|contains?|shows?|records?|gives?|is (?:what|the one|where|NUM))\b"
)
_OTHER = frozenset(("exclude", "where", "missing", "test", "train", "validation", "group", "stratify"))
_MOST_CLASSES = 50  # values of a column of numbers that may be classes
_LONG = 30  # words of a request that surely says what it wants
_GIVEN_FROM = re.compile(
    r"(?i)\b(?:from|using|given|based on|with nothing|aus|anhand|mittels|à partir d\w+|d'après|a partir de|"
    r"usando|selon|"
    r"según|on the strength|en ne partant)\b"
)
SURE = 0.7  # of the head's share, for a clause to be of something else
DESCRIBED, _CLEARLY, _MOST_WORDS = 0.5, 0.08, 4  # of a claim by the name; by which it leads; words of a description
_GIVEN = re.compile(r"\b(?:from|using|given|by|based|with|out of|on the basis|without|if|when|knowing|through|per)\b")
_FORETOLD = (
    r"(?:foretold|predicted|estimated|guessed|vorhergesagt|vorherzusagen|geschätzt|erraten|prédit\w*|predich\w+)"
)
_MEANS = r"(?:i\.e\.|that is|also|c'est-à-dire|d\.h\.|das heißt|es decir|o sea|called|namely|alias|soit)"
_GIVEN_BEFORE = re.compile(
    r"(?i)\b(?:from|using|given|with|by means|on the strength|mit|avec|con|aus|anhand|mittels|à partir d\w+|d'après|"
    r"a partir de|usando|según|selon)\s[^.;:]{0,140}$"
)
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
_PRONOUN = re.compile(r"(?i)\b(?:that|this|it|das|dies|es|ça|cela|le|l'|eso|esto|lo)\b")
_FEW = 8  # values of a column of classes that a sentence may list
LISTED = 0.45  # of a claim by classes that a sentence lists: any claim by words is more
LEAST = 0.5  # of the head's share that a clause says what is learned


def named_otherwise(task: Task, profile: Profile, words: str | None, taken: frozenset[str]) -> Choice | None:
    """The column that the request names for what it wants learned, beside the words that were heard; None without one.

    taken: columns that the request speaks of for another use.
    """
    free = [one for one in profile.columns if one.name not in taken and not denied.tells_splits(one.name)]
    free = [one for one in free if _may_be_told(one, task)]
    if words and (name := _behind(words, task.paragraph, profile.columns, free)) is not None:
        return Choice(name, 0.95, f'named right behind "{words}"')
    told = {one.name for one in free if _is_told(one.name, task.paragraph)}
    if len(told) == 1:
        return Choice(told.pop(), 0.9, "the request says that it is to be told")
    room, language = Room(task, profile, task.goal, None), gloss.language(task.paragraph)
    for one in telling.clauses(task, profile):
        if _says_what_to_learn(one.told):
            before = task.paragraph[_start_of_sentence(task.paragraph, one.start) : one.start]
            for text in (one.told.text, before) if _PRONOUN.search(one.told.text) else (one.told.text,):
                if (name := _of_task(text, room, free, language)) and not _beside_the_head(words, name, room):
                    return Choice(name, 0.85, f'named where it says what to learn: "{one.told.text}"')
    return _by_place_of_the_words(task, room, free, language)


def _may_be_told(column: Column, task: Task) -> bool:
    """No measurement where classes are surely asked for, unless they are made from it."""
    classes = task.goal == "classify" and task.confidence.get("goal", 0.0) >= SURE
    derived = any(wish.kind == "derive" for wish in task.wishes) or column.name in task.paragraph
    return derived or not (classes and column.kind == "number" and column.distinct > _MOST_CLASSES)


def is_of_another_wish(words: str, task: Task, profile: Profile) -> bool:
    """Whether the clause in which the words stand surely asks for something else than to learn them."""
    return _is_surely(_OTHER, words, task, profile)


def is_to_be_learned(words: str, task: Task, profile: Profile) -> bool:
    """Whether the clause in which the words stand surely says what to learn."""
    return _is_surely(frozenset(("task", "derive")), words, task, profile)


def _is_surely(kinds: frozenset[str], words: str, task: Task, profile: Profile) -> bool:
    """Whether every clause in which the words stand is surely of one of these kinds."""
    place = telling.place(words, task.paragraph)
    within = [one.told for one in telling.clauses(task, profile) if one.overlaps(place)]
    return bool(within) and all(one.kind in kinds and one.share >= SURE for one in within)


def tells_what_to_learn(task: Task, profile: Profile) -> bool:
    """Whether it says what is to be learned, in whatever words: a clause surely does, or it is a long request."""
    long = len(task.paragraph.split()) > _LONG
    return long or any(one.told.kind == "task" and one.told.share >= SURE for one in telling.clauses(task, profile))


def _beside_the_head(words: str | None, name: str, room: Room) -> bool:
    """`hotel booking cancellation` names no column `hotel`."""
    within = words is not None and f" {plain(name)} " in f" {plain(words)} "
    return within and matching.claim(words or "", name, room.head_first) < LEAST


def _says_what_to_learn(told: Told) -> bool:
    return told.shares.get("task", 0.0) + told.shares.get("derive", 0.0) >= LEAST


def _start_of_sentence(paragraph: str, at: int) -> int:
    return max((start for start, _ in denied.sentences(paragraph) if start <= at), default=0)


def _by_place_of_the_words(task: Task, room: Room, free: Sequence[Column], language: str) -> Choice | None:
    """The column that a clause of the task describes, or that a sentence says holds it, or whose classes are listed."""
    for one in telling.clauses(task, room.profile):
        if _says_what_to_learn(one.told) and (found := _described(one.told.text, room, free)) is not None:
            return found
    sentences = [text for _, text in denied.sentences(task.paragraph)]
    for sentence in sentences:
        general = gloss.english(masking.general(sentence, room), language)
        if _STANDS.search(general) and not denied.denies(sentence) and (name := _only_one(sentence, room, free)):
            return Choice(name, 0.8, "the request says that it stands there")
    name = _of_classes(sentences, free)
    return None if name is None else Choice(name, LISTED, "the request names its classes")


def _described(clause: str, room: Room, free: Sequence[Column]) -> Choice | None:
    """The one column that up to four words of the clause describe clearly better than any other."""
    given = _GIVEN_FROM.search(clause)
    words = re.findall(r"[^\W_][\w'’-]*", clause[: given.start()] if given else clause)
    best = dict.fromkeys((one.name for one in free if not mentions.is_key(one)), 0.0)
    for start in range(len(words)):
        for long in range(1, min(_MOST_WORDS, len(words) - start) + 1):
            phrase = " ".join(words[start : start + long])
            for name in best:
                best[name] = max(best[name], matching.claim(phrase, name, room.head_first))
    ranked = sorted(best.items(), key=lambda one: -one[1])
    if not ranked or ranked[0][1] < DESCRIBED or (len(ranked) > 1 and ranked[1][1] > ranked[0][1] - _CLEARLY):
        return None
    return Choice(ranked[0][0], min(0.8, ranked[0][1]), f'described where it says what to learn: "{clause}"')


def _behind(words: str, paragraph: str, columns: Sequence[Column], free: Sequence[Column]) -> str | None:
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


def _is_told(name: str, paragraph: str) -> bool:
    """`to have nota_estado foretold`, `delayMin soll geschätzt werden`."""
    return re.search(rf"(?<!\w){re.escape(name)}\W+(?:\w+\W+){{0,2}}?{_FORETOLD}", paragraph, re.IGNORECASE) is not None


def _at(words: str, columns: Sequence[Column]) -> str | None:
    """The one column that the words name by its place."""
    places = needs.places(words, len(columns))
    return mentions.at(places[0], columns) if len(places) == 1 else None


def _of_task(clause: str, room: Room, free: Sequence[Column], language: str) -> str | None:
    """The one column before what it is to be learned from."""
    spans = [span for span in masking.spans(clause, room) if span[2] == COLUMN]
    general = gloss.english(masking.general(clause, room), language)
    given = _GIVEN.search(general)
    told = [clause[start:end] for start, end, _ in spans if not _is_aside(clause[:start], clause[start:end])]
    named = [name for words in told if (name := _name(words, free)) is not None]
    if given is not None and len(named) > 1:
        named = named[: general[: given.start()].count(COLUMN)]
    by_place = _at(clause, room.columns) if not named and not denied.denies(clause) else None
    return named[0] if len(set(named)) == 1 else by_place


def _is_aside(before: str, words: str) -> bool:
    """Whether an everyday word stands behind one that gives a time, a place or a reason, or behind what is given."""
    if _GIVEN_BEFORE.search(before):
        return True
    return re.search(r"[_\d]|[a-z][A-Z]", words) is None and _PREPOSITION.search(before) is not None


def _of_classes(sentences: Sequence[str], free: Sequence[Column]) -> str | None:
    """The one column of a few words all of which stand in one sentence: `Calidad: extra, primera, segunda`."""
    found = set()
    for column in free:
        values = [plain(value) for value in column.values if not re.fullmatch(r"[\d.,\s]*", value)]
        if 3 <= len(values) <= _FEW and any(
            all(f" {one} " in f" {plain(text)} " for one in values) for text in sentences
        ):
            found.add(column.name)
    return found.pop() if len(found) == 1 else None


def _only_one(sentence: str, room: Room, free: Sequence[Column]) -> str | None:
    named = {_name(sentence[start:end], free) for start, end, word in masking.spans(sentence, room) if word == COLUMN}
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
