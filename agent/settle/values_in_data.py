"""What a clause says for the kind of wish that it was taken for, once the data are known: columns, values, classes.

    needed("exclude", "the operator is nobody's business", room, "en")   →  {"columns": ["operator"]}
    needed("train", "learn from the sites Leeds and Turin", room, "en")  →  {"clause": "learn from …"}

None where nothing in the clause answers to the data. Kinds that need no data are in `agent/request/values_in_words.py`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from noglue.agent.request import gloss, lexicon, measures, quantities, sides, values_in_words
from noglue.agent.request.phrasing import COLUMN
from noglue.agent.request.wish import Wish
from noglue.agent.settle import conditions, masking, mentions
from noglue.agent.settle.binding import OTHERS, Room, file_named, named_before
from noglue.agent.settle.column_matching import plain
from noglue.tools.spec.profiles import Column

_ONLY_IN_FRENCH = re.compile(r"(?i)\bn(?:e |')(\w+)(?: \w+){0,2} (?:que |qu')")
_TIMELY = re.compile(
    r"\b(?:time|times|date|dates|chronolog\w*|later|past|future|newest|newer|recent\w*|before|after|afterwards|earlier|"
    r"older|oldest|latest|years?|months?|season|history|tomorrow|order of|ordered by|sorted|shuffl\w*|mixed|mix)\b"
)
OUT = re.compile(
    r"\b(?:(?<!work )(?<!worked )(?<!find )(?<!found )(?<!turn )(?<!figure )(?<!carried )out|drop\w*|remov\w*|skip\w*|"
    r"forget|ignor\w*|without|not|never|no|don't|away|discard\w*|throw|thrown|exclud\w*|except|left|leave|strike|cut|"
    r"broken|useless|worthless|invalid|irrelevant|other project|bin|spoil|omit\w*|delet\w*|"
    r"neither|nor|sort|aside|(?:of|on) side|go(?! (?:it )?(?:only|just|about|around)))\b"
)
ALONE = re.compile(
    r"\b(?:only|just|alone|solely|exclusively|nothing (?:but|else|more|besides)|no (?:other|more|further)|not one|"
    r"else|sole|restrict\w*|limit\w*|keep|stick)\b(?! exist| known| later| after)"
)
_MISSING = re.compile(
    r"(?<![\w.])-?\d+(?:[.,]\d+)?(?!\w)|\"[^\"]+\"|(?<!\w)'[^']+'(?!\w)|„[^“”]+[“”]|“[^”]+”|«[^»]+»"
    r"|(?<![\w/])(?:n/?a|nan|null|k\.\s?A\.?|n\.\s?d\.)(?![\w/])|(?<!\w)(?:\?+|-+)(?=[\s,.;)]|$)"
    r"|(?<![\w/])(?:(?-i:[A-Z]{2,5})|\w{1,3}/\w{1,3}|\w{2,8}\.(?=[,;)]))(?![\w/])",
    re.I,
)
_WRITTEN = {
    "zero": "0",
    "zeros": "0",
    "zeroes": "0",
    "question mark": "?",
    "dash": "-",
    "hyphen": "-",
    "minus one": "-1",
}
_ABOVE = re.compile(
    r"\b(?:above|over|more|exceed\w*|pass|passes|passed|reach\w*|surpass\w*|higher|greater|older|longer|heavier|beyond|"
    r"from|at least|dearer|expensive|later)\b"
)
_BELOW = re.compile(r"\b(?:below|under|less|fewer|lower|smaller|younger|shorter|lighter|cheaper|until|at most|up to)\b")
_LIMIT = re.compile(  # a limit in words: `more than two`, `two or more`
    rf"(?:{_ABOVE.pattern}|{_BELOW.pattern})\W+(?:\w+\W+){{0,2}}?{quantities.NUMBER}\b|"
    rf"\b{quantities.NUMBER}\W+(?:\w+\W+)?(?:or|and) (?:more|less|above|below|over|under|fewer)\b"
)
_AT = re.compile(r"\b(?:at least|or more|from|at most|or less|up to|and more|and above)\b")
_LOG = re.compile(r"\blog\w*\b", re.I)
_ITEM = re.compile(r"(?:(?!\s(?:and|or|nor|und|oder|noch|sowie|et|ou|ni|y|o|e)\s)[^,;:.()])+", re.IGNORECASE)
_ARTICLE = re.compile(
    r"(?i)^(?:(?:and|or|nor|und|oder|noch|sowie|et|ou|ni|y|o|e|the|its|their|der|die|das|den|dem|le|la|les|l'|el|los|las|de"
    r"|du|des|del)\s+|l')+"
)
_DENIES = re.compile("no|not|non|nein|nicht|pas")  # a class of that name is meant in quotes or behind an article
_NAMED_CLASS = re.compile(r"\b(?:the|a|das|ein|le|un|el|un|is|ist|est|es) (?:no|non|nein)(?: |$)")
_REASON = re.compile(
    r"(?i)\b(?:because|since|as it|as they|weil|denn|da (?:sie|es|er)|"
    r"car (?=(?:il|elle|on|ils|elles|je|nous|le|la|les|ça|cela)\b)|parce qu\w*|puisqu\w*|porque|ya que)\b"
)
_TOGETHER = re.compile(
    r"\b(?:together|both|sides?|split\w*|separate\w*|apart|across|same|mix\w*|whole|entire|each|once)\b"
)
_THAT = re.compile(r"\b(?:that|this|these|those|it|them|they|one)\b")
_MOST_WORDS = 4  # of a description of one column
_RULED = 0.75  # how often the rule of words is right of rows
_AGREED_ON = 0.7  # how likely a side must be, for rows to be left out or kept
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?!\w)")
_NEAR = 30  # letters from a limit to the word that says on which side of it
_LIKELY, _AGREED = 0.8, 0.3  # of what measures of the goal have together; with a rule of words
_FEWEST = 5  # rows of a test


@dataclass(frozen=True)
class Said:
    """A clause as it was written, in rough English, and the data that it speaks of."""

    text: str
    room: Room
    language: str

    @property
    def english(self) -> str:
        """`on ne garde que les grands` is `only`, not `not`."""
        text = _ONLY_IN_FRENCH.sub(r"seulement \1", self.text) if self.language == "fr" else self.text
        return self._glossed(text)

    def _glossed(self, text: str) -> str:
        return gloss.english(text, self.language).lower()


def needed(kind: str, clause: str, room: Room, language: str) -> Any:
    """The value of a wish of this kind, or None. Shapes: `agent/request/wish.py`."""
    own = NEEDS.get(kind)
    found = own(Said(clause, room, language)) if own is not None else None
    return found if found is not None else values_in_words.needed(kind, clause, language)


def columns_named(text: str, room: Room) -> list[str]:
    """Columns whose whole names stand in the clause, in its order, but for the one that is learned."""
    return [name for name in columns_of(text, room) if name != room.target]


def columns_of(text: str, room: Room) -> list[str]:
    """Columns whose whole names stand in the clause, in its order."""
    met = [text[start:end] for start, end, word in masking.spans(text, room) if word == COLUMN]
    names = [next((one.name for one in room.columns if _same(words, one.name)), None) for words in met]
    return [name for name in dict.fromkeys(names) if name is not None]


def _same(words: str, name: str) -> bool:
    return words == name or plain(words).replace(" ", "").rstrip("sen") == plain(name).replace(" ", "").rstrip("sen")


# ---- columns -----------------------------------------------------------------------------------------------------


def _columns(said: Said) -> Any:
    """By whole names, by places, by descriptions; else what `it` stands for."""
    said = replace(said, text=before_reason(said.text, said.room))
    names = columns_named(said.text, said.room)
    places_ = mentions.places(said.text, len(said.room.columns))
    further = _listed(said) if names else [] if places_ else _described(said)
    names += [name for name in further if name not in names]
    if not names and not places_:
        wish = Wish(text=said.text, kind="exclude")
        names = named_before(wish, said.room)
    found = {key: value for key, value in (("columns", names), ("places", places_)) if value}
    return found or None


def before_reason(text: str, room: Room) -> str:
    """Without the reason that stands behind a column that is named: `drop the date because the age says the same`."""
    reason = _REASON.search(text)
    return text[: reason.start()] if reason is not None and columns_named(text[: reason.start()], room) else text


def _described(said: Said) -> list[str]:
    """Columns that up to four words of the clause describe, the longest descriptions first."""
    words = re.findall(r"[^\W_][\w'’.-]*", said.text)
    able = [one for one in said.room.columns if one.name != said.room.target]
    found: list[str] = []
    for long in range(min(_MOST_WORDS, len(words)), 0, -1):
        for start in range(len(words) - long + 1):
            name = _means(" ".join(words[start : start + long]), able, said.room.head_first)
            if name is not None and name not in found:
                found.append(name)
        if found:
            return found
    return found


def _listed(said: Said) -> list[str]:
    """Columns that are described in a list with others that are named: `from ph, sel and the age of the wheel`."""
    able = [one for one in said.room.columns if one.name != said.room.target]
    named = [(start, end) for start, end, word in masking.spans(said.text, said.room) if word == COLUMN]
    found = []
    for match in _ITEM.finditer(said.text):
        if any(start < match.end() and match.start() < end for start, end in named):
            continue
        words = _ARTICLE.sub("", match[0].strip())
        name = _means(words, able, said.room.head_first) if 0 < len(words.split()) <= _MOST_WORDS else None
        found += [name] if name is not None else []
    return found


def _means(words: str, able: list[Column], head_first: bool) -> str | None:
    if lexicon.speaks_of_rows(words) or _DENIES.fullmatch(words.lower().split()[-1]):
        return None  # `no` is no `member_no`
    answer = mentions.named(words, able, head_first, meaning=False)
    return answer.names[0] if len(answer.names) == 1 else None


def _only(said: Said) -> Any:
    return _columns(said) if _keeps(said) else None


def _group(said: Said) -> Any:
    """The one column that the clause names, whole, or as whose rows they are: `patient` of `PatientID`."""
    if OUT.search(said.english) and not _TOGETHER.search(said.english):
        return None  # who drives must not play a part
    names = columns_named(said.text, said.room)
    if not names:
        words = {word.removesuffix("s") for word in plain(f"{said.text} {said.english}").split() if len(word) > 3}
        able = [
            one
            for one in said.room.columns
            if one.name != said.room.target and one.kind not in ("number", "constant", "date")
        ]
        names = [one.name for one in able if words & {part.removesuffix("s") for part in plain(one.name).split()}]
    names = names or [name for name in _described(said) if _may_own(name, said.room)]
    return {"words": names[0]} if len(names) == 1 else None


def _may_own(name: str, room: Room) -> bool:
    column = next(one for one in room.columns if one.name == name)
    return column.kind not in ("number", "constant", "date")


def _time(said: Said) -> Any:
    names = [name for name in columns_named(said.text, said.room) if _tells_time(name, said.room)]
    return {"words": names[0]} if names else True if _TIMELY.search(said.english) else None


def _tells_time(name: str, room: Room) -> bool:
    column = next(one for one in room.columns if one.name == name)
    return (
        column.kind == "date" or re.search(r"year|date|time|jahr|datum|ann[eé]e|a[nñ]o|fecha", name, re.I) is not None
    )


# ---- rows --------------------------------------------------------------------------------------------------------


def _rows_named(said: Said) -> Any:
    if conditions.conditions(said.text, said.room.columns):
        return {"clause": said.text}
    return None


def _where(said: Said) -> Any:
    if (one_side := kept_side(said)) is not None:
        return {"clause": one_side, "keep": True}
    value, keep = _rows_named(said) or _rows_before(said), _stay(said)
    return None if value is None or keep is None else value | {"keep": keep}


def kept_side(said: Said) -> str | None:
    """Of a clause that keeps some rows and lets others go, what it keeps: `only inland, those on the coast go`."""
    parts = [part for part in re.split(r"[,;]\s", said.text) if conditions.conditions(part, said.room.columns)]
    sides = [_keeps(replace(said, text=part)) for part in parts]
    alone = [part for part, keeps in zip(parts, sides, strict=True) if keeps]
    return ", ".join(alone) if 0 < len(alone) < len(parts) and ALONE.search(said.english) else None


def _rows_before(said: Said) -> Any:
    """`The Corran is on strike; set that boat aside`: the rows that the sentence before named by a value."""
    at = said.room.task.paragraph.find(said.text)
    if at <= 0 or not _THAT.search(said.english):
        return None
    before = re.split(r"(?<=[.!?])\s", said.room.task.paragraph[:at].strip())[-1]
    found = [one for one in conditions.conditions(before, said.room.columns) if one.op in ("=", "in")]
    return {"clause": before} if len(found) == 1 and found[0].column != said.room.target else None


def _keeps(said: Said) -> bool:
    """Whether the rows that are named stay: where words for both stand, the ones that come first decide."""
    out, alone = OUT.search(said.english), ALONE.search(said.english)
    return out is None or (alone is not None and alone.start() < out.start())


def _stay(said: Said) -> bool | None:
    """Whether the rows stay, by the rule of words and by what the head has learned; None where they differ too much.

    The head tells it of what is named: of `everything that isn't Leeds`, Leeds.
    """
    ruled = _keeps(said)
    shares = sides.shares_of(said.text, masking.general(said.text, said.room), said.language)
    if not shares:
        return ruled
    found = conditions.conditions(conditions.affirmed(said.text), said.room.columns)
    denied = bool(found) and all(one.op in ("!=", "not in") for one in found)
    kept = shares["out" if denied else "kept"]
    odds = kept / (1 - kept) * (_RULED / (1 - _RULED) if ruled else (1 - _RULED) / _RULED)
    likely = odds / (1 + odds)
    return likely > 0.5 if max(likely, 1 - likely) >= _AGREED_ON else None


def _train(said: Said) -> Any:
    others = {"clause": said.text} if OTHERS.search(said.english) and said.room.prepare.get("test_where") else None
    return _file(said, "train") or _rows_named(said) or others


def _test(said: Said) -> Any:
    stated = values_in_words.needed("test", said.text, said.language)
    others = {"clause": said.text} if OTHERS.search(said.english) and said.room.prepare.get("test_where") else None
    return _file(said, "test") or stated or _rows_named(said) or _so_many(said) or others


def _so_many(said: Said) -> Any:
    """`fifty bridges for the exam`: so many rows, where the one number can be nothing else."""
    found = [one for one in values_in_words.numbers(said.text, said.language) if not 1900 <= one <= 2100]
    most = sum(said.room.profile.rows.values()) // 2
    return {"rows": found[0]} if len(found) == 1 and _FEWEST <= found[0] <= most else None


def _validation(said: Said) -> Any:
    return values_in_words.needed("validation", said.text, said.language) or _file(said, "validation")


def _file(said: Said, kind: str) -> Any:
    name = file_named(Wish(text=said.text, kind=kind, value={"clause": said.text}), said.room)
    return {"file": name} if name is not None else None


def _missing(said: Said) -> Any:
    """The cells' words, and the columns that they stand in."""
    named = masking.spans(said.text, said.room)
    free = [match for match in _MISSING.finditer(said.text) if not _within(match.span(), named)]
    words = [match[0].strip("\"'„“”«» ") for match in free]
    words += [
        value for word, value in _WRITTEN.items() if re.search(rf"\b{word}\b", said.english) and value not in words
    ]
    names = columns_named(said.text, said.room)
    present = [word for word in words if _is_held(word, said.room)] or words
    return {"words": present[:1], "columns": names} if present else None


