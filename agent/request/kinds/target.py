"""What is to be predicted, where words say it outright; descriptions are left to `agent/request/target_words.py`.

>>> [mark.value for mark in find(Heard.of("the variety is in the last column", []))]
[{'place': -1}]
>>> [mark.value for mark in find(Heard.of("who is about to leave (the churned column says who did)?", []))]
[{'words': 'churned'}]
"""

import re
from collections.abc import Iterator
from typing import Any

from noglue.agent.request import measures, quantities, things
from noglue.agent.request.heard import Heard
from noglue.agent.request.lexicon import matches, patterns
from noglue.agent.request.marks import Mark
from noglue.agent.request.target_words import is_target

TURN = 60
_NEAR = 80  # letters behind a place in which it is said what a sign there means
_SIGN = re.compile(  # what a sign in the column means, and not that it is to be learned
    r"(?i)-?\d+ (?:stands? for|means?|is (?:missing|unknown|not known))|\b(?:stands? for|not known|unknown|"
    r"missing|bedeutet|steht für|heißt|unbekannt|fehlt|veut dire|signifie|inconnu\w*|manque\w*|significa|"
    r"quiere decir|desconocid\w+|falta\w*)\b"
)
_BRACKETS = re.compile(r"\(([^()]{1,120})\)")


def find(heard: Heard) -> list[Mark]:
    """Marks of `target` by the surest words: a name in brackets, the column that says it, a place, several."""
    for way in (_bracketed, _says, _places, _several):
        found = list(way(heard))
        if found:
            return found
    return []


def _places(heard: Heard) -> Iterator[Mark]:
    for clause in heard.still():
        for match in matches(__file__, "place", clause.text):
            parts = match.groupdict()
            number = int(parts["n"]) if parts.get("n") else quantities.ordinal(parts["o"]) if parts.get("o") else None
            if number is None or not re.search(
                r"(?i)colum|field|spalte|colonne|thing|entry|value|place|position|item|element|word|number|one\b",
                match[0],
            ):
                continue
            start, end = clause.start + match.start(), clause.start + match.end()
            if _SIGN.search(re.split(r"[.;!?]\s", heard.words[end : end + _NEAR])[0]):
                continue
            yield Mark(start, end, "target", {"place": number}, heard.words[start:end])
            return


def _bracketed(heard: Heard) -> Iterator[Mark]:
    """`what flats cost (price)`, `(colonne parti)`, `(the churned column says who did)`."""
    for match in _BRACKETS.finditer(heard.left):
        inside, at = match[1], match.start(1)
        for form in patterns(__file__, "says"):
            if stated := form.fullmatch(inside.strip()):
                yield _name(heard, stated["name"], at + inside.index(stated["name"]))
                return
        plain = patterns(__file__, "bracket")[0].fullmatch(inside.strip())
        if plain and is_target(plain["name"]) and _asks(heard.words[: match.start()]) and not _reported(heard, match):
            yield _name(heard, plain["name"], at + inside.rindex(plain["name"]))
            return


def _reported(heard: Heard, match: "re.Match[str]") -> bool:
    """Whether the words beside it were something else: `les étoiles (stars) sont interdites`, `see reviewer`."""
    if re.match(r"(?i)\(\s*(?:see|siehe|voir|véase|e\.?g|i\.?e|z\.?b)\b", match[0]):
        return True
    if re.search(r"(?i)\b(?:error|fehler|erreur|measure|score|zero|null|zéro|cero|"
                 r"gegen|against|versus|contra|contre)\b[^.;]{0,40}$",
                 heard.words[: match.start()]):  # fmt: skip
        return True
    if re.match(
        r"(?i)\s*(?:is|are|has|have|would|ist|sind|soll|darf|est|sont|es|son|queda|quedan)\b",
        heard.words[match.end() :],
    ):
        return True
    return any(mark.kind not in ("source", "goal") and -1 <= match.start() - mark.end <= 3 for mark in heard.marks)


def _asks(before: str) -> bool:
    """Does what stands before the bracket ask for something? `Tell the horses (A) from …` names no column."""
    after_verb = re.search(r"(?i)\b(?:tell|distinguish|unterscheide|distingue)\b[^.]{0,40}$", before)
    return after_verb is None


def _says(heard: Heard) -> Iterator[Mark]:
    for clause in heard.still():
        for match in matches(__file__, "says", clause.text):
            if is_target(match["name"]) and re.search(r"(?i)column|spalte|colonne|columna|field", match[0]):
                yield _name(heard, match["name"], clause.start + match.start("name"))
                return


def _several(heard: Heard) -> Iterator[Mark]:
    for clause in heard.still():
        for match in matches(__file__, "both", clause.text):
            named = things.listed(match["list"])
            apart = re.match(r"(?i)\W*(?:apart|from|auseinander|voneinander)\b", match["list"][named.end :])
            words = [word for word in named.words if word.lower() not in measures.aliases()]
            if len(words) > 1 and not apart and all(map(is_target, words)):
                at = clause.start + match.start("list")
                for word in words:
                    start = heard.words.index(word, at)
                    yield Mark(start, start + len(word), "target", {"words": word}, word)
                return


def _name(heard: Heard, name: str, start: int) -> Mark:
    place = quantities.ordinal(name)
    value = {"words": name.strip("\"'“”„«» ")} if place is None else {"place": place}
    return Mark(start, start + len(name), "target", value, name)


def value(words: str, named: bool) -> dict[str, Any]:
    """How a wish holds what the description says; `column 7` and `last column` are places."""
    listed = things.listed(words)
    if listed.places and not listed.words:
        return {"place": listed.places[0]}
    return {"words": words} | ({"named": True} if named else {})
