"""Which of the wishes that a language model reads are believed: those whose words stand in the request.

>>> place_of("the  NURSE's initials", "Hands off the nurse’s initials, please.")
(10, 30)

Nothing of a model's wish is a path, a command or a name of its own making: files and places of data stand in the
request letter by letter, measures and families are those of the catalogues, and numbers that a run is bound by
(seconds, rows, labels, a seed) come of numbers in the words.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from noglue.agent.llm import steering
from noglue.agent.llm.answer_forms import ReadWish
from noglue.agent.request import names, quantities, sources
from noglue.agent.request.wish import Wish
from noglue.agent.settle import means
from noglue.agent.task import Task
from noglue.tools.spec import catalogue

READ = "read so by the language model"
_NUMBER = re.compile(quantities.NUMBER, re.IGNORECASE)
_SHARE = re.compile(quantities.SHARE, re.IGNORECASE)
_QUOTES = "’‘´'"


@dataclass(frozen=True)
class Placed:
    """A wish and where its words stand in the request; start -1: nowhere."""

    wish: Wish
    start: int
    end: int

    def shared(self, other: "Placed") -> int:
        """How many letters both speak of."""
        return max(0, min(self.end, other.end) - max(self.start, other.start)) if self.start >= 0 else 0

    @property
    def length(self) -> int:
        return self.end - self.start


def believed(read: Sequence[ReadWish], task: Task, flagged: set[str]) -> tuple[list[Placed], list[str]]:
    """flagged: kinds that flags decide. → wishes, by the model, and what is said of those that are not believed."""
    found: list[Placed] = []
    notes: list[str] = []
    for one in read:
        at = place_of(one.text, task.paragraph)
        words = task.paragraph[slice(*at)] if at else ""
        why = "its words are not in the request" if at is None else _unfounded(one, words, task, flagged)
        if at is None or why:
            notes.append(f"the model's wish {one.kind} of “{_short(one.text)}” is left out: {why}")
            continue
        found.append(Placed(Wish(text=words, kind=one.kind, value=one.value, by="model", why=READ), *at))
    return found, notes


def place_of(text: str, paragraph: str) -> tuple[int, int] | None:
    """Where words stand, but for case and white space; None where they do not, or where they are hardly any."""
    words = text.strip(' \t\n.,;:!?"“”„«»').split()
    if not any(len(word) > 3 or not word.islower() for word in words):
        return None
    forms = (re.sub(f"[{_QUOTES}]", f"[{_QUOTES}]", re.escape(word)) for word in words)
    match = re.search(r"\s+".join(forms), paragraph, re.IGNORECASE)
    return match.span() if match else None


def figures(words: str) -> set[float]:
    """The numbers and shares that stand in words: `500`, `ten`, `1,000`, `a quarter`; none within a word (`often`)."""
    found: set[float] = set()
    for pattern, read in ((_NUMBER, quantities.number), (_SHARE, quantities.share)):
        for match in pattern.finditer(words):
            before, after = words[: match.start()][-1:], words[match.end() :][:1]
            if (match[0][0].isalpha() and before.isalpha()) or (match[0][-1].isalpha() and after.isalpha()):
                continue
            with suppress(ValueError):
                found.add(read(match[0]))
    return found


def _unfounded(one: ReadWish, words: str, task: Task, flagged: set[str]) -> str:
    """Why a wish is not believed though its words are there; empty where it is."""
    kind, value = one.kind, one.value
    if kind in flagged:
        return "a flag decides that"
    if kind in ("goal", "search"):
        return "that is no wish of its own"
    if kind == "data":
        named = sources.is_named(str(value), task.paragraph, names.known())
        return "" if named else f"the request does not name {value}"
    if isinstance(value, dict) and "file" in value:
        name = str(value["file"])
        return "" if sources.is_file_named(name, task.paragraph) else f"the request does not name the file {name}"
    return _unknown(kind, value, task) or _unfigured(kind, value, words)


def _unknown(kind: str, value: Any, task: Task) -> str:
    """Why a measure or a kind of model can't be meant."""
    if kind == "metric":
        there = value in catalogue.names("noglue.tools.metrics")
        return (means.unfitting(value, task.goal) or "") if there else f"there is no measure {value}"
    if kind == "family":
        return "; ".join(steering.unable(value, task))
    if kind in ("compare", "avoid"):
        unknown = [name for name in value if name not in catalogue.names("noglue.tools.models")]
        return f"there is no family {', '.join(unknown)}" if unknown else ""
    return ""


def _unfigured(kind: str, value: Any, words: str) -> str:
    """Whether a number that the run is bound by is one of the words' own."""
    number = value.get("most") if kind == "rows" else value
    if kind not in ("budget", "seed", "labels", "labels_per_class", "rows") or number is None:
        return ""
    there = figures(words)
    if kind == "budget":
        there |= {figure * seconds for figure in there | {0.5, 1.0} for seconds in (60.0, 3600.0)}  # `an hour`
    return "" if number in there else f"its words do not say {number:g}"


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 80 else f"{words[:79]}…"
