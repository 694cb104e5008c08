"""A request with its slips mended, once the columns are known: what follows reads it as if it were typed well.

    >>> corrected(Task(paragraph="Predict the qualty without the alcohl"), [wine])[1]
    [Misspelt(written='qualty', meant='quality'), Misspelt(written='alcohl', meant='alcohol')]

A word is mended that is no word of its own, stands nowhere in the data, and is a single column's name, or a part of
names, but for one slip. Where that can't be known, `slips.py` decides on what the words came to.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from noglue.agent.request import gloss, spelling
from noglue.agent.request.wish import Wish
from noglue.agent.settle.plain_words import content, folded, plain
from noglue.agent.settle.slips import LEAST, is_slip, is_word
from noglue.agent.settle.translations import translated
from noglue.agent.task import Task
from noglue.tools.spec.profiles import Profile
from noglue.tools.spec.requested import Misspelt

_TOKEN = re.compile(r"[^\W_]+(?:[_-][^\W_]+)*")


def corrected(task: Task, profiles: Sequence[Profile]) -> tuple[Task, list[Misspelt]]:
    """The task with the names in place of what was written, and what was mended. Nothing without the encoder, which
    knows what is a word."""
    names = list(dict.fromkeys(column.name for one in profiles for column in one.columns))
    if not names or not is_word("price"):
        return task, []
    held: frozenset[str] = _held(profiles)
    found: list[Misspelt] = []
    for token in dict.fromkeys(_TOKEN.findall(_without_sources(task))):
        found += _meant(token, names) if _may_be_a_slip(token, held, task.paragraph) else []
    if not found:
        return task, []
    said = {name: _mended(getattr(task, name), found) for name in ("paragraph", "target", "unread")}
    return task.model_copy(update=said | {"wishes": [_of_words(wish, found) for wish in task.wishes]}), found


def as_written(wishes: Sequence[Wish], task: Task, misspelt: Sequence[Misspelt]) -> list[Wish]:
    """With the words as they stand in the request, and what they were read as. task: as it was asked."""
    found = []
    for wish in wishes:
        text = words_as_written([wish.text], task, misspelt)[0]
        said = [str(one).rstrip(".") for one in misspelt if text != wish.text and one.written in text]
        why = "; ".join(filter(None, (wish.why, *said)))
        found.append(wish.model_copy(update={"text": text, "why": why}))
    return found


def words_as_written(texts: Sequence[str], task: Task, misspelt: Sequence[Misspelt]) -> list[str]:
    """Texts of the mended request as they stand in the request itself."""
    turned = [Misspelt(written=one.meant, meant=one.written) for one in misspelt]
    back = (text if _stands_in(text, task.paragraph) else _mended(text, turned) for text in texts)
    return [one if _stands_in(one, task.paragraph) else text for one, text in zip(back, texts, strict=True)]


def _stands_in(text: str, paragraph: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(text)}(?![\w-])", paragraph) is not None


def _of_words(wish: Wish, found: Sequence[Misspelt]) -> Wish:
    """A flag's own words are exact; what the request says beside it is not."""
    said = _mended(wish.said, found)
    if wish.by == "flag":
        return wish.model_copy(update={"said": said})
    return wish.model_copy(update={"text": _mended(wish.text, found), "value": _mended(wish.value, found)})


def _mended(value: Any, found: Sequence[Misspelt]) -> Any:
    """In a text, or in all texts of a list or a dict."""
    if isinstance(value, str):
        for one in found:
            value = re.sub(rf"(?<![\w-]){re.escape(one.written)}(?![\w-])", one.meant.replace("\\", r"\\"), value)
        return value
    if isinstance(value, list):
        return [_mended(one, found) for one in value]
    return {name: _mended(one, found) for name, one in value.items()} if isinstance(value, dict) else value


def _may_be_a_slip(token: str, held: frozenset[str], paragraph: str) -> bool:
    """Whether it is no word of its own, in no language that is read, and nothing that the data hold."""
    pieces = plain(token).split()
    if len(token) < LEAST - 1 or folded(token) in held or (len(pieces) == 1 and is_word(pieces[0])):
        return False
    language = gloss.language(paragraph)
    return gloss.english(token, language) == token and (language == "en" or translated(plain(token)) == plain(token))


def _meant(token: str, names: Sequence[str]) -> list[Misspelt]:
    """With the one name, or the one part of names, that it is but for a slip; empty where there is none, or several."""
    wholes = [name for name in names if _is(token, name)]
    if wholes:
        return [Misspelt(written=token, meant=wholes[0])] if len(wholes) == 1 else []
    parts = dict.fromkeys(part for name in names for part in content(plain(name)))
    near = [part for part in parts if _is(token, part)]
    return [Misspelt(written=token, meant=near[0], what="word")] if len(near) == 1 else []


def _is(token: str, name: str) -> bool:
    written, meant = (plain(one).replace(" ", "") for one in (token, name))
    return len(meant) >= LEAST and spelling.one_slip(written, meant) and is_slip(token, name)


def _held(profiles: Sequence[Profile]) -> frozenset[str]:
    """The words of the data: names of columns and their parts, classes, values, files."""
    return frozenset(folded(word) for one in profiles for text in _texts(one) for word in (text, *plain(text).split()))


def _texts(profile: Profile) -> Iterator[str]:
    for column in profile.columns:
        yield from (column.name, *column.values, *column.examples)
    yield from profile.classes or []
    yield from (path for paths in profile.files.values() for path in paths)


def _without_sources(task: Task) -> str:
    text = task.paragraph
    for source in task.sources:
        text = text.replace(source, " ")
    return text
