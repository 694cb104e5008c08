"""The one column that is to be learned: what the words say outright, else what every clause says of every column.

    aim(task, profile, asked, first)  →  Choice("churned", 0.98, "named")

A short request is answered by its own words; a longer one, or one whose words fit nothing, by weighing (`weighing.py`).
Raises TaskUnclear where nothing, or several things, are asked for.
"""

import re
from collections.abc import Sequence

from noglue.agent.request.spelling import one_slip
from noglue.agent.settle import (
    commanded,
    denied,
    mentions,
    queries,
    readings,
    several,
    target_choice,
    wanted,
    weighing,
)
from noglue.agent.settle.binding import spoken
from noglue.agent.settle.column_matching import are_rows, claim, classifies
from noglue.agent.settle.plain_words import plain
from noglue.agent.settle.room import did_you_mean
from noglue.agent.settle.target_choice import Asked, Choice, Words
from noglue.agent.task import Task
from noglue.tools.spec import goals, modalities
from noglue.tools.spec.errors import DataError, Kind, TaskUnclear
from noglue.tools.spec.profiles import Profile

LONG = 30  # words
_BESIDE = 0.5  # of a claim by words that name a column beside their head
_MOST_CLASSES = 50  # that texts may be, however few the rows
_DIFFERENT = 0.5  # of the rows, from which on different texts are no classes
_LEAST_SLIP = 6  # letters of a name that is known in spite of a slip
_BOTH = re.compile(r"(?i)^\W*(?:both|sowohl|beides?|à la fois|tanto|ambos)\s+")
_BESIDE_EACH_OTHER = re.compile(
    r"(?i)\s*(?:,|&|\+|\b(?:as well as|and also|and|als auch|und|sowie|ainsi que|et|así como|como|y|e)\b)\s*"
)
_ROMANCE = re.compile(
    r"\b(?:le|la|les|des|du|une|est|et|el|los|las|una|es|y|por|para|del|que|con|sans|avec|dans)\b", re.I
)
_GERMANIC = re.compile(r"\b(?:the|of|and|to|in|is|with|for|der|die|das|und|ist|mit|von|ein|eine|nicht|bitte)\b", re.I)


def is_long(task: Task) -> bool:
    """Whether a request is so long that its first words are seldom all that it says of the target."""
    return len(task.paragraph.split()) > LONG


def head_first(paragraph: str) -> bool:
    """Whether it is in a language that says first what a thing is (`prix de vente`), French or Spanish."""
    return len(_ROMANCE.findall(paragraph)) > len(_GERMANIC.findall(paragraph))


def asked(task: Task, profiles: Sequence[Profile]) -> list[Asked]:
    """The targets that the wishes name, in order, but for words that ask for another thing; one without words else."""
    found = []
    for wish in task.wishes:
        if wish.kind == "target" and isinstance(wish.value, dict):
            exact = wish.is_exact
            if (
                exact
                or _is_asked_for(wish.value.get("words"), task, profiles)
                or not (_tells_of_missing(wish.text, task) or wanted.is_of_another_wish(wish.text, task, profiles[0]))
            ):
                found.append(_asked(wish.value.get("words"), wish.value.get("place"), exact, profiles))
    if not found and task.target and not any(wish.kind == "target" for wish in task.wishes):
        found.append(_asked(task.first_target, None, False, profiles))
    return found or [Asked()]


def _is_asked_for(said: str | None, task: Task, profiles: Sequence[Profile]) -> bool:
    """Whether the words are a column's very name, right behind a word of asking."""
    names = {column.name for one in profiles for column in one.columns if said and plain(column.name) == plain(said)}
    return any(denied.asked_for(name, task.paragraph) for name in names)


def _asked(said: str | None, place: int | None, exact: bool, profiles: Sequence[Profile]) -> Asked:
    """A target; without words where these are the rows, as `the series`, and no column is called so."""
    named = (claim(said or "", column.name) >= target_choice.NAMED for one in profiles for column in one.columns)
    if not exact and said and are_rows(said) and not any(named):
        return Asked(None, place)
    return Asked(said, place, exact)


