"""What the model is judged by: measures, the positive class, the least that one must reach, what mistakes cost.

>>> [(mark.kind, mark.value) for mark in find(Heard.of("the recall of the sick must be at least 95 %", []))]
[('at_least', {'measure': 'recall', 'value': 0.95}), ('positive', {'words': 'sick'})]

The longest name at a place counts: the median absolute error is never the mean one. A measure whose module
`tools/metrics/` lacks is `metric_unknown`, in the request's own words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from noglue.agent.request import cues, measures, quantities, setaside
from noglue.agent.request.heard import Heard
from noglue.agent.request.lexicon import compiled, first, groups, matches
from noglue.agent.request.marks import Mark, free

TURN = 18
_SUM = re.compile(rf"(?<!\w)({quantities.NUMBER})(?!\w)(?!\s*(?:times|x|fold|%|mal|fois|veces)\b)", re.I)
_ONE = ("one", "un", "une", "uno", "una", "ein", "eine", "eins", "einen")  # `a missed one`
_CURVE_BEFORE = re.compile(r"(?i)\b(?:curva|courbe)s?\s+(?:de\s+|del\s+|d')?$")  # a curve is shown, it judges nothing
_CURVE_AFTER = re.compile(r"(?i)[ -]?(?:curve|kurve|plot|diagram)s?\b")
_CALIBRATES = re.compile(r"(?i)(?:re)?calibrat(?:e|ed|es|ion)")
_SOME = re.compile(r"(?i)\b(?:a|ein paar|quelques|unas|unos)\s+$")
_ANOTHER_BEFORE = re.compile(
    r"(?i)\b(?:(?:sample[ -]|class[ -])?weighted|micro|adjusted|normali[sz]ed|relative|partial|median absolute|"
    r"gewichtete[nrms]?|mikro|normierte[nrms]?|bereinigte[nrms]?|adjustierte[nrms]?)(?:[\s-]averaged?)?[\s-]+$"
)
_ANOTHER_AFTER = re.compile(
    r"(?i)[\s-]+\(?(?:weighted|micro|pondérée?s?|équilibrée?s?|ajustée?s?|normalisée?s?|ponderad[oa]s?|ajustad[oa]s?|"
    r"normalizad[oa]s?|equilibrad[oa]s?|balancead[oa]s?)\b\)?"
)
_AT = re.compile(
    r"(?i)\s*(?:@|\bat\b|\bbei\b|\bà\b)\s*\d+(?:[.,]\d+)?(?:\s?%)?(?:\s+(?:recall|precision|false positives?))?"
)
_OF_BOTH = ("precision", "recall", "specificity")


@dataclass(frozen=True)
class _Named:
    start: int
    end: int
    name: str
    known: bool


def find(heard: Heard) -> list[Mark]:
    """Marks of `metric`, `metric_unknown`, `at_least`, `positive`, `costs`, and of `show` for what is only told."""
    found: list[Mark] = []

    def add(start: int, end: int, kind: str, value: Any) -> None:
        if free(start, end, found):
            found.append(Mark(start, end, kind, value, heard.words[start:end]))

    for start, end, kind, value in [*_positive(heard), *_caught(heard), *_few(heard)]:
        if kind == "positive" and any(mark.kind == "at_least" for mark in found):
            found.append(Mark(start, end, kind, value, heard.words[start:end]))
        add(start, end, kind, value)
    named = [one for one in _named(heard) if free(one.start, one.end, found)]
    named = setaside.preferred(heard.words, named, lambda one: one.start)
    for one in named:
        _one(heard, one, named, add)
    for clause in heard.still():
        for match in matches(__file__, "unheard", clause.text):
            at = clause.start + match.start("w")
            words = heard.words[at : at + len(match["w"])]
            if re.search(
                r"[A-ZÀ-Þ]|\w-\w", words
            ):  # a measure called after somebody, or a made-up one; no `test score`
                add(at, at + len(words), "metric_unknown", words)
    return found


def _positive(heard: Heard) -> Iterator[tuple[int, int, str, Any]]:
    """The positive class, and what the two mistakes cost."""
    for clause in heard.still():
        for match in matches(__file__, "positive", clause.text):
            word = match["w"].strip("\"'“”„«» ")
            if not re.fullmatch(r"(?i)the|a|class|it|which|that|is|and|die|la|le|classe|clase|klasse", word):
                yield clause.start + match.start(), clause.start + match.end(), "positive", {"words": word}
        for start, end, value in _costs(clause.text, clause.start):
            yield start, end, "costs", value


def _caught(heard: Heard) -> Iterator[tuple[int, int, str, Any]]:
    """`catch at least 95 % of the sick`: the recall that must be reached, and whose."""
    for clause in heard.still():
        for match in matches(__file__, "catch", clause.text):
            start, end = clause.start + match.start(), clause.start + match.end()
            if (value := _found(match.groupdict())) is None:
                continue
            yield start, end, "at_least", {"measure": "recall", "value": value}
            if who := match.groupdict().get("who"):
                at = clause.start + match.start("who")
                yield at, at + len(who), "positive", {"words": who}


def _found(parts: dict[str, str | None]) -> float | None:
    """The share that must be found: `95 %`, `nine in ten`, or what is left where `one in ten` may be missed."""
    if stated := parts.get("v"):
        return _share(stated)
    of = quantities.number(parts.get("of") or "1")
    if stated := parts.get("v2"):
        return round(quantities.number(stated) / of, 6)
    if stated := parts.get("miss"):
        return round(1 - (_share(stated) or 0), 6)
    if stated := parts.get("miss2"):
        return round(1 - quantities.number(stated) / of, 6)
    if stated := parts.get("nth"):
        return round(1 - 1 / {"fünfte": 5, "zehnte": 10, "zwanzigste": 20, "hundertste": 100}[stated.lower()], 6)
    return None


def _few(heard: Heard) -> Iterator[tuple[int, int, str, Any]]:
    """`miss as few as possible` is judged by recall, `no false alarms` by precision."""
    for clause in heard.still():
        for group, name in (("misses", "recall"), ("alarms", "precision")):
            for match in matches(__file__, group, clause.text):
                start, end = clause.start + match.start(), clause.start + match.end()
                if not _SOME.search(heard.words[:start]):  # rather a few false alarms than a missed one
                    yield start, end, *_kind(name, heard.words[start:end])


def _kind(name: str, words: str) -> tuple[str, Any]:
    """`metric` with its module, or `metric_unknown`."""
    return ("metric", name) if name in _there() else ("metric_unknown", words)


def _one(heard: Heard, one: _Named, named: list[_Named], add: Any) -> None:
    """One measure, as what decides, as what must be reached, or as what is shown."""
    words = heard.words
    clause = next((c for c in heard.clauses if c.start <= one.start < c.end), None)
    begin, end = (clause.start, clause.end) if clause else (0, len(words))
    who = next((m for p in _of_whom() if (m := p.search(words[one.end : end]))), None)
    stop = one.end + who.end() if who and one.name in _OF_BOTH else one.end
    follows = min((other.start for other in named if other.start >= one.end), default=end)
    least = first(__file__, "least", words[one.end : min(end, one.end + 60, follows)])
    least = least or first(__file__, "least", words[max(begin, one.start - 30) : one.end])
    if least and one.known and (value := _share(least["v"])) is not None:
        at = words.find(least[0], begin)
        add(
            min(one.start, at) if at >= 0 else one.start,
            max(stop, at + len(least[0])),
            "at_least",
            {"measure": one.name, "value": value},
        )
    elif one.known and _is_reported(words[begin : one.start]) and (len(named) > 1 or one.name in _OF_BOTH):
        add(one.start, stop, "show", one.name if one.name in _OF_BOTH else f"metric:{one.name}")
    else:
        add(
            one.start,
            one.end,
            *(_kind(one.name, words[one.start : one.end]) if one.known else ("metric_unknown", one.name)),
        )
    if (
        who
        and one.name in _OF_BOTH
        and not re.fullmatch(r"(?i)the|model|test|it|each|every|all|classes?|both|predictions?|95|\d+", who["who"])
    ):
        add(one.end + who.start("who"), one.end + who.end("who"), "positive", {"words": who["who"]})


def _share(words: str) -> float | None:
    try:
        return quantities.share(words)
    except ValueError:
        return None


def _is_reported(before: str) -> bool:
    return any(
        re.search(pattern.replace(" ", r"\s+"), before, re.I)
        for parts in groups(__file__)["told"].values()
        for pattern in parts
    )


@cache
def _of_whom() -> list["re.Pattern[str]"]:
    return [
        re.compile(part.replace(" ", r"\s+"), re.I) for parts in groups(__file__)["of_whom"].values() for part in parts
    ]


@cache
def _there() -> frozenset[str]:
    from noglue.tools.spec import catalogue

    return frozenset(catalogue.names("noglue.tools.metrics"))


@cache
def names() -> dict[str, str]:
    """How people write a measure, lower case → its name; the words themselves for those that are not here."""
    known: dict[str, str] = {word: word for word in groups(__file__)["elsewhere"]["any"]}
    known |= {alias: name for alias, (name, _) in measures.aliases().items()}
    return known | {
        alias: name for name, aliases in _own().items() for alias in aliases if name in _there() or alias not in known
    }


def _own() -> dict[str, list[str]]:
    own: dict[str, list[str]] = groups(__file__)["alias"]
    return own


def places(text: str) -> list[tuple[int, int]]:
    """Where a text names measures that it does not refuse."""
    return [(one.start, one.end) for one in _named(Heard.of(text, []))]


def lower_is_better(heard: Heard) -> list[tuple[int, int, str]]:
    """Where the request names errors of `tools/metrics/`, of which less is better, and their names."""
    from noglue.tools import metrics

    named = [one for one in _named(heard) if one.known and one.name in _there()]
    return [(one.start, one.end, one.name) for one in named if not metrics.load(one.name).higher]


def _named(heard: Heard) -> list[_Named]:
    """Every measure that the text names and does not refuse, the longest name at a place, in order of the text."""
    met: list[_Named] = []
    for alias, name in sorted(names().items(), key=lambda item: -len(item[0])):
        for match in _pattern(alias).finditer(heard.left) if cues.named(alias, heard.left) else ():
            start, end = match.span()
            if any(not (end <= one.start or start >= one.end) for one in met):
                continue
            known = alias not in groups(__file__)["elsewhere"]["any"]
            wanted = not measures.refused(heard.words, start, end) and _meant(heard.words, alias, start, end)
            met.append(_Named(start, end, name if wanted else "", known))
    met = [one for one in met if one.name]
    if not met:
        met = [
            _Named(mark.start, mark.end, mark.value, True)
            for mark in measures.find(heard.left)
            if _meant(heard.words, mark.words.lower(), mark.start, mark.end)
        ]
    return sorted((_qualified(heard.left, one) for one in met), key=lambda one: one.start)


def _qualified(words: str, one: _Named) -> _Named:
    """A measure beside a word that makes it another, which is not here: `weighted F1`, `precision at 10`."""
    before = _ANOTHER_BEFORE.search(words[: one.start]) if one.known else None
    after = _ANOTHER_AFTER.match(words[one.end :]) if one.known else None
    if after is None and one.known and one.name in _OF_BOTH:
        after = _AT.match(words[one.end :])
    if before is None and after is None:
        return one
    start, end = before.start() if before else one.start, one.end + (after.end() if after else 0)
    return _Named(start, end, words[start:end], False)


def _meant(words: str, alias: str, start: int, end: int) -> bool:
    """Everyday words mean a measure only beside a word of judging."""
    if _CURVE_BEFORE.search(words[:start]) or _CURVE_AFTER.match(words[end:]) or _CALIBRATES.fullmatch(alias):
        return False
    if alias not in groups(__file__)["everyday"]["any"]:
        return True
    near = words[max(0, start - 60) : start] + " " + words[end : end + 40]
    return alone(words) or any(pattern.search(near) for pattern in _cues())


def alone(words: str) -> bool:
    """A request of a few words names a measure with nothing beside it: `hotels.csv rating f1`."""
    return len(words.split()) <= 8


@cache
def _cues() -> list["re.Pattern[str]"]:
    return [compiled(part) for parts in groups(__file__)["cue"].values() for part in parts]


@cache
def _pattern(alias: str) -> "re.Pattern[str]":
    return re.compile(r"(?<![\w])" + r"[\s_-]+".join(map(re.escape, re.split(r"[\s_-]+", alias))) + r"(?![\w])", re.I)


def _costs(text: str, at: int) -> Iterator[tuple[int, int, dict[str, float]]]:
    """What the two mistakes cost: the one named first is so many times dearer, or each has its own sum."""
    miss = first(__file__, "miss", text)
    alarm = first(__file__, "alarm", text)
    if miss and alarm and (sums := _sums(text, miss, alarm)):
        begin = min(miss.start(), alarm.start())
        yield at + begin, at + len(text), sums
        return
    times = first(__file__, "times", text)
    if not times or not (miss or alarm):
        return
    stated = times.groupdict().get("n")
    factor = quantities.number(stated) if stated else 2.0
    missing_first = miss is not None and (alarm is None or miss.start() < alarm.start())
    begin = min(match.start() for match in (miss, alarm, times) if match)
    value = {"miss": factor, "alarm": 1.0} if missing_first else {"miss": 1.0, "alarm": factor}
    yield at + min(begin, 0 if missing_first else begin), at + len(text), value


def _sums(text: str, miss: "re.Match[str]", alarm: "re.Match[str]") -> dict[str, float] | None:
    """`a false alarm costs 50 euros, a missed failure 2000`: the sum that comes after each; None without two sums."""
    if not re.search(r"(?i)\b(?:cost|kost|coût|cuest|price|worth|loses?|lose)\w*", text):
        return None
    one, two = sorted((miss, alarm), key=lambda match: match.start())
    found = [_SUM.findall(text[one.end() : two.start()]), _SUM.findall(text[two.end() :])]
    found = [[amount for amount in sums if amount.lower() not in _ONE] for sums in found]
    if not all(found):
        return None
    first_sum, second_sum = (quantities.number(sums[0]) for sums in found)
    values = (first_sum, second_sum) if one is miss else (second_sum, first_sum)
    return {"miss": values[0], "alarm": values[1]} if min(values) > 0 else None
