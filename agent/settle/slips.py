"""Names that a request writes with a slip of the keyboard: said where one is mended, refused where two may be meant.

    >>> in_name("without the alcohl", "alcohol")
    Slip(written='alcohl', meant='alcohol')

A slip is one letter too many, too few or wrong, or two swapped. What differs in its first letter or in a number
(`feature_2`), or is a word of its own (`height` where there is a `weight`), is another name: it is never taken for one.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any, NamedTuple

from noglue.agent.request import families, gloss, measures, spelling
from noglue.agent.request.wish import Wish
from noglue.agent.settle.name_likeness import by_name
from noglue.agent.settle.plain_words import content, folded, plain
from noglue.agent.settle.room import Room, near_name
from noglue.agent.settle.target_choice import names
from noglue.agent.settle.translations import translated
from noglue.agent.task import Task
from noglue.tools.pretrained.published import WeightsMissing
from noglue.tools.pretrained.sentences import shared
from noglue.tools.showing.offering import did_you_mean
from noglue.tools.spec.errors import Kind, TaskUnclear
from noglue.tools.spec.profiles import Column
from noglue.tools.spec.requested import Misspelt, Named

LEAST = 5  # letters of a name, or of a part of one, that is known in spite of a slip
_SHORT = 3  # letters of what is no word of its own beside others in a name: `mas` in `body_mas_g`
CLOSE = 0.04  # claims to a name that differ by less are as good as each other
_ENDINGS, _AFTER_E = ("", "s", "e"), ("", "s", "d", "r", "n")  # of forms of one word: `price`, `prices`, `priced`


class Slip(NamedTuple):
    """written: as in the request. meant: the name, or the part of it, that it was taken for."""

    written: str
    meant: str


def mended(task: Task, wishes: Sequence[Wish], room: Room) -> tuple[list[Wish], list[Misspelt]]:
    """Every name that was taken in spite of a slip, and the wishes, which say so. wishes: bound to the data.

    Raises TaskUnclear where other columns are as near, or what is written is a name or a word of its own.
    """
    found, told = known(wishes), list(wishes)
    for place, wish in enumerate(wishes):
        for name in _columns(wish) if wish.state == "open" and not wish.is_exact else []:
            slip = _of(wish, name, task)
            if slip is None:
                continue
            if wish.by != "model":  # on whose word alone no run is refused
                _must_be_sure(slip, name, wish, room)
            misspelt = Misspelt(written=slip.written, meant=name, what="column")
            found.append(misspelt)
            why = "; ".join(filter(None, (told[place].why, str(misspelt).rstrip("."))))
            told[place] = told[place].model_copy(update={"why": why})
    return told, list({(one.written, one.meant): one for one in found}.values())


def known(wishes: Sequence[Wish]) -> list[Misspelt]:
    """The measures and kinds of model that were taken in spite of a slip."""
    called = {"metric": {alias: name for alias, (name, _) in measures.aliases().items()}, "family": families.aliases()}
    found = []
    for wish in wishes:
        if wish.kind in called and wish.by == "words" and isinstance(wish.value, str):
            own = [" ".join(_words(alias)) for alias, name in called[wish.kind].items() if name == wish.value]
            written = _slip_of_one(_words(wish.text), own)
            what: Named = "measure" if wish.kind == "metric" else "model"
            found += [Misspelt(written=written, meant=wish.value, what=what)] if written else []
    return found


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _slip_of_one(said: Sequence[str], aliases: Sequence[str]) -> str:
    """The words that are one of these names but for a slip; none where they are one without it."""
    runs = [" ".join(said[start:end]) for start in range(len(said)) for end in range(start + 1, len(said) + 1)]
    runs += [run.removesuffix("s") for run in runs]
    if set(runs) & set(aliases):
        return ""
    able = [name for name in aliases if len(name) >= LEAST]
    return next((run for run in runs if any(spelling.one_slip(run, name) for name in able)), "")


def in_name(words: str, name: str, foreign: bool = False) -> Slip | None:
    """The words that say a column's name, or a part of it, only by a slip; None where they say it without one.

    foreign: whether they may be of another language than English, in which `Alkohol` is no slip.
    """
    said, whole = re.findall(r"[^\W_]+(?:[_-][^\W_]+)*", words), plain(name).replace(" ", "")
    if _in_one(words, whole):
        return None
    numbered = re.search(r"\d", whole) is not None
    for written in said:
        if numbered and not re.search(r"\d", written):
            continue  # `the eighth column` of column_8: no number is written, and none is a slip of it
        if (
            len(whole) >= LEAST
            and spelling.one_slip(plain(written).replace(" ", ""), whole)
            and not _alike(written, name, foreign)
        ):
            return Slip(written, name)
    parts, spoken = content(plain(name)) or [plain(name)], [one for word in said for one in plain(word).split()]
    for part in parts:
        near = [word for word in spoken if len(part) >= LEAST and len(word) >= LEAST - 1
                and spelling.one_slip(word, part)]  # fmt: skip
        if near and not any(_alike(word, part, foreign) for word in spoken):
            return Slip(near[0], part)
    return None


def is_slip(written: str, meant: str) -> bool:
    """Whether it is most likely a slip and no other thing's name: `qualty` of `quality`, not `height` of `weight`."""
    one, other = plain(written).split(), plain(meant).split()
    if len(one) == len(other):
        pairs = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
        if any(len(word) > _SHORT and is_word(word) for word, _ in pairs):
            return False
    whole, name = "".join(one), "".join(other)
    begins = whole[:1] == name[:1] or sorted(whole[:2]) == sorted(name[:2])
    return begins and re.findall(r"\d+", whole) == re.findall(r"\d+", name)


