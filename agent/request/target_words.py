"""What is to be predicted, as the user put it: a named column, or a description.

    >>> find("Please predict the median price of a flat from ¦", None)
    Target(words='median price of a flat', named=False, rule='after a verb')

Works on the paragraph with sources, measures and limits replaced by gaps: what is left are words about the task.
The words themselves are in `target_words.toml`; here is the order of the forms, the surest first.
"""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.agent.request.marks import GAP
from noglue.tools.spec import goals

if TYPE_CHECKING:
    from noglue.agent.request.heard import Heard

_PLACE = re.compile(r"(?<=\s)((?:in|near|around|round|from|of)\s[A-Z]\w+),\s(?=[A-Z]\w+)")  # in Boston, Massachusetts
_FOR, _SOLD = " for", re.compile(r"\b(?:sells?|goes|go) for\b")  # what it will sell for is its price
_FIRST = 6  # words at the start of a paragraph that may be all that is said of the target
_ABOUT = (  # what a sentence says of a column, unless it says that this is what is to be told
    r"\W{0,2}\s*(?:(?:by the way|übrigens|d'ailleurs|por cierto|however|though)\W+)?(?:is|are"
    r"|was|were|has|have|had|contains?|means?|comes?|only|holds?|got|gets|ist|sind|war|hat|enthält|stimmt|"
    r"est|sont|était|contient|es|son|era|tiene|contiene|está)\b(?!\s+(?:the|what|das|was|le|la|ce|el|lo|who|whether)\b)"
)
_RATHER = re.compile(  # `not the price but the rating`: the second
    r"(?i)^(?:not|nicht|pas|no)\s+.{1,60}?,?\s(?:but(?: rather)?|sondern|mais|sino)\s+"
)
LONGEST = 14  # words; what is longer is a story, not a description


@dataclass(frozen=True)
class Target:
    """`named`: the user said that it is a column; else it is a description. `rule`: which form of words it was."""

    words: str
    named: bool
    rule: str


_NAME = r"(?:\"([^\"]+)\"|'([^']+)'|“([^”]+)”|„([^“”]+)[“”]|«\s*([^»]+?)\s*»|`([^`]+)`|(\w[\w.-]*\w|\w))"
_CUT = rf"\s*(?:$|[{GAP}.;:!?()\[\]]|,(?!\d)|\s[-–—>]+\s"
_PHRASE = rf"(?P<object>[^{GAP}.;:!?()]{{1,160}}?)"


def wanted(heard: "Heard", text: str, goal: str | None) -> Target | None:
    """What is to be predicted, by its description, where no wish names it outright. `text`: all wishes masked by gaps.

    No target rather than a word of prose.
    """
    if any(mark.kind == "target" for mark in heard.marks):
        return None
    found = find(text, goal)
    return found if found and (found.named or len(found.words.split()) > 1 or is_target(found.words)) else None


def _core(words: str) -> str:
    """`the blood sugar value itself can be estimated` → `the blood sugar value`; nothing of `the logarithm of it`."""
    words = _compiled(f"^{_any('able_to')}\\s+").sub("", _RATHER.sub("", words))
    words = _tidy(_compiled(f"\\s+{_any('can_be')}\\b.*$").sub("", words))
    return "" if _compiled(f"{_any('prose')}$").match(words) else words


def find(text: str, goal: str | None) -> Target | None:
    """The first form of words that fits. `text`: sources, measures and limits masked by gaps."""
    if not goals.needs_target(goal):
        return None
    for pattern in _named_forms():
        for match in pattern.finditer(text):
            name = next((group for group in match.groups() if group), "")
            if (
                (name.lower() not in _words()["no_names"] or _is_letter(name, match, text))
                and is_target(name, digits=True)
                and not (
                    (name.isdigit() and not re.search(r"(?i)[a-z]\s*\d+$", match[0])) or _is_told_about(text, match)
                )
            ):
                return Target(f"column {name}" if name.isdigit() else name, True, "named as a column")
    text = _PLACE.sub(r"\1 ", text)
    for rule, pattern in _described_forms():
        for match in pattern.finditer(text):
            if rule == "asked" and _known()(text[: match.start()]):
                continue
            phrase = next((group for group in match.groups() if group), "")
            letter = phrase.strip() if len(phrase.strip()) == 1 else ""  # `predict y`, which is an "and" in Spanish
            words = (_core(_tidy(phrase)) or letter) + (
                _FOR if _SOLD.search(f"{phrase.strip()}{text[match.end() :][:4]}") else ""
            )
            if words and not _is_thing(words) and len(words.split()) <= LONGEST:
                return Target(words, False, rule)
    return _what_is_left(text) or _what_comes_first(text)


