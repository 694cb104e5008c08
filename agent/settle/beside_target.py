"""What stands beside the words for the target: the columns to predict it from, and the rows that it is to be told of.

"predict price from sqft and rooms"                     →  only {"columns": ["sqft", "rooms"]}
"predict height for plants with a soil_ph above 6"      →  where {"clause": "plants with a soil_ph above 6"}
"""

import re

from noglue.agent.request.wish import Wish
from noglue.agent.settle import clause_in_data, conditions, denied, masking
from noglue.agent.settle.room import Room

_FROM = re.compile(
    r"(?i)\b(?:from|using|given|based on|as a function of|"
    r"aus|anhand|mittels|à partir d\w*|d'après|a partir de|usando)\s+"
    r"(?:the |den |der |les |las )?"
)
_BEFORE = 12  # letters before `from` in which it is denied
_JOINING = re.compile(
    "and|the|or|columns?|only|alone|und|die|der|den|spalten|nur|et|les|le|la|y|las|los|el|des?|seulement|solo|col"
)
_OF_ROWS = re.compile(
    r"(?i)\b(?:for|of|among|bei|für|von|pour|para|de)\s+(?P<clause>(?:\w+\s+){1,3}?(?:with|where|whose|older|younger|over|"
    r"under|above|below|mit|deren|über|unter|avec|dont|con|cuy[oa]s?)\b.+)$"
)
_NONE_OF = re.compile(
    r"(?i)(?:(?:and|but|und|aber|et|mais|y|pero) )?(?:no|not|none of|neither|keine?|nicht|pas de|aucune?|"
    r"ningun[oa]?|ningún|sin) "
    r"(?:the |any )?VAL(?:,? (?:(?:and|or|nor|und|oder|noch|et|ou|ni|y|o) )?(?:the |any |no )?VAL)*"
)
_OF_OTHERS = re.compile(
    r"(?i)\b(?:for|of|among|bei|für|von|pour|para|de)\s+(?P<clause>(?:\w+,?\s+){0,4}?"
    r"(?:outside|not|other than|except|but|"
    r"apart from|außerhalb|nicht|außer|en dehors|hors|sauf|pas|fuera|excepto|salvo|no)\b.+)$"
)


def columns_given(text: str, room: Room) -> Wish | None:
    """Where nothing but columns stand behind the word: these alone are used."""
    match = _FROM.search(text)
    if match is None or denied.denies(text[: match.start()][-_BEFORE:]) or {"only", "exclude"} & set(room.prepare):
        return None
    names: list[str] = []
    for item in re.split(r"[,;:.]\s", text[match.end() :]):
        words = re.findall(r"[^\W\d_]+", masking.general(item, room).lower())
        if not all(_JOINING.fullmatch(word) for word in words):
            break
        names += clause_in_data.columns_named(item, room)
    return Wish(text=text, kind="only", value={"columns": names}) if names else None


def rows_denied(text: str, room: Room) -> Wish | None:
    """Where nothing but values of one column stand behind a denial: `no studios or houses`."""
    if _NONE_OF.fullmatch(masking.general(text, room).strip(" .!")) is None:
        return None
    found = conditions.conditions(text, room.columns)
    if len(found) != 1 or found[0].op not in ("!=", "not in") or room.is_target(found[0].column):
        return None
    return Wish(text=text, kind="where", value={"clause": text, "keep": True})


def rows_meant(text: str, room: Room) -> Wish | None:
    """Where a number or a date is compared with a column behind `for plants with`, and nothing is derived of it; and
    where rows are meant by what they are not: `of flats outside Mitte`.
    """
    if "derive" in room.prepare:
        return None
    for form, signs in ((_OF_ROWS, ("<", "<=", ">", ">=")), (_OF_OTHERS, ("!=", "not in"))):
        match = form.search(text)
        found = conditions.conditions(match["clause"], room.columns) if match is not None else []
        if match is not None and any(one.op in signs and not room.is_target(one.column) for one in found):
            return Wish(text=match[0], kind="where", value={"clause": match["clause"], "keep": True})
    return None
