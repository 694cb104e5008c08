"""How a clause joins what it says of rows: whether all of it must hold, or any.

joined_by("age under 18 or sex F", columns)                →  "any"
joined_by("rows where age is under 18 and sex is F", …)    →  "all"
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from noglue.agent.settle import conditions
from noglue.tools.spec.profiles import Column


def joined_by(clause: str, columns: Sequence[Column]) -> str:
    """How a clause joins what it says of rows: `any` of several, `all` of them; empty for a single thing.

    "age under 18 or sex F", "women, and people over 40" → any      "age under 18 and sex F" → all
    """
    text = conditions.unaccented(clause)
    found = sorted(conditions.bounds(text, columns), key=lambda one: one[0])
    for _, one in found:  # `in Leeds or York` is one thing
        for value in one.value if isinstance(one.value, list) else ():
            word = re.escape(conditions.unaccented(value))
            text = re.sub(rf"(?:(?:or|oder|ou|o|and|und|et|y|,)\W+)?(?<!\w){word}(?!\w)", _masked, text)
    parts = [text[one[1] : other[0]] for (one, _), (other, _) in pairwise(found) if one[1] <= other[0]]
    if any(re.search(r"(?<!\w)(?:or|oder|ou|o|u|nor)(?!\w)", part) for part in parts):
        return "any"
    rows = rf"(?:those|rows|die|ceux|celles|l[ao]s que|{conditions.PEOPLE.pattern})"
    if any(re.search(rf"(?<!\w)(?:and|und|et|y|e)\W+(?:\w+\W+)?{rows}", part) for part in parts):
        return "any"
    return "all" if parts else ""


def _masked(match: "re.Match[str]") -> str:
    return "¦" * len(match[0])