def _is_letter(name: str, match: "re.Match[str]", text: str) -> bool:
    """`the target is y.`, `the y column`: a letter is a name, and no Spanish `and`, where it could join nothing."""
    ends = _compiled(rf"(?:{_CUT}|\s+{_any('stops')}(?!\w)))").match(text, match.end())
    return len(name) == 1 and (ends is not None or not match[0].endswith(name))


def _is_told_about(text: str, match: "re.Match[str]") -> bool:
    """`the Cabin column is mostly empty` says something of a column, and nothing of what is to be told."""
    bare = re.search(r"(?i)\b(?:target|label|outcome|response|ziel\w*|cible|objetivo|dependent)\b", match[0]) is None
    return bare and _compiled(_ABOUT).match(text[match.end() :]) is not None


def is_target(words: str, digits: bool = False) -> bool:
    """No adverb, verb or word of prose."""
    bare = re.sub(r"^(?:the|a|an|die|der|das|le|la|el)\s+", "", words.strip().lower())
    if bare.isdigit():
        return digits
    return bool(bare) and bare not in _words()["never"] and re.fullmatch(r"\w{3,}ly", bare) is None


@cache
def _words() -> dict[str, list[str]]:
    return tomllib.loads((Path(__file__).parent / "target_words.toml").read_text(encoding="utf-8"))


def _any(kind: str) -> str:
    """One of the expressions of a kind, the longest first."""
    return "(?:" + "|".join(sorted(_words()[kind], key=len, reverse=True)) + ")"


def _compiled(pattern: str) -> "re.Pattern[str]":
    return re.compile(pattern, re.IGNORECASE)


@cache
def _named_forms() -> list["re.Pattern[str]"]:
    copula = rf"\s*{_any('copula')}\s*(?:(?:called|named|the column|column|the|die spalte|la colonne|la columna)\s+)*"
    return [
        _compiled(rf"\b{_any('role_compound')}{copula}{_NAME}"),
        _compiled(rf"\b{_any('role')}{_any('role_noun')}?{copula}(?=.*\bcolumn\s\d)(?:column\s)?{_NAME}"),
        _compiled(rf"\b{_any('role')}{_any('role_noun')}?{copula}{_NAME}"),
        _compiled(rf"\b{_any('column')}(?:{copula}|\s+){_NAME}"),
        _compiled(rf"\b(?:the|die|la)\s+{_NAME}\s*[\s-](?:column|field|spalte)\b"),
    ]


@cache
def _described_forms() -> list[tuple[str, "re.Pattern[str]"]]:
    stop = rf"(?={_CUT}|\s+{_any('stops')}(?!\w)))"
    the = rf"(?:\s+{_any('articles')})*?"
    two = rf"(?:[\w'-]+\s+){{1,4}}?{_any('from_other')}\s+[\w'-]+(?:\s+[\w'-]+){{0,3}}?"
    asked = rf"(?={_CUT}|\s{_any('question_stops')}\s))"
    return [
        ("as its role", _compiled(rf"(?:\b(?:with|mit|avec|con)\s+)?{_PHRASE}\s+{_any('as_role')}")),
        ("one of two", _compiled(rf"\b{_any('tell_apart')}\s+(?P<object>{two}){stop[:-1]})")),
        ("asked", _compiled(rf"(?P<object>\b{_any('questions')}\s[^{GAP}.;:!?()]{{1,160}}?){asked}")),
        ("asked what is", _compiled(rf"\b{_any('what_is')}\s+{_PHRASE}(?:\s+be)?{stop}")),
        ("before a verb", _compiled(rf"(?P<object>(?:\b[\w'-]+\s+){{1,6}}?)(?:zu\s+)?{_any('last_verbs')}\b")),
        ("after a verb", _compiled(rf"(?<![\w-]){_any('verbs')}(?!\s+apart\b){the}\s+{_PHRASE}{stop}")),
        (
            "into",
            _compiled(
                r"\b(?:in|into|as|en|als|zwischen|between|entre)\s+(?P<object>[\w-]+\s(?:and|or|und|oder|et|ou|y|"
                r"o)\s[\w-]+)"
            ),
        ),
        ("sorted by", _compiled(rf"\b{_any('sorted')}\b[^{GAP}.;:!?()]{{0,80}}?\b{_any('by')}{the}\s+{_PHRASE}{stop}")),
        ("a model for", _compiled(rf"\b{_any('models')}\s+{_any('models_for')}{the}\s+{_PHRASE}{stop}")),
        (
            "one or the other",
            _compiled(
                rf"(?P<object>\b(?:is|are|ist|sind|est|es|sont|son)\s[^{GAP}.;:!?()]{{1,160}}?\s(?:or|oder|ou|"
                rf"o)\s[^{GAP}.;:!?(),]{{1,80}})"
            ),
        ),
        ("one or the other", _compiled(r"(?P<object>\b[\w-]+\s(?:or|oder|ou|o|vs\.?)\s[\w-]+)")),
        (
            "asked yes or no",
            _compiled(
                rf"(?:^|[{GAP}.;:,()¿]\s*)(?P<object>(?:is|are|does|will|can|ist|sind|hat|wird|est|a|y a-t-il|"
                rf"la \w+ va-t-elle|es|está|tiene|hay)\s[^{GAP}.;:!?()]{{1,160}})\?"
            ),
        ),
        (
            "needed",
            _compiled(
                rf"\b{_any('needs')}\s+(?:to (?:know|have|get|predict)\s+)?(?:the|den|die|das|le|la|"
                rf"el)\s+{_PHRASE}{stop}"
            ),
        ),
    ]