def _tells_of_missing(text: str, task: Task) -> bool:
    """Whether the sentence of the words says what stands for a missing value, and asks for nothing."""
    sentence = next((one for _, one in denied.sentences(task.paragraph) if text and text in one), "")
    signs = any(wish.kind == "missing" and wish.text and wish.text in sentence for wish in task.wishes)
    return signs and not denied.asks(sentence)


def words(task: Task, profile: Profile) -> Words:
    """What else the request says that bears on the target."""
    first = head_first(task.paragraph)
    others = [wish for wish in task.wishes if not wanted.is_to_be_learned(wish.text, task, profile)]
    taken = {name for wish in others for name in spoken(wish, profile.columns, first)}
    taken |= _one_hot(task, profile)
    return Words(
        queries.things(task),
        frozenset(taken),
        first,
        task.confidence.get("goal", 0.0) >= readings.SURE,
        classifies(task.paragraph),
    )


def _one_hot(task: Task, profile: Profile) -> set[str]:
    """Columns that are a class each of one that was made of them: all but the one that the request names."""
    members = _listed(profile, "one_hot")
    said = [name for name in members if _stands_in(name, task.paragraph)]
    return set(members) - (set(said) if len(said) == 1 else set())


def _listed(profile: Profile, kind: str) -> list[str]:
    """The columns that the reading of the files has under this word."""
    names = {one.name for one in profile.columns}
    return [name for name in profile.reading.get(kind, "").split(", ") if name in names]


def aim(task: Task, profile: Profile, asked_for: list[Asked], first: Choice) -> Choice:
    """The column to learn. Raises TaskUnclear where none, or several, are asked for; DataError without any labels.

    first: what the reading of the files was chosen for.
    """
    if (modalities.load(profile.modality).content and not profile.columns) or readings.is_folder_of_texts(profile):
        return _label(profile, first)
    said = words(task, profile)
    if (named := commanded.choice(task, profile, asked_for, said)) is not None:
        several.refuse_half(task, profile, named)
        return named
    choices = _choices(task, profile, asked_for, said)
    best = max(choices, key=lambda one: one.confidence)
    tags = _listed(profile, "tags")
    flagged = any(one.exact for one in asked_for)
    if tags and (
        (best.name is None and not flagged) or (best.name in tags and not _names_tag(best.name, task, asked_for, said))
    ):
        return Choice(tags[0], 1.0, "any of these labels may fit", beside=tags[1:], labels=True)
    if best.confidence < target_choice.SURE and not flagged:
        found = weighing.weighed(task, profile, asked_for, said, choices)
        found = found if is_long(task) or not _is_no_answer(found, asked_for, said) else Choice()
        best = _weighed(task, profile, best, found)
    best = _no_text(task, profile, best, asked_for, said)
    if best.name is None:
        best = _without_words(task, profile, asked_for, Choice() if first.by_place else first, said)
    if best.rivals:
        both = [str(best.name), *best.rivals]
        raise TaskUnclear(
            Kind.WHICH_COLUMN,
            f"{asked_for[0].words!r} may mean several columns: {', '.join(both)}.",
            hint=f"Name the one to predict, as in: --target {both[0]}.",
            choices=both,
        )
    if not flagged:
        several.refuse_half(task, profile, best)
    return best


