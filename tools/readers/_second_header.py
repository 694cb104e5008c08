"""A second row of names below a header: units of the columns, or names under those of groups.

length,mass,sex      units below names: the names stay, the units are told
(mm),(g),

,bill,,wing,          groups above names, each over the columns to the next
species,length,mean,length,sex      species, bill length, mean, wing length, sex: unique names under no cell stay alone
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from noglue.tools.spec.data_form import CellForm
from noglue.tools.values.missing_words import is_missing
from noglue.tools.values.number_text import is_number

_NUMERIC = 0.8  # of a column's cells below, to be one of numbers
_FEWEST_BELOW = 3
_LONGEST = 60
_VALUE = re.compile(r"\W*\d|[A-Za-z]{1,3}\W+\d")  # 839,11 · 07.06.2021 · CHF 1'200.- · 5 kg; no m2, no q1
_UNIT = re.compile(r"[(\[<{].{1,20}[)\]>}]|[%‰°$€£¥#]|°?[CFK]|[\wµμΩ°²³]{1,6}([/*·^.][\wµμ°²³-]{1,6})*", re.UNICODE)


class Second(NamedTuple):
    """names: of the columns, as the two rows tell them. told: what was made of them, in words."""

    names: list[str]
    told: str


def second_header(
    first: Sequence[str], second: Sequence[str], below: Sequence[Sequence[str]], known: Mapping[str, CellForm]
) -> Second | None:
    """What two rows on top name together; None where the second one is a row of data.

    It is none of data where numbers follow in columns in which it has words. known: forms of columns of that name.
    """
    numeric = [place for place, name in enumerate(first) if _is_numeric(place, below, known.get(name.strip()))]
    words = [place for place in numeric if second[place].strip()]
    if not words or any(_VALUE.match(cell) for cell in second) or any(is_missing(second[place]) for place in words):
        return None
    if len(words) < 2 and not (len(words) == 1 and _UNIT.fullmatch(second[words[0]].strip())):
        return None
    if len(words) < len(numeric) / 2 or any(len(cell) > _LONGEST for cell in second):
        return None
    others = [place for place in range(len(first)) if place not in numeric]
    if any(second[place].strip() and second[place] in {row[place] for row in below} for place in others):
        return None
    upper, lower = [cell.strip() for cell in first], [cell.strip() for cell in second]
    if all(upper) and len(set(upper)) == len(upper):
        units = ", ".join(f"{name}: {unit}" for name, unit in zip(upper, lower, strict=True) if unit)
        return Second(upper, f"the second row of the header holds units, left out ({units[:200]})")
    if all(lower) and len(set(lower)) == len(lower):
        return Second(lower, f"the names are those of the header's second row, below {_listed(upper)}")
    groups, group = [], ""
    for cell, name in zip(upper, lower, strict=True):
        group = cell or group
        groups.append("" if not cell and name and lower.count(name) == 1 else group)
    names = [" ".join(dict.fromkeys(part for part in pair if part)) for pair in zip(groups, lower, strict=True)]
    return Second(names, "the header has two rows, whose names are joined: " + ", ".join(names[:8]))


def _is_numeric(place: int, below: Sequence[Sequence[str]], known: CellForm | None) -> bool:
    if known is not None:
        return known.kind == "number"
    cells = [row[place] for row in below if not is_missing(row[place])]
    numbers = sum(is_number(cell) or is_number(cell, ",") for cell in cells)
    return len(below) >= _FEWEST_BELOW and len(cells) >= 2 and numbers >= _NUMERIC * len(cells)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(name for name in names if name))[:100] or "an empty one"