@cache
def _known() -> Callable[[str], re.Match[str] | None]:
    """Is a question one of the things that are given? `given the size and how many days it has cured, …`"""
    listed = rf"[^{GAP}.;:!?]*\s(?:and|or|und|oder|et|ou|y|o)\s+"
    return _compiled(rf"\b(?:{_any('givens')}\s+|(?:{_any('givens')}|{_any('stops')})\s{listed})$").search


def is_name(words: str) -> bool:
    """`median price`, not `which penguin is it`, `wines apart`: a thing, to be shown as what is told."""
    asks = _compiled(rf"(?:{_any('questions')}|{_any('copula')}|are|does|will|can|sind|hat|wird|sont|son|a-t-il)(?!\w)")
    return asks.match(words) is None and re.search(r"(?i)\b(?:apart|or|oder|ou)\b", words) is None


def lists_what_is_known(text: str) -> bool:
    """`…, given its age, the soil and the rain`: who names three things to go by wants something learned from data."""
    between = rf"[^{GAP}.;:!?]"
    joined = r"(?:,|\s(?:and|und|et|y)\s)"
    known = rf"(?:{_any('givens')}|from|aus|à partir d[eu']|a partir de)\s"
    return _compiled(rf"(?<!\w){known}{between}+?{joined}{between}+?{joined}").search(text) is not None


@cache
def _edges() -> tuple["re.Pattern[str]", "re.Pattern[str]", "re.Pattern[str]"]:
    """What is cut from the front of a description, from its end, and what is no description at all."""
    marks = r"[\s,:;.\-–>¿¡\"'=]"
    return (
        _compiled(rf"^(?:{_any('fillers')}(?!['\w])|l'|d'|{marks})+"),
        _compiled(rf"(?:\b{_any('endings')}|{marks})+$"),
        _compiled(rf"^(?:{_any('determiners')}\s+|l'|d')*{_any('things')}(?!\w)"),
    )


def _tidy(words: str) -> str:
    """Without articles and filling words at either end."""
    front, end, _ = _edges()
    words = re.sub(rf"[{GAP}\s]+", " ", words).strip()
    return front.sub("", end.sub("", words)).strip(" ,'\"¿?")


def _is_thing(words: str) -> bool:
    return bool(_edges()[2].match(words))


def _what_is_left(text: str) -> Target | None:
    """A terse request ("houses.csv price rmse") leaves little but the target."""
    pieces = [_tidy(piece) for piece in re.split(rf"[{GAP}.;:!?(),]|\s[-–]\s", text)]
    pieces = [piece for piece in pieces if piece and not _is_thing(piece) and not _asks(piece)]
    if len(pieces) == 1 and len(pieces[0].split()) <= 3 and GAP in text:
        return Target(pieces[0], False, "all that is left")
    return None


def _what_comes_first(text: str) -> Target | None:
    """`height of a tree by its age and the soil`: a thing, and what it is to be told from."""
    pattern = _compiled(rf"^\W*(?P<object>[^{GAP}.;:!?(),]{{3,80}}?)\s+(?:{_any('stops')}|{_any('givens')})(?!\w)")
    match = pattern.match(text)
    words = _tidy(match["object"]) if match else ""
    if not words or len(words.split()) > _FIRST or _is_thing(words) or _asks(words):
        return None
    return Target(words, False, "what comes first")


def _asks(words: str) -> bool:
    """Does it begin with a verb of asking?"""
    return _compiled(rf"{_any('verbs')}\b").match(words) is not None
