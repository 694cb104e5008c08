"""What a request says must stay, though words of removal stand beside it; and rows that it says are to be ignored.

    kept("Do not drop the plan; age can stay", columns)      →  {"plan", "age"}
    "Makler weglassen, Baujahr aber nicht"                    →  {"Baujahr"}
    "Members under 21 should be ignored"                      →  those rows go, though no word before them says so

Denied denials are the commonest way for a rule of words to do the opposite of what was asked.
"""

import re
from collections.abc import Iterator, Sequence

from noglue.agent.request.wish import Wish
from noglue.agent.settle import denied, mentions
from noglue.agent.settle.plain_words import plain
from noglue.agent.settle.room import Room
from noglue.agent.task import Task
from noglue.tools.spec.profiles import Column

_GONE = (
    r"(?:drop\w*|remov\w+|exclud\w+|leav\w+ (?:\w+ ){0,3}out|left out|omit\w*|skip\w*|ignor\w+|discard\w*|"
    r"throw\w* (?:\w+ )?(?:out|away)|delet\w+|weglass\w*|weggelassen|entfern\w*|ausschlie\w+|ausgeschlossen|"
    r"streich\w*|gestrichen|retir\w+|enlev\w+|exclu\w+|écart\w+|supprim\w+|quit\w+|elimin\w+|descart\w+)"
)
_NOT_GONE = re.compile(
    r"(?i)\b(?:do not|don't|does not|doesn't|must not|mustn't|should not|shouldn't|never|not to|no need to|no reason"
    rf" to)\s+(?:\w+\s+){{0,2}}?{_GONE}\b|\b(?:nicht|nie)\s+{_GONE}\b|\b{_GONE}\s+nicht\b|"
    rf"\bn(?:e\s|')\w+\s+(?:pas|jamais)\s+{_GONE}\b|\bne\s+(?:pas|jamais)\s+{_GONE}\b|"
    rf"\bno\s+(?:hace falta\s+|hay que\s+|se debe\s+)?{_GONE}\b"
)
_STAYS = re.compile(
    r"(?i)\b(?:keep (?:it|that|them|this|\w+ in)|keep$|(?:can|may|must|should|shall|will) stay|stays?\b(?! out| away)|"
    r"behalt\w*|beibehalt\w*|bleib\w*(?= (?:drin|dabei|erhalten))|drinbleiben|dableiben|garde[rz]?|conserve[rz]?|"
    r"reste[nt]?(?! dehors)|mantén|mantener|conserva\w*|se queda\w*)\b"
)
_TO_LEARN = re.compile(r"(?i)\b(?:target|label|outcome|ziel\w*|cible|objetivo)$")
_KEEP = re.compile(r"(?i)(?<!not )(?<!n't )(?<!never )(?<!need to )\bkeep (?:the |its |our )?[\w -]{2,30}$")
_AWAY = re.compile(r"(?i)\bkeep\b.*\b(?:out|away|apart|aside|together|from|secret|hidden|only|alone|a \w+ of)\b")
_ARTICLE = r"(?:the |der |die |das |den |le |la |les |l'|el |los |las )?"
_BUT_NOT = re.compile(
    rf"(?i)^(?:(?:aber )?nicht|(?:but not|aber nicht|mais pas|pero no)\s+{_ARTICLE}(?P<name>[^,;]+))$"
)
_NOT_THAT = re.compile(rf"(?i)^(?:but )?(?:not|nicht|sondern nicht|pas|no)\s+{_ARTICLE}(?P<name>[^,;]+)$")
_IT = re.compile(r"(?i)\b(?:it|that|them|this|es|sie|ihn|le|la|les|il|elle|ils|elles|lo|los|las|ella)\b")
_PART = re.compile(r"(?i)[,;.!?]\s+|\s+(?:but|and|aber|und|mais|et|pero|y)\s+")
_AFTER = re.compile(
    r"(?i)^[^.;!?]{0,60}?\b(?:ignored|left out|excluded|dropped|removed|skipped|discarded|thrown out|weggelassen|"
    r"ignoriert|ausgeschlossen|entfernt|weglassen|ignorieren|entfernen|ignorée?s?|exclue?s?|écartée?s?|retirée?s?|"
    r"ignorad[oa]s?|excluid[oa]s?|descartad[oa]s?)\b"
)
_REFUSES = re.compile(
    r"(?i)\b(?:don't|do not|never|without|nicht|ohne|kein\w*|ne|pas de|sans|sin|no)\W+(?:\w+\W+){0,1}$"
)
_WITHOUT = re.compile(r"(?i)(?:without|ohne|sans|sin)\b")
_NOT = re.compile(r"(?i)(?<!or )(?<!oder )(?<!ou )(?<!o )\b(?:not|never|nicht|nie|pas|jamais|no|nunca)\s+$")
_DONT = re.compile(r"(?i)\b(?:don't|do not|never|nicht|ne|no need to)\s+$")
# kinds whose own words say what to do: a denial before them is seen nowhere else
_BY_WORDS = ("balance", "metric")
_AVOIDS = re.compile(r"(?i)(?:avoid|rul\w+ out|exclud|ban|skip|meide|vermeide|ausschlie|évite|exclu|evita|descart)")
_FAR = 3  # parts without a column, after which `it` is none of those before
_FEW = 3  # words of a part that only names a column: `…, Baujahr aber nicht`
_NEAR = 40  # letters before a wish in which its denial stands


