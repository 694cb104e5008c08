"""A column whose cells hold any number of labels: `red;round`, `["red", "round"]`, a list of Parquet or JSON.

>>> separator(["red;round", "round", "", "red;round;big"])
';'
>>> labels('["red", "round"]', ";"), labels("red | round", "|"), labels("", ";"), labels(None, ";")
(['red', 'round'], ['red', 'round'], [], None)

Labels repeat from cell to cell, alone and beside others; that is how a list is told from a sentence or from a name with
a comma in it.
"""

import json
from collections import Counter
from collections.abc import Sequence

SEPARATORS = (";", "|", ",", "/", "+")
MOST_LABELS = 500  # different ones
LONGEST = 60  # characters of a label
OFTEN = 2.0  # cells that a label stands in, on average
SEVERAL = 0.05  # of the filled cells, the share with two labels or more, and with another number than most have
KNOWN = 0.9  # of all labels in cells of several, those that stand in more cells than one


def labels(cell: object, mark: str) -> list[str] | None:
    """The labels of one cell, each once, in order; None where it is missing. An empty cell or list has none of them."""
    if cell is None:
        return None
    parts = _listed(cell)
    if parts is None:
        parts = str(cell).split(mark)
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def separator(cells: Sequence[object]) -> str | None:
    """The mark between the labels, `;` where the cells are lists; None where they are no sets of labels."""
    filled = [cell for cell in cells if cell is not None and cell != ""]
    if not filled:
        return None
    if all(_listed(cell) is not None for cell in filled[:50]):
        return ";" if _are_labels([labels(cell, ";") or [] for cell in filled]) else None
    texts = [cell for cell in filled if isinstance(cell, str)]
    if len(texts) < len(filled):
        return None
    parted = ((mark, [labels(text, mark) or [] for text in texts]) for mark in SEPARATORS)
    return next((mark for mark, sets in parted if _differ_in_number(sets) and _are_labels(sets)), None)


def _differ_in_number(sets: Sequence[Sequence[str]]) -> bool:
    """Dates have three parts each, and full names two."""
    numbers = Counter(map(len, sets))
    return sum(numbers.values()) - max(numbers.values()) >= max(2, SEVERAL * len(sets))


def _are_labels(sets: Sequence[Sequence[str]]) -> bool:
    """Whether these sets are drawn from few labels that come again and again, in one company and another."""
    counts = Counter(label for found in sets for label in found)
    several = [found for found in sets if len(found) > 1]
    if not counts or len(several) < max(2, SEVERAL * len(sets)) or len(counts) > MOST_LABELS or len(counts) < 2:
        return False
    if max(map(len, counts)) > LONGEST or sum(counts.values()) < OFTEN * len(counts):
        return False
    beside = [label for found in several for label in found]
    if sum(counts[label] > 1 for label in beside) < KNOWN * len(beside):
        return False
    return _in_other_company(several, counts)


def _in_other_company(several: Sequence[Sequence[str]], counts: "Counter[str]") -> bool:
    """Whether labels go with different ones: `Paris, France` is always the same pair."""
    company: dict[str, set[tuple[str, ...]]] = {}
    for found in several:
        for label in found:
            company.setdefault(label, set()).add(tuple(sorted(set(found) - {label})))
    met = {tuple(sorted(found)) for found in several}
    alone = sum(counts[label] > sum(label in found for found in several) for label in company)
    return len(met) > 1 and (len(met) > len(company) / 2 or alone > len(company) / 2)


def _listed(cell: object) -> list[str] | None:
    """The items of a list, of Python or JSON; None for other cells."""
    if isinstance(cell, (list, tuple)):
        return [str(item) for item in cell if item is not None]
    text = cell.strip() if isinstance(cell, str) else ""
    if not (text.startswith("[") and text.endswith("]")):
        return None
    try:
        found = json.loads(text.replace("'", '"'))
    except ValueError:
        return None
    return [str(item) for item in found] if isinstance(found, list) else None
