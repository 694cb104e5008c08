"""The order that the names of classes tell: by their numbers, or as words of one ladder follow one another.

>>> ranks(["grade 10", "grade 2", "grade 3"]), ranks(["high", "low", "medium"]), ranks(["cat", "dog"])
([2.0, 0.0, 1.0], [2.0, 0.0, 1.0], None)
"""

import re
from collections.abc import Sequence

LADDERS = (
    "none minimal mild moderate severe extreme critical",
    "no possible probable definite",
    "never rarely seldom sometimes often usually always",
    "terrible poor bad fair average okay ok good great excellent",
    "tiny small medium large huge",
    "lowest low middle mid medium moderate high highest",
    "absent slight marked",
    "beginner intermediate advanced expert",
    "bronze silver gold platinum",
    "cold cool lukewarm warm hot",
    "keine leicht mittel schwer",
    "niedrig mittel hoch",
    "schlecht mittel gut",
    "klein mittel groß",
    "faible moyen moyenne élevé élevée fort",
    "mauvais moyen bon excellent",
    "petit moyen grand",
    "bajo baja medio media moderado alto alta",
    "malo regular bueno excelente",
    "pequeño mediano grande",
)
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


def ranks(names: Sequence[str]) -> list[float] | None:
    """The place of each class, 0 the lowest; None where the names tell no order."""
    values = _by_numbers(names) or _by_words(names)
    if values is None or len(set(values)) < len(values):
        return None
    order = sorted(values)
    return [float(order.index(value)) for value in values]


def _by_numbers(names: Sequence[str]) -> list[float] | None:
    """One number in each name, or the first where they are ranges (`18-25`)."""
    found = [_NUMBER.findall(name) for name in names]
    if not all(found):
        return None
    return [float(numbers[0].replace(",", ".")) for numbers in found]


def _by_words(names: Sequence[str]) -> list[float] | None:
    """`very` before a word takes it further the way it goes from the middle."""
    for ladder in LADDERS:
        steps = ladder.split()
        places = [_place(name.casefold(), steps) for name in names]
        if all(place is not None for place in places):
            return [place for place in places if place is not None]
    return None


def _place(name: str, steps: list[str]) -> float | None:
    words = re.findall(r"[^\W\d_]+", name)
    if not words or words[-1] not in steps:
        return None
    place = float(steps.index(words[-1]))
    if words[0] in ("very", "sehr", "très", "muy"):
        place += 0.5 if place > (len(steps) - 1) / 2 else -0.5
    return place
