"""The column that the request commands to be learned, by its very name, whatever else it speaks of.

    "Our hospitals want to know which patients come back. Predict readmitted from patients.csv."  →  readmitted
    "Learn to sort tickets by priority"                                                            →  priority

An imperative with a name is surer than any description beside it. None where two are commanded, or none.
"""

import re
from collections.abc import Sequence

from noglue.agent.settle import denied, mentions
from noglue.agent.settle.plain_words import plain
from noglue.agent.settle.target_choice import Asked, Choice, Words
from noglue.agent.task import Task
from noglue.tools.spec.profiles import Column, Profile

_VERBS = (
    r"(?:predict(?:ing|s)?|forecast(?:ing)?|estimat(?:e|ing)|classify(?:ing)?|regress(?:ing)?|model(?:l?ing)?|guess(?:ing)?|"
    r"prédi(?:s|re|sez)|estime[rz]?|prévo(?:is|ir|yez)|predecir|predice|predi(?:ga|cir)|pronostica[r]?|estima[r]?|"
    r"(?:sage?|schätze?|prognostiziere?|bestimme|vorhersage (?:von|der|des)))"
)
_ARTICLES = (
    r"(?:\s+(?:me|mir|bitte|please|the|a|an|our|column|target|value of|values of|"
    r"den|die|das|der|le|la|les|el|los|las|spalte|colonne|columna))*"
)
_BY = (
    r"(?:sort|classify|categori[sz]e|label|group|order|trie[rz]?|classe[rz]?|ordena|clasifica|sortiere|klassifiziere)\s+"
    r"[^.;:!?(),]{1,40}?\s(?:by|into|according to|par|selon|por|según|nach)"
)
_AFTER = (
    r"(?:what (?:i'm|i am|we're|we are)(?: really| actually)? after is|what (?:i|we)(?: really| actually)? "
    r"(?:want|need)(?: to (?:know|predict))? is|"
    r"(?:the )?(?:target|objet|cible|objetivo|ziel(?:größe|variable|spalte)?|outcome)"
    r"(?: column| variable)?\s*(?:is|=|:|est|ist|es))"
)
_END = (
    r"[\"'`”»]?(?=\s*(?:$|[.;:!?()\n]|,\s|\s[–—-]\s)|\s+(?:from|with|using|by|for|in|on|at|of|as|but|please|given|based|"
    r"w/|via|per|then|because|since|so|after|before|when|where|only|without|never|don't|do|is|are|which|that|to|"
    r"vorher|voraus|aus|mit|ohne|für|bitte|anhand|aber|avec|sans|à|pour|dans|de|selon|con|sin|para|a|en|usando)\b)"
)
_JOINED = re.compile(r"(?i)^[\"'`”»]?\s*(?:,\s*|(?:and|as well as|und|sowie|et|y)\s+)(?:the\s+)?")
_ALONE = re.compile(r"\?\s*\(\W*([^()]{1,40}?)\W*\)")
_DENIED = re.compile(
    r"(?i)(?:\b(?:not|never|nicht|nie|no|ne|pas|without|instead of|rather than)|n't)(?:\s+\w+){0,2}\s*$"
)


def commanded(paragraph: str, columns: Sequence[Column]) -> str | None:
    """The one column whose name stands right behind an imperative that is not denied, and beside no second name."""
    found: set[str] = set()
    for column in columns:
        names = {re.escape(column.name)}
        if len(plain(column.name)) > 1:
            names.add(r"[\s_-]+".join(map(re.escape, plain(column.name).split())))
        name = "|".join(sorted(names, key=len, reverse=True))
        opening = rf"(?<![\w-])(?:{_VERBS}{_ARTICLES}|{_BY}{_ARTICLES}|{_AFTER}{_ARTICLES})\s+[\"'`“«]?"
        for match in re.finditer(rf"{opening}(?P<name>{name})(?!\w)(?P<rest>.?)", paragraph, re.IGNORECASE):
            rest = paragraph[match.end("name") :]
            if any(_DENIED.search(paragraph[: match.start(part)]) for part in (0, "name")):
                continue
            if _goes_on(rest, columns):
                return None
            if re.match(_END, rest, re.IGNORECASE):
                found.add(column.name)
    return found.pop() if len(found) == 1 else None


def _goes_on(rest: str, columns: Sequence[Column]) -> bool:
    """Whether a second column is named right behind the first: `predict yield and protein`."""
    joined = _JOINED.match(rest)
    if joined is None:
        return False
    after = f" {plain(rest[joined.end() : joined.end() + 60])} "
    return any(after.startswith(f" {plain(one.name)} ") for one in columns)


def choice(task: Task, profile: Profile, asked_for: list[Asked], said: Words) -> Choice | None:
    """The column that an imperative names, unless a flag names one or several are asked for by name or by place."""
    name = commanded(task.paragraph, profile.columns)
    if name is None or name in said.taken or any(one.exact or one.place for one in asked_for):
        return None
    others = {one.name for one in profile.columns if one.name != name}
    if any(mentions.named(one.words or "", profile.columns, meaning=False).exact for one in asked_for
           if plain(one.words or "") in {plain(other) for other in others}):  # fmt: skip
        return None
    return Choice(name, 1.0, "the request says to predict it", outright=True)


def opening(text: str, names: Sequence[str]) -> int:
    """How many letters at the start of a text do no more than command to learn one of these columns, from a file."""
    for name in names:
        written = rf"(?:{re.escape(name)}|{'[ _-]+'.join(map(re.escape, plain(name).split()))})"
        place = r"(?:\s+(?:from|in|of|using|aus|dans|de|en)\s+[\w./-]+\.\w{2,7})?"
        opens = rf"\W*(?:(?:please|so|now|bitte)\W+)?{_VERBS}{_ARTICLES}\s+{written}{place}(?!\w)"
        match = re.match(opens, text, re.IGNORECASE)
        if match is not None:
            return match.end()
    return 0


def beside(paragraph: str, words: str | None, columns: Sequence[Column]) -> str | None:
    """The one column that the sentence of the words names outright, or that stands alone in brackets behind a question.

    "whether one takes longer than an hour (runtime.min over 60)"      "What will it cost? (COUT_RESTAU)"
    """
    if words and words in paragraph:
        at = paragraph.index(words)
        sentence = next(text for start, text in reversed(denied.sentences(paragraph)) if start <= at)
        rest = sentence[max(0, sentence.find(words)) :]
        named = [one.name for one in columns if _stands_in(one.name, re.split(r";|\.\s", rest)[0])]
        if len(named) == 1 and not denied.denies(rest[: rest.casefold().find(named[0].casefold())]):
            return named[0]
    alone = {one.name for one in columns for match in _ALONE.finditer(paragraph) if plain(match[1]) == plain(one.name)}
    return alone.pop() if len(alone) == 1 else None


def _stands_in(name: str, text: str) -> bool:
    """As it is written in the file, where no everyday word can be meant."""
    told = re.search(r"\W|_|\d|[a-z][A-Z]", name) is not None
    return told and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None