def _within(place: tuple[int, int], named: list[masking.Span]) -> bool:
    return any(start <= place[0] and place[1] <= end for start, end, word in named if word == COLUMN)


def _is_held(word: str, room: Room) -> bool:
    return any(word in one.values or word in one.examples for one in room.columns)


# ---- classes and what is learned ---------------------------------------------------------------------------------


def _class(said: Said) -> Any:
    name = _one_class(said)
    return None if name is None else {"words": name}


def _one_class(said: Said) -> str | None:
    """The class that the clause is about: the only one; of several the only one in quotes, or that it names again."""
    names = _classes_named(said)
    if len(names) < 2:
        return next(iter(names), None)
    quoted = [one for one in names if re.search(rf"[\"'“„«]\s*{re.escape(one)}\s*[\"'”“»]", said.text, re.IGNORECASE)]
    text = plain(said.text)
    again = [one for one in names if len(re.findall(rf"\b{re.escape(plain(one))}\b", text)) > 1]
    return next((some[0] for some in (quoted, again) if len(some) == 1), None)


def _label(said: Said) -> Any:
    return _one_class(said)


def _classes(said: Said) -> Any:
    """Those that are named, or all others where they are to stay out."""
    names, all_ = _classes_named(said), said.room.classes
    kept = names if _keeps(said) else [name for name in all_ if name not in names]
    return kept if names and 0 < len(kept) < len(all_) else None


