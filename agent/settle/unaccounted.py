"""What a request says and no wish expresses, so that nothing of it is lost in silence.

    "a decision tree of at most depth 4", heard as the family alone  →  "of at most depth 4"
    "Round predictions to whole pounds", heard as nothing            →  the whole clause

Every number, quoted text, file name and address, every name of a column, a value, a kind of model or a measure, and
every clause that begins with a word of asking stands in the value of a wish, in the words of one that is told as not
done, or in what is told as not understood. A number within a wish's words that its value does not hold is not
expressed. Clauses that surely tell a story are left alone, but for files, addresses and what is asked for outright.
"""

import math
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from noglue.agent.request import leftover
from noglue.agent.request.heard import Heard
from noglue.agent.request.kinds import measure, model
from noglue.agent.request.phrasing import COLUMN, VALUE
from noglue.agent.request.wish import Wish
from noglue.agent.settle import commanded, denied, labelled_clauses, masking, values_held
from noglue.agent.settle.plain_words import plain
from noglue.agent.settle.room import Room
from noglue.agent.task import Task

_FEW_WORDS = 2  # beside those of a wish, that say nothing of their own
_STORY = 0.6  # of the head's shares, from which on a clause tells a story
_TO_LEARN = 0.5  # from which on it says what is to be learned, and from what
_FILE = re.compile(r"(?<![\w/@.-])(?:[\w-]+[/\\])*[\w-]+\.[a-z]{2,8}\d?(?![\w@])|https?://\S+|[\w.+-]+@[\w-]+\.[\w.]+")
_QUOTED = re.compile(r"\"([^\"]{1,60})\"|“([^”]{1,60})”|„([^“”]{1,60})[“”]|«\s*([^»]{1,60}?)\s*»|`([^`]{1,60})`")
_SCALES = (1.0, 0.01, 60.0, 3600.0, 86400.0, 1000.0, 1e6, 1 / 60)
_CUTS = r"[,;:]\s+|\s+[–—-]+\s+|\.\s+|[()!?\n]+|\s+(?:{joins})\s+(?={verbs}(?!\w))"
_OF_MODELS = frozenset(("family", "family_unknown", "compare", "avoid", "pretrained"))
_OF_MEASURES = frozenset(("metric", "metric_unknown", "at_least", "aim", "show", "costs"))
_OF_ROWS = frozenset(("where", "exclude", "missing", "only"))
_OF_BEFORE = re.compile(
    r"(?i)\W*(?:and |und |et |y )?\w+ (?:them|it|those|these|sie|die|es|les|los|las)(?: out| away)?\W*"
)
_OF_TASK = frozenset(("data", "search"))
_EDGES = " \t\n,;:.!?–—-¦()"

Span = tuple[int, int]


@dataclass(frozen=True)
class _Said:
    """The request as it is looked through. placed: wishes with the place of their words, (-1, -1) for those without."""

    text: str
    task: Task
    room: Room
    placed: tuple[tuple[Span, Wish], ...]
    told: tuple[Span, ...]
    clauses: tuple[labelled_clauses.Clause, ...]
    numbers: tuple[tuple[Span, float], ...]

    def is_told(self, span: Span) -> bool:
        """Whether it stands in words that are told as not done, or as not understood."""
        return any(_overlap(span, one) for one in self.told)

    def is_story(self, piece: Span) -> bool:
        """Whether a piece surely tells a story and has no word of asking."""
        shares = [
            one.label.shares.get("background", 0.0) for one in self.clauses if _overlap(piece, (one.start, one.end))
        ]
        asks = leftover.asks(self.text[piece[0] : piece[1]].strip(_EDGES))
        return not asks and (not shares or max(shares) >= _STORY)

    def says_what_to_learn(self, piece: Span) -> bool:
        near = [one.label.shares.get("task", 0.0) for one in self.clauses if _overlap(piece, (one.start, one.end))]
        return bool(near) and max(near) >= _TO_LEARN

    def near(self, span: Span) -> list[Wish]:
        """Wishes whose words stand in the same sentence, and those without words in the request."""
        start, end = next(
            (start, start + len(text)) for start, text in reversed(denied.sentences(self.text)) if start <= span[0]
        )
        return [wish for place, wish in self.placed if place[0] < 0 or _overlap(place, (start, end))]