def kept(paragraph: str, columns: Sequence[Column]) -> set[str]:
    """The columns that parts of the request say are to stay."""
    found: set[str] = set()
    before: list[str] = []
    gone, asked, far = False, False, 0
    for part, sentence in _parts(paragraph):
        named = [one.name for one in columns if f" {plain(one.name)} " in f" {plain(part)} "]
        bare = part.strip(" .!")
        but_not = gone and _only_names(_BUT_NOT.match(bare), named)
        not_that = asked and _only_names(_NOT_THAT.match(bare), named)  # `churned is the target, not age`
        asked = _TO_LEARN.search(bare) is not None
        keeps = _KEEP.search(bare) is not None and _AWAY.search(sentence) is None
        if but_not or not_that or keeps or _NOT_GONE.search(part) or _STAYS.search(part):
            found |= set(named or (before if but_not or _IT.search(part) else ()))
        far = 0 if named else far + 1
        before = named or (before if far < _FAR else [])
        gone = re.search(_GONE, part, re.IGNORECASE) is not None or (gone and len(part.split()) <= _FEW)
    return found


def _only_names(match: "re.Match[str] | None", named: list[str]) -> bool:
    """Whether nothing but a column's name stands behind the denial."""
    if match is None:
        return False
    return match["name"] is None or plain(match["name"]) in {plain(name) for name in named}


def without_denied(task: Task, room: Room) -> Task:
    """The task without what its words refuse after all, and with rows turned round that words behind them turn."""
    stay = kept(task.paragraph, room.columns)
    wishes, unread = [], list(task.unread)
    for wish in task.wishes:
        if _is_refused(wish, task.paragraph) or (wish.kind in ("where", "exclude") and _stays(wish, task.paragraph)):
            room.refused.append(wish.text)
            unread += [wish.text] if wish.kind == "metric" else []
        elif wish.kind == "where" and isinstance(wish.value, dict) and _goes(wish, task.paragraph):
            value = wish.value | {"keep": not wish.value.get("keep", True)}
            wishes.append(wish.model_copy(update={"value": value}))
        elif (left := _left_out(wish, stay, room)) is not None:
            wishes.append(left)
    return task.model_copy(update={"wishes": wishes, "unread": unread})


def _left_out(wish: Wish, stay: set[str], room: Room) -> Wish | None:
    """The wish without the columns that are to stay; None where none is left."""
    if wish.kind != "exclude" or wish.by == "model" or not stay or not isinstance(wish.value, dict):
        return wish
    if wish.value.get("exact"):
        return wish
    names = [one for one in wish.value.get("columns", []) if not _means(one, stay, room)]
    if len(names) == len(wish.value.get("columns", [])):
        return wish
    names = [one for one in names if mentions.named(one, room.columns, room.head_first).names]
    return wish.model_copy(update={"value": wish.value | {"columns": names}}) if names else None


def _means(words: str, stay: set[str], room: Room) -> bool:
    return bool(set(mentions.named(words, room.columns, room.head_first).names) & stay)


def _parts(paragraph: str) -> Iterator[tuple[str, str]]:
    """Each part of a sentence, and the sentence."""
    for _, sentence in denied.sentences(paragraph):
        yield from ((part, sentence) for part in _PART.split(sentence) if part)


def _stays(wish: Wish, paragraph: str) -> bool:
    """Whether the words for rows that are left out deny that they are: `there's no reason to drop Hull`."""
    at = paragraph.find(wish.text)
    if at < 0 or not wish.text:
        return False
    before = re.split(r"[,;.!?]\s", paragraph[:at])[-1]
    return _NOT_GONE.search(before[-_NEAR:] + wish.text) is not None


def _goes(wish: Wish, paragraph: str) -> bool:
    """Whether words behind those of the rows say that they are to go, and none of the wish's own does."""
    at = paragraph.find(wish.text)
    if at < 0 or not wish.text or re.search(_GONE, wish.text, re.IGNORECASE):
        return False
    after = _AFTER.search(paragraph[at + len(wish.text) :])
    return after is not None and _NOT_GONE.search(wish.text + after[0]) is None


def _is_refused(wish: Wish, paragraph: str) -> bool:
    """Whether the words before it refuse it: `don't oversample`, `not without the fee`."""
    before = paragraph[: max(0, paragraph.find(wish.text))][-_NEAR:] if wish.text else ""
    if wish.kind == "exclude":  # `nicht ohne Fläche`
        return _WITHOUT.match(wish.text) is not None and _NOT.search(before) is not None
    if wish.kind == "avoid":
        return _AVOIDS.match(wish.text) is not None and _DONT.search(before) is not None
    return wish.kind in _BY_WORDS and _REFUSES.search(before) is not None