def _classes_named(said: Said) -> list[str]:
    text, english = plain(said.text), plain(said.english)
    quoted = {plain(part) for match in _MISSING.finditer(said.text) for part in [match[0]]}
    found = []
    for name in sorted(said.room.classes, key=len, reverse=True):
        stem = re.escape(plain(name))
        if _DENIES.fullmatch(plain(name)) and plain(name) not in quoted and not _NAMED_CLASS.search(f"{text} "):
            continue
        if plain(name) and (re.search(rf"\b{stem}(?:s|es|n|en|e)?\b", text) or re.search(rf"\b{stem}s?\b", english)):
            found.append(name)
    return [name for name in said.room.classes if name in found]


def _metric(said: Said) -> Any:
    """A measure by name; else the one that everyday words most likely ask for, of those that fit the goal."""
    if (named := values_in_words.measure_named(said.text)) is not None:
        return named
    shares = measures.everyday(said.text, said.language)
    fitting = {name: share for name, share in shares.items() if measures.goal_of(name) == said.room.goal}
    whole = sum(fitting.values())
    best = max(fitting, key=lambda name: fitting[name], default=None)
    if best is not None and fitting[best] >= _LIKELY * whole:
        return best
    ruled = values_in_words.needed("metric", said.text, said.language)
    return ruled if not shares or fitting.get(str(ruled), 0.0) >= _AGREED * whole else None


