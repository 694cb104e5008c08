"""Rows of one person or thing, by a column that tells whose they are: what must not stand on both sides of a split.

    patient,visit,pressure          device_id,hour,load
    P1,1,121                        7,0,0.3
    P1,2,118                        7,1,0.4

Drawn at random, such rows stand beside their own kin in train, and the score is of a memory.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.data.codes import codes
from noglue.tools.values import name_signs

FEWEST_GROUPS = 5
MUCH_COMMONER = 2  # times as many rows of one number as is usual: it counts something
ALIKE = 0.98  # of clips there may be so many sources: nearly each is a source of its own
_NUMBERED = re.compile(r"^(.*?)\d+$")


@dataclass(frozen=True)
class Groups:
    """The column whose values stay together, and its code for each row, int64 (n,)."""

    name: str
    codes: np.ndarray


def find_group(columns: Mapping[str, pa.ChunkedArray]) -> str | None:
    """A column whose rows belong together: named like a person (`patient`, `UserID`), like a thing and numbered, or
    like what a piece was cut from (`src_file`).

    `device_id`, or `pump` with the values P1, P2, …; a `device` that is a phone or a tablet is a kind, not a key, and
    `customers` that are numbers are how many there were.
    """
    persons = [name for name, column in columns.items() if name_signs.says_whose(name, keyed=_may_count(name, column))]
    things = [name for name in columns if name_signs.says_which_thing(name) and _is_numbered(name, columns[name])]
    cut_from = [name for name, column in columns.items() if name_signs.says_cut_from(name) and _repeats(column, ALIKE)]
    found = [*(name for name in [*persons, *things] if _repeats(columns[name])), *cut_from]
    for name in found:
        if not any(_is_within(columns[name], columns[other]) for other in found if other != name):
            return name
    return None


def _is_within(inner: pa.ChunkedArray, outer: pa.ChunkedArray) -> bool:
    """Whether each value of one stands with one of the other alone, as sessions do with customers."""
    fine, coarse = codes(inner), codes(outer)
    kinds = len(np.unique(fine))
    pairs = len(np.unique(fine * (int(coarse.max()) + 1) + coarse))
    return pairs == kinds > len(np.unique(coarse))


def too_few_to_hold_out(columns: Mapping[str, pa.ChunkedArray]) -> tuple[str, int] | None:
    """A person's column with too few values to hold some of them out, and how many there are."""
    for name, column in columns.items():
        if not name_signs.says_whose(name, keyed=_may_count(name, column)):
            continue
        count = pc.count_distinct(column).as_py()
        if 3 <= count < FEWEST_GROUPS and count <= len(column) / 4:
            return name, int(count)
    return None


def _may_count(name: str, column: pa.ChunkedArray) -> bool:
    """`customers` of 12, 30, 7: numbers under a plural, or with fractions."""
    if pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
        return True
    return bool(pa.types.is_integer(column.type)) and name_signs.words(name).endswith(("s", "people"))


def _repeats(column: pa.ChunkedArray, most: float = 0.5) -> bool:
    """most: values, as a share of the rows."""
    count = pc.count_distinct(column).as_py()
    return bool(FEWEST_GROUPS <= count <= most * len(column))


def _is_numbered(name: str, column: pa.ChunkedArray) -> bool:
    """p1, p2, p13: one beginning and a number, throughout; or 1, 2, 3 without gaps, none much commoner than others."""
    if _may_count(name, column) or pa.types.is_temporal(column.type):
        return False
    if pa.types.is_integer(column.type):
        counted = pc.value_counts(pc.drop_null(column))
        values, counts = counted.field("values").to_numpy(), counted.field("counts").to_numpy()
        return bool(len(values) and values.min() in (0, 1) and np.ptp(values) + 1 <= 1.2 * len(values)
                    and counts.max() <= MUCH_COMMONER * np.median(counts))  # fmt: skip
    texts = [str(value) for value in pc.drop_null(column).unique().slice(0, 1000).to_pylist()]
    begun = {match[1] if (match := _NUMBERED.match(text)) else None for text in texts}
    return len(begun) == 1 and None not in begun
