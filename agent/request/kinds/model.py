"""Kinds of models: the one wanted, those to compare, those ruled out; pretrained or from nothing; unlike classes.

>>> [(mark.kind, mark.value) for mark in find(Heard.of("predict price with a linear model, no boosting please", []))]
[('family', 'linear'), ('avoid', ['boosting'])]

A well-known kind of model that is not here is `family_unknown`, in the request's own words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from noglue.agent.request import cues, families, quantities, setaside
from noglue.agent.request.heard import Heard
from noglue.agent.request.lexicon import groups, matches
from noglue.agent.request.marks import Mark, free
from noglue.tools import models
from noglue.tools.spec import catalogue

TURN = 15

_NEURAL = (
    r"deep net\w*|tiefe\w* netze?\w*|neural net\w*|neurona\w*|deep learning|réseau\w* de neurones|red\w* neuronal\w*|"
    r"(?:tiefe\w* |künstliche\w* )*neuronale\w* netze?\w*"
)
_SHORT = 4  # letters of a name to which an ending may make another word: CART, `carte`
_EVERYDAY = ("vecinos", "voisins", "bayes")  # a kind of model only beside others
_TOGETHER = re.compile(
    r"(?i)\b(?:rest\w+|gard\w+|tou(?:s|te|tes)|mett\w+|mis(?:es)?|vont|aillent|tenir|demeur\w+|être)\s+$"
)
_JOINED = re.compile(
    r"(?i)\s*,?\s*(?:(?:meiden|vermeiden|weglassen)\s+)?(?:and|or|nor|und|oder|noch|et|ou|ni|y|e|o)?"
    r"(?:\s+(?:also|auch|aussi|también|any|of|de|des|d'|les|los|las|an?|the|kein\w*|with|mit))*\s*"
)


@dataclass(frozen=True)
class _Named:
    """A kind of model in the text: `family` is a module of `tools/models/`, or None."""

    start: int
    end: int
    family: str | None
    words: str
    avoided: bool


def find(heard: Heard) -> list[Mark]:
    """Marks of `family`, `family_unknown`, `compare`, `avoid`, `pretrained`, `layers` and `balance`."""
    found: list[Mark] = []

    def add(start: int, end: int, kind: str, value: Any) -> None:
        if free(start, end, found):
            found.append(Mark(start, end, kind, value, heard.words[start:end]))

    for kind, start, end, value in [*_pretrained(heard), *_balance(heard)]:
        add(start, end, kind, value)
    for clause in heard.still():
        for match in matches(__file__, "layers", clause.text):
            add(clause.start + match.start(), clause.start + match.end(), "layers", int(quantities.number(match["n"])))
    named = [one for one in _named(heard) if free(one.start, one.end, found)]
    refused = {_kind(one.words) or one.family for one in named if one.avoided}
    wanted = setaside.preferred(heard.words, [one for one in named if not one.avoided], lambda one: one.start)
    wanted = [one for one in wanted if (_kind(one.words) or one.family) not in refused]
    for one in named:
        if one.avoided:
            start = _from_negation(heard.left, one.start)
            add(start, one.end, "avoid", [_kind(one.words) or one.family or one.words])
    compared = len(wanted) > 1 and any(True for _ in matches(__file__, "compare", heard.words))
    if compared:
        each = dict.fromkeys(one.family or one.words for one in wanted)
        add(wanted[0].start, wanted[0].end, "compare", list(each))
        for one in wanted[1:]:
            add(one.start, one.end, "background", None)
    for one in [] if compared else wanted:
        add(one.start, one.end, "family" if one.family else "family_unknown", one.family or one.words)
    return found


def named(heard: Heard) -> list[str]:
    """Every kind of model that the text names, whether it is wanted or not: kinds, families, or words for others."""
    return [_kind(one.words) or one.family or one.words for one in _named(heard)]


def places(text: str) -> list[tuple[int, int]]:
    """Where a text names kinds of models, whether they are wanted or not."""
    return [(one.start, one.end) for one in _named(Heard.of(text, []))]


def _named(heard: Heard) -> list[_Named]:
    """Every kind of model that the text names, the longest name at a place, in order of the text."""
    met: list[_Named] = []
    known = _known()
    for alias in sorted(known, key=len, reverse=True):
        for match in _pattern(alias).finditer(heard.left) if cues.named(alias, heard.left) else ():
            if all(match.end() <= one.start or match.start() >= one.end for one in met):
                avoided = _avoided(heard, match.start(), match.end())
                met.append(_Named(match.start(), match.end(), known[alias], match[0], avoided))
    if not met:
        met = [_Named(mark.start, mark.end, mark.value, mark.words, False) for mark in families.find(heard.left)]
    met = [one for one in met if not _is_together(heard.words, one)]
    met = _together(heard.words, sorted(met, key=lambda one: one.start))
    met = [one for one in met if one.avoided or _kind(one.words) != "trees"]  # trees that are wanted may be an orchard
    named = [one for one in met if one.words.lower() not in _EVERYDAY]
    return met if named else [one for one in met if one.avoided]


def _is_together(words: str, one: _Named) -> bool:
    """French `ensemble`, where it means together: `doivent rester ensemble`."""
    return one.words.lower() == "ensemble" and _TOGETHER.search(words[: one.start]) is not None


def _together(words: str, met: list[_Named]) -> list[_Named]:
    """`neural nets or naive Bayes`: what only an `or` joins to something refused is refused with it."""
    found = list(met)
    for here in [*range(1, len(met)), *range(len(met) - 2, -1, -1)]:
        for other in (here - 1, here + 1):
            if not 0 <= other < len(found) or found[here].avoided or not found[other].avoided:
                continue
            between = words[min(found[here].end, found[other].end) : max(found[here].start, found[other].start)]
            if _JOINED.fullmatch(between):
                found[here] = replace(found[here], avoided=True)
    return found


@cache
def _known() -> dict[str, str | None]:
    """Alias → module of `tools/models/`, or None where that family is not here."""
    own: dict[str, str | None] = dict.fromkeys((*families.ELSEWHERE, *models.KIND_ALIASES["trees"]), None)
    there = set(catalogue.names("noglue.tools.models"))
    for name, aliases in groups(__file__)["families"].items():
        own |= dict.fromkeys(aliases, name if name in there else None)
    return own | families.aliases()


@cache
def _pattern(alias: str) -> "re.Pattern[str]":
    parts = r"[\s_-]+".join(map(re.escape, re.split(r"[\s_-]+", alias)))
    ending = "s" if len(alias) <= _SHORT else "s|es|en|e"
    return re.compile(rf"(?<![\w-]){parts}(?:{ending})?(?![\w-])", re.I)


def _avoided(heard: Heard, start: int, end: int) -> bool:
    """Whether the words before or after refuse it: `no boosting`, `I don't trust boosting, so leave that out`."""
    before = heard.words[max(0, start - 60) : start].rstrip() + ""
    listed = re.sub(
        r"(?i)(?:[\w-]+(?: [\w-]+){0,2}(?:,| or| and| nor| oder| und| ni| ou| o)\s*)+$", "", before
    ).rstrip()
    after = heard.words[end : end + 60]
    if any(pattern.search(text) for pattern in _before() for text in {before, listed} if text):
        return True
    return any(pattern.search(after) for pattern in _after())


@cache
def _before() -> list["re.Pattern[str]"]:
    return [
        re.compile(rf"(?<!\w){part}".replace(" ", r"\s+"), re.I)
        for parts in groups(__file__)["avoid"].values()
        for part in parts
    ]


@cache
def _after() -> list["re.Pattern[str]"]:
    return [
        re.compile(part.replace(" ", r"\s+"), re.I)
        for parts in groups(__file__)["unwanted_after"].values()
        for part in parts
    ]


def _from_negation(text: str, start: int) -> int:
    """Where the refusing words begin, so that nothing of `no boosting` is left over."""
    found = [
        match.start() for pattern in _before() if (match := pattern.search(text[max(0, start - 60) : start].rstrip()))
    ]
    return max(0, start - 60) + min(found) if found else start


def _kind(words: str) -> str | None:
    """The kind that stands for all its families where one rules it out: `boosting`, `neural`, `ensembles`."""
    kinds = {
        "boosting": r"boost\w*|gradient.*",
        "neural": _NEURAL,
        "ensembles": r"ensembles?|blend\w*|stacking",
        "trees": "|".join(models.KIND_ALIASES["trees"]),
    }
    return next((name for name, pattern in kinds.items() if re.fullmatch(pattern, words, re.I)), None)


def _pretrained(heard: Heard) -> Iterator[tuple[str, int, int, Any]]:
    for clause in heard.still():
        for match in matches(__file__, "scratch", clause.text):
            yield "pretrained", clause.start + match.start(), clause.start + match.end(), False
        for match in matches(__file__, "pretrained", clause.text):
            name = match.groupdict().get("name") or ""
            known = any(True for _ in matches(__file__, "network", name))
            start, end = clause.start + match.start(), clause.start + match.end()
            if _avoided(heard, start, end) or _avoided(heard, clause.start + _word_at(match), end):
                yield "pretrained", _from_negation(heard.left, start), end, False
                continue
            ahead = bool(name) and not known and match.start("name") > match.start()
            yield "pretrained", start, clause.start + match.start("name") if ahead else end, name if known else True
        for match in matches(__file__, "network", clause.text):
            if match[0].lower() not in families.aliases():
                yield "pretrained", clause.start + match.start(), clause.start + match.end(), match["name"]


def _word_at(match: "re.Match[str]") -> int:
    """Where what was trained beforehand is named, behind a verb that may be refused: `sans utiliser de modèle …`."""
    return match.start("name") if match.groupdict().get("name") else match.start()


def _balance(heard: Heard) -> Iterator[tuple[str, int, int, Any]]:
    for clause in heard.still():
        for way in ("smote", "oversample", "undersample", "weights"):
            for match in matches(__file__, way, clause.text):
                if way == "oversample" and "smote" in clause.text.lower():
                    continue
                yield "balance", clause.start + match.start(), clause.start + match.end(), way
