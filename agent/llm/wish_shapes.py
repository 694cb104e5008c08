"""Values of wishes as a model writes them, held to the examples of `agent/request/wish.py` and to bounds.

>>> fitted("test", {"share": 0.2, "place": "last", "remark": "about"})
{'share': 0.2, 'place': 'last'}
>>> fitted("test", {"share": 20})
Traceback (most recent call last):
ValueError: share 20 is not between 0.001 and 0.95

What is not in the examples is passed over where it stands beside what is, and refused where it stands alone.
"""

import json
from typing import Any

from noglue.agent.request import kinds as wish_kinds

FIELDS = frozenset(("goal", "target", "data", "search"))  # of an answer, beside its wishes
SAYS = {  # what the name of a kind leaves open
    "only": "of inputs", "missing": "cells without a value", "derive": "classes or a logarithm of the target",
    "where": "rows to keep or not", "rows": "at most", "group": "never on both sides",
    "time": "test on what comes later", "metric": "as above", "family": "as above", "compare": "families",
    "positive": "class looked for", "costs": "of mistakes", "budget": "seconds", "count": "to generate",
    "flips": "mirrored pictures", "label": "to generate", "epochs": "of a network",
}  # fmt: skip
LONGEST, MOST = 240, 30  # characters of words, things in a list
# The name of a part, or the kind where the value is a number itself → the least and the most.
BOUNDS: dict[str, tuple[float, float]] = {
    "share": (0.001, 0.95), "rows": (1, 1e9), "most": (10, 1e9), "labels": (2, 1e9), "labels_per_class": (1, 1e7),
    "folds": (2, 50), "repeats": (2, 50), "layers": (1, 100), "miss": (1e-6, 1e9), "alarm": (1e-6, 1e9),
    "budget": (1, 1e7), "seed": (0, 2**32 - 1), "count": (1, 100_000), "pixels": (4, 1024), "intervals": (0.01, 0.999),
    "depth": (1, 1000), "trees": (1, 100_000), "neighbours": (1, 1e6), "rounds": (1, 1e6), "patience": (1, 1e6),
    "strength": (1e-9, 1e9), "epochs": (1, 1e6), "batch_size": (1, 1e6), "learning_rate": (1e-9, 0.999),
    "place": (-10_000, 10_000), "places": (-10_000, 10_000), "at_least": (0.0, 1.0), "aim": (-1e15, 1e15),
    "derive": (-1e15, 1e15),
}  # fmt: skip


def described() -> list[tuple[str, str]]:
    """Kinds and their value, for a prompt: `("exclude, only (of inputs)", '{"columns": […]} or …')`.

    What has a field of its own in the answer is left out.
    """
    alike: dict[str, list[str]] = {}
    for kind, ways in wish_kinds.shapes().items():
        shape = " or ".join(json.dumps(one, ensure_ascii=False) for one in ways)
        said = f"{kind} ({SAYS[kind]})" if kind in SAYS else kind
        alike.setdefault(shape, []).extend([] if kind in FIELDS else [said])
    return [(", ".join(kinds), shape) for shape, kinds in alike.items() if kinds]


def fitted(kind: str, value: Any) -> Any:
    """The value in its shape. Raises ValueError, in words, for one that has none of the shapes of its kind."""
    if isinstance(value, dict):
        return _parts(kind, value)
    wrong = ""
    for example in (one for one in wish_kinds.shapes()[kind] if not isinstance(one, dict)):
        try:
            return _one(kind, kind, example, value)
        except ValueError as error:
            wrong = wrong or str(error)
    raise ValueError(wrong or "it is no object")


def _parts(kind: str, value: dict[Any, Any]) -> dict[str, Any]:
    """All the parts of the ways to write it that are there whole."""
    found: dict[str, Any] = {}
    wrong = ""
    for example in (one for one in wish_kinds.shapes()[kind] if isinstance(one, dict)):
        try:
            found |= _way(kind, example, value)
        except ValueError as error:
            wrong = str(error) if not wrong or example.keys() & value.keys() else wrong
    if not found:
        raise ValueError(wrong)
    return found


def _way(kind: str, example: dict[str, Any], value: dict[Any, Any]) -> dict[str, Any]:
    found = {}
    for name, one in example.items():
        part = name.removesuffix("?")
        if value.get(part) is None or (name != part and value[part] == []):
            if name == part:
                raise ValueError(f"{part} is missing")
            continue
        found[part] = _one(kind, part, one, value[part])
    return found


def _one(kind: str, part: str, example: Any, value: Any) -> Any:
    """A value like its example."""
    if isinstance(example, bool):
        if not isinstance(value, bool) or (part == kind and value is not example):
            raise ValueError(f"{part} is not {json.dumps(example)}")
        return value
    if isinstance(example, int | float):
        return _number(kind, part, example, value)
    if isinstance(example, list):
        listed = value if isinstance(value, list) else [value]
        if not 0 < len(listed) <= MOST:
            raise ValueError(f"{part} has {len(listed)} things")
        return [_one(kind, part, example[0], one) for one in listed]
    if not isinstance(value, str) or not (words := " ".join(value.split())) or len(words) > LONGEST:
        raise ValueError(f"{part} is no word of at most {LONGEST} letters")
    named = str(example).split("|")
    if len(named) > 1 and words not in named and "…" not in named:
        raise ValueError(f"{part} is none of {', '.join(named)}")
    return words


def _number(kind: str, part: str, example: float, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{part} is no number")
    low, high = BOUNDS[kind if part == "value" else part]
    if not low <= value <= high:  # nor is what is no number at all
        raise ValueError(f"{part} {str(value)[:20]} is not between {low:g} and {high:g}")
    whole = isinstance(example, int)
    if (whole and value != int(value)) or (part in ("place", "places") and value == 0):
        raise ValueError(f"{part} {value:g} is no whole number that counts")
    return int(value) if whole else float(value)
