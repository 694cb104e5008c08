"""The request cut into clauses and told by the head, with what they name of the data masked.

>>> [(clause.label.kind, clause.label.text) for clause in clauses(task, profile)]
[('task', 'predict who leaves'), ('exclude', 'the cancellation_reason is only known afterwards')]

Pure, and kept for the requests of a run, as settling looks at it again and again.
"""

import re
from dataclasses import dataclass
from functools import lru_cache, partial

from noglue.agent.request import gloss, parting
from noglue.agent.request.parting import Labelled
from noglue.agent.settle import denied, masking
from noglue.agent.settle.room import Room
from noglue.agent.task import Task
from noglue.tools.spec.profiles import Profile

_KEPT = 64  # requests
_RANGE = re.compile(r"(?i)\b(?:between|zwischen|entre) [\d.,]+\s(?=(?:and|und|et|y) [\d.,]+)")  # no clause ends in it


@dataclass(frozen=True)
class Clause:
    """paragraph[start:end] as the head tells it. sentence: the number of its sentence."""

    start: int
    end: int
    sentence: int
    label: Labelled

    def overlaps(self, place: tuple[int, int]) -> bool:
        """Whether a stretch of the paragraph, (-1, -1) for none, has letters in common with it."""
        return place[0] >= 0 and place[0] < self.end and self.start < place[1]


class _Key:
    """A paragraph beside data: the same where the words and the names of the data are."""

    def __init__(self, task: Task, profile: Profile) -> None:
        self.task, self.profile = task, profile
        values = tuple((one.name, *one.values) for one in profile.columns)
        self._key = (task.paragraph, values, tuple(profile.classes or ()))

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self._key == other._key


def clauses(task: Task, profile: Profile) -> tuple[Clause, ...]:
    """In the order of the paragraph. Without the encoder each sentence is one clause of which nothing is known."""
    return _clauses(_Key(task, profile))


def as_one(task: Task, profile: Profile) -> Labelled:
    """The whole request as one clause."""
    room = Room(task, profile, None, None)
    return parting.kinds([task.paragraph], partial(masking.general, room=room), gloss.language(task.paragraph))[0]


def place(words: str, paragraph: str) -> tuple[int, int]:
    """Where words stand in the paragraph for the first time; (-1, -1) where they do not."""
    at = paragraph.find(words) if words else -1
    return (at, at + len(words)) if at >= 0 else (-1, -1)


@lru_cache(maxsize=_KEPT)
def _clauses(key: _Key) -> tuple[Clause, ...]:
    room = Room(key.task, key.profile, None, None)
    written = key.task.paragraph
    sentences = denied.sentences(_undotted(written, room))
    general = partial(masking.general, room=room)
    cut = parting.parted([text for _, text in sentences], general, gloss.language(written))
    found = []
    for number, ((begin, sentence), parts) in enumerate(zip(sentences, cut, strict=True)):
        at = 0
        for label in parts or [Labelled(sentence.strip(), {"unknown": 0.0})]:
            at = max(at, sentence.find(label.text, at))
            start, end = begin + at, begin + at + len(label.text)
            found.append(Clause(start, end, number, Labelled(written[start:end], label.shares, label.general)))
            at += len(label.text)
    return tuple(found)


def _undotted(paragraph: str, room: Room) -> str:
    """Without the dots in names of columns and values, so that no sentence ends in `Temp. agua`; as long as before."""
    for start, end, _ in masking.spans(paragraph, room):
        inner = paragraph[start:end].replace(".", masking.DOT).replace(",", masking.DOT)
        paragraph = paragraph[:start] + inner + paragraph[end:]
    return _RANGE.sub(lambda match: match[0][:-1] + masking.DOT, paragraph)
