"""Forms of words from TOML files: expressions with named pieces, in four languages.

A kind of wish keeps its forms beside it, `kinds/columns.toml` for `kinds/columns.py`: groups of expressions by
language. A space stands for any white space, `{the}` for the piece of that name in `lexicon.toml`, and an expression
begins and ends at the ends of words.

>>> [pattern.search("please leave the plan out")["list"] for pattern in patterns(columns.__file__, "around")[:1]]
['the plan']
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from noglue.agent.request import cues, quantities

_OF_ROWS = (
    r"(?:(?:the|those|these|all|any|such|die|diese|alle|den|les|ces|tous les|toutes les|las|los|esas|esos) )?"
    r"(?:{row}|{people}|visits?|trips?|stays?|readings?|measurements?|besuchen?|fahrten|messungen|visites?|trajets?|"
    r"mesures?|visitas?|viajes?|mediciones)"
)
_PIECES = Path(__file__).with_name("lexicon.toml")


@cache
def pieces() -> dict[str, str]:
    """The shared pieces by name."""
    own: dict[str, str] = tomllib.loads(_PIECES.read_text(encoding="utf-8"))
    own["span"] = own["span"].replace("{number}", quantities.NUMBER)
    return own | {"number": quantities.NUMBER, "share": quantities.SHARE, "ordinal": quantities.ORDINAL}


@cache
def groups(file: str) -> dict[str, Any]:
    """Group → language → expressions, as the TOML file beside a module has them."""
    found: dict[str, Any] = tomllib.loads(Path(file).with_suffix(".toml").read_text(encoding="utf-8"))
    return found


@cache
def patterns(file: str, group: str) -> tuple["re.Pattern[str]", ...]:
    """The compiled expressions of a group, those of English first."""
    return tuple(compiled(expression) for expressions in groups(file)[group].values() for expression in expressions)


@cache
def compiled(expression: str) -> "re.Pattern[str]":
    """An expression with its pieces put in, at the ends of words, whatever the case."""
    whole = re.sub(r"\{([a-z_]+)\}", lambda piece: pieces()[piece[1]], expression)
    whole = re.sub(r"(?<!\\)(?<!\[) (?![^\[\]]*\])", r"\\s+", whole)
    return re.compile(rf"(?<![\w-])(?:{whole})(?!\w)", re.IGNORECASE)


def speaks_of_rows(words: str) -> bool:
    """Whether words say what the rows are, and no column: `those visits`, `les clients`."""
    return compiled(_OF_ROWS).fullmatch(words.strip()) is not None


def matches(file: str, group: str, text: str) -> Iterator["re.Match[str]"]:
    """What fits, form by form. A form's piece `(?P<list>…)` and the like is read from the match."""
    for expressions in groups(file)[group].values():
        for expression in expressions:
            if cues.may_fit(expression, text):
                yield from compiled(expression).finditer(text)


def first(file: str, group: str, text: str) -> "re.Match[str] | None":
    """The first form of a group that fits."""
    return next(matches(file, group, text), None)
