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

FEWEST_GROUPS = 5

_PEOPLE = (  # by this name alone
    r"patient|participant|person|user|customer|client|speaker|individual|volunteer|respondent|student|pupil|learner"
    r"|athlete|proband|probandin|versuchsperson|teilnehmer|kunde|nutzer|sujet|participante|paciente|sujeto|persona|cliente"
    r"|usuario|utilisateur"
)
_THINGS = (  # where the values are numbered, as in P1, P2, …
    r"subject|animal|mouse|rat|monkey|cow|sheep|horse|child|baby|infant|employee|worker|driver|rider|runner|mother|woman"
    r"|man|device|sensor|machine|engine|unit|pump|motor|turbine|battery|cell|vehicle|truck|robot|camera|video|clip"
    r"|recording|scan|slide|specimen|donor|tree|plant|well|litter|cage"
)
_KINDS = (  # where the name says that it is a key
    r"household|family|group|session|run|sample|case|batch|car|bike|house|building|account|card|author|song|track|document"
    r"|plot|field|episode"
)
_KEY = r"[\W_]*(id|no|nr|num|number|key|code|index)"
_PERSON = re.compile(rf"(the_)?({_PEOPLE})s?({_KEY})?")
_THING = re.compile(rf"({_THINGS})s?")
_KEYED = re.compile(rf"({_THINGS}|{_KINDS})s?{_KEY}")
_NUMBERED = re.compile(r"^(.*?)\d+$")


@dataclass(frozen=True)
class Groups:
    """The column whose values stay together, and its code for each row, int64 (n,)."""

    name: str
    codes: np.ndarray


def codes(column: pa.ChunkedArray) -> np.ndarray:
    """int64 (n,): equal values have equal codes, the least value 0, so that the order of the rows says nothing.

    Missing is a value of its own, the last.
    """
    encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    rank = np.empty(len(encoded.dictionary), np.int64)
    rank[pc.sort_indices(encoded.dictionary).to_numpy()] = np.arange(len(rank))
    return np.asarray(rank[encoded.indices.to_numpy()])


def find_group(columns: Mapping[str, pa.ChunkedArray]) -> str | None:
    """A column whose rows belong together: named like a person (`patient`, `UserID`), or like a thing and numbered.

    `device_id`, or `pump` with the values P1, P2, …; a `device` that is a phone or a tablet is a kind, not a key.
    """
    persons = [name for name in columns if _PERSON.fullmatch(words(name)) or _KEYED.fullmatch(words(name))]
    things = [name for name in columns if _THING.fullmatch(words(name)) and _is_numbered(columns[name])]
    return next((name for name in [*persons, *things] if _repeats(columns[name])), None)


def too_few_to_hold_out(columns: Mapping[str, pa.ChunkedArray]) -> tuple[str, int] | None:
    """A person's column with too few values to hold some of them out, and how many there are."""
    for name, column in columns.items():
        count = pc.count_distinct(column).as_py()
        named = _PERSON.fullmatch(words(name)) or (_THING.fullmatch(words(name)) and _is_numbered(column))
        if named and 2 <= count < FEWEST_GROUPS and count <= len(column) / 4:
            return name, int(count)
    return None


def words(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _repeats(column: pa.ChunkedArray) -> bool:
    count = pc.count_distinct(column).as_py()
    return bool(FEWEST_GROUPS <= count <= len(column) / 2)


def _is_numbered(column: pa.ChunkedArray) -> bool:
    """p1, p2, p13: one beginning and a number, throughout."""
    values = [str(value) for value in pc.drop_null(column).unique().slice(0, 1000).to_pylist()]
    begun = {match[1] if (match := _NUMBERED.match(value)) else None for value in values}
    return len(begun) == 1 and None not in begun