def _no_text(task: Task, profile: Profile, best: Choice, asked_for: list[Asked], said: Words) -> Choice:
    """Texts and names that differ from row to row are no classes: `classer les commentaires par sentiment`.

    The one other column that can be classes is meant instead.
    """
    column = next((one for one in profile.columns if one.name == best.name), None)
    rows = sum(profile.rows.values())
    if (
        column is None
        or column.kind not in ("text", "identifier", "category")
        or column.minimum is not None
        or column.distinct <= max(_MOST_CLASSES, _DIFFERENT * rows)
        or goals.predicts(task.goal) == "values"
    ):
        return best
    if best.beside or column.separator is not None:
        return best
    if any(one.exact or plain(one.words or "") == plain(column.name) for one in asked_for):
        return best
    able = [
        one.name
        for one in profile.columns
        if one.kind in ("category", "boolean") and one.distinct > 1 and one.name not in said.taken
    ]
    if len(able) == 1:
        return Choice(able[0], _BESIDE, f"the only classes that go with the texts of {best.name}")
    raise TaskUnclear(
        Kind.MISSING_TARGET,
        f"The texts of {best.name} are not classes, and the request names no other column: "
        f"{target_choice.names(profile.columns)}.",
        hint="Name the column, as in: predict <column>.",
        choices=[one.name for one in profile.columns],
    )


def evidence(task: Task, profile: Profile, asked_for: list[Asked]) -> dict[str, dict[str, float]]:
    """Column → what the request says of its being the target, as it is weighed; empty where there are no columns."""
    said = words(task, profile)
    return weighing.evidence(task, profile, asked_for, said, _choices(task, profile, asked_for, said))


def _choices(task: Task, profile: Profile, asked_for: list[Asked], said: Words) -> list[Choice]:
    """What the words for each target choose. Raises TaskUnclear where they name several columns and may mean one."""
    choices = [readings.chosen(one, profile, task, said) for one in asked_for]
    if asked_for == [Asked()] and len(written := _written(task, profile, said)) == 1:
        choices = [Choice(written[0], 0.6, "the request names it")]
    if any(one.exact for one in asked_for) and len(asked_for) > 1:
        _refuse_no_columns(asked_for, choices, profile)
    named = list(
        dict.fromkeys(one.name for one in choices if one.name is not None and one.confidence >= target_choice.SURE)
    )
    named = _both(asked_for, profile) or named
    meant = several.all_meant(named, asked_for, task)
    if not meant and not any(one.exact for one in asked_for):
        free = [one for one in profile.columns if one.name not in said.taken or one.name in named]
        spoken, meant = several.spoken_of(named, task, free)
        named = spoken or named
    if meant:
        return [Choice(named[0], 1.0, "the request names each of them", outright=True, beside=named[1:])]
    if len(named) > 1:
        raise TaskUnclear(
            Kind.SEVERAL_TARGETS,
            f"The request may ask for any of several columns ({', '.join(named)}), or for all of them.",
            hint=f"Name one, as in: --target {named[0]}; or all of them: predict {named[0]} and {named[1]}.",
            choices=named,
        )
    return choices


def _refuse_no_columns(asked_for: list[Asked], choices: list[Choice], profile: Profile) -> None:
    """Raises TaskUnclear where one of several columns that flags name is none."""
    for one, choice in zip(asked_for, choices, strict=True):
        if one.exact and choice.name is None:
            raise TaskUnclear(
                Kind.MISSING_TARGET,
                f"There is no column {one.words!r} to predict.{did_you_mean(one.words or '', profile.columns)} "
                f"There are: {target_choice.names(profile.columns)}.",
                hint="Name the columns exactly as in the file.",
            )


def _both(asked_for: list[Asked], profile: Profile) -> list[str]:
    """The columns that the words for one target name one beside the other: `yield and protein`."""
    for one in (asked for asked in asked_for if not asked.exact):
        parts = [part for part in _BESIDE_EACH_OTHER.split(_BOTH.sub("", one.words or "")) if part.strip()]
        names = [mentions.named(part, profile.columns, meaning=False) for part in parts]
        if len(parts) > 1 and all(found.exact for found in names):
            return list(dict.fromkeys(found.names[0] for found in names))
    return []


def _is_no_answer(found: Choice, asked_for: list[Asked], said: Words) -> bool:
    """Whether a few words speak of the column otherwise: to leave it out, or beside what a thing is.

    `hotel booking cancellation` names no column `hotel`.
    """
    name = found.name or ""
    within = [one.words for one in asked_for if one.words and f" {plain(name)} " in f" {plain(one.words)} "]
    return name in said.taken or any(claim(words, name, said.head_first) < _BESIDE for words in within)