def unread(task: Task, room: Room, wishes: Sequence[Wish], heard: Sequence[str]) -> list[str]:
    """All that is told as not understood. heard: what no rule and no head has understood so far."""
    left = still_unread(task, room, wishes, heard)
    found = [*left, *unaccounted(task, room, wishes, left)]
    unmatched = (words for words in dict.fromkeys(room.unmatched) if words in task.paragraph)
    return [*found, *(words for words in unmatched if not any(words in one for one in found))]


def unaccounted(task: Task, room: Room, wishes: Sequence[Wish], unread: Sequence[str]) -> list[str]:
    """Pieces of the request, in its own words and order, of which no wish and nothing that is told gives account."""
    said = _said(task, room, wishes, unread)
    found: dict[Span, Span] = {}
    for piece in _pieces(said.text):
        lost = [span for span, expressed in _things(said, piece) if not expressed() and not said.is_told(span)]
        if lost:
            span = _quoted_as(said, piece, lost)
            found[span] = span
        elif not said.is_told(piece) and _asks_in_vain(said, piece):
            found[piece] = piece
    texts = (said.text[start:end].strip(_EDGES) for start, end in found)
    return [text for text in texts if text and not any(text in other for other in unread)]


def still_unread(task: Task, room: Room, wishes: Sequence[Wish], unread: Sequence[str]) -> list[str]:
    """What is not understood, without what wishes say in the same words, and the command to learn the target."""
    said = _said(task, room, wishes, ())
    found = []
    for text in unread:
        start, end = labelled_clauses.place(text, said.text)
        rest = said.text[start:end] if start >= 0 else text
        for place, wish in said.placed:
            if start >= 0 and _overlap(place, (start, end)) and wish.kind not in _OF_TASK:
                inside = (max(place[0], start) - start, min(place[1], end) - start)
                rest = rest[: inside[0]] + "¦" * (inside[1] - inside[0]) + rest[inside[1] :]
        learned = commanded.opening(text, room.targets)
        if learned:
            rest, text = rest[learned:], text[learned:].strip(_EDGES)
        if ("¦" not in rest and not learned) or len(re.findall(r"[^\W_]+", rest)) > _FEW_WORDS:
            found.append(text)
    return found


def _said(task: Task, room: Room, wishes: Sequence[Wish], unread: Sequence[str]) -> _Said:
    heard = Heard.of(task.paragraph, [])
    each = [(text, wish) for wish in wishes for text in (wish.text, *wish.said)]
    placed = tuple((labelled_clauses.place(text, heard.words), wish) for text, wish in each)
    told = [place for place, wish in placed if wish.state in ("not-done", "refused") and place[0] >= 0]
    told += [labelled_clauses.place(" ".join(text.split()), heard.words) for text in (*unread, *room.refused)]
    told += [labelled_clauses.place(text, heard.words) for text in unread]
    numbers = tuple(values_held.numbers_said(heard.words))
    clauses = labelled_clauses.clauses(task, room.profile)
    return _Said(heard.words, task, room, placed, tuple(told), clauses, numbers)


def _pieces(text: str) -> Iterator[Span]:
    """The request cut at marks, and before words of asking that go on with it."""
    at = 0
    for match in _cuts().finditer(text):
        yield at, match.start()
        at = match.end()
    yield at, len(text)


