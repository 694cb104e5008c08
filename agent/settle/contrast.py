"""Of two columns that a request sets against each other, the one that it wants.

    "Satisfaction is what everybody argues about, but I'd rather know whether they churned"   →  churned
    "Statt des Baujahrs bitte die Kaltmiete vorhersagen"                                        →  Kaltmiete
    "So registered is the target, not rentals"                                                  →  registered

What others want, and what something else stands in the place of, are named first and often more plainly than what is
asked for. Only where the user's own words name exactly one other column are they set aside.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from noglue.agent.request import setaside
from noglue.agent.request.wish import Wish
from noglue.agent.settle import denied, mentions, wanted
from noglue.agent.settle.binding import spoken
from noglue.agent.settle.plain_words import plain
from noglue.agent.task import Task
from noglue.tools.spec import goals
from noglue.tools.spec.profiles import Column, Profile


@dataclass(frozen=True)
class _Preference:
    """name: the column that is wanted, in these words. aside: those that are set aside, in these stretches."""

    name: str
    words: str
    aside: frozenset[str]
    stretches: tuple[str, ...]


def decided(task: Task, profiles: Sequence[Profile], head_first: bool) -> Task:
    """The task with the wanted column for its target; as it was where no two columns are set against each other."""
    if not goals.needs_target(task.goal) or any(wish.kind == "target" and wish.is_exact for wish in task.wishes):
        return task
    for profile in profiles:
        found = _preference(task, profile, head_first) if profile.columns else None
        if found is not None:
            return _with(task, found, profile, head_first)
    return task


def instead(task: Task, columns: Sequence[Column], target: str | None) -> list[str]:
    """What `instead of …` says of what is learned: it asks for no column to be left out."""
    if not any(wish.kind == "target" and wish.value == {"words": target, "exact": True} for wish in task.wishes):
        return []
    return [one for part in setaside.parts(task.paragraph) for one in part.instead if _named(one, columns)]


def _with(task: Task, found: _Preference, profile: Profile, head_first: bool) -> Task:
    """Without what else was taken for the target, nor for columns to leave out where they are only set aside."""
    wishes = [
        wish
        for wish in task.wishes
        if wish.kind != "target" and not (wish.kind == "exclude" and _is_aside(wish, found, profile, head_first))
    ]
    wishes.append(Wish(text=found.words, kind="target", value={"words": found.name, "exact": True}))
    unread = [text for text in task.unread if text.strip(" .,") not in found.stretches]
    return task.model_copy(update={"wishes": wishes, "unread": unread, "target": found.name})


def _is_aside(wish: Wish, found: _Preference, profile: Profile, head_first: bool) -> bool:
    """Whether an exclusion was heard in nothing but `instead of …`, or takes what is wanted out."""
    named = spoken(wish, profile.columns, head_first)
    within = any(wish.text in stretch or stretch in wish.text for stretch in found.stretches)
    return (within and named <= found.aside) or named == {found.name}


def _preference(task: Task, profile: Profile, head_first: bool) -> _Preference | None:
    columns = profile.columns
    stated = wanted.stated(task.paragraph, columns)
    if stated is not None:
        return _Preference(stated[0], stated[1], frozenset(), ())
    aside: set[str] = set()
    mine: dict[str, str] = {}
    stretches: list[str] = []
    free = [wish for wish in task.wishes if not setaside.names_something_instead(wish.text)]
    kept_out = {name for wish in free for name in spoken(wish, columns, head_first)}
    for part in setaside.parts(task.paragraph):
        stretches += part.instead
        aside |= {name for stretch in part.instead for name in _named(stretch, columns)}
        if part.is_of_others:
            aside |= _named(part.rest, columns) - kept_out
        elif setaside.asks_for_a_target(part) and not _is_other(part.words, task, profile):
            asked = [one for one in _named(part.rest, columns) - kept_out if not _is_aside_in(part.rest, one)]
            mine |= dict.fromkeys(sorted(asked), part.words.strip())
    names = [name for name in mine if name not in aside]
    if not aside or len(names) != 1:
        return None
    return _Preference(names[0], mine[names[0]], frozenset(aside), tuple(stretches))


def _is_other(words: str, task: Task, profile: Profile) -> bool:
    denies = denied.denies(setaside.without_instead(words))
    return denies or wanted.is_of_another_wish(words.strip(), task, profile)


def _named(words: str, columns: Sequence[Column]) -> set[str]:
    """The columns whose whole names stand in the words; else those that they speak of."""
    whole = {one.name for one in columns if plain(one.name) and re.search(_whole(one), plain(words))}
    return whole or {one.name for _, one in mentions.within(words, columns)}


def _is_aside_in(words: str, name: str) -> bool:
    """Whether a name only says of when or where something is: `at the beginning of the year`."""
    match = re.search(re.escape(name), words, re.IGNORECASE)
    return match is not None and wanted.is_aside(words[: match.start()], match[0])


def _whole(column: Column) -> str:
    return rf"\b{re.escape(plain(column.name))}(?:s|es|n|en|e)?\b"
