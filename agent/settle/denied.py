"""What stands in words of denial is no target, however it was read.

    "Don't show the model the names of the reviewers"          a column to leave out
    "What the jury gave it (note_jury) is nothing I'd have"     not understood yet, for settling to hear again

Read before anything is weighed, as a target taken from such words is learned in silence.
"""

import re
from itertools import pairwise

from noglue.agent.request.parting import STOP
from noglue.agent.request.wish import Wish
from noglue.agent.settle.plain_words import plain
from noglue.agent.task import Task

_DENIAL = re.compile(
    r"(?i)(?:\b(?:do not|don't|does not|doesn't|must not|mustn't|may not|can't|cannot|can not|couldn't|"
    r"should not|shouldn't|would not|wouldn't|"
    r"not to|never|neither|nor|without|nobody\w*|nothing|except|no|ignor\w*|missing|leav\w+ out|drop|dropping|remove|"
    r"exclud\w+|skip|forget|nicht|kein\w*|niemals|nie|ohne|weder|beiseite|weg|weglass\w*|aussortier\w*|entfern\w*|fehlend\w*|"
    r"ausgenommen|außer|statt|anstatt|instead of|rather than|au lieu de|en vez de|en lugar de|"
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
    r"schätz\w+|wissen|prédi\w+|savoir|estim\w+|prev\w+|predec\w+|predi\w+|saber|need|want|model (?:for|to|that)|"
    r"brauche\w*|möchte\w*|modell für|besoin|veux|voudrais|modèle pour|quiero|necesito|modelo para)\b"
)
_NOT_TO_LEARN = re.compile(
    r"(?i)\b(?:don't|do not|never|nicht|ne|no)\s+(?:want to |need to )?(?:predict\w*|estimat\w+|forecast\w*|guess\w*|"
    r"learn|vorher\w*|schätz\w+|prédi\w+|estim\w+|predec\w+|predi\w+)\W+(?:\w+\W+){0,2}$"
)
_TOGETHER = re.compile(
    r"(?i)\b(?:together|same side|both (?:sides|halves|parts)|split|zusammen|gemeinsam|ensemble|"
    r"m[eê]me c[oô]t[eé]|juntos|juntas|mismo lado|splitten|trenn\w+)\b"
)
_BUT_ONE = re.compile(
    r"(?i)\blast\b.{0,20}\bbut one|\bnext[- ]to[- ]last|\bsecond[- ](?:to[- ])?last|\bpenultim\w+|\bvorletzt\w+|"
    r"\bavant[- ]derni\w+|\bpen[uú]ltim\w+"
)
_BRACKET = re.compile(r"\(\W*(?:\w+\s){0,2}$")
_OF_SPLITS = frozenset(("split", "set", "fold", "folds", "subset", "partition", "train", "test", "training"))
_SENTENCE = re.compile(rf"{STOP}|\n{{2,}}", re.IGNORECASE)


def mended(task: Task) -> Task:
    """The task without such targets: columns to leave out instead, or sentences that are not understood."""
    wishes: list[Wish] = []
    unread = list(task.unread)
    for wish in (part for whole in task.wishes for part in _parted(whole)):
        found, sentence = _mended(wish, task.paragraph)
        wishes += [found] if found is not None else []
        unread += [sentence] if sentence else []
    if wishes == task.wishes:
        return task
    named = [wish.value.get("words") for wish in wishes if wish.kind == "target" and isinstance(wish.value, dict)]
    words = next((one for one in named if one), None)
    return task.model_copy(update={"wishes": wishes, "unread": unread, "target": words})


def _parted(wish: Wish) -> list[Wish]:
    """`grade excluding int_rate`, heard as one thing: a target, and a column to leave out."""
    if wish.kind != "target" or not isinstance(wish.value, dict) or wish.value.get("exact"):
        return [wish]
    words = str(wish.value.get("words") or "")
    kept = _before_denial(words).strip(" ,")
    rest = _DENIAL.sub(" ", words[len(kept) :]).strip(" ,")
    if not kept or not rest or kept == words:
        return [wish]
    return [
        wish.model_copy(update={"value": wish.value | {"words": kept}}),
        wish.model_copy(update={"kind": "exclude", "value": {"columns": [rest]}}),
    ]