def nearly(words: str, columns: Sequence[Column]) -> bool:
    """Whether one word, which is none of its own, is spelled too much like a column's name to mean another thing."""
    return re.fullmatch(r"\w+", words) is not None and not is_word(plain(words)) and near_name(words, columns) != ""


def _of(wish: Wish, name: str, task: Task) -> Slip | None:
    """In the wish's own words; of a target that these do not name, in the whole request."""
    foreign = gloss.language(task.paragraph) != "en"
    if wish.kind != "target" or by_name(wish.text, name).score > 0:
        return in_name(wish.text, name, foreign)
    slip = in_name(task.paragraph, name, foreign)
    return slip if slip is not None and is_slip(*slip) else None


def _must_be_sure(slip: Slip, name: str, wish: Wish, room: Room) -> None:
    """Raises TaskUnclear."""
    rivals = [one.name for one in room.columns if one.name != name and _is_as_near(wish.text, slip, name, one.name)]
    if rivals and not (wish.kind in ("exclude", "only") and set(rivals) <= set(_columns(wish))):
        both = [name, *rivals]
        raise TaskUnclear(
            Kind.WHICH_COLUMN if wish.kind == "target" else Kind.MISSING_COLUMNS,
            f"There is no column {slip.written!r}; {' and '.join(both)} are spelled much like it.",
            hint=f"Name the one you mean, exactly as in the file: {names(room.columns)}.",
            choices=both,
        )
    if not is_slip(*slip):
        raise TaskUnclear(
            Kind.MISSING_TARGET if wish.kind == "target" else Kind.MISSING_COLUMNS,
            f"There is no column {slip.written!r}. {did_you_mean([name])} There are: {names(room.columns)}.",
            hint="Name the column exactly as in the file.",
            choices=[name, *(one.name for one in room.columns if one.name != name)],
        )


def _is_as_near(words: str, slip: Slip, name: str, other: str) -> bool:
    if in_name(slip.written, other) is None:
        return False
    return by_name(words, other).score > by_name(words, name).score - CLOSE


def _in_one(words: str, whole: str) -> bool:
    """Whether a name stands in the words, however it is parted: `car age`, `CarAge`."""
    spoken = plain(words).split()
    runs = ("".join(spoken[start:end]) for start in range(len(spoken)) for end in range(start + 1, len(spoken) + 1))
    return any(_american(run) == _american(whole) or folded(run) == folded(whole) for run in runs)


def _alike(word: str, part: str, foreign: bool) -> bool:
    """Whether a word says it without a slip: another form of it, another spelling, another language."""
    one, other = _american(plain(word)), _american(plain(part))
    begun = "".join(letter for letter, _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    endings = _AFTER_E if begun.endswith("e") else _ENDINGS
    forms = all(word.removeprefix(begun) in endings for word in (one, other))
    return forms or (foreign and bool({other, translated(other)} & {translated(one), *content(translated(one))}))


def _american(word: str) -> str:
    """`colour`, `travelled`, `organise`, `litre` → `color`, `traveled`, `organize`, `liter`."""
    word = re.sub(r"our(?=s?$)", "or", re.sub(r"is(?=(?:e|ed|es|ing|ation)s?$)", "iz", word))
    return re.sub(r"tre(?=s?$)", "ter", re.sub(r"ll(?=(?:ed|ing|er|ation)$)", "l", word))


def is_word(word: str) -> bool:
    """Whether the sentence encoder knows it as a word of its own; none without the encoder."""
    try:
        return shared().knows(word)
    except WeightsMissing:
        return False


def _columns(wish: Wish) -> Iterator[str]:
    value: Any = wish.value
    if isinstance(value, dict):
        listed = [value.get("column"), *(value.get("columns") or [])]
        listed += [one.get("column") for one in value.get("conditions") or []]
        yield from dict.fromkeys(name for name in listed if isinstance(name, str))
