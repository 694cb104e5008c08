"""What a clause says of cells that are empty: which rows have none of a column's.

"without a satisfaction score"              →  Condition(column="Satisfaction 1-5", op="missing")
"bmi is missing or above 60"                →  the same of bmi, beside the comparison
"""

import re
from collections.abc import Sequence

from noglue.agent.settle import mentions
from noglue.agent.settle.plain_words import plain
from noglue.tools.spec.profiles import Column
from noglue.tools.spec.requested import Condition

_BARE_CELLS = "(?:missing|empty|blank|unknown|fehlt|leer|vide|vaci[ao])"
_SHORT = 3  # letters of a word that names no column as a part of its name
Bound = tuple[tuple[int, int], Condition]


def beside(text: str, columns: Sequence[Column]) -> list[Bound]:
    """`bmi is missing or above 60`: cells that are empty, said right beside a column's name and a comparison."""
    from noglue.agent.settle.conditions import any_of

    found: list[Bound] = []
    for column in columns:
        name = re.escape(plain(column.name)).replace(r"\ ", r"[\s_-]+")
        behind = rf"\b{name}\W+(?:(?:is|are|was|ist|est|es|esta)\W+)?(?:either\W+)?{any_of('missing')}(?!\w)"
        before = (
            rf"(?<!\w)(?:missing|empty|blank|unknown|fehlende[nrms]?|manquante?s?|vaci[ao]s?)\W+(?:\w+\W+)?{name}\b"
        )
        either = rf"\b{name}\W+(?:\w+\W+){{1,6}}?(?:or|oder|ou|o)\W+(?:is\W+|are\W+)?{_BARE_CELLS}\b"
        match = re.search(f"{behind}|{before}|{either}", text) if plain(column.name) else None
        if match is not None:
            found.append(((match.end() - 1, match.end()), Condition(column=column.name, op="missing")))
    return found


def alone(text: str, columns: Sequence[Column]) -> list[Bound]:
    """`without a price`, `where the age is missing`."""
    from noglue.agent.settle.conditions import any_of

    if not re.search(rf"(?<!\w){any_of('missing')}(?!\w)", text):
        return []
    spoken = [column.name for _, column in mentions.within(text, columns)][:1] or _lacked(text, columns)
    return [((0, 0), Condition(column=name, op="missing")) for name in spoken]


def _lacked(text: str, columns: Sequence[Column]) -> list[str]:
    """The one column that the words behind `without` name by a part of its name: `without a satisfaction score`."""
    from noglue.agent.settle.conditions import any_of

    behind = re.search(rf"(?<!\w){any_of('missing')}\W+(?:(?:a|an|any|the)\W+)?(?P<thing>\w+(?:\W+\w+){{0,2}})", text)
    words = behind["thing"].split() if behind else []
    for count in range(len(words), 0, -1):
        found = mentions.named(" ".join(words[:count]), columns, meaning=False).names
        if len(found) == 1:
            return found
    named = [one.name for one in columns if words and len(words[0]) > _SHORT and words[0] in plain(one.name).split()]
    return named if len(named) == 1 else []