def _derive(said: Said) -> Any:
    if _LOG.search(said.english):
        return {"op": "log"}
    english = re.sub(r"(?<=\d),(?=\d{3})", "", said.english)
    numbers = [float(match[0]) for match in _NUMBER.finditer(english)]
    numbers = [float(one) for one in values_in_words.numbers(said.text, said.language)] or numbers
    limits = [one for one in numbers if _is_held_by_the_target(one, said.room)]
    if len(limits) != 1:
        return None
    at = next((one for one in _NUMBER.finditer(english) if float(one[0]) == limits[0]), None)
    near = english[max(0, at.start() - _NEAR) : at.end() + _NEAR // 2] if at else english
    above, below = _ABOVE.search(near), _BELOW.search(near)
    if at is None and _LIMIT.search(english) is None:
        return None
    if above is None and below is None:
        return None
    up = below is None or (above is not None and above.start() < below.start())
    op = ("at least" if up else "at most") if _AT.search(near) else ("above" if up else "below")
    return {"op": op, "value": limits[0]}


def _is_held_by_the_target(number: float, room: Room) -> bool:
    """Whether it lies within what the target holds, as a limit between its values does."""
    column = next((one for one in room.columns if one.name == room.target), None)
    if column is None or column.minimum is None or column.maximum is None:
        return True
    return column.minimum <= number <= column.maximum


def _stratify(said: Said) -> Any:
    names = columns_named(said.text, said.room)
    return {"words": names[0]} if names else None


NEEDS: dict[str, Callable[[Said], Any]] = {
    "exclude": _columns, "only": _only, "group": _group, "time": _time, "where": _where,
    "train": _train, "test": _test, "validation": _validation, "missing": _missing, "positive": _class, "label": _label,
    "classes": _classes, "stratify": _stratify, "derive": _derive, "metric": _metric,
}  # fmt: skip
