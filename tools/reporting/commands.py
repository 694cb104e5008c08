"""Commands for whoever reads the report, with this run's own words, data and flags: to be pasted where it was made.

>>> again(Asked(paragraph="Predict price", sources=["homes.csv"]), [], budget="10m")
"noglue run 'Predict price' --data homes.csv --budget 10m"
"""

import math
import shlex
from collections.abc import Mapping
from typing import Any

from noglue.tools.reporting.facts import Asked, Wished
from noglue.tools.spec.short_time import ShortTime

FLAGS = {"target": "target", "metric": "metric", "family": "family", "positive": "positive", "group": "group"}
SHORTEST = 60  # seconds


def again(asked: Asked, wishes: list[Wished], **flags: str) -> str:
    """The same request once more. flags: what is to be otherwise, as `budget="10m"`; a flag of the first one gives way.

    What was asked for by a flag, and not in words, is given by one again, as far as it is a single value.
    """
    paragraph = " ".join(asked.paragraph.split())
    given: dict[str, list[str]] = {"data": [source for source in asked.sources if source not in paragraph]}
    for wish in wishes:
        value = _single(wish.value)
        if wish.kind in FLAGS and value and wish.text not in paragraph:
            given.setdefault(FLAGS[wish.kind], []).append(value)
    given |= {name: [value] for name, value in flags.items()}
    said = [f"--{name} {shlex.quote(value)}" for name, values in given.items() for value in values]
    return " ".join(["noglue run", shlex.quote(paragraph), *said])


def longer(asked: Asked, seconds: Mapping[str, float], times: float = 4) -> str:
    """A budget so many times as long, in whole minutes: `10m`."""
    before = asked.constraints.get("budget_seconds")
    had = float(before) if isinstance(before, int | float) else sum(seconds.values())
    return f"{math.ceil(max(SHORTEST, had * times) / 60)}m"


def budget_for(asked: Asked, short: ShortTime) -> str:
    """The budget with which the training would have had its time: `30s`, `3m`; empty where there was no budget."""
    given = asked.constraints.get("budget_seconds")
    return short.budget(float(given)) if isinstance(given, int | float) else ""


def _single(value: Any) -> str:
    """`Survived` of `Survived` and of `{"column": "Survived"}`."""
    if isinstance(value, Mapping):
        value = value.get("column", value.get("measure"))
    return value if isinstance(value, str) else ""