def _quoted_as(said: _Said, piece: Span, lost: Sequence[Span]) -> Span:
    """The part of a piece around what is lost, without the words of wishes beside it."""
    start, end = piece
    for place, _ in said.placed:
        if place[0] < 0:
            continue
        if start < place[1] <= lost[0][0]:
            start = place[1]
        if lost[-1][1] <= place[0] < end:
            end = place[0]
    return start, end


# ---- what must be expressed --------------------------------------------------------------------------------------


def _things(said: _Said, piece: Span) -> "Iterator[tuple[Span, Callable[[], bool]]]":
    """What stands in a piece and must be expressed, with what tells whether it is."""
    start, text = piece[0], said.text[piece[0] : piece[1]]
    for match in _FILE.finditer(text):
        span, words = (start + match.start(), start + match.end()), match[0]
        if _is_file(words):
            yield span, lambda words=words: _holds(said, words) or _is_source(said, words)  # type: ignore[misc]
    if said.is_story(piece):
        return
    masked = [(start + a, start + b, word) for a, b, word in masking.spans(text, said.room)]
    for match in _QUOTED.finditer(text):
        inner = next(part for part in match.groups() if part)
        yield (start + match.start(), start + match.end()), lambda words=inner: _holds(said, words)  # type: ignore[misc]
    for a, b, word in masked if not said.says_what_to_learn(piece) else ():
        if word in (COLUMN, VALUE) and _QUOTED.fullmatch(said.text[a:b]) is None:
            words = said.text[a:b]
            yield (a, b), lambda a=a, words=words: _is_named(said, a, words)  # type: ignore[misc]
    for span, number in said.numbers:
        inside = piece[0] <= span[0] < piece[1] and not any(a <= span[0] < b for a, b, _ in masked)
        if inside and not any(start + m.start() <= span[0] < start + m.end() for m in _FILE.finditer(text)):
            yield span, lambda span=span, number=number: _is_number_held(said, span, number)  # type: ignore[misc]
    yield from _of_the_trade(said, piece)


def _of_the_trade(said: _Said, piece: Span) -> "Iterator[tuple[Span, Callable[[], bool]]]":
    """Kinds of models and measures: what any wish about such things says, or its words hold."""
    for spans, kinds in zip(_trade(said.text), (_OF_MODELS, _OF_MEASURES), strict=True):
        for span in spans:
            if piece[0] <= span[0] < piece[1]:
                yield (
                    span,
                    lambda span=span, kinds=kinds: any(  # type: ignore[misc]
                        _overlap(place, span) or (wish.kind in kinds and _says(wish, said.text[span[0] : span[1]]))
                        for place, wish in said.placed
                    ),
                )


@lru_cache(maxsize=64)
def _trade(text: str) -> tuple[list[Span], list[Span]]:
    """Where kinds of models and where measures are named, looked for once a request."""
    return model.places(text), measure.places(text)


def _says(wish: Wish, words: str) -> bool:
    return plain(words) in plain(wish.text)


def _asks_in_vain(said: _Said, piece: Span) -> bool:
    """Whether a piece begins with a word of asking, and no wish has any of its words."""
    text = said.text[piece[0] : piece[1]]
    if _begins().match(text) is None or leftover.is_courtesy(text) or leftover.is_the_whole(text.strip(_EDGES)):
        return False
    wishes = [wish for place, wish in said.placed if place[0] >= 0 and _overlap(place, piece)]
    if [wish for wish in wishes if wish.kind not in _OF_TASK] or len(re.findall(r"\w+", text)) < 2:
        return False
    if _OF_BEFORE.fullmatch(text) and any(wish.kind in _OF_ROWS for wish in said.near(piece)):
        return False
    names_target = any(f" {plain(name)} " in f" {plain(text)} " for name in said.room.targets)
    return not names_target and not said.says_what_to_learn(piece) and not (wishes and len(text.split()) <= 4)


# ---- what expresses it -------------------------------------------------------------------------------------------