def _weighed(task: Task, profile: Profile, best: Choice, found: Choice) -> Choice:
    """Of what the words choose and what weighing finds: neither, where the words choose by the place alone."""
    if found.name is not None and (is_long(task) or best.name is None or found.outright):
        return found
    asks = is_long(task) or "?" in task.paragraph or wanted.tells_what_to_learn(task, profile)
    if best.by_place and asks:
        return Choice()  # something else is asked for, in words that nothing answers to
    return best


def _names_tag(name: str, task: Task, asked_for: list[Asked], said: Words) -> bool:
    """Whether the request names one of several labels, and does not merely mean something near."""
    claims = [claim(one.words, name, said.head_first) for one in asked_for if one.words]
    return _stands_in(name, task.paragraph) or max(claims, default=0.0) >= target_choice.ENOUGH


def _label(profile: Profile, first: Choice) -> Choice:
    if profile.target is None:
        kind = modalities.load(profile.modality)
        raise DataError(
            Kind.NO_LABELS,
            f"The {kind.plural} have no labels: there are no class folders and no table that names their classes.",
            hint=f"Put each class's {kind.plural} into a folder of its own, or give a labels.csv next to them.",
        )
    return Choice(profile.target, 1.0, first.why or f"the label is {profile.target}")


def _without_words(task: Task, profile: Profile, asked: list[Asked], first: Choice, words: Words) -> Choice:
    """Nothing answers to the words: the classes that are named, the format's own target, a column that is written."""
    exact = any(one.exact for one in asked)
    if first.name is not None and not exact:
        return first
    content = modalities.load(profile.modality).content
    if not exact and profile.target is not None and (content or not any(one.words for one in asked)):
        return Choice(profile.target, 0.5, f"the format names {profile.target} as the target")
    written = [
        one.name
        for one in profile.columns
        if one.name not in words.taken
        and _stands_in(one.name, task.paragraph)
        and not wanted.is_of_another_wish(one.name, task, profile)
    ]
    free = [one for one in profile.columns if one.name not in words.taken]
    if any(one.words for one in asked):  # other words did not fit: only a column that is asked for as such
        written = [name for name in written if denied.asked_for(name, task.paragraph)]
    if len(written) == 1 and not exact:
        return Choice(written[0], 0.6, "the request names it")
    described = next((one.words for one in asked if one.words), None)
    if not exact and (beside := commanded.beside(task.paragraph, described, free)) is not None:
        return Choice(beside, 0.6, "the only column that the question names")
    raise TaskUnclear(
        Kind.MISSING_TARGET,
        (
            f"{described!r} matches none of the columns.{did_you_mean(described, profile.columns)} There are: "
            if described
            else "The request does not say which column to predict: "
        )
        + f"{target_choice.names(profile.columns)}.",
        hint="Name the column, as in: predict <column>.",
        choices=[one.name for one in profile.columns],
    )


def _written(task: Task, profile: Profile, words: Words) -> list[str]:
    """Columns whose names stand in the paragraph and that it speaks of for no other use."""
    free = [one.name for one in profile.columns if one.name not in words.taken and not denied.tells_splits(one.name)]
    written = [name for name in free if _stands_in(name, readings.without_asides(task))]
    return [name for name in written if not wanted.is_of_another_wish(name, task, profile)]


def _stands_in(name: str, paragraph: str) -> bool:
    """As a word of its own, however it is written (`predict y`); a longer one also with a slip (`chruned`)."""
    paragraph = denied.affirmed(paragraph)
    spaced = r"[\s_-]*".join(map(re.escape, plain(name).split()))
    for form in (re.escape(name), spaced):
        if form and re.search(rf"(?<!\w){form}(?!\w)", paragraph, re.IGNORECASE) is not None:
            return True
    return len(name) >= _LEAST_SLIP and any(
        one_slip(word, name.casefold()) for word in re.findall(r"\w{5,}", paragraph.casefold())
    )