def denies(sentence: str) -> bool:
    """Whether the words of a sentence say what is not to be."""
    return _DENIAL.search(_NO_DENIAL.sub(" ", sentence)) is not None


def asks(sentence: str) -> bool:
    """Whether a sentence has words of asking for something to be told or learned."""
    return _ASKING.search(sentence) is not None


def _of_place(wish: Wish, paragraph: str, at: int) -> Wish:
    """The last but one is not the last; and a column by its place that is to be ignored is no target."""
    sentence = next(text for start, text in reversed(sentences(paragraph)) if start <= at)
    if wish.value["place"] == -1 and _BUT_ONE.search(sentence):
        wish = wish.model_copy(update={"value": wish.value | {"place": -2}})
    clause = re.sub(r"\([^()]*\)", " ", sentence[max(0, sentence.find(wish.text)) :])
    if not denies(re.split(r",\s|;", clause)[0]):
        return wish
    return wish.model_copy(update={"kind": "exclude", "value": {"places": [wish.value["place"]]}})


def asked_for(name: str, paragraph: str) -> bool:
    """Whether a column's name stands right behind a word of asking: `How long do they live? Predict the life span`."""
    spaced = r"[\s_-]*".join(map(re.escape, plain(name).split()))
    behind = rf"{_ASKING.pattern}\W+(?:\w+\W+){{0,3}}?(?:{re.escape(name)}|{spaced})(?!\w)"
    return re.search(behind, affirmed(paragraph), re.IGNORECASE) is not None


def tells_splits(name: str) -> bool:
    """A column that is called as those are that say which rows are the test."""
    return plain(name) in _OF_SPLITS


def affirmed(paragraph: str) -> str:
    """What the paragraph says before each sentence begins to deny."""
    return " ".join(_before_denial(text) for _, text in sentences(paragraph))


def _before_denial(sentence: str) -> str:
    hidden = _NO_DENIAL.sub(lambda match: " " * len(match[0]), sentence)
    found = _DENIAL.search(hidden) or _TOGETHER.search(hidden)
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
    if at >= 0 and "place" in wish.value:
        sentence = next(text for start, text in reversed(sentences(paragraph)) if start <= at)
        if _BRACKET.search(paragraph[:at]) and not _ASKING.search(sentence):
            return None, sentence.strip()
        return _of_place(wish, paragraph, at), ""
    if at < 0 or "words" not in wish.value:
        return wish, ""
    places = [match.start() for match in re.finditer(re.escape(wish.text), paragraph)]
    at = next((place for place in places if _BRACKET.search(paragraph[:place])), at)
    bracketed = _BRACKET.search(paragraph[:at])
    if bracketed:
        sentence = next(text for start, text in reversed(sentences(paragraph)) if start <= at)
        other = denies(sentence) or _TOGETHER.search(sentence) is not None
        return (None, sentence.strip()) if other else (wish, "")
    if tells_splits(str(wish.value["words"])):
        return None, next(text for start, text in reversed(sentences(paragraph)) if start <= at).strip()
    start = next(place for place, _ in reversed(sentences(paragraph)) if place <= at)
    before = re.split(r"[:;–]\s", paragraph[start:at])[-1]
    if _NOT_TO_LEARN.search(before) is not None:
        return None, next(text for place, text in reversed(sentences(paragraph)) if place <= at).strip()
    before = before[max((match.end() for match in _ASKING.finditer(before)), default=0) :]
    if not denies(before) or _NO_DENIAL.search(before + wish.text) is not None:
        return wish, ""
    return wish.model_copy(update={"kind": "exclude", "value": {"columns": [wish.value["words"]]}}), ""
