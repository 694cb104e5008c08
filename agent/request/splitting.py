"""Which rows a model is meant for, as the words say: those that come later, or those of people it never saw.

>>> ahead("predict tomorrow's price from the table"), asked("how will it be for new patients?", columns, rows=300)
("tomorrow's", {'group': 'patient_id'})

A word counts as a person or thing only where a column is called like it: "for new customers" says nothing of a table
without one. The words are in `splitting.toml`.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from noglue.agent.settle.plain_words import plain
from noglue.tools.spec.errors import Kind, TaskUnclear
from noglue.tools.spec.profiles import Column
from noglue.tools.values import name_signs

_LEAST_ALIKE = 2.0  # rows of one value on average, so that keeping them together means anything


def ahead(text: str) -> str | None:
    """The words that ask for what comes after the rows that there are; `text` without the names of files."""
    found = _first("ahead", text)
    return found[0].strip() if found else None


def names_the_future(column: str) -> bool:
    """Whether a column itself holds what comes after its row: `RainTomorrow`, `default payment next month`."""
    return re.search(r"\b(?:tomorrow|next|future|later|ahead|following)\b", plain(column)) is not None


def asked(text: str, columns: list[Column], rows: int) -> dict[str, str]:
    """`group` or `time` → the column that the words ask to split by; nothing where they don't.

    Raises TaskUnclear `no-time` where they ask for an order in time that no column tells.
    """
    things = [match[1] for pattern in _patterns("by_thing") for match in pattern.finditer(text)]
    keys = {column.name for word in things for column in columns if _is_called(column.name, word)}
    repeated = [column for column in columns if column.name in keys and column.distinct * _LEAST_ALIKE <= rows]
    if len(repeated) == 1:
        return {"group": repeated[0].name}
    in_time = _first("in_time", text)
    if not in_time:
        return {}
    dated = [column.name for column in columns if column.kind == "date"] or list(_named_times(columns))
    if not dated:
        raise TaskUnclear(
            Kind.NO_TIME,
            f"The request asks for test rows that come last in time (“{in_time[0]}”), but no column holds dates.",
            hint="Leave that wish out, or give a table with a column of dates.",
        )
    return {"time": dated[0]}


def _is_called(name: str, word: str) -> bool:
    """`patients` is said of `patient`, `patient_id`, `PatientID`."""
    bare = plain(name_signs.without_key(name))
    forms = {plain(word), re.sub(r"(?:en|es|e|s|n)$", "", plain(word)), re.sub(r"s$", "", plain(word))}
    return bool(bare) and (bare in forms or re.sub(r"s$", "", bare) in forms)


def _named_times(columns: list[Column]) -> Iterator[str]:
    for column in columns:
        if column.kind == "number" and name_signs.says_when(column.name):
            yield column.name


def _first(kind: str, text: str) -> re.Match[str] | None:
    return next((match for pattern in _patterns(kind) if (match := pattern.search(text))), None)


@cache
def _patterns(kind: str) -> list["re.Pattern[str]"]:
    """The expressions of one kind, at the ends of words."""
    tables = tomllib.loads((Path(__file__).parent / "splitting.toml").read_text(encoding="utf-8"))
    unit, thing = "(?:" + "|".join(tables["unit"]) + ")", r"(\w+)"
    parts = (part.replace("{unit}", unit).replace("{thing}", thing) for part in tables[kind])
    return [re.compile(rf"(?<!\w)(?:{part})(?!\w)", re.IGNORECASE) for part in parts]
