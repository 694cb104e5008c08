"""What wishes are bound to: the data that are there, what is learned of them, and what the steps are told.

Beside it what every kind of wish needs: the columns that its words mean, and those that `it` and `those` stand for.
"""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from noglue.agent.request import lexicon
from noglue.agent.request.wish import Wish
from noglue.agent.settle import exact_names, mentions
from noglue.agent.settle.plain_words import plain
from noglue.agent.settle.target_choice import names
from noglue.agent.task import GoalName, Task
from noglue.tools.showing import offering
from noglue.tools.spec.errors import Kind, TaskUnclear
from noglue.tools.spec.profiles import Column, Profile

_PRONOUN = re.compile(
    r"(?i)\b(?:that|it|them|this|those|these|das|es|sie|ihn|diese\w*|l[eao]s?|ça|cela|celui|celle|eso|est[eo])\b"
)
_SEVERAL = re.compile(
    r"(?i)\b(?:them|these|those|both|all|diese|beide|alle|celles|ceux|tous|es[oa]s|est[oa]s|amb[oa]s)\b"
)
LOOKED_BACK = 240  # letters before a pronoun in which the column that it stands for is looked for


@dataclass
class Room:
    """What wishes are bound to, and what they come to. target: settled before the other wishes are; beside: the other
    columns that are learned, where there are several.

    folders: of pictures, the folders beside one another on each level. refused: words of the request that refuse what
    they name, so that they are not heard as asking for it. unmatched: of columns to leave out or to use alone, words
    that no column answers to, beside others that one does.
    """

    task: Task
    profile: Profile
    goal: GoalName | None
    target: str | None
    head_first: bool = False
    folders: list[list[str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    prepare: dict[str, Any] = field(default_factory=dict)
    train: dict[str, Any] = field(default_factory=dict)
    evaluate: dict[str, Any] = field(default_factory=dict)
    beside: list[str] = field(default_factory=list)

    def is_target(self, name: str | None) -> bool:
        """Whether a column is what is learned, or one of several that are."""
        return name in self.targets

    @property
    def targets(self) -> list[str]:
        return [*([] if self.target is None else [self.target]), *self.beside]

    @property
    def columns(self) -> list[Column]:
        return self.profile.columns

    @property
    def classes(self) -> list[str]:
        """The classes of what is learned, as far as they are known before it is prepared."""
        column = next((one for one in self.columns if one.name == self.target), None)
        return list(column.values) if column is not None and column.values else list(self.profile.classes or [])


def columns_meant(wish: Wish, columns: list[Column], head_first: bool) -> tuple[list[str], list[str]]:
    """Columns that the wish's words, places and beginnings mean, and the words that nothing answers to.

    What a flag names is the name itself: no slip of it is mended, and no meaning looked for.
    """
    value: dict[str, Any] = wish.value
    stated = [*value.get("columns", []), *([value["words"]] if "words" in value else [])]
    found: list[str] = []
    missing: list[str] = []
    owners = wish.kind in ("group", "stratify", "fairness")
    for words in stated:
        rows = wish.kind in ("exclude", "only") and lexicon.speaks_of_rows(str(words))
        if wish.is_exact:
            answer = _by_its_name(str(words), columns)
        else:
            answer = mentions.named(str(words), columns, head_first, owners, meaning=not rows)
            answer = mentions.Found() if rows and not answer.exact else answer
        found += answer.names or answer.tie
        missing += [] if answer.names or answer.tie else [str(words)]
    for place in value.get("places", []):
        name = mentions.at(int(place), columns)
        found += [name] if name is not None else []
        missing += [] if name is not None else [f"column {place}"]
    for prefix in value.get("prefixes", []):
        family = mentions.beginning(str(prefix), columns)
        found += family
        missing += [] if family else [f"{prefix}…"]
    return list(dict.fromkeys(found)), missing


def _by_its_name(name: str, columns: Sequence[Column]) -> mentions.Found:
    found = exact_names.exactly(name, [column.name for column in columns])
    return mentions.Found([] if found is None else [found], exact=found is not None)


def named_before(wish: Wish, room: Room, *, of_target: bool = False) -> list[str]:
    """The columns that `it`, `those`, `sie`, `los` stand for: those named last in the sentences just before.

    of_target: whether the one that is learned may be meant.
    """
    at = room.task.paragraph.find(wish.text)
    if at < 0 or not _PRONOUN.search(wish.text):
        return []
    before = room.task.paragraph[max(0, at - LOOKED_BACK) : at]
    able = [one for one in room.columns if of_target or not room.is_target(one.name)]
    for near in reversed(re.split(r"[.!?;]\s", before)[-2:]):
        stated = f" {plain(near)} "
        places = {one.name: stated.rfind(f" {plain(one.name)} ") for one in able}
        named = sorted((name for name, place in places.items() if place >= 0), key=lambda name: places[name])
        if named:
            return named if _SEVERAL.search(wish.text) else named[-1:]
    return []


def named_outright(words: str, wish: Wish) -> bool:
    """Whether words are meant as a name and not as a description: of a flag, in quotes, `unit_price`, `BodyMass`."""
    quoted = re.search(rf"[\"'“„«`]\s*{re.escape(words)}\s*[\"'”“»`]", wish.text) is not None
    return bool(wish.value.get("exact")) or quoted or re.search(r"\w_\w|[a-z][A-Z]|^column \d+$", words) is not None


def not_done(wish: Wish, why: str) -> Wish:
    return wish.model_copy(update={"state": "not-done", "why": why})


def near_name(words: str, columns: Sequence[Column]) -> str:
    """The column whose name is spelled most like these words; empty where none is at all like them."""
    near = difflib.get_close_matches(words.casefold(), [column.name.casefold() for column in columns], 1, 0.75)
    return next((column.name for column in columns if [column.name.casefold()] == near), "")


def did_you_mean(words: str, columns: Sequence[Column]) -> str:
    """` Did you mean 'price'?`, or nothing."""
    near = near_name(words, columns)
    return f" {offering.did_you_mean([near])}" if near else ""


def no_column(words: str, room: Room) -> TaskUnclear:
    return TaskUnclear(
        Kind.MISSING_COLUMNS,
        f"The data have no column for {words!r}.{did_you_mean(words, room.columns)} There are: {names(room.columns)}.",
        hint="Name the column exactly as in the file.",
    )
