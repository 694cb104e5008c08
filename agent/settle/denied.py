"""What stands in words of denial is no target, however it was read.

    "Don't show the model the names of the reviewers"          a column to leave out
    "What the jury gave it (note_jury) is nothing I'd have"     not understood yet, for settling to hear again

Read before anything is weighed, as a target taken from such words is learned in silence.
"""

import re
from itertools import pairwise

from agent.request.wish import Wish
from agent.task import Task

_DENIAL = re.compile(
    r"(?i)(?:\b(?:do not|don't|does not|doesn't|must not|mustn't|may not|should not|shouldn't|would not|wouldn't|"
    r"not to|never|neither|nor|without|nobody\w*|nothing|except|no|ignor\w*|missing|leav\w+ out|drop|dropping|remove|"
    r"exclud\w+|skip|forget|nicht|kein\w*|niemals|nie|ohne|weder|beiseite|weg|fehlend\w*|ausgenommen|außer|"
    r"pas|jamais|sans|ni|manquant\w*|laiss\w+|sauf|sin|nunca|tampoco|fuera|excepto|salvo|quita\w*|elimina\w*)\b|"
    r"\bn'\w+|\bw/o\b)"
)
_NO_DENIAL = re.compile(
    r"(?i)\b(?:(?:don't|do not|not|never|nicht|pas|no)\s+(?:know|knows|sure|certain|clear|only|just|yet)|or not|"
    r"why not|wei[sß]+ nicht|nicht sicher|nicht nur|oder nicht|sais pas|ou non|ou pas|no s[eé]|no s[oó]lo|o no|"
    r"whether|ob|if)\b"
)
_ASKING = re.compile(
    r"(?i)\b(?:predict\w*|estimat\w+|forecast\w*|guess\w*|know|tell|learn|classify|find out|vorher\w*|voraus\w*|"
    r"schätz\w+|wissen|prédi\w+|savoir|estim\w+|prev\w+|predec\w+|predi\w+|saber)\b"
)
_TOGETHER = re.compile(
    r"(?i)\b(?:together|same side|both (?:sides|halves|parts)|split|zusammen|gemeinsam|ensemble|"
    r"m[eê]me c[oô]t[eé]|juntos|juntas|mismo lado|splitten|trenn\w+)\b"
)
_OF_SPLITS = frozenset(("split", "set", "fold", "folds", "subset", "partition", "train", "test", "training"))
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n{2,}")


def mended(task: Task) -> Task:
    """The task without such targets: columns to leave out instead, or sentences that are not understood."""
    wishes: list[Wish] = []
    unread = list(task.unread)
    for wish in task.wishes:
        found, sentence = _mended(wish, task.paragraph)
        wishes += [found] if found is not None else []
        unread += [sentence] if sentence else []
    if wishes == task.wishes:
        return task
    named = [wish.value.get("words") for wish in wishes if wish.kind == "target" and isinstance(wish.value, dict)]
    words = next((one for one in named if one), None)
    return task.model_copy(update={"wishes": wishes, "unread": unread, "target": words})


def denies(sentence: str) -> bool:
    """Whether the words of a sentence say what is not to be."""
    return _DENIAL.search(_NO_DENIAL.sub(" ", sentence)) is not None


def affirmed(paragraph: str) -> str:
    """What the paragraph says before each sentence begins to deny."""
    return " ".join(_before_denial(text) for _, text in sentences(paragraph))


def _before_denial(sentence: str) -> str:
    hidden = _NO_DENIAL.sub(lambda match: " " * len(match[0]), sentence)
    found = _DENIAL.search(hidden)
    return sentence if found is None else sentence[: found.start()]


def sentences(paragraph: str) -> list[tuple[int, str]]:
    """Each sentence with its place."""
    ends = [0, *(match.end() for match in _SENTENCE.finditer(paragraph)), len(paragraph)]
    return [(start, paragraph[start:end]) for start, end in pairwise(ends) if end > start]


def _mended(wish: Wish, paragraph: str) -> tuple[Wish | None, str]:
    """The wish as it should have been read, or none and the sentence that it was taken from."""
    if wish.kind != "target" or not isinstance(wish.value, dict) or wish.value.get("exact") or not wish.text:
        return wish, ""
    at = paragraph.find(wish.text)
    if at < 0 or "words" not in wish.value:
        return wish, ""
    bracketed = re.search(r"\(\W*(?:\w+\s){0,2}$", paragraph[:at])
    if bracketed:
        sentence = next(text for start, text in reversed(sentences(paragraph)) if start <= at)
        other = denies(sentence) or _TOGETHER.search(sentence) is not None
        return (None, sentence.strip()) if other else (wish, "")
    if str(wish.value["words"]).casefold() in _OF_SPLITS and wish.value.get("named"):
        return None, next(text for start, text in reversed(sentences(paragraph)) if start <= at).strip()
    start = next(place for place, _ in reversed(sentences(paragraph)) if place <= at)
    before = paragraph[start:at]
    before = before[max((match.end() for match in _ASKING.finditer(before)), default=0) :]
    if not denies(before) or _NO_DENIAL.search(before + wish.text) is not None:
        return wish, ""
    return wish.model_copy(update={"kind": "exclude", "value": {"columns": [wish.value["words"]]}}), ""