def _is_named(said: _Said, at: int, words: str) -> bool:
    """Whether a column or a value is what is learned, one of its classes, or in the value of any wish."""
    text = plain(words)
    columns = [one.name for one in said.room.columns if plain(one.name) in (text, text.rstrip("s"))]
    if any(said.room.is_target(name) for name in columns) or _holds(said, words):
        return True
    if text not in {plain(name) for name in columns} and any(
        _overlap(place, (at, at + len(words))) for place, _ in said.placed
    ):
        return True  # `tickets` of a clause that is heard: the rows, where a column is called `ticket`
    if any(_holds(said, name) for name in columns):
        return True
    classes = {plain(name) for name in said.room.classes}
    return text in classes or text.rstrip("s") in classes


def _holds(said: _Said, words: str) -> bool:
    """Whether the value of a wish has these words."""
    text = plain(words)
    held = (plain(one) for _, wish in said.placed for one in values_held.texts_in(wish.value))
    return any(one == text or (len(text) > 2 and text in one) or one.rstrip("s") == text.rstrip("s") for one in held)


def _is_source(said: _Said, words: str) -> bool:
    last = words.rstrip("/.").replace("\\", "/").rsplit("/", 1)[-1]
    files = (name for paths in said.room.profile.files.values() for name in paths)
    return any(last in place for place in (*said.task.sources, *files, said.room.profile.labels_from or ""))


def _is_file(words: str) -> bool:
    return "@" in words or "/" in words or words.rsplit(".", 1)[-1].lower() in _table()["endings"]


def _is_number_held(said: _Said, span: Span, number: float) -> bool:
    """Whether a wish of the sentence holds the number: as it is, as a share, in other units, by a place or a count."""
    others = [one for place, one in said.numbers if place != span and one]
    asked = {abs(number) * scale for scale in _SCALES} | {1 - number, 1 - number / 100}
    asked |= {one / other for one, other in [(number, m) for m in others] + [(m, number) for m in others if number]}
    asked |= {1 - one for one in tuple(asked) if 0 < one < 1}
    if any(number == len(said.room.classes) or str(number).removesuffix(".0") == name for name in said.room.classes):
        return True
    for wish in said.near(span):
        held = list(values_held.numbers_in(wish.value, said.room))
        if any(math.isclose(abs(one), want, rel_tol=1e-6, abs_tol=1e-9) for one in held for want in asked):
            return True
        dated = any(re.search(r"\d{4}-\d\d-\d\d", one) for one in values_held.texts_in(wish.value))
        if dated and _is_of_date(said, span, wish):
            return True
    return False


def _is_of_date(said: _Said, span: Span, wish: Wish) -> bool:
    """A day, a month or a year in the words of a wish that holds dates, one of which is near the year."""
    place = labelled_clauses.place(wish.text, said.text)
    number = abs(next(one for there, one in said.numbers if there == span))
    years = [int(one[:4]) for one in values_held.texts_in(wish.value) if re.match(r"\d{4}-\d\d", one)]
    if 1800 <= number <= 2200:
        return any(abs(number - year) <= 1 for year in years)
    return _overlap(place, span) and number <= 31


def _overlap(one: Span, other: Span) -> bool:
    return one[0] >= 0 and other[0] >= 0 and one[0] < other[1] and other[0] < one[1]


@cache
def _table() -> dict[str, list[str]]:
    found: dict[str, list[str]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return found


def _any(name: str) -> str:
    return "(?:" + "|".join(sorted(_table()[name], key=len, reverse=True)) + ")"


@cache
def _cuts() -> "re.Pattern[str]":
    verbs = rf"(?:{_any('before')}\s+)*{_any('verbs')}"
    return re.compile(_CUTS.format(joins="|".join(_table()["joins"]), verbs=verbs), re.IGNORECASE)


@cache
def _begins() -> "re.Pattern[str]":
    return re.compile(rf"\W*(?:{_any('before')}\W+)*{_any('verbs')}(?!\w)", re.IGNORECASE)
